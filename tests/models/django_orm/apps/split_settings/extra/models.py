from django.db import models


class More(models.Model):
    item = models.ForeignKey("shop.Item", models.CASCADE)
