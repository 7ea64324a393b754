"""Converters of paths that a project defines: whether they may refuse what their expression matches."""

from __future__ import annotations

from verifier.api import Class, External, Function, syntax

# Django's own converters that take every text which their expression matches.
TAKING = frozenset({"StringConverter", "SlugConverter", "PathConverter"})


def may_refuse_text(converter: Class) -> bool:
    """Whether a converter's ``to_python`` may raise: it is the project's own, and does more than to give its text."""
    for base in converter.lineage():
        if isinstance(base, External):
            return base.name not in TAKING
        found = base.members.get("to_python") if isinstance(base, Class) else None
        if isinstance(found, Function):
            body = found.code.body
            gives = body[0].value if len(body) == 1 and isinstance(body[0], syntax.Return) else None
            return not isinstance(gives, syntax.Name)
    return True
