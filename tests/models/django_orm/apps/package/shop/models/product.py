from django.db import models

from .base import Base


class Product(Base):
    name = models.CharField(max_length=30)
