from django.db import models


class Story(models.Model):
    headline = models.CharField(max_length=200)
    slug = models.SlugField(unique=True)
    published = models.BooleanField(default=False)

    def publish(self) -> None:
        self.published = True
        self.save()


class Correction(models.Model):
    story = models.ForeignKey(Story, related_name="corrections", on_delete=models.CASCADE)
    text = models.TextField()


class Desk(models.Model):
    name = models.CharField(max_length=50)
