from django.db import models
from django.utils.functional import cached_property


class PostQuerySet(models.QuerySet):
    def published(self):
        return self.filter(published=True)


class PostManager(models.Manager.from_queryset(PostQuerySet)):
    pass


class Plain(models.Manager):
    use_in_migrations = True


class Post(models.Model):
    LIMIT = 10
    published = models.BooleanField(default=False)
    title = models.CharField(max_length=40)

    objects = PostManager()
    everything = Plain()
    quick = PostQuerySet.as_manager()

    class Meta:
        default_manager_name = "everything"

    @property
    def shouted(self):
        return self.title.upper()

    @cached_property
    def words(self):
        return self.title.split()

    @classmethod
    def make(cls, title):
        return cls(title=title)

    def __str__(self):
        return self.title
