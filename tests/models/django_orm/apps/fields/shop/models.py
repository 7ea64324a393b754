import datetime
import uuid

from django.db import models
from django.utils import timezone


def first_code():
    return "A1"


class Everything(models.Model):
    big = models.BigIntegerField(default=0)
    raw = models.BinaryField(max_length=64, null=True)
    flag = models.BooleanField(default=False)
    maybe = models.BooleanField(null=True)
    title = models.CharField("the title", max_length=120)
    code = models.CharField(max_length=8, default=first_code, unique=True)
    csv = models.CharField(max_length=20, blank=True, default="")
    day = models.DateField(auto_now_add=True)
    moment = models.DateTimeField(default=timezone.now)
    changed = models.DateTimeField(auto_now=True)
    price = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    rate = models.DecimalField("rate", None, 5, 3)
    span = models.DurationField(default=datetime.timedelta(hours=1))
    mail = models.EmailField()
    upload = models.FileField(upload_to="files")
    picture = models.ImageField("picture", upload_to="pictures", null=True)
    path = models.FilePathField(path="/tmp")
    ratio = models.FloatField()
    address = models.GenericIPAddressField(protocol="IPv4", null=True)
    count = models.IntegerField(default=1, db_index=True)
    payload = models.JSONField(default=dict)
    raw_list = models.JSONField(null=True)
    much = models.PositiveBigIntegerField(default=0)
    positive = models.PositiveIntegerField(default=0)
    little = models.PositiveSmallIntegerField(default=0)
    slug = models.SlugField()
    slug2 = models.SlugField(max_length=80, unique=True, allow_unicode=True)
    small = models.SmallIntegerField(null=True)
    body = models.TextField(blank=True)
    at = models.TimeField(null=True)
    link = models.URLField(blank=True)
    long_link = models.URLField("link", "renamed", max_length=500)
    token = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)

    class Meta:
        ordering = ["title"]
