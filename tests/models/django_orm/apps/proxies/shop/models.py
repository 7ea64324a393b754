from django.db import models


class Person(models.Model):
    name = models.CharField(max_length=20)


class Adult(Person):
    class Meta:
        proxy = True
        ordering = ["name"]


class Senior(Adult):
    class Meta:
        proxy = True


class Worker(Person):
    job = models.CharField(max_length=20)


class Boss(Worker):
    class Meta:
        proxy = True


class Ticket(models.Model):
    holder = models.ForeignKey(Adult, on_delete=models.CASCADE)
    boss = models.ForeignKey(Boss, on_delete=models.CASCADE, related_name="tickets_given")
    guests = models.ManyToManyField(Senior, related_name="invitations")


class Retired(Boss):
    since = models.DateField()
