from django.db import models

from shop.models.base import Base
from shop.models.product import Product


class Order(Base):
    products = models.ManyToManyField(Product, through="Line")


class Line(Base):
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT, related_name="lines")
