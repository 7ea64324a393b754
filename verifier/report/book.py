"""The rule book, as list and as pages."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from verifier.report.style import Paint

if TYPE_CHECKING:
    from verifier.packs import Book
    from verifier.rule import Rule

EXAMPLES = "examples.json"


def rules_text(book: Book, paint: Paint) -> str:
    """All rules, a line each."""
    width = max((len(rule) for rule in book.rules), default=0)
    lines = [
        f"{paint(rule.id.ljust(width), 'rule')}  {paint(rule.severity.ljust(7), rule.severity)}  {rule.title}"
        for rule in sorted(book.rules.values(), key=lambda rule: rule.id)
    ]
    return "\n".join([*lines, "", "`buttress explain RULE` prints a rule's page."]) + "\n"


def rules_data(book: Book) -> dict[str, Any]:
    """All rules as data."""
    return {
        "schema_version": 1,
        "rules": [rule_data(rule) for rule in sorted(book.rules.values(), key=lambda rule: rule.id)],
    }


def rule_data(rule: Rule) -> dict[str, Any]:
    """One rule as data."""
    return {
        "id": rule.id,
        "title": rule.title,
        "category": str(rule.category),
        "severity": str(rule.severity),
        "confidence": str(rule.confidence),
        "constraint": rule.constraint,
        "versions": rule.versions or None,
        **example_of(rule.id),
        "page": rule.page,
    }


@cache
def examples() -> dict[str, dict[str, Any]]:
    """What each rule shows on its own fixture, as `make docs` wrote it down."""
    import json

    from verifier.packs import shipped

    path = shipped("rules") / EXAMPLES
    found: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return found


def example_of(rule: str) -> dict[str, Any]:
    """Symptoms that a rule names, whether it names routes, and whether it offers a fix; nothing for others' rules."""
    return {"symptoms": [], "endpoints": False, "fix": None} | examples().get(rule, {})


def page_text(book: Book, name: str, paint: Paint) -> str:
    """The page of a rule; of a pack, its rules."""
    rule = book.rules.get(name)
    if rule is None:
        inner = [found for found in book.rules.values() if found.id.startswith(f"{name}/")]
        width = max(len(found.id) for found in inner)
        return "\n".join(f"{paint(found.id.ljust(width), 'rule')}  {found.title}" for found in inner) + "\n"
    facts = [str(rule.severity), f"category {rule.category}"]
    if rule.constraint is not None:
        facts.append(f"runs where the constraint `{rule.constraint}` is set")
    if rule.versions:
        facts.append(rule.versions)
    if example_of(rule.id)["fix"] is not None:
        facts.append("can be fixed")
    lines = [
        f"{paint(rule.id, 'rule')}: {paint(rule.title, 'bold')}",
        paint(", ".join(facts), "dim"),
        "",
        rule.page,
        "",
        f"To accept a finding, write `buttress: ignore[{rule.id}] -- reason` in a comment on its line or above.",
    ]
    return "\n".join(lines) + "\n"
