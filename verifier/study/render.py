"""Tables as text, Markdown, LaTeX, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
import textwrap
from collections.abc import Iterator

from verifier.report.style import Paint, shown
from verifier.study.nouns import Cell, Study, Table

WIDTH = 100
TEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "±": r"$\pm$", "→": r"$\rightarrow$", "Δ": r"$\Delta$",
    "–": "--", "∞": r"$\infty$", "·": r"$\cdot$", "<": r"\textless{}", ">": r"\textgreater{}",
}  # fmt: skip


def printed(table: Table) -> tuple[tuple[Cell, ...], ...]:
    """The rows that are printed."""
    return table.rows[: table.most]


def rest(table: Table) -> str:
    """What is said of rows that are not printed."""
    left = len(table.rows) - table.most
    return f"and {left} more rows: --format csv or json gives all" if left > 0 else ""


def text(study: Study, paint: Paint) -> str:
    """All tables, for a terminal."""
    return "\n".join(line for table in study.tables for line in text_table(table, paint))


def text_table(table: Table, paint: Paint) -> Iterator[str]:
    """A table with its title and note."""
    yield paint(table.title, "bold")
    grid = [table.columns, *([shown(cell.text) for cell in row] for row in printed(table))]
    widths = [max(len(line[place]) for line in grid) for place in range(len(table.columns))]
    for number, line in enumerate(grid):
        parts = [
            f"{part:<{width}}" if place < table.words or is_note(table, place) else f"{part:>{width}}"
            for place, (part, width) in enumerate(zip(line, widths, strict=True))
        ]
        written = "  ".join(parts).rstrip()
        yield paint(written, "dim") if number == 0 else written
    if rest(table):
        yield rest(table)
    yield from textwrap.wrap(table.note, WIDTH)
    yield f"[{table.name}]"
    yield ""


def is_note(table: Table, place: int) -> bool:
    """Whether a column holds words, though it stands among numbers."""
    return table.columns[place] == "Note"


def markdown(study: Study) -> str:
    """All tables as Markdown."""
    lines = ["# A study of runs", ""]
    for table in study.tables:
        lines += [f"## {table.title}", "", *markdown_table(table), ""]
        lines += [table.note, ""] if table.note else []
    return "\n".join(lines).rstrip("\n") + "\n"


def markdown_table(table: Table) -> Iterator[str]:
    """A table."""
    marks = ["---" if place < table.words or is_note(table, place) else "---:" for place in range(len(table.columns))]
    yield f"| {' | '.join(map(in_markdown, table.columns))} |"
    yield f"|{'|'.join(marks)}|"
    for row in printed(table):
        yield f"| {' | '.join(in_markdown(cell.text) for cell in row)} |"
    if rest(table):
        yield f"\n{rest(table)}"


def in_markdown(words: str) -> str:
    """Text that is no markup."""
    for character in "\\`*_|<[":
        words = words.replace(character, f"\\{character}")
    return shown(words)


def latex(study: Study) -> str:
    """All tables as LaTeX; they need the packages booktabs and amsmath."""
    return "\n".join(line for table in study.tables for line in latex_table(table)) + "\n"


def latex_table(table: Table) -> Iterator[str]:
    """A table."""
    marks = "".join("l" if place < table.words or is_note(table, place) else "r" for place in range(len(table.columns)))
    yield r"\begin{table}"
    yield r"\centering\small"
    yield rf"\begin{{tabular}}{{@{{}}{marks}@{{}}}}"
    yield r"\toprule"
    yield " & ".join(in_tex(head) for head in table.columns) + r" \\"
    yield r"\midrule"
    for row in printed(table):
        yield " & ".join(in_tex(cell.text) for cell in row) + r" \\"
    yield r"\bottomrule"
    yield r"\end{tabular}"
    yield rf"\caption{{{in_tex(table.title)}. {in_tex(table.note)}}}"
    yield rf"\label{{tab:{table.name}}}"
    yield r"\end{table}"
    yield ""


def in_tex(words: str) -> str:
    """Text that is no command."""
    return "".join(TEX.get(character, character) for character in shown(words).replace("`", "'"))


def csv_table(table: Table) -> str:
    """A table as CSV, with the numbers behind its cells; what a cell rests on is a column of its own."""
    made = io.StringIO(newline="")
    writer = csv.writer(made, lineterminator="\n")
    extras = [sorted({name for row in table.rows for name in row[place].more}) for place in range(len(table.columns))]
    heads = []
    for head, names in zip(table.columns, extras, strict=True):
        heads += [head, *(f"{head} {name}".strip() for name in names)]
    writer.writerow(heads)
    for row in table.rows:
        values: list[object] = []
        for cell, names in zip(row, extras, strict=True):
            values.append(safe(cell))
            values += [number(cell.more[name]) if name in cell.more else "" for name in names]
        writer.writerow(values)
    return made.getvalue()


def safe(cell: Cell) -> str:
    """A cell's number, or its text; one that a spreadsheet would take for a formula is quoted."""
    if cell.value is not None:
        return number(cell.value)
    text = "" if cell.text == "–" else shown(cell.text)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def number(value: float) -> str:
    """A number, not rounded further than it can be told apart."""
    return str(int(value)) if value == int(value) else repr(round(value, 10))


def data(study: Study) -> str:
    """All tables as JSON (docs/schema/study.json)."""
    import msgspec

    return json.dumps(msgspec.to_builtins(study), indent=1, ensure_ascii=False) + "\n"
