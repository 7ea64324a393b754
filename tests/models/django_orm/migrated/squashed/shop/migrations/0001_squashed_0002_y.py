from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):
    initial = True

    replaces = [("shop", "0001_initial"), ("shop", "0002_y")]

    dependencies = []

    operations = [
        migrations.CreateModel(name="A", fields=[("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")), ("x", models.IntegerField()), ("y", models.IntegerField())]),
    ]
