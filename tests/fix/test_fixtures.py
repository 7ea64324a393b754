"""Every fix that a rule offers, made on that rule's own bad fixture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from verifier.check import check
from verifier.fix import Fixed, fix, fixable, sure_faults
from verifier.link import Facts
from verifier.model import SourceFile
from verifier.session import Options, open_session

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
# The rules that offer a fix, and those whose fix is made only where the user asks for what may change more.
SAFE = {
    "auth/bcrypt-too-new",
    "auth/subject-not-text",
    "awaiting/credentials-not-awaited",
    "express/refused-path",
    "fastify/empty-json-body",
    "hono/next-not-awaited",
    "hono/stream-without-duplex",
    "koa/next-not-awaited",
    "startup/missing-extension",
    "startup/undeclared-package",
    "awaiting/coroutine-never-run",
    "awaiting/missing-await",
    "buttress/unused-suppression",
    "django/shadowed-route",
    "django_orm/mutable-default",
    "express/shadowed-route",
    "fastapi/shadowed-route",
    "hono/shadowed-route",
    "koa/shadowed-route",
    "sequelize/count-of-joined-rows",
    "sequelize/string-operator",
    "sql/quoted-placeholder",
    "sql/single-value-not-tuple",
    "sqlalchemy/in-without-list",
    "sqlalchemy/missing-unique",
    "sqlalchemy/mutable-default",
    "sqlalchemy/select-with-list",
}
UNSAFE = {
    "awaiting/floating-promise",
    "flask/absent-body",
    "hono/answer-not-returned",
    "sequelize/transaction-not-passed",
}

# What can be seen only when something else is mended: an object that is awaited may be missing.
SEEN_THEN = {"awaiting/missing-await": {"names/unchecked-lookup"}}


def folder(rule: str) -> Path:
    """The bad fixture of a rule."""
    return FIXTURES / rule.replace("-", "_") / "bad"


def linked(path: Path, over: Mapping[str, SourceFile] | None = None) -> Facts:
    """The facts of a fixture, some of its files being others."""
    return open_session(Options(path=path, cache=False, quiet=True), over).facts


def fixed(rule: str, *, unsafe: bool = False) -> tuple[Counter[tuple[str, str]], Fixed]:
    """What was found in the bad fixture of a rule, and what fixing it brought."""
    facts = linked(folder(rule))
    found = Counter((finding.rule, finding.message) for finding in check(facts).findings)
    return found, fix(facts, lambda over: linked(folder(rule), over), unsafe=unsafe)


@pytest.mark.parametrize("rule", sorted(SAFE | UNSAFE))
def test_a_fix_takes_its_finding_away_and_brings_no_other(rule: str) -> None:
    before, made = fixed(rule, unsafe=rule in UNSAFE)
    after = Counter((finding.rule, finding.message) for finding in made.report.findings)
    assert any(finding.rule == rule for finding in made.done)
    assert {told for told, _ in after - before} <= SEEN_THEN.get(rule, set())
    assert sum((before - after).values()) >= len(made.done)
    assert all(sure_faults(file) == 0 for _, file in made.files.values() if file.language is not None)


@pytest.mark.parametrize("rule", sorted(SAFE | UNSAFE))
def test_what_is_fixed_stays_as_it_is(rule: str) -> None:
    _, made = fixed(rule, unsafe=rule in UNSAFE)
    over = {path: file for path, (_, file) in made.files.items()}
    again = fix(linked(folder(rule), over), lambda more: linked(folder(rule), over | dict(more)), unsafe=rule in UNSAFE)
    assert not again.files


@pytest.mark.parametrize("rule", sorted(UNSAFE))
def test_what_may_change_more_is_left_alone(rule: str) -> None:
    _, made = fixed(rule)
    assert not made.files


def test_each_rule_that_offers_a_fix_is_tried() -> None:
    offering = {
        (finding.rule, finding.fix.safe)
        for path in sorted(FIXTURES.glob("*/*/bad"))
        for finding in fixable(check(linked(path)).findings, unsafe=True)
        if finding.fix is not None
    }
    assert offering == {(rule, True) for rule in SAFE} | {(rule, False) for rule in UNSAFE}
