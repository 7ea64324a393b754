"""Misspelled names of Django's models are reported in code that no request is seen to reach, too."""

from __future__ import annotations

from tests.conftest import Write
from verifier.check import check
from verifier.config import Config
from verifier.packs import load_book
from verifier.pipeline import link_project
from verifier.read import read

SETTINGS = """
SECRET_KEY = "x"
INSTALLED_APPS = ["shelf"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "x"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
"""
MANAGE = """
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_.settings")
"""
MODELS = """
from django.db import models
from django.db.models import F


class BookQuerySet(models.QuerySet):
    def sold(self):
        return self.filter({condition})


BookManager = models.Manager.from_queryset(BookQuerySet)


class Author(models.Model):
    name = models.CharField(max_length=50)


class Book(models.Model):
    title = models.CharField(max_length=50)
    copies = models.IntegerField(default=0)
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="books")
    readers = models.ManyToManyField(Author, related_name="read")
    objects = BookManager()


class Loan(models.Model):
    pk = models.CompositePrimaryKey("reader", "book")
    reader = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="loans")
    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="loans")


class Film(models.Model):
    title = models.CharField(max_length=50)
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="films")
"""
WORK = """
from django.db.models import Count, F, Q

from shelf.models import Author, Book, BookQuerySet, Film

"""


def found(write: Write, work: str, condition: str = "copies__gt=0", engine: str = "sqlite3") -> list[tuple[str, int]]:
    """What is reported of a module, by rule and line of its own."""
    files = {
        "manage.py": MANAGE, "site_/__init__.py": "", "site_/settings.py": SETTINGS.replace("sqlite3", engine),
        "shelf/__init__.py": "", "shelf/models.py": MODELS.format(condition=condition), "shelf/work.py": WORK + work,
    }  # fmt: skip
    folder = write({path: text.lstrip("\n") for path, text in files.items()})
    facts = link_project(read(folder), Config(), load_book())
    before = {"shelf/work.py": WORK.lstrip("\n").count("\n"), "shelf/models.py": 0}
    return [
        (finding.rule, finding.span.line - before[finding.span.path])
        for finding in check(facts).findings
        if finding.category.value in ("database_runtime_error", "incorrect_query_logic")
    ]


def test_keywords_of_new_rows(write: Write) -> None:
    work = """
def write(author):
    Book.objects.create(tilte="a", author=author)
    Book.objects.bulk_create([Film(title="a", auhtor=author)])
"""
    assert found(write, work[1:]) == [("orm/unknown-keyword", 2), ("orm/unknown-keyword", 3)]


def test_defaults_of_which_a_part_is_known(write: Write) -> None:
    work = """
def take(data):
    Book.objects.update_or_create(pk=1, defaults={**data, "tilte": "a"})


def take_right(data):
    Book.objects.update_or_create(pk=1, defaults={**data, "title": "a"})
"""
    assert found(write, work[1:]) == [("django_orm/unknown-field", 2)]


def test_fields_of_several_models(write: Write) -> None:
    work = """
def both(kind):
    model = Book if kind else Film
    return model.objects.filter(tilte="x").delete()


def one_of_them(kind):
    model = Book if kind else Film
    return model.objects.filter(copies=3).delete()
"""
    assert found(write, work[1:]) == [("django_orm/unknown-lookup", 3)] * 2


def test_objects_given_by_their_type_and_by_callers(write: Write) -> None:
    work = """
def touch(book: Book):
    book.save(update_fields=["tilte"])


def run(given):
    touch(given)
"""
    assert found(write, work[1:]) == [("django_orm/unknown-field", 2)]


def test_names_behind_a_relation_to_rows_with_a_composite_key(write: Write) -> None:
    work = """
def lent():
    return Author.objects.filter(loans__boook=1)


def lent_out():
    return Author.objects.filter(loans__book=1, loans__in=[(1, 2)])
"""
    assert found(write, work[1:]) == [("django_orm/unknown-lookup", 2)]


def test_words_that_one_branch_brings(write: Write) -> None:
    work = """
def of(name):
    lookup = Q()
    if name:
        lookup = Q(tilte=name)
    return Film.objects.filter(lookup).all()


def counted(name):
    rows = Film.objects.all()
    lookup = Q()
    if name:
        rows = rows.annotate(titles=Count("author"))
        lookup = Q(titles=2)
    return rows.filter(lookup).all()
"""
    assert found(write, work[1:]) == [("django_orm/unknown-lookup", 4)]


def test_expressions_that_objects_are_given(write: Write) -> None:
    work = """
def lend(books: list[Book]):
    changed = []
    for book in Book.objects.all():
        book.copies = F("copeis") - 1
        changed.append(book)
    Book.objects.bulk_update(changed, ["copies"])
"""
    assert found(write, work[1:]) == [("django_orm/unknown-lookup", 4)]


def test_attributes_of_classes_that_are_named(write: Write) -> None:
    work = """
def links():
    return Book.raeders.through.objects.all()


def of(rows: BookQuerySet):
    return rows.model.sort_by_attribute().all()
"""
    assert found(write, work[1:]) == [("orm/unknown-attribute", 2)]


def test_methods_of_query_sets(write: Write) -> None:
    assert found(write, "", "coppies__gt=0") == [("django_orm/unknown-lookup", 7)]


def test_methods_of_query_sets_that_use_what_callers_have_added(write: Write) -> None:
    work = """
def popular():
    return Book.objects.annotate(coppies=Count("readers")).sold()
"""
    assert found(write, work[1:], "coppies__gt=0") == []


def test_relations_of_which_the_target_is_not_known(write: Write) -> None:
    work = """
import swapper
from django.db import models
from modelcluster.fields import ParentalKey
from stranger.db import Fatherly
from treebeard.mp_tree import MP_Node


class Shelf(MP_Node):
    label = models.CharField(max_length=9)


class Note(models.Model):
    page = models.ForeignKey(swapper.get_model_name("shelf", "Page"), on_delete=models.CASCADE)
    book = ParentalKey("shelf.Book", related_name="notes", on_delete=models.CASCADE)
    film = Fatherly("shelf.Film", related_name="notes", on_delete=models.CASCADE)
    shelf = models.ForeignKey(Shelf, on_delete=models.CASCADE)


def notes():
    return Note.objects.select_related("page", "book__author", "film").filter(page__path="x", film_id=3, book_id=1)


def around():
    return Note.objects.filter(book__title="x", film__title="y").order_by("shelf__depth", "shelf__labell")


def back():
    return Film.objects.filter(notes__page_id=1), Book.objects.prefetch_related("notes")


def wrong():
    return Note.objects.filter(book__tilte="x")
"""
    assert found(write, work[1:]) == [("django_orm/unknown-lookup", 32)]


def test_words_that_another_function_annotates(write: Write) -> None:
    work = """
def changed(rows):
    return rows.annotate(latest=Count("loans", filter=Q(copies__gt=0)))


def of(kind):
    rows = Book.objects.all()
    if kind.has_latest:
        rows = kind.changed(rows)
    if kind.order == "latest":
        return rows.order_by(F("latest").asc(nulls_first=True))
    return rows.order_by("fliter")
"""
    assert found(write, work[1:]) == [("django_orm/unknown-lookup", 11)]


def test_methods_of_a_base_that_is_no_model(write: Write) -> None:
    work = """
from django.db import models


class Measured:
    def measure(self):
        self.size = 3
        self.save(update_fields=["size"])
        self.save(update_fields=["sise"])


class Sheet(Measured, models.Model):
    size = models.IntegerField()


class Card(Measured, models.Model):
    name = models.CharField(max_length=9)


def run():
    Sheet().measure()
    Card().measure()
"""
    assert set(found(write, work[1:])) == {("django_orm/unknown-field", 8)}


def test_what_a_saved_object_has_of_an_expression(write: Write) -> None:
    """Django reads it back, from 6 on."""
    work = """
def lend(book: Book):
    book.copies = F("copies") - 1
    book.save()
    note = Film(author_id=1)
    note.title = book.copies
    note.save()
"""
    assert found(write, work[1:]) == []


def test_relations_that_a_query_without_objects_would_bring_along(write: Write) -> None:
    """`values`, `count` and their like forget `select_related`."""
    work = """
def numbers():
    return list(Book.objects.select_related("auhtor").values("id")), Book.objects.select_related("auhtor").count()


def rows():
    return list(Book.objects.select_related("auhtor"))
"""
    assert found(write, work[1:]) == [("django_orm/unknown-related", 6)]


def test_subscripts_that_are_no_numbers(write: Write) -> None:
    work = """
def listed(rows, names):
    rows = [rows] if isinstance(rows, dict) else list(rows)
    return [row[name] for row in rows for name in names]


def run():
    return listed(Book.objects.values("title"), ["title"])
"""
    assert found(write, work[1:]) == []


def test_conditions_on_windows(write: Write) -> None:
    """Django puts a query around them, from 4.2 on."""
    work = """
from django.db.models import Window
from django.db.models.functions import RowNumber


def newest():
    rows = Book.objects.annotate(place=Window(RowNumber(), partition_by=[F("author_id")], order_by="id"))
    return list(rows.filter(place__lte=3))
"""
    assert found(write, work[1:]) == []


def test_an_annotation_orders_what_is_distinct(write: Write) -> None:
    """Django selects what it orders by, `EXISTS` among it."""
    work = """
from django.db.models import Exists, OuterRef


def favorites(given):
    mine = Film.objects.filter(author=OuterRef("pk"), title=given.title, author__name=given.get("name"))
    rows = Author.objects.annotate(fav=Exists(mine)).annotate(n=Count("books", distinct=True))
    return list(rows.order_by("-fav", "name").distinct().values("id", "fav", "n").order_by("-fav", "-name"))
"""
    assert found(write, work[1:], engine="postgresql") == []
