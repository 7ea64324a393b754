from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models

User = get_user_model()


class Article(models.Model):
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="articles")
    likes = models.ManyToManyField(User, related_name="liked")
    editor = models.ForeignKey("people.User", on_delete=models.SET_NULL, null=True)
