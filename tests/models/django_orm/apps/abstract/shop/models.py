from django.db import models


class Dated(models.Model):
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
        ordering = ["created_at"]


class Named(models.Model):
    name = models.CharField(max_length=30)
    note = models.CharField(max_length=30)

    class Meta:
        abstract = True
        unique_together = ("name", "note")


class Both(Named, Dated):
    class Meta(Named.Meta):
        abstract = True


class Product(Both):
    price = models.IntegerField()


class Renamed(Named):
    name = models.TextField()
    note = None

    class Meta:
        db_table = "renamed"


class Owned(Dated):
    owner = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="%(app_label)s_%(class)s_items")
    peers = models.ManyToManyField("self", symmetrical=False, related_name="%(class)s_peers")

    class Meta(Dated.Meta):
        abstract = True


class Box(Owned):
    class Meta(Owned.Meta):
        verbose_name_plural = "boxes"


class Crate(Owned):
    owner = models.ForeignKey(Box, on_delete=models.CASCADE)


class Keyed(models.Model):
    id = models.UUIDField(primary_key=True)

    class Meta:
        abstract = True


class Lock(Keyed, Dated):
    pass
