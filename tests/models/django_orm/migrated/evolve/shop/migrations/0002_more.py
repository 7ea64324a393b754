from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]

    operations = [
        migrations.AddField("item", "maker", models.ForeignKey(null=True, on_delete=models.CASCADE, to="shop.company")),
        migrations.RenameField(model_name="item", old_name="name", new_name="title"),
        migrations.AlterField("Item", "title", models.CharField(max_length=80, unique=True)),
        migrations.RemoveField(model_name="item", name="junk"),
        migrations.AlterUniqueTogether(name="part", unique_together={("item", "n")}),
        migrations.AddIndex("item", models.Index(fields=["price", "title"], name="price_title")),
        migrations.AddConstraint("item", models.UniqueConstraint(fields=["maker", "price"], name="one_price")),
    ]
