"""JUnit, GitHub, GitLab and Markdown: what they say, how they escape, and nothing or very much to say."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from junitparser import JUnitXml
from markdown_it import MarkdownIt

from tests.conftest import Buttress
from tests.report.conftest import HOSTILE, UPWARD, finding
from verifier.check import Report
from verifier.link import Facts
from verifier.model import Severity
from verifier.report.github import github_text
from verifier.report.gitlab import gitlab_text
from verifier.report.html import html_text
from verifier.report.junit import junit_text
from verifier.report.markdown import MOST, markdown_text

FORMATS = ["sarif", "junit", "github", "gitlab", "markdown", "html"]


def only_printable(text: str) -> bool:
    """Whether a text can do nothing to a terminal."""
    return all(character.isprintable() or character in "\n\u2060" for character in text)


# JUnit


def suites_of(text: str) -> dict[str, list[tuple[str, str, int, int]]]:
    """What JUnit's readers see: suite to (name, class, failures, skips)."""
    seen: dict[str, list[tuple[str, str, int, int]]] = {}
    for suite in JUnitXml.fromstring(text.encode()):
        cases = seen[suite.name] = []
        for case in suite:
            kinds = [type(result).__name__ for result in case.result]
            cases.append((case.name, case.classname, kinds.count("Failure"), kinds.count("Skipped")))
        assert (suite.tests, suite.failures) == (len(cases), sum(case[2] for case in cases))
    return seen


def test_junit(upward: tuple[Report, Facts]) -> None:
    seen = suites_of(junit_text(*upward))
    folder = "fixtures/layers/upward_import/bad/app"
    assert list(seen) == ["constraints", f"{folder}/models/book.py", f"{folder}/repositories/books.py"]
    assert [case[0] for case in seen["constraints"] if case[2]] == ["dependencies point down only"]
    assert seen[f"{folder}/models/book.py"] == [("layers/upward-import 5:5", f"{folder}/models/book.py", 1, 0)]


def test_junit_fails_where_the_check_does(facts: Facts) -> None:
    report = Report((finding(1, "a"), finding(2, "b", severity=Severity.WARNING)), (), (), {})
    assert [case[2:] for case in suites_of(junit_text(report, facts))["main.py"]] == [(1, 0), (0, 1)]


def test_junit_of_nothing_has_a_test(empty: Report, facts: Facts) -> None:
    assert suites_of(junit_text(empty, facts)) == {"findings": [("no findings", "buttress", 0, 0)]}


def test_junit_and_hostile_texts(hostile: Report, facts: Facts) -> None:
    text = junit_text(hostile, facts)
    assert only_printable(text)
    tags = {element.tag for element in ElementTree.fromstring(text).iter()}
    assert tags == {"testsuites", "testsuite", "testcase", "failure", "skipped"}
    cases = [case for cases in suites_of(text).values() for case in cases]
    assert len(cases) == 2 * len(HOSTILE)
    assert len(set(cases)) == len(cases)


# GitHub


def commands_of(text: str) -> list[tuple[str, dict[str, str], str]]:
    """What the runner of GitHub Actions reads: command, properties, message."""
    read: list[tuple[str, dict[str, str], str]] = []
    for line in text.splitlines():
        match = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line)
        assert match is not None, line
        pairs = dict(pair.split("=", 1) for pair in match[2].split(","))
        decoded = {key: decode(value, {"%3A": ":", "%2C": ","}) for key, value in pairs.items()}
        read.append((match[1], decoded, decode(match[3], {})))
    return read


def decode(text: str, more: dict[str, str]) -> str:
    """A text as the runner decodes it, in one pass."""
    known = {"%25": "%", "%0D": "\r", "%0A": "\n", **more}
    return re.sub("|".join(known), lambda found: known[found[0]], text)


def test_github(upward: tuple[Report, Facts]) -> None:
    clause, first, second = commands_of(github_text(*upward))
    assert clause[0] == "error"
    assert clause[1]["title"] == "buttress: architecture"
    assert first[1] == {
        "file": "fixtures/layers/upward_import/bad/app/models/book.py", "line": "5", "endLine": "5", "col": "5",
        "endColumn": "41", "title": "buttress: layers/upward-import",
    }  # fmt: skip
    assert first[2].split("\n")[1].startswith("Instead: Move what")
    assert second[1]["line"] == "4"


def test_github_shows_the_worst_first(facts: Facts) -> None:
    found = (finding(1, "a", severity=Severity.INFO), finding(2, "b", severity=Severity.WARNING), finding(3, "c"))
    assert [one[0] for one in commands_of(github_text(Report(found, (), (), {}), facts))] == [
        "error", "warning", "notice"
    ]  # fmt: skip


def test_github_and_hostile_texts(hostile: Report, facts: Facts) -> None:
    text = github_text(hostile, facts)
    assert only_printable(text)
    read = commands_of(text)
    assert len(read) == 2 * len(HOSTILE)
    files = {one[1]["file"] for one in read}
    assert "we ird,na:me%.py" in files
    assert any("100%0A::error::pwned" in one[2] for one in read)


def test_github_of_nothing(empty: Report, facts: Facts) -> None:
    assert github_text(empty, facts) == ""


# GitLab

ISSUE = {
    "type": "object",
    "required": ["description", "check_name", "fingerprint", "severity", "location"],
    "properties": {
        "description": {"type": "string", "minLength": 1},
        "check_name": {"type": "string"},
        "fingerprint": {"type": "string", "minLength": 1},
        "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
        "location": {
            "type": "object",
            "required": ["path", "lines"],
            "properties": {
                "path": {"type": "string", "pattern": r"^(?!\./)"},
                "lines": {"required": ["begin"], "properties": {"begin": {"type": "integer", "minimum": 1}}},
            },
        },
    },
}


def issues(text: str) -> list[dict[str, object]]:
    """The issues of a report, as GitLab documents them."""
    found: list[dict[str, object]] = json.loads(text)
    jsonschema.validate(found, {"type": "array", "items": ISSUE})
    assert len({one["fingerprint"] for one in found}) == len(found)
    return found


def test_gitlab(upward: tuple[Report, Facts]) -> None:
    found = issues(gitlab_text(*upward))
    assert [one["severity"] for one in found] == ["blocker", "critical", "critical"]
    assert found[0]["check_name"] == "constraint/architecture"
    assert found[1]["location"] == {
        "path": "fixtures/layers/upward_import/bad/app/models/book.py", "lines": {"begin": 5, "end": 5}
    }  # fmt: skip


def test_gitlab_and_hostile_texts(hostile: Report, facts: Facts) -> None:
    text = gitlab_text(hostile, facts)
    assert len(issues(text)) == 2 * len(HOSTILE)
    assert only_printable(text)


def test_gitlab_of_nothing(empty: Report, facts: Facts) -> None:
    assert issues(gitlab_text(empty, facts)) == []


# Markdown and HTML


class Tags(HTMLParser):
    """The elements and attributes of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.links: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes.update((tag, name) for name, _ in attrs)
        self.links.update(value or "" for name, value in attrs if name in ("href", "src"))

    def handle_data(self, data: str) -> None:
        self.text += data


def rendered(text: str) -> Tags:
    """Markdown as a page, with the HTML in it, tables and links as GitHub makes them."""
    return Tags(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))


MARKDOWN_TAGS = {
    "h3", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "ul", "li", "code", "strong", "p", "em",
    "sub",
}  # fmt: skip


def test_markdown(upward: tuple[Report, Facts]) -> None:
    text = markdown_text(*upward)
    assert text.startswith("<!-- buttress -->\n\n### Buttress: 1 broken clause, 2 errors\n")
    assert "| architecture | dependencies point down only | ❌ broken |" in text
    page = rendered(text)
    assert page.seen <= MARKDOWN_TAGS
    assert "app/services/__init__.py" in page.text


def test_markdown_and_hostile_texts(hostile: Report, facts: Facts) -> None:
    text = markdown_text(hostile, facts)
    assert only_printable(text)
    page = rendered(text)
    assert page.seen <= MARKDOWN_TAGS, page.seen
    assert page.attributes <= {("details", "open")}
    assert "<script>alert(1)</script>" in page.text
    assert "**bold** _it_ [a](http://evil.example)" in page.text
    # A table has a cell for each column, whatever stands in it.
    rows = [line for line in text.splitlines() if line.startswith("| architecture")]
    assert len(rows) == len(HOSTILE)
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {4}
    # What GitHub would look up in the finished page: a name, a number, an address.
    outside = re.sub(r"`[^`]*`|<code>.*?</code>", "", text)
    for bare in ("@everyone", "#1 ", "http://evil", "www.evil"):
        assert bare not in outside.replace("&#64;", "@").replace("&#35;", "#")


def test_markdown_fits_a_comment(many: Report, facts: Facts) -> None:
    text = markdown_text(many, facts)
    assert len(text) <= MOST
    assert re.search(r"\*4\d{4} more findings: see the whole report\.\*", text)


def test_markdown_of_nothing(empty: Report, facts: Facts) -> None:
    assert markdown_text(empty, facts) == "<!-- buttress -->\n\n### Buttress: no findings\n"


def test_html_stands_by_itself(upward: tuple[Report, Facts]) -> None:
    text = html_text(*upward)
    page = Tags(text)
    assert page.seen.isdisjoint({"script", "link", "img", "iframe", "object", "form", "base"})
    assert "default-src 'none'" in text
    assert not re.search(r"url\(|@import", text)
    assert all(link.startswith("https://") and "/rules/" in link for link in page.links)
    assert "2 errors" in page.text
    assert "from app.services.formatting import tidy_title" in page.text
    assert "dependencies point down only" in page.text


def test_html_and_hostile_texts(hostile: Report, facts: Facts) -> None:
    text = html_text(hostile, facts)
    assert only_printable(text)
    plain = Tags(html_text(Report(hostile.findings[:0], (), (), {}), facts))
    page = Tags(text)
    assert page.seen - plain.seen <= {
        "table", "tr", "th", "td", "ul", "li", "label", "input", "article", "details", "summary", "br", "pre", "i",
        "dl", "dt", "dd", "a", "code", "span", "b",
    }  # fmt: skip
    assert {name for _, name in page.attributes} <= {
        "lang", "charset", "http-equiv", "content", "name", "class", "type", "id", "checked", "open", "href", "rel"
    }  # fmt: skip
    assert "<script>alert(1)</script>" in page.text
    assert "pro<b>ject" in page.text
    assert all(link.startswith("https://") for link in page.links)


def test_html_of_much_and_of_nothing(many: Report, empty: Report, facts: Facts) -> None:
    text = html_text(many, facts)
    assert text.count("<article") == 5000
    assert "45000 more findings are in the other formats." in text
    assert "no findings" in Tags(html_text(empty, facts)).text


# All of them


@pytest.mark.parametrize("form", FORMATS)
def test_written_to_a_file(buttress: Buttress, tmp_path: Path, form: str) -> None:
    ran = buttress("check", UPWARD, "--format", form, "-o", tmp_path / "report")
    assert (ran.code, ran.out) == (1, "")
    assert (tmp_path / "report").read_text("utf-8") == buttress("check", UPWARD, "--format", form).out
    ran = buttress("check", UPWARD, "--format", form, "-o", tmp_path / "no" / "report")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"buttress: {tmp_path}/no/report cannot be written: No such file or directory.\n"


@pytest.mark.parametrize("form", FORMATS)
def test_a_patch_alone(buttress: Buttress, tmp_path: Path, form: str) -> None:
    patch = tmp_path / "new.patch"
    patch.write_text("--- /dev/null\n+++ b/a.py\n@@ -0,0 +1,2 @@\n+def f():\n+    return nowhere\n")
    ran = buttress("check", "--patch", patch, "--format", form)
    assert ran.code == 1
    assert "names/undefined-name" in ran.out


@pytest.mark.parametrize("form", FORMATS)
def test_a_project_with_hostile_names(buttress: Buttress, tmp_path: Path, form: str) -> None:
    root = tmp_path / "<script>"
    root.mkdir()
    (root / "a]]>&\"'::error::,.py").write_text("def f():\n    return nowhere  # \x1b[31m </pre><script>\n")
    ran = buttress("check", root, "--format", form)
    assert ran.code == 1
    assert only_printable(ran.out)


@pytest.mark.parametrize("form", ["sarif", "junit", "github", "gitlab", "markdown", "html", "jsonl"])
def test_statistics_are_text_or_json(buttress: Buttress, form: str) -> None:
    ran = buttress("check", UPWARD, "--statistics", "--format", form)
    assert (ran.code, ran.err) == (2, f"buttress: --statistics is printed as text or json, not as {form}.\n")


def test_statistics_as_json(buttress: Buttress) -> None:
    data = json.loads(buttress("check", UPWARD, "--statistics", "--format", "json").out)
    schema = json.loads((UPWARD.parents[3] / "docs" / "schema" / "statistics.json").read_text())
    jsonschema.validate(data, schema)
    assert data["statistics"] == [
        {"rule": "layers/upward-import", "count": 2, "fixable": 0, "title": "A lower layer imports a higher one"}
    ]
