"""Annotations, aggregates, orders, values, parts and what is brought along."""

import datetime

from django.db.models import (
    Avg,
    Case,
    Count,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import (
    Cast,
    Coalesce,
    Concat,
    ExtractYear,
    Greatest,
    Length,
    Lower,
    NullIf,
    Substr,
    TruncMonth,
    Upper,
)

from .models import Author, Book, Branch, Classic, Loan, Review, Shelf, Tag


def ordered():
    return Book.objects.order_by("title", "-pages")


def ordered_by_relation():
    return Book.objects.order_by("author")


def ordered_by_relation_column():
    return Book.objects.order_by("author_id")


def ordered_by_relation_key():
    return Book.objects.order_by("author__pk")


def ordered_by_joined():
    return Book.objects.order_by("-author__name")


def ordered_by_nullable():
    return Book.objects.order_by("editor__name")


def ordered_by_expression():
    return Book.objects.order_by(F("pages").desc(), Lower("title"))


def ordered_nulls():
    return Book.objects.order_by(F("pages").desc(nulls_last=True))


def of_manager_behind_from_queryset():
    return Book.bargains.by("X").order_by("-price", "title")


def ordered_by_annotation():
    return Book.objects.annotate(n=Count("reviews")).order_by("-n")


def ordered_at_random():
    return Book.objects.order_by("?")


def ordered_not():
    return Author.objects.order_by()


def reversed_order():
    return Book.objects.order_by("title").reverse()


def reversed_default():
    return Author.objects.reverse()


def order_of_model():
    return Author.objects.filter(active=True)


def order_of_proxy():
    return Classic.objects.all()


def part():
    return Book.objects.order_by("pk")[5:15]


def first_part():
    return Book.objects.all()[:3]


def rest():
    return Book.objects.all()[3:]


def part_of_part():
    return Book.objects.all()[5:15][2:4]


def unique():
    return Book.objects.values("title").distinct()


def unique_ordered():
    return Author.objects.filter(books__title="x").distinct()


def unique_ordered_by_other():
    return Book.objects.values("title").distinct().order_by("pages")


def counted():
    return Book.objects.annotate(n=Count("reviews"))


def counted_positional():
    return Book.objects.annotate(Count("reviews"))


def distinct_by_exists():
    read = Exists(Loan.objects.filter(book=OuterRef("pk")))
    return Book.objects.annotate(read=read).order_by("-read", "title").distinct()


def distinct_values_by_exists():
    read = Exists(Loan.objects.filter(book=OuterRef("pk")))
    return Book.objects.annotate(read=read).order_by("-read", "title").distinct().values("id", "title")


def distinct_values_by_a_function():
    return Book.objects.annotate(name=Lower("title")).order_by("name").distinct().values("pages")


def counted_distinct():
    return Book.objects.annotate(n=Count("reviews", distinct=True), m=Count("tags", distinct=True))


def counted_some():
    return Book.objects.annotate(n=Count("reviews", filter=Q(reviews__stars__gt=3)))


def counted_and_filtered():
    return Book.objects.annotate(n=Count("reviews")).filter(n__gt=3)


def filtered_and_counted():
    return Book.objects.filter(reviews__stars=5).annotate(n=Count("reviews"))


def having_and_where():
    return Book.objects.annotate(n=Count("reviews")).filter(n__gt=3, title="x")


def having_or_where():
    return Book.objects.annotate(n=Count("reviews")).filter(Q(n__gt=3) | Q(title="x"))


def excluded_count():
    return Book.objects.annotate(n=Count("reviews")).exclude(n=0)


def ordered_default_and_counted():
    return Author.objects.annotate(n=Count("books"))


def summed():
    return Author.objects.annotate(total=Sum("books__pages"), cheapest=Min("books__price"))


def summed_default():
    return Author.objects.annotate(total=Coalesce(Sum("books__pages"), 0))


def summed_with_default():
    return Author.objects.annotate(total=Sum("books__pages", default=0))


def averaged():
    return Book.objects.annotate(mean=Avg("reviews__stars"), best=Max("reviews__stars"))


def grouped():
    return Book.objects.values("author").annotate(n=Count("id"))


def grouped_by_two():
    return Book.objects.values("author__name", "withdrawn").annotate(n=Count("id"), total=Sum("pages"))


def grouped_ordered():
    return Book.objects.values("author").annotate(n=Count("id")).order_by("-n", "author")


def grouped_and_filtered():
    return Book.objects.values("author").annotate(n=Count("id")).filter(n__gte=2)


def grouped_by_default_order():
    return Author.objects.values("country").annotate(n=Count("id"))


def grouped_by_annotation():
    return Book.objects.annotate(year=ExtractYear("created_at")).values("year").annotate(n=Count("id"))


def grouped_by_month():
    return (
        Book.objects.annotate(month=TruncMonth("created_at")).values("month").annotate(n=Count("id")).order_by("month")
    )


def counted_then_values():
    return Book.objects.annotate(n=Count("reviews")).values("title", "n")


def values_then_values():
    return Book.objects.values("author").annotate(n=Count("id")).values("n")


def counted_all():
    return Book.objects.values("author").annotate(n=Count("*"))


def values_of():
    return Book.objects.values("id", "title")


def all_values():
    return Book.objects.values()


def values_joined():
    return Book.objects.values("title", "author__name", "editor__name")


def values_many():
    return Book.objects.values_list("tags__name", flat=True)


def values_list():
    return Book.objects.values_list("id", "title")


def values_expression():
    return Book.objects.values(small=Lower("title"))


def values_transform():
    return Book.objects.values("created_at__month")


def values_key():
    return Book.objects.values_list("pk", flat=True)


def values_relation():
    return Book.objects.values_list("author", flat=True)


def annotated_reference():
    return Book.objects.annotate(writer=F("author__name"))


def annotated_nullable_reference():
    return Book.objects.annotate(who=F("editor__name")).filter(who="x")


def annotated_value():
    return Book.objects.annotate(kind=Value("book"))


def annotated_function():
    return Book.objects.annotate(small=Lower("title"), long=Length("title"), big=Upper(F("title")))


def annotated_concat():
    return Book.objects.annotate(full=Concat("title", Value(" by "), "author__name"))


def annotated_cast():
    return Book.objects.annotate(number=Cast("title", IntegerField()))


def annotated_substring():
    return Book.objects.annotate(start=Substr("title", 1, 3), none=NullIf("title", Value("")))


def annotated_greatest():
    return Book.objects.annotate(most=Greatest("pages", Length("title")))


def annotated_case():
    return Book.objects.annotate(
        size=Case(
            When(pages__gt=500, then=Value("long")), When(pages__gt=100, then=Value("middle")), default=Value("short")
        )
    )


def annotated_case_joined():
    return Book.objects.annotate(mark=Case(When(editor__name="x", then=F("pages")), default=Value(0)))


def annotated_condition():
    return Book.objects.annotate(old=Q(published__isnull=False))


def annotated_exists():
    return Book.objects.annotate(read=Exists(Loan.objects.filter(book=OuterRef("pk"), until=None)))


def annotated_not_exists():
    return Book.objects.annotate(unread=~Exists(Loan.objects.filter(book=OuterRef("pk"))))


def annotated_subquery():
    newest = Review.objects.filter(book=OuterRef("pk")).order_by("-id")
    return Book.objects.annotate(last=Subquery(newest.values("stars")[:1]))


def annotated_counting_subquery():
    reviews = Review.objects.filter(book=OuterRef("pk")).order_by().values("book").annotate(n=Count("pk")).values("n")
    return Book.objects.annotate(n=Coalesce(Subquery(reviews), 0))


def annotated_outer_joined():
    others = Book.objects.filter(author__country=OuterRef("author__country")).exclude(pk=OuterRef("pk"))
    return Book.objects.annotate(others=Exists(others))


def annotated_arithmetic():
    return Book.objects.annotate(total=F("pages") + F("pages"), less=F("pages") - 1)


def annotated_wrapped():
    return Book.objects.annotate(double=ExpressionWrapper(F("price") * 2, output_field=DecimalField()))


def exists_filter():
    return Book.objects.filter(Exists(Loan.objects.filter(book=OuterRef("pk"))))


def not_exists_filter():
    return Book.objects.filter(~Exists(Loan.objects.filter(book=OuterRef("pk"))), withdrawn=False)


def exists_or():
    return Book.objects.filter(Q(title="x") | Exists(Loan.objects.filter(book=OuterRef("pk"))))


def nested_exists():
    loans = Loan.objects.filter(book=OuterRef("pk"))
    books = Book.objects.filter(Exists(loans), author=OuterRef("pk"))
    return Author.objects.filter(Exists(books))


def in_subquery():
    return Book.objects.filter(author__in=Author.objects.filter(active=True))


def in_subquery_values():
    return Book.objects.filter(title__in=Review.objects.values("text"))


def in_subquery_list():
    return Book.objects.filter(pk__in=Loan.objects.filter(until=None).values_list("book", flat=True))


def in_subquery_many():
    return Book.objects.filter(tags__in=Tag.objects.filter(name__startswith="x"))


def in_subquery_object():
    return Book.objects.filter(pk__in=Subquery(Loan.objects.values("book_id")))


def not_in_subquery():
    return Book.objects.exclude(author__in=Author.objects.filter(active=True))


def equal_subquery():
    return Book.objects.filter(pages=Book.objects.order_by("-pages").values("pages")[:1])


def alias_filtered():
    return Book.objects.alias(n=Count("reviews")).filter(n__gt=3)


def alias_reference():
    return Book.objects.alias(who=F("author__name")).filter(who="x").order_by("who")


def related():
    return Book.objects.select_related("author", "editor")


def related_deep():
    return Book.objects.select_related("author__country")


def related_all():
    return Loan.objects.select_related()


def related_reverse():
    return Author.objects.select_related("profile")


def related_filtered():
    return Book.objects.select_related("editor").filter(editor__name="x")


def prefetched():
    return Book.objects.prefetch_related("tags", Prefetch("reviews", Review.objects.filter(stars=5)))


def only():
    return Book.objects.only("title", "author")


def deferred():
    return Book.objects.defer("data", "price")


def only_related():
    return Book.objects.select_related("author").only("title", "author__name")


def inherited_columns():
    return Branch.objects.order_by("name")


def inherited_values():
    return Branch.objects.values("name", "opened", "country__name")


def union():
    return Book.objects.filter(pages=1).union(Book.objects.filter(pages=2))


def union_values():
    return Book.objects.values("title").union(Tag.objects.values("name"), all=True)


def union_ordered():
    return Book.objects.values("title").union(Book.objects.filter(pages=2).values("title")).order_by("title")[:5]


def intersection():
    return Book.objects.filter(pages=1).intersection(Book.objects.filter(withdrawn=True))


def difference():
    return Book.objects.values_list("id").difference(Loan.objects.values_list("book"))


def dates():
    return Author.objects.dates("born", "year")


def json_key():
    return Book.objects.filter(data__kind="x")


def related_manager(author: Author):
    return author.books.filter(title="x")


def related_manager_all(author: Author):
    return author.books.all()


def related_many(book: Book):
    return book.tags.filter(name="x")


def related_many_back(tag: Tag):
    return tag.books.filter(title="x")


def related_many_other_relation(tag: Tag):
    return tag.books.filter(tags__name="x")


def related_self(shelf: Shelf):
    return shelf.follows.filter(label="x")


def related_custom(author: Author):
    return author.books.published().filter(title="x")


def related_through(book: Book):
    return book.readers.filter(username="x")


def window_of_days():
    return Loan.objects.filter(since__gte=datetime.date.today())


def _seed(name):
    made = {"author": Author(pk=1), "tag": Tag(pk=1), "book": Book(pk=1), "shelf": Shelf(pk=1)}
    return made[name]
