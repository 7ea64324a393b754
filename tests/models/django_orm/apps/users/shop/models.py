from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, User
from django.db import models


class Order(models.Model):
    buyer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    seller = models.ForeignKey(get_user_model(), on_delete=models.CASCADE, related_name="sold")
    clerk = models.ForeignKey(User, on_delete=models.CASCADE, related_name="served")
    checker = models.ForeignKey("auth.User", on_delete=models.CASCADE, related_name="checked")
    groups = models.ManyToManyField(Group)


class Profile(models.Model):
    user = models.OneToOneField(User, on_delete=models.CASCADE)
    follows = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="followers")
