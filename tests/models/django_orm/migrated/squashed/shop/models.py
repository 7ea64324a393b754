from django.db import models


class A(models.Model):
    x = models.IntegerField()
    y = models.IntegerField()
