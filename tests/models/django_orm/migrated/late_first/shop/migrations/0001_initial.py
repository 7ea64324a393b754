from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):
    initial = True

    dependencies = [("stock", "__first__")]

    operations = [
        migrations.CreateModel("A", [("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")), ("b", models.ForeignKey("stock.B", models.CASCADE))]),
    ]
