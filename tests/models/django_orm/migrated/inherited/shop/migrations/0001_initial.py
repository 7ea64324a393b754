from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel("Place", [("name", models.CharField(max_length=9))]),
        migrations.CreateModel(
            name="Bar",
            fields=[
                ("place_ptr", models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to="shop.place")),
                ("open", models.BooleanField(default=True)),
            ],
            bases=("shop.place",),
        ),
        migrations.CreateModel("Pub", [], options={"proxy": True, "indexes": [], "constraints": []}, bases=("shop.bar",)),
        migrations.CreateModel("View", [("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),], options={"managed": False, "db_table": "a_view"}),
        migrations.CreateModel("Waiter", [("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")), ("bar", models.ForeignKey("shop.pub", models.CASCADE))]),
        migrations.AlterModelOptions("waiter", {"ordering": ["id"]}),
    ]
