from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel("Tag", [("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")), ("name", models.CharField(max_length=9, unique=True))]),
        migrations.CreateModel("Post", [("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")), ("tags", models.ManyToManyField(to="shop.Tag")), ("topics", models.ManyToManyField("shop.tag", related_name="+", db_table="topics"))]),
        migrations.CreateModel("Self", [("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")), ("friends", models.ManyToManyField(to="shop.self")), ("gone", models.ManyToManyField("self"))]),
    ]
