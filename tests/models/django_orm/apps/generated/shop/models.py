from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Now, Pi


class Square(models.Model):
    side = models.IntegerField(db_default=1)
    area = models.GeneratedField(expression=F("side") * F("side"), output_field=models.BigIntegerField(), db_persist=True)
    made = models.DateTimeField(db_default=Now())
    text = models.CharField(max_length=9, db_default=Value("x"))
    pi = models.FloatField(db_default=Pi(), null=True)
    comment = models.TextField(db_comment="free text")
