from functools import partial

import django.db.models
from django.db import models
from django.db import models as m
from django.db.models import CASCADE, CharField, ForeignKey, Model

POSTGRES = False
short = partial(models.CharField, max_length=15)
OPTIONS = {"null": True, "blank": True}


def text(length=30, **options):
    return models.CharField(max_length=length, **options)


class A(Model):
    name = CharField(max_length=5)
    nick = short()
    long = text(99, unique=True)
    free = text(**OPTIONS)
    other = m.IntegerField(**{"default": 3})
    full = django.db.models.DateField(null=True)
    if POSTGRES:
        body = models.TextField()
    else:
        body = models.CharField(max_length=400)


class B(Model):
    a = ForeignKey(A, CASCADE)
    title = text()
    title.note = "nothing"


def make(base):
    class Made(base):
        size = models.IntegerField()

        class Meta:
            app_label = "shop"

    return Made


Made = make(models.Model)
