from django.db import models

from shop.models import Later


def owner_key(**options):
    return models.ForeignKey("Owner", on_delete=models.CASCADE, **options)


class Owner(models.Model):
    name = models.CharField(max_length=9)


class Owned(models.Model):
    owner = owner_key(related_name="%(class)ss")

    class Meta:
        abstract = True


class Part(Owned):
    later = models.ForeignKey(Later, on_delete=models.SET(1))


class Whole(Owned):
    parts = models.ManyToManyField(to=Part)
