from django.db import models


class Thing(models.Model):
    item = models.ForeignKey("store.Item", on_delete=models.CASCADE)
