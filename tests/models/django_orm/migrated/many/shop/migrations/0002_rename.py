from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]

    operations = [
        migrations.RenameModel("Post", "Article"),
        migrations.RenameField("article", "tags", "labels"),
        migrations.RemoveField("self", "gone"),
        migrations.AddField("tag", "parents", models.ManyToManyField(to="shop.tag")),
        migrations.CreateModel("Link", [("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")), ("a", models.ForeignKey("shop.article", models.CASCADE)), ("b", models.ForeignKey("shop.tag", models.CASCADE))]),
        migrations.AddField("article", "linked", models.ManyToManyField(through="shop.Link", to="shop.tag", related_name="l")),
        migrations.AlterModelTable("self", "selves"),
    ]
