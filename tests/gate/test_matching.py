"""Findings of then and of now, matched one to one."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.report.conftest import finding
from verifier.check import Known, Report
from verifier.gate import hold, items_of
from verifier.gate.matching import matched
from verifier.link import Facts

ONE = Known("app/a.py", "sql/unknown-column", "`users` has no column `nme`", "Users.find", "db.execute(FIND_BY_NAME)")


def test_everything_but_the_rule_may_change() -> None:
    for now in (
        ONE,
        replace(ONE, scope="People.find"),
        replace(ONE, message="`people` has no column `nme`"),
        replace(ONE, code="self.db.execute(FIND)"),
        replace(ONE, scope="People.find", message="`people` has no column `nme`"),
        replace(ONE, path="app/b.py"),
    ):
        assert matched([ONE], [now], paths={"app/a.py", "app/b.py"}) == {0: 0}
    assert matched([ONE], [replace(ONE, rule="sql/unknown-table")], paths={"app/a.py"}) == {}


def test_too_much_has_changed() -> None:
    other = replace(ONE, scope="People.find", code="self.db.execute(ALL_OF_THEM)")
    assert matched([ONE], [other], paths={"app/a.py"}) == {}
    assert matched([ONE], [replace(other, path="app/b.py", message="x")], paths={"app/a.py", "app/b.py"}) == {}


def test_the_likest_goes_first() -> None:
    second = replace(ONE, code="db.execute(FIND_BY_NAME_AND_AGE)")
    assert matched([ONE], [second, ONE], paths={"app/a.py"}) == {1: 0}


def test_a_file_that_came_in_the_place_of_another() -> None:
    moved = replace(ONE, path="src/a.py", code="select(FIND)")
    assert matched([ONE], [moved], paths={"src/a.py"}) == {0: 0}
    assert matched([ONE], [moved], paths={"src/a.py", "app/a.py"}) == {}
    assert matched([ONE], [replace(moved, path="src/c.py")], paths={"src/c.py"}) == {}
    assert matched([ONE], [replace(moved, path="src/c.py")], paths={"src/c.py"}, moved={"app/a.py": "src/c.py"}) == {
        0: 0
    }


KNOWN = st.builds(
    Known, path=st.sampled_from(["a.py", "b/a.py", "c.py"]), rule=st.sampled_from(["x/y", "x/z"]),
    message=st.sampled_from(["m", "n 1", "n 2"]), scope=st.sampled_from(["", "f", "g"]),
    code=st.sampled_from(["", "short", "longer than that"]),
)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(KNOWN, max_size=12), st.lists(KNOWN, max_size=12), st.sets(st.sampled_from(["a.py", "b/a.py", "c.py"])))
def test_one_to_one(then: list[Known], now: list[Known], paths: set[str]) -> None:
    found = matched(then, now, paths=paths)
    assert len(set(found.values())) == len(found)
    assert all(then[old].rule == now[new].rule for new, old in found.items())
    same = matched(now, now, paths=paths)
    assert sorted(same) == sorted(set(same.values())) == list(range(len(now)))
    # Never are there more new ones than the difference of the counts asks for by itself, and never fewer.
    assert len(now) - len(found) >= len(now) - len(then)


def test_less_sure_findings_are_not_gone(facts: Facts) -> None:
    both = Report((finding(1, "one"), finding(2, "two")), (), (), {"sql/unknown-column": 0.0})
    baseline = [item.known for item in items_of(both, facts)]
    sure = replace(both, findings=both.findings[:1], unsure=both.findings[1:])
    held, kept = hold(sure, facts, baseline=baseline)
    assert held.gate is not None
    assert (held.findings, held.gate.gone, len(kept)) == ((), (), 2)
    held, kept = hold(replace(sure, unsure=()), facts, baseline=baseline)
    assert held.gate is not None
    assert [one.message for one in held.gate.gone] == ["two"]
    assert [one.message for one in kept] == ["one"]


def test_fifty_thousand(many: Report, facts: Facts) -> None:
    baseline = [item.known for item in items_of(many, facts)]
    held, _ = hold(many, facts, baseline=baseline[1:])
    assert len(held.findings) == 1
    assert held.gate is not None
    assert len(held.gate.known) == 49_999
