from django.db import models
from django_extensions.db.fields import AutoSlugField
from model_utils.models import TimeStampedModel
from mptt.models import TreeForeignKey


class Item(TimeStampedModel):
    name = models.CharField(max_length=9)
    slug = AutoSlugField(populate_from="name")


class Branch(TimeStampedModel):
    parent = TreeForeignKey("self", on_delete=models.CASCADE, null=True, related_name="children")
    items = models.ManyToManyField(Item)
