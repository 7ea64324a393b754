"""What all verdicts share: places for what has none, and how many lines of evidence are enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.model import Span

if TYPE_CHECKING:
    from verifier.link import Facts

MOST_EVIDENCE = 1000


def article(name: str) -> str:
    """A framework's name with its article: ``a flask``, ``an express``."""
    return f"{'an' if name[:1] in 'aeiou' else 'a'} {name}"


def place(facts: Facts) -> Span:
    """Where what is nowhere in the project is reported: at its application."""
    made = facts.startup.served or facts.applications
    return made[0].span if made else first_span(facts)


def first_span(facts: Facts) -> Span:
    """Some place in the project, for what has none of its own."""
    commands = facts.project.manifests.commands
    if commands:
        return commands[0].span
    paths = sorted([*facts.project.files, *facts.project.others])
    return Span(paths[0] if paths else ".", 1)
