"""check, explain, fix: what is wrong, why, and what mends it."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta, Struct

from verifier.model import Finding
from verifier.report.agent import Wording, checked, checked_text
from verifier.report.style import plain, shown
from verifier.report.text import plural
from verifier.serve.answers import LONGEST, Answer, RefusedError
from verifier.serve.asked import Check, Explain, Fix
from verifier.serve.held import Held, Workshop

if TYPE_CHECKING:
    from verifier.fix import Fixed

SCHEMA_VERSION = 1
NAME = re.compile(r"#?([0-9a-f]{6,24})")
WORDING = Wording(
    more="ask with skip={next}, or for one rule or pack with `select`",
    fixes="`fix` gives all safe fixes as one diff, and makes them with apply=true",
    shorter="`fix` with `select` gives its diff",
    named=True,
)


class Explained(Struct, frozen=True):
    """What is told of a rule or a finding: its page, and of a finding all that is known."""

    schema_version: int
    rule: str
    page: str
    finding: Annotated[dict[str, Any] | None, Meta(description="As `buttress check --format json` gives it.")] = None


class Mended(Struct, frozen=True):
    """A problem that a fix mends, or would."""

    rule: str
    path: str
    title: str
    count: int


class NotMended(Struct, frozen=True):
    """A problem whose fix could not be made, and why."""

    rule: str
    path: str
    line: int
    reason: str


class FixMade(Struct, frozen=True):
    """What the safe fixes change.

    Attributes:
        applied: whether the files were written.
        diff: the change, for ``git apply`` in the project's folder; whole files only.
        files: the files that it changes; those of ``left_out`` are not in the diff, since it would be too long.
        after: what a check finds once they are made.
        unsafe: how many problems have a fix that may change more than the problem, and is not made here.
    """

    schema_version: int
    applied: bool
    diff: str
    files: tuple[str, ...]
    left_out: tuple[str, ...]
    mended: tuple[Mended, ...]
    refused: tuple[NotMended, ...]
    after: str
    unsafe: int
    folder: str = ""


def folder_of(workshop: Workshop, held: Held) -> str:
    """The project's folder, from the root; empty for the root itself."""
    path = held.options.path
    name = path.relative_to(workshop.root).as_posix() if path is not None else "."
    return "" if name == "." else name


def check(workshop: Workshop, asked: Check) -> Answer:
    """The findings, the worst first."""
    held = workshop.open(asked)
    made = checked(
        held.report, held.session.facts, held.fixes, WORDING,
        most=asked.most, skip=asked.skip, folder=folder_of(workshop, held),
    )  # fmt: skip
    if asked.skip and asked.skip >= made.causes:
        raise RefusedError(f"There are {plural(made.causes, 'cause')}: skip={asked.skip} passes over all of them.")
    return Answer(checked_text(made, WORDING, asked.skip), msgspec.to_builtins(made))


def explain(workshop: Workshop, asked: Explain) -> Answer:
    """The page of a rule, the rules of a pack, or all that is known of a finding."""
    from verifier.check import require_known
    from verifier.report.book import page_text

    about = asked.about.strip()
    named = NAME.fullmatch(about)
    if named is not None:
        return of_finding(workshop, named.group(1))
    book = workshop.book
    require_known(book, about)
    if about == "all":
        raise RefusedError("Name a rule, a pack, or a finding: all rules together are too many for one answer.")
    page = cut(page_text(book, about, plain))
    return Answer(page, msgspec.to_builtins(Explained(SCHEMA_VERSION, about, page)))


def of_finding(workshop: Workshop, name: str) -> Answer:
    """All that is known of a finding that was told before."""
    from verifier.report.book import page_text
    from verifier.report.data import finding_data
    from verifier.report.text import finding_text

    for held in reversed(workshop.held.values()):
        report = held.known_report
        found = [one for one in report.findings if one.fingerprint.startswith(name)] if report is not None else []
        if len(found) > 1:
            raise RefusedError(f"`{name}` names {len(found)} findings: write more of its digits.")
        if found and report is not None:
            (finding,) = found
            same = [
                str(one.span) for one in report.findings
                if one != finding and (one.rule, one.message) == (finding.rule, finding.message)
            ]  # fmt: skip
            parts = [finding_text(finding, held.session.facts, plain)]
            if same:
                parts.append(f"The same at {', '.join(map(shown, same[:100]))}.")
            page = page_text(workshop.book, finding.rule, plain)
            text = cut("\n\n".join([*parts, page]))
            data = Explained(SCHEMA_VERSION, finding.rule, page, finding_data(finding))
            return Answer(text, msgspec.to_builtins(data))
    raise RefusedError(
        f"No finding of what was checked last is named `{name}`: check again, and take a name from there."
    )


def cut(text: str) -> str:
    """A text that is not too long for an answer."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}\n... {len(text) - LONGEST} more characters left out.\n"


def fix(workshop: Workshop, asked: Fix) -> Answer:
    """The safe fixes as a diff; made, where that is asked for."""
    if asked.apply and asked.patch is not None:
        raise RefusedError("A patch cannot be fixed: apply it, and fix the folder.")
    held = workshop.open(asked)
    fixed = held.fixes
    if fixed is not None and fixed.files and asked.apply:
        write(workshop, held, fixed)
    made = fix_made(held, fixed, folder_of(workshop, held), applied=asked.apply)
    return Answer(fix_text(made), msgspec.to_builtins(made))


def write(workshop: Workshop, held: Held, fixed: Fixed) -> None:
    """Write what was changed; each file must lie below the root by itself, not through a link."""
    from verifier.fix.write import write_files

    root = held.session.facts.project.root
    if root is None:
        raise RefusedError("A patch cannot be fixed: apply it, and fix the folder.")
    for path in fixed.files:
        workshop.below(str(root / path))
    write_files(root, fixed.files)


def fix_made(held: Held, fixed: Fixed | None, folder: str, *, applied: bool) -> FixMade:
    """What fixing brings, within the length of an answer."""
    from verifier.fix.write import diff_text
    from verifier.report.text import counts_text

    unsafe = sum(one.fix is not None and not one.fix.safe for one in held.report.findings)
    if fixed is None:
        after = counts_text(held.report, held.session.facts, plain)
        return FixMade(SCHEMA_VERSION, False, "", (), (), (), (), after, unsafe, folder)
    told: list[str] = []
    left: list[str] = []
    for path, files in fixed.files.items():
        diff = diff_text({path: files})
        if sum(map(len, told)) + len(diff) > LONGEST:
            left.append(path)
        else:
            told.append(diff)
    counts = Counter((one.rule, one.span.path, title_of(one)) for one in fixed.done)
    return FixMade(
        SCHEMA_VERSION,
        applied and bool(fixed.files),
        "".join(told),
        tuple(fixed.files),
        tuple(left),
        tuple(Mended(rule, path, title, count) for (rule, path, title), count in counts.items()),
        tuple(NotMended(one.rule, one.span.path, one.span.line, reason) for one, reason in fixed.refused),
        counts_text(fixed.report, fixed.facts, plain),
        unsafe,
        folder,
    )


def title_of(finding: Finding) -> str:
    """What a finding's fix does."""
    return finding.fix.title if finding.fix is not None else ""


def fix_text(made: FixMade) -> str:
    """What fixing brings, as text."""
    lines: list[str] = []
    for one in made.mended:
        times = f" ({one.count} times)" if one.count > 1 else ""
        lines.append(f"{shown(one.path)}: {shown(one.title)}{times} [{one.rule}]")
    lines += [f"{shown(one.path)}:{one.line}: not fixed: {shown(one.reason)} [{one.rule}]" for one in made.refused]
    done = f"{plural(sum(one.count for one in made.mended), 'problem')} in {plural(len(made.files), 'file')}"
    if not made.mended:
        lines.append("Nothing can be fixed safely.")
    elif made.applied:
        lines.append(f"Fixed {done}.")
    else:
        below_folder = f" in `{shown(made.folder)}`" if made.folder else ""
        lines.append(f"Would fix {done}: apply this diff{below_folder}, or ask again with apply=true.")
    if made.unsafe:
        lines.append(f"{plural(made.unsafe, 'problem')} can be fixed only by what may change more: see `check`.")
    if made.diff:
        fence = "````" if "```" in made.diff else "```"
        lines += [f"{fence}diff", made.diff.rstrip("\n"), fence]
    if made.left_out:
        named = ", ".join(shown(path) for path in made.left_out[:20])
        lines.append(f"Left out of the diff, which would be too long: {named}. Ask with `select` for one rule.")
    if made.mended:
        lines.append(f"{'Now' if made.applied else 'After it'}: {made.after}")
    return "\n".join(lines) + "\n"
