"""The records of all mutants, classified; what was said of them last is what is said now."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.classify.confusion import (
    BY_NAME,
    HALVES,
    PAGE,
    Judged,
    figures,
    of_name,
    page_with,
    read_judged,
    share,
)
from tests.mutants.catalogue import MUTANTS
from tests.mutants.records import KEPT, kept_records, wanted
from verifier.classify import FailedRun, book, classify
from verifier.classify.vocabulary import BY_DEFECT, CHOICES, WORDS
from verifier.model import Category
from verifier.packs import load_book

# A few of each backend are judged anew with their source, which takes a second each.
EACH = [name for number, name in enumerate(mutant.name for mutant in MUTANTS if mutant.counts) if number % 19 == 0]


def test_all_records_are_kept_and_tell_nothing_of_the_machine() -> None:
    assert [(one.name, one.database) for one in kept_records()] == list(wanted())
    assert KEPT.stat().st_size < 3_000_000
    for one in kept_records():
        assert one.record.project.root == "/repository"
        for log in one.logs.values():
            assert b"/home/" not in log
            assert b"/root/" not in log
            assert b"eyJ" not in log


def test_the_labels_without_the_source_are_those_of_last_time() -> None:
    last = {(one.name, one.database): one for one in read_judged()}
    now = {}
    for one in kept_records():
        if one.name in BY_NAME:
            cause = classify(FailedRun(record=one.record, logs=one.logs)).cause
            now[one.name, one.database] = (cause.defect, cause.paper_label) if cause is not None else ("", "none")
    changed = [key for key, said in now.items() if said != (last[key].word, last[key].label)]
    assert changed == [], "run `python -m tests.classify.confusion --write`"


@pytest.mark.parametrize("name", EACH)
def test_the_defects_with_the_source_are_those_of_last_time(name: str) -> None:
    assert of_name(name) == [one for one in read_judged() if one.name == name]


def test_it_is_right_often_enough() -> None:
    found = read_judged()
    assert len({one.name for one in found}) == sum(mutant.counts for mutant in MUTANTS)
    for half in HALVES:
        chosen: list[Judged] = [one for one in found if one.half == half]
        named, of = share(chosen, lambda one: one.named)
        assert named >= 0.9 * of
        right, of = share(chosen, lambda one: one.right)
        assert right >= 0.8 * of


def test_backends_as_they_are_did_not_fail() -> None:
    for one in kept_records():
        if one.name not in BY_NAME:
            made = classify(FailedRun(record=one.record, logs=one.logs))
            assert (made.failed, made.cause) == (False, None), one.name


def test_the_page_is_fresh() -> None:
    text = PAGE.read_text("utf-8")
    assert page_with(text, figures(read_judged())) == text, "run `python -m tests.classify.confusion --write`"
    assert book.page_with(text) == text, "run `make docs`"


def test_the_vocabulary_and_its_choices_are_whole() -> None:
    assert len(BY_DEFECT) == len(WORDS)
    rules = load_book().rules
    names = {rule.rpartition("/")[2] for rule in rules}
    for choice in CHOICES:
        for defect in choice.defects:
            assert defect in rules or defect in BY_DEFECT or defect.removeprefix("*/") in names, defect
        assert choice.label not in choice.others
    schema = json.loads((Path(PAGE).parent / "schema" / "classification.json").read_text("utf-8"))
    assert set(schema["$defs"]["label"]["enum"]) == {str(category) for category in Category}
