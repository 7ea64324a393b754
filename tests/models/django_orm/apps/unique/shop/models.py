from django.db import models
from django.db.models import Q, UniqueConstraint
from django.db.models.functions import Lower


class Base(models.Model):
    code = models.CharField(max_length=5)

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["code"], name="%(app_label)s_%(class)s_code")]


class Seat(Base):
    row = models.IntegerField()


class Member(models.Model):
    user = models.CharField(max_length=20)
    team = models.ForeignKey(Seat, on_delete=models.CASCADE, unique=True)
    role = models.CharField(max_length=20)
    when = models.DateField(unique_for_date="born", null=True)
    born = models.DateField(null=True)

    class Meta:
        unique_together = [("user", "team"), ("team", "role")]


class Pair(models.Model):
    left = models.IntegerField()
    right = models.IntegerField()

    class Meta:
        unique_together = ("left", "right")


class Favorite(models.Model):
    member = models.ForeignKey(Member, on_delete=models.CASCADE)
    pair = models.ForeignKey(Pair, on_delete=models.CASCADE)
    active = models.BooleanField(default=True)
    name = models.CharField(max_length=20)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["member", "pair"], condition=Q(active=True), name="one_favorite"),
            UniqueConstraint(Lower("name"), name="one_name"),
            models.UniqueConstraint(fields=("member", "name"), name="per_member"),
        ]
