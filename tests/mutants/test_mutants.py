"""The mutants themselves, without running them: each finds its place, changes that and nothing else.

``BUTTRESS_SLOW=1 pytest tests/mutants`` runs a few of them too, which takes a minute and needs the network the first
time; ``python -m tests.mutants.run`` runs them all.
"""

from __future__ import annotations

import difflib
import os
import shutil
from pathlib import Path

import pytest

from tests.mutants import run as runner
from tests.mutants.catalogue import MUTANTS, Mutant
from tests.mutants.operators import OPERATORS
from tests.mutants.patterns import BEYOND, NO_MUTANT, SEEN_IN_SOURCE
from tests.mutants.run import APPS, NAMES, RESULTS, changes, read_results
from tests.mutants.source import LANGUAGES, PlaceError, Project, Source
from tests.mutants.table import PAGE, page
from verifier.model import Category

COUNTED = [mutant for mutant in MUTANTS if mutant.counts]
FROM_RUNS_ALONE = {
    Category.STUCK_IN_LOOP,
    Category.PREMATURE_TERMINATION,
    Category.OTHER,
    Category.CONSTRAINT_VIOLATION,
}
slow = pytest.mark.skipif(os.environ.get("BUTTRESS_SLOW") != "1", reason="runs backends: set BUTTRESS_SLOW=1")
each = pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)


def original(mutant: Mutant, path: str) -> Source:
    """A file of a backend as it is."""
    return Source(path, (APPS / mutant.app / path).read_bytes())


def changed_lines(before: bytes, after: bytes) -> list[tuple[int, int]]:
    """The stretches of lines, from 0, that a change takes out or writes between."""
    matcher = difflib.SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False)
    return [(first, last) for kind, first, last, _, _ in matcher.get_opcodes() if kind != "equal"]


def test_there_are_enough_of_them_for_every_backend() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert len(COUNTED) >= 60
    for app in NAMES:
        assert sum(mutant.app == app for mutant in COUNTED) >= 5, app
    assert all(mutant.name.startswith(f"{mutant.app}-") for mutant in MUTANTS)


def test_every_operator_is_used() -> None:
    assert {mutant.operator for mutant in MUTANTS} == set(OPERATORS)


def test_every_pattern_has_a_mutant_or_a_reason() -> None:
    assert {one.pattern for one in OPERATORS.values()} <= {*SEEN_IN_SOURCE, *BEYOND}
    seeded = {mutant.pattern for mutant in MUTANTS if not mutant.harmless}
    assert {*SEEN_IN_SOURCE, *BEYOND} - seeded == set(NO_MUTANT)


@each
def test_a_mutant_says_what_it_does_to_a_run(mutant: Mutant) -> None:
    assert isinstance(mutant.category, Category)
    assert mutant.category not in FROM_RUNS_ALONE
    assert bool(mutant.expects) == mutant.counts
    for symptom in mutant.expects.values():
        assert (symptom.operation is not None) == (symptom.phase == "suite" and not symptom.by_chance)


@each
def test_a_mutant_changes_its_place_and_nothing_else(mutant: Mutant) -> None:
    made = changes(mutant)
    named = {value for value in mutant.arguments.values() if isinstance(value, str)}
    assert set(made) <= named
    scope = mutant.arguments.get("within")
    path = mutant.arguments.get("path", "")
    for name, data in made.items():
        if data is None:
            continue
        before = original(mutant, name)
        assert data != before.data
        lines = changed_lines(before.data, data)
        assert len(lines) <= 4
        if scope is not None and name == path and "model" not in mutant.arguments:
            node = before.scope(scope)
            outside = [(a, b) for a, b in lines if not node.start_point[0] <= a <= b <= node.end_point[0] + 1]
            imports = {before.data.splitlines()[a].split()[0] for a, _ in outside}
            assert imports <= {b"from", b"import"}


@each
def test_a_mutant_can_still_be_parsed_unless_that_is_the_defect(mutant: Mutant) -> None:
    for path, data in changes(mutant).items():
        if data is None or Path(path).suffix not in LANGUAGES:
            continue
        assert not original(mutant, path).faults()
        assert Source(path, data).faults() == OPERATORS[mutant.operator].breaks_syntax


@each
def test_an_operator_fails_where_its_place_is_missing_or_there_twice(mutant: Mutant, tmp_path: Path) -> None:
    made = changes(mutant)
    if None in made.values():
        pytest.skip("it drops the file, whatever is in it")
    for name, times in (("nothing", 0), ("twice", 2)):
        place = tmp_path / name
        for path in made:
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_bytes(original(mutant, path).data * times)
        with pytest.raises(PlaceError):
            project = Project(place)
            OPERATORS[mutant.operator].seed(project, **mutant.arguments)
            project.changed()


@pytest.mark.parametrize(
    ("pattern", "there"),
    [
        ("f(a, b)", True),
        ("f( a,b )", True),
        ("f(ANY, b)", True),
        ("f(REST)", True),
        ("f(REST, b)", True),
        ("f(ANY)", False),
        ("f(b, a)", False),
        ("g(REST)", True),
        ('g("text", { x: 1 })', True),
        ("{ REST, x: 1 }", True),
    ],
)
def test_a_pattern_is_code_with_gaps(pattern: str, there: bool) -> None:
    source = Source("a.js", b"f(\n  a, // a comment\n  b,\n);\ng('text', { x: 1 });\n")
    assert len(source.all(pattern)) == there


def test_a_rewrite_leaves_what_stays_as_it_was_written() -> None:
    source = Source(
        "a.py", b"def one(x):\n    return query(\n        a,\n        where = x,\n    )\n\ndef two(x): query()\n"
    )
    source.rewrite("query(a, where=ANY_what)", "query(a, where=other(ANY_what))", "one")
    assert source.result() == source.data.replace(b"where = x", b"where = other(x)")
    with pytest.raises(PlaceError, match="no `query"):
        source.rewrite("query(a, REST)", "", "two")
    with pytest.raises(PlaceError, match="2 `query"):
        source.rewrite("query(REST)", "")
    with pytest.raises(PlaceError, match="no definition of `three`"):
        source.rewrite("query(REST)", "", "three")


def test_the_results_are_as_the_catalogue_expects() -> None:
    results = read_results(RESULTS)
    for mutant in MUTANTS:
        runs = results[mutant.name].runs
        for database, one in runs.items():
            symptom = mutant.expects.get(database)
            assert one.shows(symptom) if symptom is not None else not one.killed, (mutant.name, database, one)
        assert set(mutant.expects) <= set(runs)


def test_the_page_is_what_the_results_say() -> None:
    assert PAGE.read_text("utf-8") == page(read_results(RESULTS)), "run `python -m tests.mutants.table`"


@slow
@pytest.mark.parametrize("name", ["flask-author-filter-dropped", "django-no-tags-route", "express-route-order"])
def test_a_run_fails_with_a_mutant_and_passes_without(name: str, tmp_path: Path) -> None:
    cache = Path(os.environ.get("BUTTRESS_CACHE_DIR") or tmp_path / "cache")
    output = tmp_path / "results.json"
    app = next(mutant.app for mutant in MUTANTS if mutant.name == name)
    asked = ["--only", name, "--only", app, "--database", "sqlite", "--cache", str(cache), "-o", str(output)]
    assert shutil.which("bwrap") is not None
    assert runner.main(asked) == 0
    results = read_results(output)
    assert results[name].runs["sqlite"].killed
    assert not results[app].runs["sqlite"].killed
