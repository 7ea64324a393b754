from django.db import models


class Person(models.Model):
    name = models.CharField(max_length=20)
    friends = models.ManyToManyField("self", through="Friendship", through_fields=("one", "other"))
    follows = models.ManyToManyField("self", through="Follow", symmetrical=False, related_name="followers")


class Group(models.Model):
    members = models.ManyToManyField(Person, through="Membership", through_fields=("group", "person"))
    guests = models.ManyToManyField(Person, through="shop.Visit", related_name="visits")


class Membership(models.Model):
    group = models.ForeignKey(Group, on_delete=models.CASCADE)
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    inviter = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="invites")
    since = models.DateField(auto_now_add=True)

    class Meta:
        unique_together = ("group", "person")


class Visit(models.Model):
    person = models.ForeignKey(Person, on_delete=models.CASCADE, db_column="visitor")
    group = models.ForeignKey(Group, on_delete=models.CASCADE)

    class Meta:
        db_table = "visits"


class Friendship(models.Model):
    one = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")


class Follow(models.Model):
    follower = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="following_set")
    followed = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="followed_set")
