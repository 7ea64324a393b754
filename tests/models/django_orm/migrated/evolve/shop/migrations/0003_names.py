from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_more")]

    operations = [
        migrations.RenameModel("Company", "Maker"),
        migrations.RenameModel(old_name="Item", new_name="Product"),
        migrations.DeleteModel(name="Gone"),
        migrations.AlterUniqueTogether("maker", set()),
        migrations.AlterModelTable("product", "products"),
        migrations.RemoveConstraint("product", "one_price"),
        migrations.RemoveIndex(model_name="product", name="price_title"),
        migrations.AlterField("product", "price", models.DecimalField(decimal_places=2, max_digits=8)),
        migrations.RenameField("part", "item", "product"),
        migrations.AddField("part", "note", models.SlugField(default="", max_length=30), preserve_default=False),
    ]
