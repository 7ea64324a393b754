from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40)),
                ("price", models.IntegerField()),
                ("junk", models.TextField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Company",
            fields=[("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")), ("name", models.CharField(max_length=40))],
            options={"unique_together": {("id", "name")}},
        ),
        migrations.CreateModel("Gone", [("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),]),
        migrations.CreateModel("Part", [("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")), ("item", models.ForeignKey("shop.Item", models.CASCADE)), ("n", models.IntegerField())]),
    ]
