from django.contrib.auth.models import Group, Permission
from django.contrib.sites.models import Site
from django.db import models


class Tenant(models.Model):
    site = models.OneToOneField(Site, on_delete=models.CASCADE)
    groups = models.ManyToManyField(Group, related_name="tenants")
    needs = models.ForeignKey(Permission, on_delete=models.PROTECT)


class Department(Group):
    floor = models.IntegerField()
