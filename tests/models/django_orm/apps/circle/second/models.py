from django.db import models

from first.models import First


class Second(models.Model):
    first = models.ForeignKey(First, on_delete=models.CASCADE)
