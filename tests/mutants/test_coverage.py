"""The page on what is found is fresh, and what it says holds."""

from __future__ import annotations

import pytest

from tests.mutants.catalogue import MUTANTS
from tests.mutants.coverage import PAGE, page, proofs, proved_in, reason_without_proof
from tests.mutants.patterns import BEYOND, NO_RULE, RULES, SEEN_IN_SOURCE
from tests.mutants.test_findings import FOUND
from tests.proofs.index import NOT_AT_RUN_TIME, PROVED
from verifier.packs import load_book

BOOK = load_book().rules


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text("utf-8") == page(), "run `python -m tests.mutants.coverage`"


def test_each_pattern_has_a_rule_or_a_reason() -> None:
    assert set(RULES) | set(NO_RULE) == {*SEEN_IN_SOURCE, *BEYOND}
    assert not set(RULES) & set(NO_RULE)
    assert {rule for rules in RULES.values() for rule in rules} <= set(BOOK)
    assert sum(pattern in RULES for pattern in SEEN_IN_SOURCE) >= 70


def test_what_finds_a_mutant_is_a_rule_of_its_pattern() -> None:
    for mutant in MUTANTS:
        assert not FOUND.get(mutant.name) or FOUND[mutant.name] & set(RULES.get(mutant.pattern, ())), mutant.name


@pytest.mark.parametrize("rule", sorted(BOOK))
def test_each_rule_is_proved_or_says_nothing_of_run_time(rule: str) -> None:
    assert proved_in(rule) or reason_without_proof(rule)


def test_the_index_names_what_is_there() -> None:
    assert set(PROVED) <= set(BOOK)
    assert {module for modules in PROVED.values() for module in modules} <= set(proofs())
    assert {name.partition("/")[0] for name in NOT_AT_RUN_TIME} <= {rule.partition("/")[0] for rule in BOOK}
