from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):
    dependencies = [("stock", "0001_initial"), ("shop", "0001_initial")]

    operations = [
        migrations.AlterField("b", "code", models.CharField(max_length=30, primary_key=True)),
        migrations.CreateModel("C", [("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")), ("b", models.ForeignKey("stock.B", models.CASCADE, to_field="n"))]),
        migrations.RenameField("b", "n", "number"),
    ]
