"""Conditions."""

from django.contrib.auth.models import User
from django.db.models import F, Q

from .models import Author, Book, Branch, Classic, Loan, Place, Profile, Review, Shelf, Tag


def everything():
    return Book.objects.all()


def plain():
    return Book.objects.filter(title="Emma")


def by_key():
    return Book.objects.filter(pk=3)


def by_foreign_key():
    return Book.objects.filter(author=3)


def by_foreign_key_column():
    return Book.objects.filter(author_id=3)


def by_key_of_foreign_key():
    return Book.objects.filter(author__pk=3)


def by_id_of_foreign_key():
    return Book.objects.filter(author__id=3)


def joined():
    return Book.objects.filter(author__name="Jane")


def joined_nullable():
    return Book.objects.filter(editor__name="Jane")


def joined_twice():
    return Book.objects.filter(author__country__name="Peru")


def joined_by_code():
    return Book.objects.filter(author__country="PE")


def joined_key():
    return Book.objects.filter(author__country__code="PE")


def two_ways():
    return Book.objects.filter(author__name="a", editor__name="b")


def same_twice():
    return Book.objects.filter(author__name="a", author__active=True)


def truth():
    return Book.objects.filter(withdrawn=True)


def untruth():
    return Book.objects.filter(withdrawn=False)


def null():
    return Book.objects.filter(published=None)


def is_null():
    return Book.objects.filter(published__isnull=True)


def is_not_null():
    return Book.objects.filter(published__isnull=False)


def foreign_key_null():
    return Book.objects.filter(editor__isnull=True)


def foreign_key_not_null():
    return Book.objects.filter(editor__isnull=False)


def joined_null():
    return Book.objects.filter(editor__country__isnull=True)


def joined_column_null():
    return Book.objects.filter(editor__born__isnull=True)


def joined_column_not_null():
    return Book.objects.filter(editor__born__isnull=False)


def reverse():
    return Author.objects.filter(books__title="x")


def reverse_query_name():
    return Author.objects.filter(edit__title="x")


def reverse_null():
    return Author.objects.filter(books__isnull=True)


def reverse_not_null():
    return Author.objects.filter(books__isnull=False)


def reverse_one():
    return Author.objects.filter(profile__bio="x")


def reverse_one_null():
    return Author.objects.filter(profile__isnull=True)


def reverse_default_name():
    return Book.objects.filter(shelf__label="A")


def reverse_key():
    return Author.objects.filter(books=3)


def many():
    return Book.objects.filter(tags__name="x")


def many_key():
    return Book.objects.filter(tags=3)


def many_in():
    return Book.objects.filter(tags__in=[1, 2])


def many_back():
    return Tag.objects.filter(books__title="x")


def many_through():
    return Book.objects.filter(readers__username="x")


def many_through_model():
    return Book.objects.filter(loans__user__username="x")


def many_null():
    return Book.objects.filter(tags__isnull=True)


def many_twice_one_call():
    return Book.objects.filter(tags__name="x", tags__id__gt=3)


def many_twice_two_calls():
    return Book.objects.filter(tags__name="x").filter(tags__name="y")


def self_reference():
    return Author.objects.filter(mentor__mentor__name="x")


def self_reverse():
    return Author.objects.filter(students__name="x")


def self_many():
    return Shelf.objects.filter(follows__label="x")


def self_many_back():
    return Shelf.objects.filter(followed_by__label="x")


def either():
    return Book.objects.filter(Q(title="a") | Q(title="b"))


def either_joined():
    return Book.objects.filter(Q(title="a") | Q(author__name="b"))


def either_nullable():
    return Book.objects.filter(Q(title="a") | Q(editor__name="b"))


def both_nullable():
    return Book.objects.filter(Q(title="a") & Q(editor__name="b"))


def either_both_nullable():
    return Book.objects.filter(Q(editor__name="a") | Q(editor__active=True))


def either_many():
    return Book.objects.filter(Q(tags__name="a") | Q(loans__user__username="b"))


def either_then_inner():
    return Book.objects.filter(Q(title="a") | Q(editor__name="b")).filter(editor__active=True)


def not_q():
    return Book.objects.filter(~Q(title="a"))


def not_nullable():
    return Book.objects.filter(~Q(pages=3))


def mixed():
    return Book.objects.filter(Q(title="a") & (Q(pages=1) | ~Q(pages=2)), withdrawn=False)


def exclusive():
    return Book.objects.filter(Q(title="a") ^ Q(pages=1))


def nested():
    return Book.objects.filter(~(Q(title="a") | Q(editor__name="b")))


def excluded():
    return Book.objects.exclude(title="a")


def excluded_nullable():
    return Book.objects.exclude(pages=3)


def excluded_null():
    return Book.objects.exclude(pages=None)


def excluded_is_null():
    return Book.objects.exclude(pages__isnull=True)


def excluded_joined():
    return Book.objects.exclude(author__name="a")


def excluded_joined_nullable():
    return Book.objects.exclude(editor__name="a")


def excluded_reverse():
    return Author.objects.exclude(books__title="a")


def excluded_many():
    return Book.objects.exclude(tags__name="a")


def excluded_many_key():
    return Book.objects.exclude(tags=3)


def excluded_through():
    return Book.objects.exclude(loans__user__username="a")


def excluded_deep():
    return Author.objects.exclude(books__tags__name="a")


def excluded_behind():
    return Review.objects.exclude(book__tags__name="a")


def excluded_behind_nullable():
    return Book.objects.exclude(editor__books__title="a")


def excluded_two():
    return Book.objects.exclude(title="a", pages=3)


def excluded_two_many():
    return Book.objects.exclude(tags__name="a", loans__until=None)


def excluded_list():
    return Book.objects.exclude(pages__in=[1, 2])


def excluded_reverse_one():
    return Author.objects.exclude(profile__bio="x")


def compared_columns():
    return Book.objects.filter(created_at__gt=F("published"))


def compared_joined():
    return Book.objects.filter(author=F("editor"))


def compared_across():
    return Book.objects.filter(author__name=F("editor__name"))


def arithmetic():
    return Book.objects.filter(pages__gt=F("price") * 2 + 1)


def excluded_column():
    return Book.objects.exclude(pages=F("price"))


def contains():
    return Book.objects.filter(title__contains="x")


def icontains():
    return Book.objects.filter(title__icontains="x%y")


def starts():
    return Book.objects.filter(title__startswith="x", title__iendswith="y")


def iexact():
    return Book.objects.filter(title__iexact="x")


def compares():
    return Book.objects.filter(pages__gt=1, pages__gte=2, pages__lt=9, pages__lte=8)


def ranges():
    return Book.objects.filter(pages__range=(1, 2))


def lists():
    return Book.objects.filter(pk__in=[1, 2, 3])


def regular():
    return Book.objects.filter(title__regex=r"^x")


def years():
    return Book.objects.filter(created_at__month=3, created_at__day=4)


def hours():
    return Book.objects.filter(created_at__hour__gte=3)


def only_dates():
    return Book.objects.filter(created_at__date__lte="2020-01-01")


def weekdays():
    return Author.objects.filter(born__week_day=2)


def objects(author: Author):
    return Book.objects.filter(author=author)


def many_objects(tag: Tag):
    return Book.objects.filter(tags=tag)


def key_of_object(author: Author):
    return Book.objects.filter(author=author.pk)


def list_of_objects(author: Author):
    return Book.objects.filter(author__in=[author])


def inherited():
    return Branch.objects.filter(name="x")


def inherited_relation():
    return Branch.objects.filter(country__name="x")


def child_of_parent():
    return Place.objects.filter(branch__opened="2020-01-01")


def to_child():
    return Shelf.objects.filter(branch__name="x")


def to_child_key():
    return Shelf.objects.filter(branch=3)


def proxy():
    return Classic.objects.filter(author__name="x")


def user():
    return User.objects.filter(loans__book__title="x")


def groups_of_user():
    return User.objects.filter(groups__name="x")


def chained(flag):
    found = Book.objects.filter(withdrawn=False)
    found = found.filter(author__active=True)
    return found.exclude(title="x")


def nothing():
    return Book.objects.none()


def empty_list():
    return Book.objects.filter(pk__in=[])


def combined_or():
    return Book.objects.filter(title="a") | Book.objects.filter(editor__name="b")


def combined_and():
    return Book.objects.filter(title="a") & Book.objects.filter(author__name="b")


def custom_method():
    return Book.objects.published().by("Jane").filter(pages=3)


def custom_manager():
    return Book.objects.cheap().published().filter(pages=3)


def manager_with_base():
    return Book.shown.filter(title="x")


def set_as_manager():
    return Book.sets.published().filter(title="x")


def table_name():
    return Review.objects.filter(text="x", stars__gt=3)


def profile_of():
    return Profile.objects.filter(author__books__title="x")


def loans():
    return Loan.objects.filter(book__author__country__name="x", until__isnull=True)


def _seed(name):
    made = {"author": Author(pk=1), "tag": Tag(pk=1), "flag": True}
    return made[name]
