import uuid

from django.db import models


class Plain(models.Model):
    name = models.CharField(max_length=10)


class ByUuid(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plain = models.ForeignKey(Plain, models.CASCADE)


class ByCode(models.Model):
    code = models.CharField(max_length=12, primary_key=True)


class ByNumber(models.Model):
    number = models.BigAutoField(primary_key=True)


class Small(models.Model):
    key = models.SmallAutoField(primary_key=True)


class Points(models.Model):
    one = models.ForeignKey(ByUuid, on_delete=models.PROTECT)
    two = models.ForeignKey(ByCode, on_delete=models.SET_NULL, null=True, blank=True)
    three = models.ForeignKey(ByNumber, on_delete=models.DO_NOTHING)
    four = models.ForeignKey("Small", on_delete=models.RESTRICT)


class Profile(models.Model):
    owner = models.OneToOneField(ByCode, on_delete=models.CASCADE, primary_key=True)


class Note(models.Model):
    profile = models.ForeignKey(Profile, models.CASCADE, related_name="notes")
