"""How often classification is right about the mutants: ``python -m tests.classify.confusion [--kept] [--write]``

Every mutant that has to fail was run on each database where it does, and its record and logs are kept
(tests.mutants.records). Here each record is classified twice: with the mutant's source, where the cause must be one of
the rules that look for what was seeded; and without it, where the paper's label must be that of what was seeded. The
mutants are parted into two halves by a digest of their names: the classifier was made looking at the first alone.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct

from tests.mutants.catalogue import MUTANTS, DatabaseKind, Mutant
from tests.mutants.patterns import RULES
from tests.mutants.records import Kept, kept_records
from tests.mutants.run import applied
from tests.mutants.test_findings import CONTRACTS
from verifier.check import check
from verifier.classify import Classification, FailedRun, classify
from verifier.classify.vocabulary import labels_in_use
from verifier.config import Config
from verifier.model import Category
from verifier.packs import load_book
from verifier.pipeline import link_project
from verifier.read import read

JUDGED = Path(__file__).parent / "judged.json"
PAGE = Path(__file__).parent.parent.parent / "docs" / "classifying.md"
BEGIN, END = "<!-- figures: written by `python -m tests.classify.confusion --write` -->\n", "<!-- end of figures -->\n"
HALVES = ("looked at", "held out")
BY_NAME = {mutant.name: mutant for mutant in MUTANTS}
SHORT: Mapping[str, str] = {
    "server_startup_failure": "start-up",
    "incomplete_implementation": "incomplete",
    "schema_format_error": "schema",
    "auth_misconfiguration": "auth",
    "incorrect_query_logic": "query",
    "state_propagation_failure": "state",
    "database_runtime_error": "database",
    "framework_idiosyncrasy": "framework",
    "business_logic_defect": "business",
}


class Judged(Struct, frozen=True):
    """What was said of one run of a mutant.

    Attributes:
        defect: with the source; ``named``: whether it is what was seeded.
        truth, label: the paper's label, and the one that was given without the source.
        others: labels that the paper's rows of such a defect carry too, by the documented choices.
    """

    name: str
    database: DatabaseKind
    defect: str
    named: bool
    truth: str
    label: str
    word: str
    others: tuple[str, ...] = ()

    @property
    def half(self) -> str:
        return half_of(self.name)

    @property
    def right(self) -> bool:
        return self.label == self.truth

    @property
    def accepted(self) -> bool:
        return self.right or self.label in self.others


def half_of(name: str) -> str:
    """The half that a mutant belongs to."""
    return HALVES[sha256(name.encode()).digest()[0] % 2]


def judge(mutant: Mutant, kept: Iterable[Kept]) -> list[Judged]:
    """What is said of the runs of a mutant."""
    with tempfile.TemporaryDirectory(prefix="classify-") as scratch:
        facts = link_project(read(applied(mutant.app, mutant, Path(scratch))), Config(), load_book())
        facts.contract_text = CONTRACTS[mutant.profile]
        report = check(facts)
        made = []
        for one in kept:
            alone = classify(FailedRun(record=one.record, logs=one.logs))
            run = FailedRun(record=one.record, logs=one.logs, facts=facts, findings=report.findings)
            made.append(judged(mutant, one, classify(run), alone))
    return made


def judged(mutant: Mutant, kept: Kept, known: Classification, alone: Classification) -> Judged:
    """Both classifications of a run, held against what was seeded."""
    defect = known.cause.defect if known.cause is not None else ""
    seeded = RULES.get(mutant.pattern, ())
    started = kept.record.summary.failed_phase in (None, "suite", "stop")
    truth = mutant.category if started else Category.SERVER_STARTUP_FAILURE
    others = frozenset(label for rule in seeded for label in labels_in_use(rule, mutant.category, started=started)) | (
        labels_in_use("status-wrong", mutant.category) if mutant.pattern == "wrong-status" else frozenset()
    )
    return Judged(
        name=mutant.name,
        database=kept.database,
        defect=defect,
        named=defect in seeded,
        truth=str(truth),
        label=alone.cause.paper_label if alone.cause is not None else "none",
        word=alone.cause.defect if alone.cause is not None else "",
        others=tuple(sorted(others)),
    )


def of_name(name: str) -> list[Judged]:
    """What is said of the runs of a mutant, by its name."""
    return judge(BY_NAME[name], [one for one in kept_records() if one.name == name])


def judge_all(names: Iterable[str], jobs: int) -> tuple[Judged, ...]:
    """What is said of the runs of some mutants."""
    with ProcessPoolExecutor(jobs) as pool:
        return tuple(one for found in pool.map(of_name, names, chunksize=4) for one in found)


def read_judged() -> tuple[Judged, ...]:
    """What was said when all runs were judged last."""
    return msgspec.json.decode(JUDGED.read_bytes(), type=tuple[Judged, ...])


def write_judged(found: Iterable[Judged]) -> None:
    """Keep what was said, for the page and for who looks for a change."""
    lines = [msgspec.json.encode(one).decode() for one in found]
    JUDGED.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


def share(found: Iterable[Judged], right: Callable[[Judged], bool]) -> tuple[int, int]:
    """How many mutants are right on each database where they were run, of how many."""
    grouped: dict[str, list[bool]] = defaultdict(list)
    for one in found:
        grouped[one.name].append(right(one))
    return sum(all(each) for each in grouped.values()), len(grouped)


def percent(counts: tuple[int, int]) -> str:
    """A share as it is printed."""
    right, of = counts
    return f"{right} of {of} ({100 * right / of:.1f} %)" if of else "none"


def figures(found: tuple[Judged, ...]) -> str:
    """The figures, as the page shows them."""
    heads = ("mutants", "defect named, with the source", "label right, without it", "or another label in use")
    tests: tuple[Callable[[Judged], bool], ...] = (
        lambda one: one.named,
        lambda one: one.right,
        lambda one: one.accepted,
    )
    lines = [f"| {' | '.join(heads)} |", "| --- | --- | --- | --- |"]
    for title in (*HALVES, "all"):
        chosen = [one for one in found if title in ("all", one.half)]
        lines.append(f"| {title} | {' | '.join(percent(share(chosen, test)) for test in tests)} |")
    named, right = (percent((sum(map(test, found)), len(found))) for test in tests[:2])
    lines += ["", "A mutant counts as right where it is so on every database on which it fails."]
    lines += [f"By runs, {named} name the defect with the source, and {right} have the label without it.", ""]
    lines += ["What was seeded in rows, the label that was given without the source in columns, in runs:", ""]
    lines.append(matrix(found))
    return "\n".join(lines) + "\n"


def matrix(found: tuple[Judged, ...]) -> str:
    """The confusion matrix of labels: what was seeded in rows, what was said in columns, in runs."""
    counts = Counter((one.truth, one.label) for one in found)
    said = [label for label in SHORT if any(label == each for _, each in counts)]
    odd = sorted({each for _, each in counts} - set(SHORT))
    columns = [*said, *odd]
    lines = [f"| seeded | {' | '.join(SHORT.get(each, each) for each in columns)} |"]
    lines.append("| --- |" + " ---: |" * len(columns))
    for truth in SHORT:
        row = [counts[truth, each] for each in columns]
        if any(row):
            lines.append(f"| {SHORT[truth]} | {' | '.join(str(each) if each else '·' for each in row)} |")
    return "\n".join(lines)


def page_with(text: str, made: str) -> str:
    """A page with the figures in their place."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{made}\n{END}{after}"


def main(given: list[str] | None = None) -> int:
    """Judge all runs anew, print the figures, and what is wrong in the half that was looked at."""
    parser = argparse.ArgumentParser(prog="python -m tests.classify.confusion", description=__doc__.splitlines()[0])
    parser.add_argument("--kept", action="store_true", help="print what was said last, and judge nothing anew")
    parser.add_argument("--write", action="store_true", help="keep what is said, and write docs/classifying.md")
    parser.add_argument("--only", action="append", metavar="NAME", help="only these mutants")
    parser.add_argument("-j", "--jobs", type=int, default=2)
    asked = parser.parse_args(given)
    names = asked.only or [mutant.name for mutant in MUTANTS if mutant.counts]
    found = read_judged() if asked.kept else judge_all(names, asked.jobs)
    print(figures(found))
    for one in found:
        if one.half == HALVES[0] and not (one.named and one.right):
            wrong = [kind for kind, right in (("defect", one.named), ("label", one.right)) if not right]
            said = f"{one.defect}; alone {one.word}, {one.label} for {one.truth}"
            print(f"{' and '.join(wrong)}: {one.name} on {one.database} ({BY_NAME[one.name].pattern}): {said}")
    if asked.write and not asked.only:
        write_judged(found)
        PAGE.write_text(page_with(PAGE.read_text("utf-8"), figures(found)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    os.chdir(Path(__file__).parent.parent.parent)
    sys.exit(main())
