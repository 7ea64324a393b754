"""Books, who writes, borrows and reviews them."""

from django.conf import settings
from django.db import models


class Country(models.Model):
    name = models.CharField(max_length=80, unique=True)
    code = models.CharField(max_length=2, primary_key=True)

    class Meta:
        ordering = ["name"]


class Author(models.Model):
    name = models.CharField(max_length=200)
    born = models.DateField(null=True)
    country = models.ForeignKey(Country, models.SET_NULL, null=True, related_name="authors")
    mentor = models.ForeignKey("self", models.SET_NULL, null=True, related_name="students")
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name", "-born"]


class Profile(models.Model):
    author = models.OneToOneField(Author, models.CASCADE)
    bio = models.TextField(blank=True)
    website = models.URLField(null=True)


class Tag(models.Model):
    name = models.SlugField(unique=True)


class BookQuerySet(models.QuerySet):
    def published(self):
        return self.filter(published__isnull=False)

    def by(self, name):
        return self.filter(author__name=name)

    def with_reviews(self):
        return self.annotate(review_count=models.Count("reviews"))


class BookManager(models.Manager.from_queryset(BookQuerySet)):
    def cheap(self):
        return self.get_queryset().filter(price__lt=10)


class ActiveManager(models.Manager):
    def get_queryset(self):
        return super().get_queryset().filter(withdrawn=False)


class CheapManager(models.Manager.from_queryset(BookQuerySet)):
    def get_queryset(self):
        return super().get_queryset().filter(price__lt=5)


class Book(models.Model):
    title = models.CharField(max_length=200)
    author = models.ForeignKey(Author, models.CASCADE, related_name="books")
    editor = models.ForeignKey(Author, models.SET_NULL, null=True, related_name="edited", related_query_name="edit")
    price = models.DecimalField(max_digits=8, decimal_places=2)
    pages = models.PositiveIntegerField(null=True)
    published = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    withdrawn = models.BooleanField(default=False)
    tags = models.ManyToManyField(Tag, related_name="books")
    readers = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Loan", related_name="borrowed")
    data = models.JSONField(default=dict)

    objects = BookManager()
    bargains = CheapManager()
    shown = ActiveManager()
    sets = BookQuerySet.as_manager()


class Loan(models.Model):
    book = models.ForeignKey(Book, models.CASCADE, related_name="loans")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="loans")
    since = models.DateField()
    until = models.DateField(null=True)


class Review(models.Model):
    book = models.ForeignKey(Book, models.CASCADE, related_name="reviews")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    stars = models.IntegerField()
    text = models.TextField(db_column="body")

    class Meta:
        db_table = "reviews"
        ordering = ["-id"]


class Place(models.Model):
    name = models.CharField(max_length=80)
    country = models.ForeignKey(Country, models.PROTECT)


class Branch(Place):
    opened = models.DateField()
    manager = models.ForeignKey(Author, models.SET_NULL, null=True)


class Shelf(models.Model):
    branch = models.ForeignKey(Branch, models.CASCADE, related_name="shelves")
    label = models.CharField(max_length=20)
    books = models.ManyToManyField(Book, blank=True)
    follows = models.ManyToManyField("self", symmetrical=False, related_name="followed_by")


class Classic(Book):
    class Meta:
        proxy = True
        ordering = ["title"]
