from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper


class Price(models.Model):
    low = models.IntegerField(db_index=True)
    high = models.IntegerField()
    name = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(low__gte=0), name="low_not_negative"),
            models.CheckConstraint(condition=Q(high__gte=F("low")), name="high_above_low"),
        ]
        indexes = [
            models.Index(fields=["low", "-high"], name="low_high"),
            models.Index(fields=["name"]),
            models.Index(Upper("name"), name="upper_name"),
            models.Index(fields=["high"], name="some_high", condition=Q(low=0)),
        ]
