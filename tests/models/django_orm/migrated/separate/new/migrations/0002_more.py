from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):
    dependencies = [("new", "0001_taken")]

    operations = [
        migrations.AddField("thing", "extra", models.IntegerField(null=True)),
    ]
