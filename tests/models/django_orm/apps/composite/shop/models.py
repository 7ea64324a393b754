from django.db import models


class User(models.Model):
    name = models.CharField(max_length=9)


class Follow(models.Model):
    pk = models.CompositePrimaryKey("follower_id", "followed")
    follower = models.ForeignKey(User, on_delete=models.CASCADE, related_name="followed")
    followed = models.ForeignKey(User, on_delete=models.CASCADE, related_name="followers")
    since = models.DateField(null=True)
