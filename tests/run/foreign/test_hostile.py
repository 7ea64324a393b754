"""Reports that are broken or meant to break: one sentence each, and never anything else."""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verifier.run.foreign import ResultsError, junit, reading
from verifier.run.foreign.exchange import requests_of
from verifier.run.foreign.reading import Report, read_report

from .conftest import REPORTS, Read, report

NAMES = [
    "newman-broken.json",
    "newman-good.csv",
    "newman-broken.xml",
    "hurl/report.json",
    "pytest.xml",
    "jest.xml",
    "schemathesis.xml",
    "schemathesis.ndjson",
]
LAUGHS = """<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>
<testsuite name="&b;"><testcase name="&b;"/></testsuite>"""


def sentence(error: pytest.ExceptionInfo[ResultsError]) -> str:
    """The text of an error, which is one line that ends with a full stop."""
    text = str(error.value)
    assert text.endswith(".")
    assert "\n" not in text
    assert "Traceback" not in text
    return text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "are empty"),
        (b" \n\t", "are empty"),
        (b"hello", "are none of what can be read"),
        (b"a,b,c\n1,2,3", "are none of what can be read"),
        (b"\xff\xfe{\0}\0", "are not UTF-8"),
        ('{"run": "é"}'.encode("latin-1"), "are not UTF-8"),
        (b"{}", "are none of what can be read"),
        (b"[]", "are none of what can be read"),
        (b'{"run": 1}', "are no report of Newman: expected `object`, got `int` - at `$.run`."),
        (b'{"run": {}}', "are no report of Newman: "),
        (b'{"run": {"executions": {}}}', "are no report of Newman: "),
        (b'{"run": {"executions": [{}]}}', "are no report of Newman: "),
        (b'{"run": {"executions": [{"item": {"name": 7}}]}}', "are no report of Newman: "),
        (b'{"run": {"executions": [{"item": {}, "response": {"code": "200"}}]}}', "are no report of Newman: "),
        (b'{"run": {"executions": [{"item": {}, "response": {"code": 1e400}}]}}', ""),
        (b'{"run": {"executions": [{"item": {}, "response": {"code": 70000}}]}}', "are no report of Newman: "),
        (b'{"run": {"executions": [', "are cut off or no JSON: "),
        (b'{"run": {"executions": []}} x', "are cut off or no JSON: "),
        (b'{"run": NaN}', "are cut off or no JSON: "),
        (b'[{"filename": "a"}]', "are no report of Hurl: "),
        (b"[1, 2]", "are no report of Hurl: "),
        (b'[{"filename": "a", "success": true, "entries": [{"index": 1, "calls": 1, "asserts": []}]}]', "Hurl"),
        (b"[" * 1_000_000, "are no report of Hurl: "),
        (b'[{"a":' * 1_000_000, "are nested too deeply"),
        (b'{"run":' * 1_000_000, "are nested too deeply"),
        (b'{"run": {"executions": [' + b'{"item":{"item":[' * 1_000_000, "are nested too deeply"),
        (b'{"Initialize": {}}\n{"ScenarioFinished": 7}', "are no report of Schemathesis: "),
        (b'{"Initialize": {}}\n{"ScenarioFinished"', "are cut off or no JSON: "),
        (b"<html></html>", "are none of what can be read"),
        (b"<testsuite>", "are cut off or no XML: "),
        (b"<testsuite></testsuites>", "are cut off or no XML: "),
        (b"<testsuite>&a;</testsuite>", "are cut off or no XML: "),
        (b"<testsuite>\x00</testsuite>", "are cut off or no XML: "),
        (b"<testsuite>" * 1_000_000, "are nested too deeply"),
        (LAUGHS.encode(), "declare a document type"),
        (b"\xef\xbb\xbf" + LAUGHS.encode(), "declare a document type"),
        (b"<!-- a --><?b c?>\n" + LAUGHS.partition("\n")[2].encode(), "declare a document type"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><testsuite/>', "declare a document type"),
        (LAUGHS.replace('1.0"', '1.0" encoding="utf-16"').encode("utf-16"), "are not UTF-8"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_is_no_report(read: Read, content: bytes, said: str) -> None:
    with pytest.raises(ResultsError) as error:
        read(content)

    assert said in sentence(error)


def test_another_declared_encoding_changes_nothing(read: Read) -> None:
    text = '<?xml version="1.0" encoding="utf-7"?><testsuite name="é"><testcase name="+AGE-"/></testsuite>'

    ((request,), _) = read(text)

    assert (request.section, request.name) == ("é", "+AGE-")


HEADER = report("newman-good.csv").splitlines()[0]
ROW = '"1","Notes","List","GET","http://localhost/a","OK","200","3","25","a, b",,,"2","2","0","0"'


@pytest.mark.parametrize(
    "row",
    [
        ROW[:-6],  # cut off between two cells
        ROW[:-1],  # cut off in a cell
        ROW + ',"more","and more"',
        ROW.replace('"200"', '"two hundred"'),
        ROW.replace('"200"', '"-1"'),
        ROW.replace('"200"', '"2\n\x1b[31m00"'),
        ROW.replace('"2","2"', '"9","9"'),
        ROW.replace('"2","2"', '"2","1e9"'),
        ROW.replace('"2","2"', '"2","99999999999999999999"'),
        ROW.replace('"GET"', '"GE"T"'),
    ],
)
def test_csv_that_is_not_what_newman_writes(read: Read, row: str) -> None:
    assert len(read(f"{HEADER}\n{ROW}")[0]) == 1

    with pytest.raises(ResultsError) as error:
        read(f"{HEADER}\n{row}")

    assert "are no CSV of Newman, or cut off" in sentence(error)


def test_a_cell_may_be_large(read: Read) -> None:
    ((request,), _) = read(f'{HEADER},body\n{ROW},"{"x" * 1_000_000}"')

    assert request.response is not None
    assert len(request.response) == 2_000


@pytest.mark.parametrize("attribute", ['tests="1000000"', 'failures="999999999"', 'tests="-1"', 'tests="x"'])
def test_counts_that_no_run_reaches(read: Read, attribute: str) -> None:
    with pytest.raises(ResultsError) as error:
        read(f'<testsuites name="a"><testsuite name="b" id="c" {attribute}></testsuite></testsuites>')

    sentence(error)


def test_counts_that_only_many_suites_reach(read: Read) -> None:
    suite = '<testsuite name="b" id="c" tests="400000"></testsuite>'

    with pytest.raises(ResultsError, match="have more than 500000 checks"):
        read(f'<testsuites name="a">{suite * 2}</testsuites>')


def test_sizes_are_limited(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST", 1_000_000)
    with pytest.raises(ResultsError, match="are larger than 1 MB"):
        read(b" " * 1_000_001)

    monkeypatch.setattr(reading, "MOST_REQUESTS", 4)
    for name in NAMES:
        with pytest.raises(ResultsError, match=f"{name} have more than 4 requests") as error:
            read_report(Report((REPORTS / name).read_bytes(), name, REPORTS))
        sentence(error)

    monkeypatch.setattr(junit, "MOST", 10)
    with pytest.raises(ResultsError, match="have more than 10 elements"):
        read(f"<testsuite>{'<testcase/>' * 10}</testsuite>")


def test_files_that_are_none(tmp_path: Path) -> None:
    from verifier.run.foreign import read_results

    os.mkfifo(tmp_path / "pipe")
    for name, said in [("gone", "cannot be read"), ("pipe", "are no ordinary file")]:
        with pytest.raises(ResultsError) as error:
            read_results(tmp_path / name)
        assert said in sentence(error)
    with pytest.raises(ResultsError, match="are no ordinary file"):
        read_results(Path("/dev/zero"))


def outcome(content: bytes, name: str) -> None:
    """Read a report as far as the record: it becomes requests, or an error of one line."""
    try:
        exchanges, _ = read_report(Report(content, name, (REPORTS / name).parent))
        requests_of(exchanges)
    except ResultsError as error:
        assert "\n" not in str(error)
        assert str(error).endswith(".")


def put(document: Any, data: st.DataObject) -> Any:
    """The document with something else in one place."""
    root: list[Any] = [copy.deepcopy(document)]
    holder: Any = root
    key: Any = 0
    while isinstance(holder[key], dict | list) and holder[key] and data.draw(st.integers(0, 9)) > 0:
        holder = holder[key]
        key = data.draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
    holder[key] = data.draw(st.sampled_from([None, True, 7, -1, 1e300, "", "text", "\0", [], {}, [[{}]], ["a"]]))
    return root[0]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.sampled_from(["newman-broken.json", "hurl/report.json"]), st.data())
def test_wrong_values_anywhere_in_json(name: str, data: st.DataObject) -> None:
    outcome(json.dumps(put(json.loads(report(name)), data)).encode(), name)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_wrong_values_anywhere_in_json_lines(data: st.DataObject) -> None:
    lines = report("schemathesis.ndjson").splitlines()
    index = data.draw(st.integers(0, len(lines) - 1))
    lines[index] = json.dumps(put(json.loads(lines[index]), data))
    outcome("\n".join(lines).encode(), "schemathesis.ndjson")


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(NAMES), st.data())
def test_bytes_that_were_cut_or_changed(name: str, data: st.DataObject) -> None:
    content = (REPORTS / name).read_bytes()
    start = data.draw(st.integers(0, len(content)))
    length = data.draw(st.integers(0, 50) | st.integers(0, len(content)))
    outcome(content[:start] + data.draw(st.binary(max_size=5)) + content[start + length :], name)
