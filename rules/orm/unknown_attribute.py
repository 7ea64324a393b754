"""Code reads an attribute that a mapped class does not have.

No column, relationship, property or method of the class has this name, so Python raises `AttributeError` when the line
is run: on the class while a query is put together (`select(User).where(User.nmae == name)`), on an object when it is
shown. The request is answered with 500.

Name the attribute as the class declares it. Classes of which not all was read are left alone, and so are names that
the project sets somewhere (`user.token = ...`, `annotate(likes=...)`; of a class of SQLAlchemy, `User.token = ...`),
or looks for first (`if "token" in cls.__table__.columns`).
What is known only from a declared type is a warning, and left alone where another mapped class has the attribute: the
object may be one of that class.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Category, Confidence, Entity, Facts, Miss, Problem, Related, Severity, is_looked_for, rule

from ._names import from_pydantic, has, is_closed
from .unknown_keyword import remedy

PLAIN = (str, list, dict, set)
# What code looks like that gives objects an attribute: by assignment, as a keyword, as the label of a column, as what
# Django's `Prefetch` fills.
GIVING_OBJECTS = (
    rb"\.NAME\s*(?::[^=\n]+)?=(?!=)|[(,]\s*NAME\s*=(?!=)|(?:setattr|label)\([^()]*[\"']NAME[\"']"
    rb"|\bto_attr\s*=\s*[\"']NAME[\"']"
)
# The same of a mapped class, which what its objects are given says nothing of.
GIVING_CLASSES = (
    rb"\b(?:cls|model|klass|[A-Z]\w*)\.NAME\s*(?::[^=\n]+)?=(?!=)"
    rb"|(?:setattr|hasattr|add_property)\([^()]*[\"']NAME[\"']"
)


@rule(Category.DATABASE_RUNTIME_ERROR)
def unknown_attribute(facts: Facts) -> Iterator[Problem]:
    """Yield each attribute that is read from a mapped class, or an object of one, and that it lacks."""
    given: dict[tuple[str, bool], bool] = {}
    below = frozenset(facts.calls.misses)
    for miss in dict.fromkeys((*facts.calls.misses, *facts.calls_elsewhere.misses)):
        entity = facts.entity_of(miss.kind)
        if miss not in below and not (miss.on_class and entity is not None and is_named(facts, miss, entity)):
            continue  # a function that no request reaches is run on what its types tell alone
        if entity is None or entity.orm == "sequelize" or miss.name.startswith("_"):
            continue
        if has(entity, miss.name) or from_pydantic(miss.kind, miss.name) or not is_closed(entity, miss.kind):
            continue
        if not miss.on_class and any(hasattr(kind, miss.name) for kind in PLAIN):
            continue  # code that takes a text or a list as well
        sure = miss.on_class or miss.sure
        if not sure and any(has(other, miss.name) for other in facts.models.entities):
            continue
        asked = miss.name, miss.on_class and entity.orm == "sqlalchemy"
        if asked not in given:
            given[asked] = is_set(facts, miss.name, GIVING_CLASSES if asked[1] else GIVING_OBJECTS)
        if given[asked] or is_looked_for(facts, miss.span.path, miss.name):
            continue
        subject = f"type object '{entity.name}'" if miss.on_class else f"'{entity.name}' object"
        yield Problem(
            miss.span,
            f"`{entity.name}` has no attribute `{miss.name}`",
            related=(Related(entity.span, f"`{entity.name}` is declared here"),),
            symptom=f"AttributeError: {subject} has no attribute '{miss.name}'",
            remedy=remedy(entity, miss.name),
            severity=Severity.ERROR if sure else Severity.WARNING,
            confidence=Confidence.HIGH if sure else Confidence.MEDIUM,
            identity=f"{entity.name} {miss.name}",
        )


def is_named(facts: Facts, miss: Miss, entity: Entity) -> bool:
    """Whether an attribute is surely read from a class: code that is handed classes of Django asks which it has."""
    if entity.orm == "sqlalchemy":
        return True
    line = facts.project.files[miss.span.path].line(miss.span.line)
    return line[: miss.span.column - 1].endswith(f"{miss.kind.name}.")


def is_set(facts: Facts, name: str, giving: bytes) -> bool:
    """Whether some code of the project may give objects, or classes, an attribute of this name."""
    word = name.encode("utf-8", "replace")
    given = re.compile(giving.replace(b"NAME", re.escape(word)))
    files = (file for file in facts.project.files.values() if file.language == "python" and word in file.data)
    return any(given.search(file.data) for file in files)
