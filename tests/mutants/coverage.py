"""Write docs/coverage.md: ``python -m tests.mutants.coverage``.

For each pattern of defects that backends written by models really had: the rules that look for it, where each is
proved, and which of the mutants that seed it are found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from tests.mutants.catalogue import MUTANTS, Mutant
from tests.mutants.patterns import BEYOND, NO_RULE, RULES, SEEN_IN_SOURCE
from tests.mutants.run import ROOT
from tests.mutants.test_findings import FOUND
from tests.proofs.index import NOT_AT_RUN_TIME, PROVED
from verifier.packs import load_book

PAGE = ROOT / "docs" / "coverage.md"
PROOFS = ROOT / "tests" / "proofs"


def mutants_of(pattern: str) -> list[Mutant]:
    """The mutants that seed a pattern, and whose runs fail."""
    return [mutant for mutant in MUTANTS if mutant.pattern == pattern and mutant.counts]


@cache
def proofs() -> dict[str, str]:
    """The texts of the modules that prove rules, by name."""
    return {path.name: path.read_text("utf-8") for path in sorted(PROOFS.glob("test_*.py"))}


def proved_in(rule: str) -> list[str]:
    """The modules that prove a rule: those that name its fixtures, or that the index gives."""
    pack, _, name = rule.partition("/")
    own = re.compile(rf"\b{name.replace('-', '_')}\b|{re.escape(rule)}")
    shared = sum(other.partition("/")[2] == name for other in load_book().rules) > 1
    found = [
        module
        for module, text in proofs().items()
        if own.search(text) and (not shared or pack in module or pack in text)
    ]
    return sorted({*found, *PROVED.get(rule, ())})


def reason_without_proof(rule: str) -> str | None:
    """Why a rule needs no proof: it does not say that anything fails."""
    return NOT_AT_RUN_TIME.get(rule) or NOT_AT_RUN_TIME.get(rule.partition("/")[0])


def page() -> str:
    """The whole page."""
    return "\n".join([*head(), *table(SEEN_IN_SOURCE), *further(), *without(), *missed()]) + "\n"


def head() -> Iterator[str]:
    """What the page is, and its figures."""
    counted = [mutant for mutant in MUTANTS if mutant.counts]
    found = [mutant for mutant in counted if FOUND.get(mutant.name)]
    covered = [pattern for pattern in SEEN_IN_SOURCE if RULES.get(pattern)]
    yield "# Which defects are found"
    yield ""
    yield "The patterns were gathered from the failed runs of a published benchmark, where models wrote backends; these"
    yield "are those that can be seen in the source, wholly or in part. Mutants seed them in the reference backends"
    yield "([mutants.md](mutants.md)); a proof runs the fixtures of a rule, or their heart, on the real library."
    yield ""
    yield f"- {len(covered)} of {len(SEEN_IN_SOURCE)} patterns have a rule."
    share = 100 * len(found) / len(counted)
    yield f"- {len(found)} of {len(counted)} mutants are found ({share:.1f} %), and nothing in the backends themselves."
    yield f"- {len(load_book().rules)} rules in all: [rules/index.md](rules/index.md)."
    yield ""
    yield "This page is written by `python -m tests.mutants.coverage`."


def table(patterns: Iterable[str]) -> Iterator[str]:
    """One row for each pattern."""
    yield ""
    yield "| pattern | rules | category | proved in | mutants |"
    yield "| --- | --- | --- | --- | --- |"
    book = load_book()
    for pattern in patterns:
        rules = RULES.get(pattern, ())
        categories = sorted({str(book.rules[rule].category) for rule in rules})
        modules = sorted({module.removesuffix(".py") for rule in rules for module in proved_in(rule)})
        yield f"| `{pattern}` | {'<br>'.join(map(link, rules)) or '-'} | {'<br>'.join(categories) or '-'} | " + (
            f"{'<br>'.join(modules) or '-'} | {seeded(pattern)} |"
        )


def link(rule: str) -> str:
    """A rule, with its page."""
    return f"[{rule}](rules/{rule}.md)"


def seeded(pattern: str) -> str:
    """How many mutants of a pattern are found."""
    own = mutants_of(pattern)
    found = sum(bool(FOUND.get(mutant.name)) for mutant in own)
    return f"{found} of {len(own)}" if own else "-"


def further() -> Iterator[str]:
    """What mutants seed beyond the patterns."""
    yield ""
    yield "## Further defects that are seeded"
    yield from table(BEYOND)


def without() -> Iterator[str]:
    """Patterns that no rule looks for."""
    yield ""
    yield "## Patterns without a rule"
    yield ""
    for pattern, reason in NO_RULE.items():
        yield f"- `{pattern}`: {reason}."


def missed() -> Iterator[str]:
    """Mutants that no rule finds."""
    yield ""
    yield "## Mutants that are not found"
    yield ""
    for mutant in MUTANTS:
        if mutant.counts and not FOUND.get(mutant.name):
            yield f"- `{mutant.name}` (`{mutant.pattern}`): {mutant.does}."


if __name__ == "__main__":
    Path(PAGE).write_text(page(), "utf-8")
