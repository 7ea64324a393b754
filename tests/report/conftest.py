"""Projects and reports for the tests of the formats."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from verifier.check import Report, check
from verifier.link import Facts
from verifier.model import Category, Confidence, Evidence, Finding, Related, Severity, Span, Verdict
from verifier.session import Options, open_session

ROOT = Path(__file__).parent.parent.parent
UPWARD = ROOT / "fixtures" / "layers" / "upward_import" / "bad"

# Each of these means something to one of the formats, to a terminal, or to who reads the page.
HOSTILE = (
    "]]></failure><failure/>", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "::error::pwned",
    "line\n::error::pwned", "line\r\n::set-output name=x::y", "100%0A::error::pwned", "a,b:c=d",
    "\x1b[31mred\x1b]0;t\x07",
    "\x00\x08\x0b\x7f\x85\u2028", "\ud800 alone", "\ufffe\uffff", "`code` | cell | **bold** _it_ [a](http://evil.example)",
    "</summary></details><h1>", "@everyone #1 http://evil.example www.evil.example", "``` fence", "&lt;b&gt; &amp;",
    "--> <!--",
    "' \" onmouseover=alert(1) x=\"", "javascript:alert(1)", "\u202etxt.exe",
)  # fmt: skip

Made = Callable[..., Report]


@pytest.fixture(scope="session")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    """A project whose files have hostile names and lines."""
    root = tmp_path_factory.mktemp("hostile") / "pro<b>ject"
    root.mkdir()
    (root / "main.py").write_text(
        "import os\n\n" + "".join(f"# {text!r} </pre><script>x</script>\n" for text in HOSTILE)
    )
    for name in ("we ird,na:me%.py", "<img src=x>.py", "a\nb.py", os.fsdecode(b"odd\xff.py")):
        try:
            (root / name).write_text("x = 1\n" * 30)
        except (OSError, UnicodeError):
            continue
    return open_session(Options(path=root, cache=False, quiet=True, isolated=True)).facts


def finding(number: int, text: str, path: str = "main.py", severity: Severity = Severity.ERROR) -> Finding:
    """A finding all of whose texts are the same one."""
    return Finding(
        rule="sql/unknown-column", category=Category.INCORRECT_QUERY_LOGIC, severity=severity, message=text,
        confidence=Confidence.HIGH, span=Span(path, 3, 1, 3, 9), related=(Related(Span(path, 4, 2, 5, 1), text),),
        endpoints=(f"GET /{text}",), symptom=text, remedy=text, fingerprint=f"{number:024x}",
    )  # fmt: skip


@pytest.fixture
def hostile(facts: Facts) -> Report:
    """A report all of whose texts are hostile."""
    paths = sorted(facts.project.files)
    found = tuple(
        finding(number, text, paths[number % len(paths)], tuple(Severity)[number % 3])
        for number, text in enumerate(HOSTILE)
    )
    verdicts = tuple(
        Verdict("architecture", f"clause {text}", False, (Evidence(Span(paths[0], 1, 1, 1, 4), text),))
        for text in HOSTILE
    )
    return Report(found, found[:2], verdicts, {})


@pytest.fixture
def many() -> Report:
    """Fifty thousand findings, the errors last."""
    made = [finding(number, f"number {number}", severity=Severity.WARNING) for number in range(49_000)]
    made += [finding(number, f"number {number}") for number in range(49_000, 50_000)]
    return Report(tuple(made), (), (), {})


@pytest.fixture
def empty() -> Report:
    """Nothing found, nothing asked."""
    return Report((), (), (), {})


@pytest.fixture(scope="session")
def upward() -> tuple[Report, Facts]:
    """A project with two findings, a broken clause and six that are kept."""
    found = open_session(Options(path=UPWARD, cache=False, quiet=True)).facts
    return check(found), found
