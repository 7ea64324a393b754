from django.db import models

from .fields import MoneyField, Older, OwnerKey, Plain, UpperField


class Owner(models.Model):
    code = UpperField()
    other = UpperField(unique=False, db_index=True)


class Thing(models.Model):
    price = MoneyField(default=0)
    cost = MoneyField("cost", null=True)
    owner = OwnerKey(related_name="things")
    text = Plain(default="")
    old = Older(blank=True)
