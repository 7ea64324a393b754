"""What of docs/classifying.md is written from the code: the points, the words, and the choices of labels."""

from __future__ import annotations

from verifier.classify.matching import ENOUGH, LEAD, NEAR, POINTS, SURE
from verifier.classify.vocabulary import CHOICES, WORDS

BEGIN = "<!-- tables: written by `make docs` from verifier/classify. Do not edit. -->\n"
END = "<!-- end of tables -->\n"

MEANS = {
    "line": "a frame of the error stands on the finding's very lines",
    "function": f"or within {NEAR} lines of them",
    "file": "or elsewhere in the same file, or the error names the file",
    "endpoint": "the finding is on the way of the first request that failed",
    "other endpoint": "or only on the way of another that failed",
    "elsewhere": "its ways are known, and no request on them failed",
    "category": "it has the label that the run shows by itself",
    "near category": "or one that the run may show too",
    "words": "it names what the error names: a column, a table, a member, a module",
    "said": "it foretells an error that means the same as the one that was seen",
    "status": "it foretells the very status of a refusal",
    "other error": "it foretells another error than the one that was seen",
    "other outcome": "it foretells an error where the answer came with success, or none where the server failed",
    "unlike": "the log plainly shows an error at the request, and none of this agrees: line, names, meaning",
    "start": "the server did not start, and the finding says that it cannot",
    "started": "the server did start, though the finding says that it cannot",
    "error": "its severity is error",
    "info": "its severity is info",
    "medium": "its confidence is medium",
}


def tables() -> str:
    """The tables, as Markdown."""
    lines = ["| what agrees, or does not | points |", "| --- | ---: |"]
    lines += [f"| {MEANS[name]} | {points:+d} |" for name, points in POINTS.items()]
    lines += [
        "",
        f"A finding with {ENOUGH} points or more can be the cause. That it is on the way of the request is not enough"
        f" where the run plainly shows something of another label. It is of high confidence from {SURE} points on,"
        f" {LEAD} ahead of the next.",
        "",
        "### Words for what a run shows",
        "",
        "| defect | what was seen | category |",
        "| --- | --- | --- |",
    ]
    lines += [f"| `{word.defect}` | {word.title} | `{word.category}` |" for word in WORDS]
    lines += [
        "",
        "### Choices of labels",
        "",
        "| what | defects | label | other labels in the paper's rows | why |",
        "| --- | --- | --- | --- | --- |",
    ]
    for choice in CHOICES:
        defects = ", ".join(f"`{one}`" for one in choice.defects) or "any"
        others = ", ".join(f"`{one}`" for one in choice.others)
        lines.append(f"| {choice.name} | {defects} | `{choice.label}` | {others} | {choice.why} |")
    return "\n".join(lines) + "\n"


def page_with(text: str) -> str:
    """The page with its tables written anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{tables()}\n{END}{after}"
