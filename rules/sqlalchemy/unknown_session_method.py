"""A method is called of a session that sessions do not have.

`session.save(book)`, `session.insert(...)`, `session.find(...)`, `session.update(book)` are those of other mappers, and
`session.comit()` is a slip: `AttributeError: 'Session' object has no attribute 'save'`. Each request that runs the line
is answered with 500.

New rows go in by `session.add(book)`, statements by `session.execute(insert(Book)...)`, one row comes by
`session.get(Book, key)`; what is changed of a row that the session loaded is written by `commit()`.

The names are those that any version from 1.3 on has, of sessions, asynchronous and scoped ones, and of SQLModel's. The
rule is silent where the project derives a session class of its own, and of names that it sets or asks for by `hasattr`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from verifier.api import Category, External, Facts, Instance, Origin, Problem, is_test, regex, rule

SESSIONS = regex(
    r"(?:sqlalchemy|sqlmodel)(?:\.\w+)*\.(?:(?:Async)?Session(?:\(\))?|(?:async_)?scoped_session\(\)(?:\(\))?|"
    r"(?:async_)?sessionmaker\(\)\(\))|flask_sqlalchemy(?:\.\w+)*\.SQLAlchemy\(\)\.session(?:\(\))?"
)
# What sessions of any version have; a test holds it against the installed one.
KNOWN = frozenset(
    """aclose add add_all autobegin autocommit autoflush begin begin_nested bind bind_mapper bind_table binds
    bulk_insert_mappings bulk_save_objects bulk_update_mappings close close_all commit configure connection
    connection_callable delete delete_all deleted dirty dispatch enable_baked_queries enable_relationship_loading exec
    execute execution_options expire expire_all expire_on_commit expunge expunge_all flush future get get_async_bind
    get_bind get_nested_transaction get_one get_transaction hash_key identity_key identity_map in_nested_transaction
    in_transaction info invalidate is_active is_modified join_transaction_mode merge merge_all new no_autoflush
    object_session prepare prune public_methods query query_property refresh registry remove reset rollback run_sync
    scalar scalars session_factory stream stream_scalars sync_session sync_session_class transaction twophase""".split()
)
OWN = regex(rb"class \w+\([^)\n]{0,200}Session\b|class_\s*=|\bsetattr\(\s*(?:Async)?Session\b")
INSTEAD = {
    "save": "`add`, and `commit`",
    "insert": "`add`, or `execute(insert(...))`",
    "update": "`commit` what was changed of the row, or `execute(update(...))`",
    "find": "`get`, or `scalars(select(...))`",
    "filter": "`scalars(select(...).where(...))`",
    "filter_by": "`scalars(select(...).filter_by(...))`",
    "first": "`scalars(select(...)).first()`",
    "all": "`scalars(select(...)).all()`",
    "fetch_one": "`scalars(select(...)).first()`",
    "fetch_all": "`scalars(select(...)).all()`",
    "create": "`add`, and `commit`",
    "remove_all": "`execute(delete(...))`",
}


@rule(Category.DATABASE_RUNTIME_ERROR)
def unknown_session_method(facts: Facts) -> Iterator[Problem]:
    """Yield each call of a session's method that no session has."""
    found: dict[Origin, str] = {}
    for place, targets in facts.seen.targets.items():
        names = {target.name for target in targets if isinstance(target, External) and is_of_session(target)}
        if len(targets) == len(names) == 1 and not is_test(place.path):
            found[place] = names.pop()
    if not found or any(OWN.search(file.data) is not None for file in facts.project.files.values()):
        return
    given = {name: is_given(facts, name) for name in set(found.values())}
    for place, name in sorted(found.items(), key=lambda item: (item[0].path, item[0].start)):
        if given[name]:
            continue
        data = facts.project.files[place.path].data
        word = data.find(f".{name}".encode(), place.start, place.end) + 1
        span = facts.program.engine.span(Origin(place.path, word, word + len(name.encode())) if word else place)
        near = next(iter(get_close_matches(name, sorted(KNOWN), 1, 0.75)), "")
        instead = INSTEAD.get(name) or (f"`{near}`" if near else "")
        yield Problem(
            span,
            f"a session has no method `{name}`",
            symptom=f"500: AttributeError: 'Session' object has no attribute '{name}'",
            remedy=f"Use {instead}" if instead else "Use what sessions have for it",
            routes=facts.routes_at(span),
            identity=name,
        )


def is_of_session(target: External) -> bool:
    """Whether what is called is a method that no session has."""
    receiver = target.receiver
    if target.name in KNOWN or target.name.startswith("_") or not isinstance(receiver, Instance):
        return False
    return receiver.kind is None and SESSIONS.fullmatch(receiver.path or "") is not None


def is_given(facts: Facts, name: str) -> bool:
    """Whether some code sets an attribute of that name, or speaks of it as a text, as for ``hasattr``."""
    written = re.compile(rb"\.%s\s*=(?!=)|[\"']%s[\"']" % (name.encode(), name.encode()))
    return any(written.search(file.data) is not None for file in facts.project.files.values())
