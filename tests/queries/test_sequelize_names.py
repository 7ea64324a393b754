"""Misspelled names in queries of Sequelize are reported on their own lines."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from sqlglot import exp

from tests.frameworks.harness import facts_of
from tests.queries.sequelize.comparing import PROJECTS
from verifier.link import Facts
from verifier.model import Span

LEAST = 0.98
INCLUDED = re.compile(rb"\b(?:as|association):\s*'(\w+)'")


def words(facts: Facts) -> dict[tuple[str, int, int], Span]:
    """The words of queries that name something of a model, with the query; text that is SQL itself is left out."""
    found: dict[tuple[str, int, int], Span] = {}
    for query in facts.queries.queries:
        for node in query.statements[0].tree.find_all(exp.Identifier) if query.statements else ():
            at = node.meta.get("at")
            if at is None or not isinstance(node.parent, exp.Column | exp.Schema):
                continue
            data = facts.project.files[at.path].data
            start, end = at.start, at.end
            if data[start : start + 1] in (b"'", b'"'):
                start, end = start + 1, end - 1
            around = data[data.rfind(b"\n", 0, start) : start]
            if data[start:end] == node.name.encode() and b"literal(" not in around:
                found[at.path, start, end] = query.span
        source = facts.project.files[query.span.path]
        for match in INCLUDED.finditer(source.data):
            if source.span(match.start(), match.end()).line == query.span.line:
                found[query.span.path, match.start(1), match.end(1)] = query.span
    return found


@pytest.mark.parametrize("project", ["blog", "shop", "library"])
def test_misspelled_names_are_reported(project: str, tmp_path: Path) -> None:
    """One name in each query is given two letters more."""
    target = tmp_path / project
    shutil.copytree(PROJECTS / project, target)
    facts = facts_of(target)
    known = {(defect.span.path, defect.span.line) for defect in facts.queries.defects}
    chosen: dict[Span, tuple[str, int, int]] = {}
    lines: dict[tuple[str, int], tuple[str, int, int]] = {}
    for number, (word, query) in enumerate(sorted(words(facts).items())):
        line = word[0], facts.project.files[word[0]].span(word[1], word[2]).line
        if query not in chosen and line not in lines and line not in known and number % 3:
            chosen[query] = lines[line] = word
    for path in {word[0] for word in lines.values()}:
        data = (target / path).read_bytes()
        for _, start, end in sorted((word for word in lines.values() if word[0] == path), reverse=True):
            name = data[start:end]
            short = data[end : end + 2].lstrip()[:1] in (b",", b"}") and data[start - 1 : start] not in (b"'", b'"')
            data = data[:start] + name[:-1] + b"qz" + name[-1:] + (b": " + name if short else b"") + data[end:]
        (target / path).write_bytes(data)
    found = {(defect.span.path, defect.span.line) for defect in facts_of(target).queries.defects}
    missed = sorted(set(lines) - found)
    assert len(lines) > 15
    assert len(missed) <= (1 - LEAST) * len(lines), missed
