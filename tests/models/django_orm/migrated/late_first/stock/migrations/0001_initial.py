from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel("B", [("code", models.CharField(max_length=3, primary_key=True)), ("n", models.IntegerField(unique=True))]),
    ]
