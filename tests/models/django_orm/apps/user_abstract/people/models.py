from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    bio = models.TextField(blank=True)
    email = models.EmailField(unique=True)
    first_name = None
    follows = models.ManyToManyField("self", symmetrical=False, related_name="followers")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["username"]
