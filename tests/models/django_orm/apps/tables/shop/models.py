from django.db import models


class Named(models.Model):
    title = models.CharField(max_length=20, db_column="t_title")
    owner = models.ForeignKey("self", on_delete=models.CASCADE, db_column="owner_ref", null=True)

    class Meta:
        db_table = "named_things"
        ordering = ("-title",)
        verbose_name = "thing"


class View(models.Model):
    total = models.IntegerField()

    class Meta:
        managed = False
        db_table = "view_of_things"


class Elsewhere(models.Model):
    named = models.ForeignKey(Named, on_delete=models.CASCADE)

    class Meta:
        app_label = "other"


class CamelCaseName(models.Model):
    views = models.ManyToManyField(Named)
