"""A query set is used as if it were one of its rows.

`User.objects.filter(email=email)` gives a query set, however few rows meet the condition; it has none of the fields of
a row: `AttributeError: 'QuerySet' object has no attribute 'email'`. The request is answered with 500.

Take the row out of it (`.first()`, `.get()`), or loop over the rows.

Query sets of the project's own classes are left alone, attributes that code gives to objects, and places where the
value may be something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, is_test, rule

from ._managers import QUERY_SET, QuerySet

# What query sets have in any version of Django; a test holds it against the installed one.
NAMES = frozenset(
    """aaggregate abulk_create abulk_update acontains acount acreate adelete aearliest aexists aexplain afetch_mode
    afirst aget aget_or_create aggregate ain_bulk aiterator alast alatest alias all annotate as_manager aupdate
    aupdate_or_create bulk_create bulk_update complex_filter contains count create dates datetimes db defer delete
    difference distinct earliest exclude exists explain extra fetch_mode filter first get get_or_create in_bulk
    intersection iterator last latest model none only order_by ordered prefetch_related query raw resolve_expression
    reverse select_for_update select_related totally_ordered union update update_or_create using values values_list
    as_view cache clone delay""".split()
)


@rule(Category.DATABASE_RUNTIME_ERROR)
def query_set_as_object(facts: Facts) -> Iterator[Problem]:
    """Yield each attribute that is read of a query set, and that query sets do not have."""
    for absence in facts.calls.absences:
        holder, name = absence.holder, absence.name
        if not isinstance(holder, QuerySet) or holder.kind is not None or holder.path != QUERY_SET:
            continue
        if not absence.alone or not absence.certain or is_test(absence.span.path):
            continue
        if name in NAMES or not is_of_rows(facts, holder, name) or is_given(facts, name):
            continue
        if b"serializers" in facts.project.files[absence.span.path].data:
            continue  # with `many=True`, the serializer takes the rows out by itself
        made = holder.made_by.origin if holder.made_by is not None else holder.origin
        related = (Related(facts.program.engine.span(made), "the query set is made here"),) if made is not None else ()
        yield Problem(
            absence.span,
            f"A query set has no attribute `{name}`",
            related=related,
            symptom=f"AttributeError: 'QuerySet' object has no attribute '{name}'",
            remedy="Take the row out of the query set: `.first()`, `.get()`",
        )


def is_of_rows(facts: Facts, holder: QuerySet, name: str) -> bool:
    """Whether the rows of a query set are objects that have an attribute."""
    entity = facts.entity_of(holder.model) if holder.gives == "rows" else None
    if entity is None:
        return False
    return entity.mapped(name) is not None or entity.relationship(name) is not None or name in entity.attributes


def is_given(facts: Facts, name: str) -> bool:
    """Whether some code gives query sets more than they have, or an attribute of this name to what may be one."""
    word = re.escape(name.encode("utf-8", "replace"))
    given = re.compile(
        rb"\b(?:queryset|query_set|qs|results?|items|rows)\.%s\s*=(?!=)|hasattr\([^()]*[\"']%s[\"']" % (word, word)
    )
    return any(
        given.search(file.data) is not None
        for file in facts.project.files.values()
        if file.language == "python" and name.encode("utf-8", "replace") in file.data
    )
