from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=20)


class Book(models.Model):
    author = models.ForeignKey(Author, on_delete=models.CASCADE)
    editor = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="edited_%(class)ss")
    illustrators = models.ManyToManyField(Author, related_name="%(app_label)s_%(model_name)s")
    ghost = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="+")
    translator = models.ForeignKey(Author, models.CASCADE, "translated", "translation")

    class Meta:
        default_related_name = "written_%(model_name)ss"


class Passport(models.Model):
    owner = models.OneToOneField(Author, on_delete=models.CASCADE)


class Visa(models.Model):
    passport = models.OneToOneField(Passport, models.CASCADE, related_name="the_visa", null=True)
    former = models.OneToOneField(Passport, models.SET_NULL, related_name="+", null=True)
