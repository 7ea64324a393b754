"""A classification as data: the JSON that docs/schema/classification.json describes."""

from __future__ import annotations

from typing import Any

from verifier import VERSION
from verifier.classify.nouns import SCHEMA_VERSION, Cause, Classification, Evidence


def classification_data(made: Classification) -> dict[str, Any]:
    """The JSON of a classification. What a run without failure has no cause for is null."""
    empty: dict[str, Any] = {"category": None, "paper_label": None, "defect": None, "confidence": None, "evidence": []}
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "buttress", "version": VERSION},
        "failed": made.failed,
        **(cause_data(made.cause) if made.cause is not None else empty),
        "alternatives": [cause_data(cause) for cause in made.alternatives],
        "missing": list(made.missing),
        "notes": list(made.notes),
    }


def cause_data(cause: Cause) -> dict[str, Any]:
    """One cause."""
    return {
        "category": cause.category,
        "paper_label": cause.paper_label,
        "defect": cause.defect,
        "confidence": cause.confidence,
        "evidence": [evidence_data(each) for each in cause.evidence],
    }


def evidence_data(each: Evidence) -> dict[str, Any]:
    """One piece of evidence."""
    return {
        "source": each.source,
        "message": each.message,
        "path": each.path,
        "line": each.line,
        "request": each.request,
    }
