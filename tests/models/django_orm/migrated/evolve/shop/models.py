from django.db import models


class Product(models.Model):
    title = models.CharField(max_length=80, unique=True)
    maker = models.ForeignKey("Maker", models.CASCADE, null=True)
    price = models.DecimalField(max_digits=8, decimal_places=2)

    class Meta:
        db_table = "products"
