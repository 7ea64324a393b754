from django.db import models


class Base(models.Model):
    made = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
