"""What of docs/ is written from the code: the rule book's pages, docs/layers.svg, two schemas of docs/schema/.

Run ``make docs``. Do not edit what it writes by hand; a test fails when it is stale.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from verifier.packs import Book, load_book, shipped
from verifier.report.book import EXAMPLES
from verifier.rule import Rule
from verifier.serve.tools import schema_text
from verifier.testing import MARK, PATCH, texts

MOST_SYMPTOMS = 3

LANGUAGES = {
    ".py": "python",
    ".js": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
    ".ts": "typescript",
    ".sql": "sql",
}
NOTE = "<!-- Written by `make docs` from the rule's docstring and fixtures. Do not edit. -->\n"


def examples(book: Book, fixtures: Path) -> dict[str, dict[str, Any]]:
    """What each rule shows on its own bad fixture: symptoms, whether it names routes, whether its fix is safe."""
    from verifier.check import check
    from verifier.session import Options, open_session

    made: dict[str, dict[str, Any]] = {}
    for rule in sorted(book.rules):
        folder = fixtures / rule.replace("-", "_") / "bad"
        patch = folder / PATCH
        given = patch if patch.is_file() else None
        facts = open_session(Options(path=folder, patch=given, cache=False, quiet=True)).facts
        found = [finding for finding in check(facts).findings if finding.rule == rule]
        fixes = [finding.fix.safe for finding in found if finding.fix is not None]
        made[rule] = {
            "symptoms": list(dict.fromkeys(finding.symptom for finding in found if finding.symptom))[:MOST_SYMPTOMS],
            "endpoints": any(finding.endpoints for finding in found),
            "fix": ("safe" if any(fixes) else "unsafe") if fixes else None,
        }
    return made


def pages(book: Book, fixtures: Path, shown: Mapping[str, dict[str, Any]]) -> dict[str, str]:
    """All pages by path below docs/rules/."""
    made = {
        f"{rule.id}.md": page(rule, fixtures / rule.id.replace("-", "_"), shown[rule.id])
        for rule in book.rules.values()
    }
    made["index.md"] = index(book)
    return made


def index(book: Book) -> str:
    """The list of all rules."""
    lines = [NOTE, "# Rules", ""]
    pack = ""
    for rule in sorted(book.rules.values(), key=lambda rule: rule.id):
        if rule.id.partition("/")[0] != pack:
            pack = rule.id.partition("/")[0]
            lines += ["", f"## {pack}", "", "| rule | defect | severity |", "|---|---|---|"]
        lines.append(f"| [`{rule.id}`]({rule.id}.md) | {rule.title} | {rule.severity} |")
    return "\n".join(lines) + "\n"


def page(rule: Rule, fixture: Path, shown: Mapping[str, Any]) -> str:
    """The page of one rule."""
    lines = [NOTE, f"# `{rule.id}`", "", f"**{rule.title}.** {rule.severity.capitalize()}, category `{rule.category}`."]
    if rule.constraint is not None:
        lines[-1] += f" Runs where the constraint `{rule.constraint}` is set."
    if rule.versions:
        lines[-1] += f" Versions: `{rule.versions}`."
    if shown["fix"] is not None:
        lines[-1] += f" Mended by `--fix{'' if shown['fix'] == 'safe' else ' --unsafe-fixes'}`."
    lines += ["", rule.page, ""]
    if shown["symptoms"]:
        lines += ["What it looks like:", "", "```text", *shown["symptoms"], "```", ""]
    named = marked_files(fixture / "bad")
    for kind, title in (("bad", "Reported"), ("good", "Not reported")):
        for name in named:
            path = fixture / kind / name
            if path.is_file():
                language = LANGUAGES.get(path.suffix, "")
                lines += [f"## {title}", "", f"`{name}`", "", f"```{language}", source(path), "```", ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def marked_files(folder: Path) -> list[str]:
    """The files of a bad fixture that are reported, by name below it."""
    return [
        path.relative_to(folder).as_posix() for path in texts(folder) if MARK.search(path.read_text("utf-8", "replace"))
    ]


def source(path: Path) -> str:
    """A fixture's text, with its expectations as arrows."""
    lines = path.read_text("utf-8", "replace").rstrip("\n").split("\n")
    return "\n".join(
        MARK.sub(lambda mark: mark.group().partition("finding:")[0] + "<- here", line).rstrip() for line in lines
    )


def example(fixtures: Path) -> str:
    """The drawing that the README shows."""
    from msgspec.structs import replace

    from verifier.draw.fold import fold
    from verifier.draw.graph import read_graph
    from verifier.draw.svg import svg
    from verifier.session import Options, open_session

    session = open_session(Options(path=fixtures / "layers" / "upward_import" / "bad", cache=False, quiet=True))
    return svg(fold(replace(read_graph(session.facts), name="bookshop")))


def record_schema() -> str:
    """The JSON Schema of the record that `buttress test` writes."""
    from verifier.run.record import Record

    return schema_of(Record, "buttress test: record.json")


def batch_schemas() -> dict[str, str]:
    """The JSON Schemas of a manifest's line, and of what `buttress batch` and `buttress study` print, by name."""
    from verifier.batch.nouns import Line, Summary
    from verifier.study.nouns import Study

    return {
        "manifest": schema_of(Line, "buttress batch: a line of a manifest"),
        "batch": schema_of(Summary, "buttress batch --format json"),
        "study": schema_of(Study, "buttress study --format json"),
    }


def store_page() -> str:
    """The tables of a store, from the nouns that make them."""
    from verifier.batch.store import TABLES, columns_of

    lines = [
        NOTE.replace("the rule's docstring and fixtures", "verifier/batch/nouns.py"),
        "# The tables of a store",
        "",
    ]
    lines += ["What `buttress batch` writes and `buttress study` reads: see [studying.md](studying.md).", ""]
    for name, row in TABLES.items():
        head, _, attributes = (row.__doc__ or "").partition("Attributes:")
        told = dict(line.split(": ", 1) for line in map(str.strip, attributes.splitlines()) if line)
        lines += [f"## `{name}`", "", head.strip(), "", "| column | type | holds |", "|---|---|---|"]
        lines += [f"| `{column}` | {kind} | {told[column]} |" for column, kind in columns_of(row).items()]
        lines.append("")
    lines += ["## `counted`", "", "A view: the runs that count, of each task in a tree those of the newest date, with"]
    lines += ["`strict_rate`: `pass_rate`, and 0 where `compliant` is false.", ""]
    lines += ["## `judgements`", "", "A view: the rows of `judged` that count; a file on one model only replaces what"]
    lines += ["files on several models say of it.", ""]
    lines += ["## `meta`", "", "`schema_version`, and the `tool` that made the store.", ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def schema_of(noun: type[Struct], title: str) -> str:
    """The JSON Schema of a noun."""
    import msgspec

    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    return json.dumps(head | msgspec.json.schema(noun), indent=2) + "\n"


def write(folder: Path, made: dict[str, str]) -> None:
    """Write the pages, and remove those of rules that are gone."""
    for path in sorted(folder.rglob("*.md")):
        if path.relative_to(folder).as_posix() not in made:
            path.unlink()
    for name, text in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def main() -> None:
    """Write what is written from the code."""
    from verifier.classify.book import page_with

    root, book = shipped("rules").parent, load_book()
    shown = examples(book, root / "fixtures")
    (root / "rules" / EXAMPLES).write_text(json.dumps(shown, indent=1, ensure_ascii=False) + "\n", "utf-8")
    made = pages(book, root / "fixtures", shown)
    write(root / "docs" / "rules", made)
    (root / "docs" / "layers.svg").write_text(example(root / "fixtures"), encoding="utf-8")
    (root / "docs" / "schema" / "record.json").write_text(record_schema(), encoding="utf-8")
    (root / "docs" / "schema" / "mcp.json").write_text(schema_text(), encoding="utf-8")
    (root / "docs" / "store.md").write_text(store_page(), encoding="utf-8")
    for name, text in batch_schemas().items():
        (root / "docs" / "schema" / f"{name}.json").write_text(text, encoding="utf-8")
    classifying = root / "docs" / "classifying.md"
    classifying.write_text(page_with(classifying.read_text("utf-8")), encoding="utf-8")
    sys.stdout.write(f"wrote {len(made)} pages, a drawing and the schemas\n")


if __name__ == "__main__":
    main()
