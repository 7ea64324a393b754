from django.db import models
from django.utils.translation import gettext_lazy as _

SIZES = [("s", "small"), ("l", "large")]


class Status(models.TextChoices):
    DRAFT = "draft", _("Draft")
    DONE = "done", _("Done")


class Level(models.IntegerChoices):
    LOW = 1
    HIGH = 2


class Order(models.Model):
    class Kind(models.TextChoices):
        ONE = "one"
        TWO = "two"

    GROUPED = (("warm", (("r", "red"), ("o", "orange"))), ("b", "blue"))

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    level = models.IntegerField(choices=Level.choices, default=Level.LOW)
    kind = models.CharField(max_length=3, choices=Kind, default=Kind.ONE)
    size = models.CharField(max_length=1, choices=SIZES)
    colour = models.CharField(max_length=1, choices=GROUPED, null=True)
    mapped = models.CharField(max_length=1, choices={"a": "A", "b": "B"})
