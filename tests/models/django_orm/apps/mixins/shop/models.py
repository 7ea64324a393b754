from django.db import models


class NotAModel:
    ignored = models.CharField(max_length=10)

    def hello(self):
        return "hello"


class WithSlug(models.Model):
    slug = models.SlugField(unique=True)

    class Meta:
        abstract = True


class WithTitle(models.Model):
    title = models.CharField(max_length=50)
    slug = models.CharField(max_length=7)

    class Meta:
        abstract = True
        ordering = ["title"]


class One(NotAModel, WithSlug, WithTitle):
    body = models.TextField()


class Two(WithTitle, WithSlug):
    title = "a constant that hides the field"


class Three(WithSlug):
    def slug(self):
        return "a method that hides the field"


class Hides:
    slug = "nothing"


class Four(Hides, WithSlug):
    pass
