"""JUnit XML: Newman's, Schemathesis's, pytest's, Jest's, and what else writes it.

It tells of tests, not of requests. Only Newman's has one suite for each request; of all others a test becomes a
request without an answer's status, named by the test.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree

from verifier.regex import regex
from verifier.run.foreign.errors import ResultsError
from verifier.run.foreign.exchange import Exchange
from verifier.run.foreign.reading import limit, unknown
from verifier.run.record import Check, Suite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from verifier.run.foreign.reading import Report

PROLOG = regex(r"\s*+(?:<\?.*?\?>\s*+|<!--.*?-->\s*+)*+", re.DOTALL)
DEEPEST = 30
MOST = 500_000  # elements
PIECE = 4_000_000  # characters: small enough to stop early, large enough for a long text not to be read many times


class Limits(ElementTree.TreeBuilder):
    """Builds a tree, within limits."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title = title
        self.depth = 0
        self.count = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> ElementTree.Element:
        """An element begins."""
        self.depth += 1
        self.count += 1
        if self.depth > DEEPEST:
            raise ResultsError(f"The results {self.title} are nested too deeply to be read.")
        if self.count > MOST:
            raise ResultsError(f"The results {self.title} have more than {MOST} elements.")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ElementTree.Element:
        """An element ends."""
        self.depth -= 1
        return super().end(tag)

    def doctype(self, name: str, pubid: str | None, system: str | None, /) -> None:
        """A document type is declared, and with it perhaps entities."""
        raise ResultsError(f"The results {self.title} declare a document type, which no report needs.")


def parse(text: str, report: Report) -> ElementTree.Element:
    """The root of a document.

    Raises:
        ResultsError: it is no XML, declares entities, or is too large.
    """
    start = PROLOG.match(text)
    if start is not None and text.startswith("<!", start.end()):
        raise ResultsError(f"The results {report.title} declare a document type, which no report needs.")
    parser = ElementTree.XMLParser(target=Limits(report.title))
    try:
        for position in range(0, len(text), PIECE):
            parser.feed(text[position : position + PIECE])
        root: ElementTree.Element = parser.close()
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise ResultsError(f"The results {report.title} are cut off or no XML: {error}.") from error
    return root


class Test(NamedTuple):
    """A test and what became of it. ``skipped`` tests were not run."""

    name: str
    classname: str
    seconds: float | None
    problems: tuple[ElementTree.Element, ...]
    skipped: bool
    retried: int


def read_junit(text: str, report: Report) -> tuple[list[Exchange], Suite]:
    """Read JUnit XML.

    Raises:
        ResultsError: it is no JUnit XML.
    """
    root = parse(text, report)
    if root.tag not in {"testsuites", "testsuite"}:
        raise unknown(report)
    suites = list(flat(root))
    limit(report, sum(1 for _ in root.iter("testcase")), 0)
    if by_newman(root):
        exchanges = newman_exchanges(suites, report)
    else:
        exchanges = [exchange for suite in suites for exchange in suite_exchanges(suite)]
    names = [root.get("name"), *(suite.get("name") for suite in suites[:1])]
    name = next((name for name in names if name), "JUnit")
    return exchanges, Suite(name=name, profile=None, source="junit xml", digest=report.digest)


def flat(root: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """The suites that hold tests, in their order; a suite may hold suites."""
    for element in root.iter("testsuite"):
        if element is not root or element.find("testcase") is not None:
            yield element


# Newman


def by_newman(root: ElementTree.Element) -> bool:
    """Whether Newman wrote a report: every suite has the identity of a request, and the time when the run began."""
    suites = root.findall("testsuite")
    return (
        root.tag == "testsuites"
        and len({suite.get("timestamp") for suite in suites}) == 1
        and all(suite.get("id") is not None and suite.get("hostname") is None for suite in suites)
        and not any(suite.get("package") for suite in suites)
        and all((case.get("classname") or "none").isalnum() for suite in suites for case in suite.findall("testcase"))
        and all(
            failure.get("type") == "AssertionFailure"
            for suite in suites
            for case in suite.findall("testcase")
            for failure in case
        )
    )


TIMES = regex(r"Failed (\d{1,6}) times\.")
REQUEST_ERROR = regex(r"^RequestError: (?:Error: )?(.*)$", re.MULTILINE)
SCRIPT_ERROR = regex(r"^(testScript|prerequestScript)Error: (.*)$", re.MULTILINE)
SCRIPTS = {
    "prerequestScript": "the script before the request runs",
    "testScript": "the script with the tests runs",
}


def newman_exchanges(suites: list[ElementTree.Element], report: Report) -> list[Exchange]:
    """The requests of a report of Newman.

    Raises:
        ResultsError: its counts are not believable.
    """
    result: list[Exchange] = []
    total = 0
    for suite in suites:
        result.append(newman_exchange(suite, report))
        total += len(result[-1].checks)
        limit(report, len(result), total)
    return result


def newman_exchange(suite: ElementTree.Element, report: Report) -> Exchange:
    """A request of Newman. Assertions of the same name are one test there, so they are counted again."""
    section, _, name = (suite.get("name") or "").rpartition(" / ")
    checks: list[Check] = []
    shown_failures = 0
    for case in suite.findall("testcase"):
        failure = case.find("failure")
        if failure is None:
            checks.append(Check(case.get("name") or "", True))
            continue
        found = TIMES.search(failure.text or "")
        times = int(found[1]) if found is not None else 1
        shown_failures += times
        limit(report, 0, shown_failures)
        checks += [Check(case.get("name") or "", False, failure.get("message") or "")] * times
    # Of assertions of the same name, Newman forgets the failures before one that passed, and counts the passed once.
    total, failures = count(suite, "tests", report), count(suite, "failures", report)
    limit(report, 0, max(total, failures))
    other = "another assertion of the same name"
    checks += [Check(other, False, "It failed; the report does not say why.")] * (failures - shown_failures)
    checks += [Check(other, True)] * (total - len(checks))
    errors = suite.findtext("system-err") or ""
    checks += [Check(SCRIPTS[kind], False, text) for kind, text in SCRIPT_ERROR.findall(errors)]
    unanswered = REQUEST_ERROR.search(errors)
    return Exchange(
        name=name,
        section=section,
        milliseconds=milliseconds(suite.get("time")) if unanswered is None else None,
        checks=tuple(checks),
        error=None if unanswered is None else unanswered[1].strip() or "There is no answer.",
    )


def count(suite: ElementTree.Element, attribute: str, report: Report) -> int:
    """A number of a suite.

    Raises:
        ResultsError: it is none.
    """
    text = suite.get(attribute) or "0"
    if re.fullmatch(r"\d{1,9}", text) is None:
        raise ResultsError(f"The results {report.title} are no JUnit XML: `{attribute}` is `{text[:50]}`.")
    return int(text)


# Any other

BEGINS = regex(r"(?:^|[\s\[])(GET|PUT|POST|DELETE|OPTIONS|HEAD|PATCH|TRACE|QUERY) (/[^\s\]]*)")


def suite_exchanges(suite: ElementTree.Element) -> list[Exchange]:
    """The tests of a suite, each as a request."""
    section = suite.get("name") or ""
    found = [read_test(case) for case in suite.findall("testcase")]
    # Where the collecting of a file failed, some tools give the suite an error and no test.
    broken = [element for element in suite if element.tag in {"error", "failure"}]
    if broken:
        found.append(Test(section or "suite", "", None, tuple(broken), False, 0))
    return [test_exchange(test, section) for test in found]


def read_test(case: ElementTree.Element) -> Test:
    """A test."""
    problems = tuple(element for element in case if element.tag in {"failure", "error"})
    retried = sum(element.tag in {"rerunFailure", "rerunError", "flakyFailure", "flakyError"} for element in case)
    skipped = not problems and (case.find("skipped") is not None or case.get("status") in {"skipped", "disabled"})
    seconds = case.get("time")
    return Test(
        case.get("name") or "",
        case.get("classname") or "",
        None if seconds is None else milliseconds(seconds),
        problems,
        skipped,
        retried,
    )


def test_exchange(test: Test, section: str) -> Exchange:
    """A test, as a request. It has a method and a path only where its name does."""
    found = BEGINS.search(test.name)
    classname = "" if test.classname in {section, test.name} else test.classname
    checks = [Check(test.name, False, problem(element)) for element in test.problems]
    if not checks and not test.skipped:
        checks = [Check(test.name, True)]
    return Exchange(
        name=test.name,
        section=" / ".join(part for part in (section, classname) if part),
        method=found[1] if found is not None else "",
        url=found[2] if found is not None else None,
        milliseconds=test.seconds,
        checks=tuple(checks),
        error="The test was skipped." if test.skipped else None,
        sent=not test.skipped,
        attempts=test.retried + 1,
        # Schemathesis names its tests by operations; another tool's test may be about any path.
        operation=test.name if section == "schemathesis" else None,
    )


CODES = regex(r"[A-Z]{2}\d+(?:, [A-Z]{2}\d+)*")


def problem(element: ElementTree.Element) -> str:
    """What was wrong with a test."""
    message = (element.get("message") or "").strip()
    text = (element.text or "").strip()
    if CODES.fullmatch(message) is not None:
        return text or message  # of Schemathesis: what the codes mean stands in the text
    return message or text or element.get("type") or ""


def milliseconds(seconds: str | None) -> float | None:
    """A time in seconds; None where it is none."""
    text = (seconds or "").replace(",", "")
    return round(float(text) * 1000, 3) if re.fullmatch(r"\d{1,9}(?:\.\d{1,9})?", text) else None
