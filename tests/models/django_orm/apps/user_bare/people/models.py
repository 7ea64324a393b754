from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models


class Login(AbstractBaseUser):
    name = models.CharField(max_length=40, unique=True)

    USERNAME_FIELD = "name"
    last_login = None


class Session(models.Model):
    login = models.ForeignKey("people.Login", on_delete=models.CASCADE)
