from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_y")]

    operations = [
        migrations.AddField("a", "z", models.FloatField(null=True)),
    ]
