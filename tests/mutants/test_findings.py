"""What `check` says of each mutant: the defect that was seeded, where a rule looks for it, and nothing else."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from tests.mutants.catalogue import MUTANTS, Mutant
from tests.mutants.run import APPS, applied
from verifier.check import check
from verifier.config import Config
from verifier.link import ContractText
from verifier.model import Finding, Span
from verifier.packs import load_book
from verifier.pipeline import link_project
from verifier.read import read

LISTS = Path(__file__).parent / "lists.postman_collection.json"
# What each profile of the suite holds a backend to, that rules can read.
CONTRACTS = {
    "openapi": ContractText((APPS / "openapi.yml").read_text("utf-8"), "openapi.yml"),
    "postman": ContractText(LISTS.read_text("utf-8"), LISTS.name),
}
# The rules that find each mutant. No rule looks for what the others seed.
FOUND: Mapping[str, set[str]] = {
    "flask-no-run-script": {"startup/missing-start"},
    "aiohttp-wrong-folder": {"startup/missing-folder"},
    "fastify-not-built": {"startup/never-built"},
    "django-orm-wait-for-it": {"startup/unavailable-command"},
    "fastapi-unknown-module": {"startup/unresolved-import"},
    "fastapi-unknown-name": {"startup/unresolved-import"},
    "express-unknown-module": {"startup/unresolved-import"},
    "koa-no-extension": {"startup/missing-extension"},
    "koa-undeclared-package": {"startup/undeclared-package"},
    "django-no-password-hasher": {"startup/undeclared-package"},
    "fastapi-no-driver": {"sqlalchemy/missing-driver"},
    "flask-missing-folder": {"startup/missing-database-folder"},
    "fastify-loopback": {"startup/loopback-binding"},
    "django-missing-part": {"startup/missing-argument"},
    "express-missing-part": {"startup/undefined-part"},
    "django-no-settings-module": {"django/settings-not-named"},
    "fastapi-email-validator": {"pydantic/missing-email-validator"},
    "express-impossible-version": {"startup/stale-lock"},
    "django-orm-no-migration": {"django_orm/never-migrated"},
    "flask-unclosed-bracket": {"startup/syntax-error"},
    "flask-before-first-request": {"flask/unknown-attribute"},
    "flask-favorite-reads-json": {"flask/absent-body"},
    "flask-comment-parameter": {"flask/parameter-mismatch"},
    "flask-no-comment-deletion": {"contract/missing-operation"},
    "flask-lost-quotes": {"names/undefined-at-start"},
    "flask-missing-import": {"names/undefined-name"},
    "flask-login-by-key": {"names/misread-record"},
    "flask-count-of-all": {"orm/count-of-all"},
    "flask-no-owner-check": {"orm/unused-argument"},
    "flask-group-concat": {"sql/not-in-dialect"},
    "flask-unknown-alias": {"sql/alias-not-in-scope"},
    "flask-author-filter-dropped": {"orm/ignored-parameter"},
    "flask-relationship-as-column": {"sqlalchemy/relationship-misused"},
    "flask-unknown-relationship": {"orm/unknown-attribute"},
    "flask-joined-collection": {"sqlalchemy/missing-unique"},
    "flask-no-tables": {"startup/missing-table-creation"},
    "flask-never-committed": {"orm/write-without-commit"},
    "flask-array-column": {"sqlalchemy/type-not-in-database"},
    "flask-snake-case-field": {"contract/renamed-field"},
    "fastapi-no-none-check": {"names/unchecked-lookup"},
    "fastapi-route-order": {"fastapi/shadowed-route"},
    "fastapi-session-kept": {"sqlalchemy/session-never-closed"},
    "fastapi-expired-on-commit": {"sqlalchemy/expired-after-commit"},
    "fastapi-naive-column": {"sqlalchemy/aware-moment-in-naive-column"},
    "fastapi-count-not-awaited": {"awaiting/missing-await"},
    "fastapi-unfavorite-not-awaited": {"awaiting/coroutine-never-run"},
    "fastapi-all-changes-required": {"contract/optional-field-required"},
    "fastapi-bare-registration": {"contract/bare-request-body", "names/unknown-member"},
    "fastapi-other-model": {"fastapi/response-mismatch"},
    "fastapi-no-favorites": {"contract/missing-operation"},
    "fastapi-unknown-method": {"names/unknown-member"},
    "fastapi-no-join": {"sql/cartesian-join"},
    "fastapi-no-limit": {"orm/ignored-parameter"},
    "fastapi-comments-of-all": {"orm/unused-argument"},
    "fastapi-registration-not-committed": {"orm/write-without-commit"},
    "aiohttp-lost-quotes": {"names/undefined-at-start"},
    "aiohttp-no-tables": {"startup/missing-table-creation"},
    "aiohttp-favorite-reads-json": {"aiohttp/absent-body"},
    "aiohttp-text-as-id": {"sql/type-mismatch"},
    "aiohttp-comment-of-any-article": {"orm/unused-argument"},
    "aiohttp-count-of-all-favorites": {"sql/uncorrelated-subquery"},
    "aiohttp-lazy-author": {"sqlalchemy/lazy-load-in-async-session"},
    "aiohttp-closed-connection": {"drivers/connection-after-block"},
    "aiohttp-unfollow-not-awaited": {"awaiting/coroutine-never-run"},
    "aiohttp-never-committed": {"orm/write-without-commit"},
    "aiohttp-no-owner-check": {"orm/unused-argument"},
    "aiohttp-back-populates": {"sqlalchemy/back-populates-without-counterpart"},
    "aiohttp-session-query": {"sqlalchemy/not-in-async-session"},
    "aiohttp-unknown-keyword": {"orm/unknown-keyword"},
    "aiohttp-snake-case": {"contract/renamed-field"},
    "django-lost-parameter": {"sql/placeholder-mismatch"},
    "django-insert-or-ignore": {"sqlalchemy/prefix-not-in-dialect"},
    "django-split-by-method": {"django/duplicate-path"},
    "django-route-order": {"django/shadowed-route"},
    "django-orm-route-order": {"django/shadowed-route"},
    "django-object-as-json": {"django/unserializable"},
    "django-forgery-protection": {"django/forgery-protection"},
    "django-no-tags-route": {"contract/missing-operation"},
    "django-unfollow-all": {"orm/unused-argument"},
    "django-trailing-slash": {"contract/trailing-slash"},
    "django-empty-feed": {"contract/stubbed-handler"},
    "django-no-image": {"contract/missing-field"},
    "django-orm-source-as-named": {"django/redundant-source"},
    "django-orm-column-without-migration": {"django_orm/model-without-migration"},
    "django-orm-unknown-lookup": {"django_orm/unknown-lookup"},
    "django-orm-no-cascade": {"django_orm/model-without-migration"},
    "flask-no-cascade": {"orm/referenced-row-deleted"},
    "flask-tags-inserted-again": {"orm/insert-of-known"},
    "django-orm-tags-inserted-again": {"orm/insert-of-known"},
    "hono-tags-inserted-again": {"orm/insert-of-known"},
    "express-no-cascade": {"orm/referenced-row-deleted"},
    "django-orm-json-contains": {"django_orm/unsupported-by-database"},
    "django-orm-no-first": {"django_orm/query-set-as-object"},
    "django-orm-no-favorite-route": {"contract/missing-operation"},
    "django-orm-following-all": {"orm/unused-argument"},
    "django-orm-favorites-not-grouped": {"sql/subquery-of-many-rows"},
    "django-orm-lock-outside": {"django_orm/lock-outside-transaction"},
    "django-orm-comments-of-all": {"orm/unused-argument"},
    "express-missing-import": {"names/undefined-name"},
    "express-wildcard": {"express/refused-path"},
    "express-type-of-instance": {"sequelize/data-types-on-instance"},
    "express-route-order": {"express/shadowed-route"},
    "express-floating-promise": {"awaiting/floating-promise"},
    "express-creation-not-awaited": {"awaiting/missing-await"},
    "express-ilike": {"sequelize/operator-not-in-dialect"},
    "express-unknown-alias": {"sequelize/unassociated-include"},
    "express-favorites-not-grouped": {"sequelize/count-is-number"},
    "express-unknown-attribute": {"sequelize/unknown-column"},
    "express-flag-as-number": {"contract/wrong-type"},
    "express-stale-favorite": {"contract/stale-answer"},
    "express-no-bodies": {"contract/missing-field"},
    "express-all-changes-required": {"contract/optional-field-required"},
    "express-bare-login": {"contract/bare-request-body"},
    "fastify-stripping-schema": {"contract/missing-field", "fastify/stripping-schema"},
    "fastify-empty-body": {"fastify/empty-json-body"},
    "fastify-no-null-check": {"names/unchecked-lookup"},
    "fastify-unknown-attribute": {"sequelize/unknown-column"},
    "fastify-tags-not-awaited": {"awaiting/missing-await"},
    "fastify-joined-count": {"sequelize/count-of-joined-rows", "sequelize/limit-over-joined-rows"},
    "fastify-no-association": {"sequelize/unassociated-include"},
    "fastify-favorited-filter-dropped": {"orm/ignored-parameter"},
    "fastify-no-owner-check": {"auth/owner-not-compared", "orm/unused-argument"},
    "fastify-outside-transaction": {"sequelize/transaction-not-passed"},
    "fastify-tags-of-all-replaced": {"sql/unbounded-write"},
    "fastify-text-as-bio": {"contract/number-for-text"},
    "fastify-patch": {"contract/wrong-method"},
    "fastify-trailing-slash": {"contract/trailing-slash"},
    "fastify-count-as-text": {"contract/wrong-type"},
    "fastify-guessed-unfollow": {"contract/same-flag-when-undone"},
    "hono-no-null-check": {"names/unchecked-lookup"},
    "hono-escaped-template": {"startup/syntax-error"},
    "hono-app-listen": {"hono/adapter-misuse"},
    "hono-own-adapter": {"hono/stream-without-duplex"},
    "hono-unexported-subpath": {"startup/unexported-subpath"},
    "hono-next-not-called": {"hono/answer-not-returned"},
    "hono-favorite-reads-json": {"hono/absent-body"},
    "hono-route-order": {"hono/shadowed-route"},
    "hono-no-association": {"sequelize/unassociated-include"},
    "hono-unknown-alias": {"sequelize/unassociated-include"},
    "hono-no-offset": {"contract/unread-parameter", "orm/ignored-parameter"},
    "hono-untyped-parameter": {"sql/untyped-parameter"},
    "hono-page-not-awaited": {"awaiting/missing-await"},
    "hono-never-committed": {"orm/write-without-commit"},
    "hono-tag-filter-dropped": {"contract/unread-parameter"},
    "hono-no-owner-check": {"auth/owner-not-compared", "orm/unused-argument"},
    "hono-other-mount": {"contract/missing-operation", "contract/wrong-mount"},
    "hono-no-tags": {"contract/stubbed-handler"},
    "hono-no-bio": {"contract/missing-field"},
    "koa-no-null-check": {"names/unchecked-lookup"},
    "koa-following-all": {"orm/unused-argument"},
    "koa-number-column": {"contract/number-for-text"},
    "koa-login-not-awaited": {"awaiting/credentials-not-awaited"},
    "koa-in-as-text": {"sequelize/string-operator"},
    "koa-placeholder-reused": {"sql/parameter-types"},
    "koa-no-tags-route": {"contract/missing-operation"},
    "koa-user-under-users": {"contract/wrong-mount"},
    "koa-wildcard": {"koa/refused-path"},
    "koa-answer-too-late": {"awaiting/floating-promise", "koa/answer-too-late"},
    "koa-route-order": {"koa/shadowed-route"},
    "koa-no-tables": {"startup/missing-table-creation"},
    "koa-flag-as-number": {"contract/wrong-type"},
    "koa-bare-article": {"contract/missing-envelope"},
    "flask-number-as-subject": {"auth/subject-not-text"},
    "flask-bearer-only": {"auth/wrong-scheme"},
    "flask-any-password": {"auth/password-check-ignored"},
    "fastapi-passlib": {"auth/bcrypt-too-new"},
    "fastapi-token-required": {"auth/public-operation-refused"},
    "fastapi-text-as-id": {"auth/subject-as-number"},
    "aiohttp-one-token": {"auth/same-subject"},
    "aiohttp-viewer-elsewhere": {"auth/user-under-another-name"},
    "django-other-secret": {"auth/other-key"},
    "django-plain-password": {"auth/password-in-clear"},
    "django-orm-open-feed": {"auth/open-operation"},
    "django-orm-number-as-subject": {"auth/subject-not-text"},
    "express-viewer-elsewhere": {"auth/user-under-another-name"},
    "express-leaking-guard": {"auth/public-operation-refused"},
    "fastify-bearer-only": {"auth/wrong-scheme"},
    "fastify-closed-list": {"auth/public-operation-refused"},
    "hono-open-account": {"auth/open-operation"},
    "hono-viewer-elsewhere": {"auth/user-under-another-name"},
    "koa-other-secret": {"auth/other-key"},
    "koa-plain-password": {"auth/password-in-clear"},
}


# Rules that say what is missing: their finding stands where it is missed, which may be far from where it was.
FAR = {
    "contract/missing-cascade": "the column, where its type says what it refers to",
    "contract/missing-operation": "the application",
    "contract/stale-answer": "the change",
    "orm/write-without-commit": "each write",
    "contract/unread-parameter": "the route",
    "django_orm/lock-outside-transaction": "the lock",
    "names/undefined-name": "each use",
    "orm/ignored-parameter": "the parameter",
    "orm/referenced-row-deleted": "the statement that deletes",
    "sequelize/unassociated-include": "each include",
    "startup/missing-table-creation": "the database",
    "startup/missing-start": "the application",
}


NEAR = 12  # lines: a statement, or a short function


def findings(folder: Path, profile: str) -> list[Finding]:
    """All that is found in a backend."""
    facts = link_project(read(folder), Config(), load_book())
    facts.contract_text = CONTRACTS[profile]
    return list(check(facts).findings)


@cache
def original(app: str, profile: str) -> frozenset[tuple[str, str]]:
    """Rule and message of what is found in the backend itself."""
    return frozenset((finding.rule, finding.message) for finding in findings(APPS / app, profile))


def is_near(span: Span, changed: Mapping[str, list[tuple[int, int]]]) -> bool:
    """Whether a place is one that was changed, or stands so near that a reader sees both."""
    return any(first - NEAR <= span.line <= last + NEAR for first, last in changed.get(span.path, ()))


def changed_lines(app: Path, folder: Path) -> dict[str, list[tuple[int, int]]]:
    """The lines of a mutant, from 1, that are not those of its backend, by file."""
    found: dict[str, list[tuple[int, int]]] = {}
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        name = path.relative_to(folder).as_posix()
        before = (app / name).read_bytes().splitlines() if (app / name).is_file() else []
        after = path.read_bytes().splitlines()
        if before != after:
            codes = difflib.SequenceMatcher(None, before, after).get_opcodes()
            found[name] = [(first + 1, last) for kind, _, _, first, last in codes if kind != "equal"]
    return found


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_what_was_seeded_is_found_and_nothing_else(mutant: Mutant, tmp_path: Path) -> None:
    folder = applied(mutant.app, mutant, tmp_path)
    known = original(mutant.app, mutant.profile)
    new = [one for one in findings(folder, mutant.profile) if (one.rule, one.message) not in known]
    assert {found.rule for found in new} == FOUND.get(mutant.name, set())
    if new and mutant.counts:
        changed = changed_lines(APPS / mutant.app, folder)
        assert mutant.category in {found.category for found in new}
        assert any(
            found.rule in FAR
            or any(is_near(span, changed) for span in (found.span, *(one.span for one in found.related)))
            for found in new
        ), [str(found.span) for found in new]


def test_every_expectation_has_a_mutant() -> None:
    assert FOUND.keys() <= {mutant.name for mutant in MUTANTS if not mutant.harmless}
