"""Calls that send statements."""

from django.contrib.auth.models import User
from django.db.models import Avg, Count, F, Max, Q, Sum
from django.shortcuts import get_list_or_404, get_object_or_404

from .models import Author, Book, Branch, Classic, Country, Loan, Profile, Review, Shelf, Tag


def get():
    return Book.objects.get(pk=1).title


def get_joined():
    return Book.objects.get(author__name="x")


def get_ordered():
    return Author.objects.order_by("name").get(pk=1)


def get_without_conditions():
    return Book.objects.filter(pk=1).get()


def first():
    return Book.objects.first()


def first_ordered():
    return Book.objects.order_by("title").first()


def first_default_order():
    return Author.objects.filter(active=True).first()


def last():
    return Book.objects.last()


def last_ordered():
    return Book.objects.order_by("-title", "pk").last()


def latest():
    return Book.objects.latest("created_at")


def earliest():
    return Book.objects.filter(pages=3).earliest("created_at", "-pk")


def counted():
    return Book.objects.count()


def counted_filtered():
    return Book.objects.filter(author__name="x").count()


def counted_distinct():
    return Book.objects.filter(tags__name="x").distinct().count()


def counted_part():
    return Book.objects.all()[:5].count()


def counted_annotated():
    return Book.objects.annotate(n=Count("reviews")).count()


def counted_having():
    return Book.objects.annotate(n=Count("reviews")).filter(n__gt=2).count()


def counted_groups():
    return Book.objects.values("author").annotate(n=Count("id")).count()


def counted_related(book: Book):
    return book.tags.count()


def existing():
    return Book.objects.filter(title="x").exists()


def existing_ordered():
    return Author.objects.filter(name="x").exists()


def existing_related(author: Author):
    return author.books.filter(pages=3).exists()


def existing_many(book: Book, tag: Tag):
    return book.tags.filter(pk=tag.pk).exists()


def existing_annotated():
    return Book.objects.annotate(n=Count("reviews")).filter(n__gt=3).exists()


def contained(book: Book):
    return Book.objects.filter(pages=3).contains(book)


def aggregated():
    return Book.objects.aggregate(total=Sum("pages"), best=Max("price"))


def aggregated_positional():
    return Book.objects.aggregate(Avg("pages"))


def aggregated_filtered():
    return Book.objects.filter(author__active=True).aggregate(n=Count("id", filter=Q(pages__gt=3)))


def aggregated_joined():
    return Author.objects.aggregate(n=Count("books__tags", distinct=True))


def aggregated_annotation():
    return Book.objects.annotate(n=Count("reviews")).aggregate(mean=Avg("n"))


def bulk():
    return Book.objects.in_bulk([1, 2])


def bulk_by_name():
    return Tag.objects.in_bulk(["a"], field_name="name")


def created():
    return Tag.objects.create(name="x")


def created_joined():
    return Book.objects.create(title="x", author_id=1, price=3)


def created_with_key():
    return Country.objects.create(code="XX", name="x")


def created_related(author: Author):
    return author.books.create(title="x", price=3)


def found_or_created():
    return Tag.objects.get_or_create(name="y")


def found_or_created_defaults():
    return Author.objects.get_or_create(name="y", defaults={"active": False})


def updated():
    return Book.objects.filter(pages=3).update(title="x", pages=4)


def updated_all():
    return Book.objects.update(withdrawn=True)


def updated_by_column():
    return Book.objects.filter(pk=1).update(pages=F("pages") + 1)


def updated_joined():
    return Book.objects.filter(author__name="x").update(pages=1)


def updated_relation(author: Author):
    return Book.objects.filter(pk=1).update(editor=author)


def updated_relation_column():
    return Book.objects.filter(pk=1).update(editor_id=None)


def deleted_loans():
    return Loan.objects.filter(until=None).delete()


def deleted_joined():
    return Loan.objects.filter(book__title="x").delete()


def saved(loan: Loan):
    loan.until = None
    loan.save(update_fields=["until"])


def saved_whole(tag: Tag):
    tag.save()


def saved_new():
    tag = Tag(name="new")
    tag.save()


def removed(loan: Loan):
    loan.delete()


def refreshed(book: Book):
    book.refresh_from_db()


def added(book: Book, tag: Tag):
    book.tags.add(tag)


def taken_away(book: Book, tag: Tag):
    book.tags.remove(tag)


def cleared(book: Book):
    book.tags.clear()


def added_back(book: Book, tag: Tag):
    tag.books.add(book)


def followed(shelf: Shelf):
    shelf.follows.add(1)


def or_404():
    return get_object_or_404(Book, pk=1)


def or_404_query():
    return get_object_or_404(Book.objects.select_related("author"), author__name="x")


def list_or_404():
    return get_list_or_404(Book, pages=3)


def iterated():
    return [book.title for book in Book.objects.filter(pages=3).iterator()]


def users():
    return User.objects.filter(username="x").exists()


def proxies():
    return Classic.objects.first()


def children():
    return Branch.objects.filter(name="x").count()


def profile():
    return Profile.objects.filter(author__name="x").exists()


def reviews(book: Book):
    return book.reviews.filter(stars=3).order_by("text").first()


def _seed(name):
    country = Country.objects.get_or_create(code="PE", name="Peru")[0]
    author = Author.objects.get_or_create(pk=1, name="x", country=country)[0]
    book = Book.objects.get_or_create(pk=1, title="x", author=author, price=3, pages=3)[0]
    if name == "loan":
        user = User.objects.get_or_create(username="x")[0]
        return Loan.objects.get_or_create(book=book, user=user, since="2020-01-01")[0]
    if name == "tag":
        return Tag.objects.get_or_create(pk=1, name="x")[0]
    if name == "shelf":
        return Shelf.objects.get_or_create(
            pk=1, label="x", branch=Branch.objects.create(name="x", country=country, opened="2020-01-01")
        )[0]
    return {"author": author, "book": book, "review": Review}[name]
