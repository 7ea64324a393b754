"""What the project's code was about when an error came up: the layer of a frame, and the query that it sends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from verifier.classify.matching import same_file
from verifier.classify.nouns import Evidence

if TYPE_CHECKING:
    from verifier.link import Facts
    from verifier.run.record import Frame, Signature

LONGEST = 300


def executed(facts: Facts, error: Signature) -> Iterator[Evidence]:
    """The layer of the innermost frame of the project, and the query that a frame sends, the innermost first."""
    frames = [(found, frame) for frame in reversed(error.frames) if (found := own_path(facts, frame)) is not None]
    if not frames:
        return
    path, frame = frames[0]
    layer = facts.layers.of(path)
    if layer is not None:
        yield Evidence("query", f"the error comes out of the layer `{layer.name}`", path, frame.line)
    for path, frame in frames:
        sql = sql_at(facts, path, frame.line)
        if sql is not None:
            yield Evidence("query", sql if len(sql) <= LONGEST else sql[: LONGEST - 1] + "…", path, frame.line)
            return


def own_path(facts: Facts, frame: Frame) -> str | None:
    """The file of the project that a frame shows; the longest, where its end fits several."""
    if frame.path in facts.project.files:
        return frame.path
    fitting = [path for path in facts.project.files if same_file(path, frame.path)]
    return max(fitting, key=len, default=None)


def sql_at(facts: Facts, path: str, line: int) -> str | None:
    """The SQL that is sent from a line."""
    from verifier.report.queries import sql_of

    for query in facts.queries.queries:
        spans = [query.span, *([query.site.span] if query.site is not None else [])]
        if query.statements and any(
            span.path == path and span.line <= line <= max(span.line, span.end_line) for span in spans
        ):
            return sql_of(query.statements[0], query.dialect)
    return None
