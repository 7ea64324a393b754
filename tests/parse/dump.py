"""Lowered trees as short text, for tests to compare."""

from __future__ import annotations

import json

import msgspec

from verifier import parse, syntax
from verifier.model import Language, SourceFile


def lowered(text: str, language: Language = "typescript") -> syntax.Module:
    """The lowered form of a source text."""
    return parse.lower(SourceFile("source", text.encode(), language))


def dump(node: object) -> str:
    """A node as an S-expression: names bare, constants as JSON, what is at its default left out."""
    match node:
        case syntax.Module():
            return " ".join(map(dump, node.body))
        case tuple():
            return f"[{' '.join(map(dump, node))}]"
        case syntax.Name():
            return node.id
        case syntax.Const():
            return json.dumps(node.value)
        case syntax.Evaluate():
            return dump(node.value)
        case syntax.ImportName():
            local = "" if node.local == node.name else f":{node.local}"
            return f"{node.name}{local}{':type' if node.type_only else ''}"
        case syntax.Mapping():
            return f"{{{' '.join(map(dump, node.entries))}}}"
        case syntax.Display():
            return f"({node.kind} {dump(node.items)})"
        case syntax.Opaque():
            return f"(opaque {node.kind})"
        case syntax.Function():
            options = options_of(node, "returns", "decorators", "is_async", "static", "accessor")
            return f"(function {json.dumps(node.name)} {node.kind} {dump(node.parameters)} {dump(node.body)}{options})"
        case syntax.Class():
            kind = "" if node.kind == "class" else f" {node.kind}"
            options = options_of(node, "decorators", "bases", "implements")
            return f"(class {json.dumps(node.name)}{kind}{options} {dump(node.body)})"
        case syntax.Node():
            return fields_of(node)
        case _:
            return "-" if node is None else json.dumps(node)


def options_of(node: object, *names: str) -> str:
    """The attributes that are set."""
    return "".join(f" {name}={option(getattr(node, name))}" for name in names if getattr(node, name))


def option(value: object) -> str:
    return value if isinstance(value, str) and value.isalpha() else dump(value)


def fields_of(node: syntax.Node) -> str:
    """Any other node: its fields in order, those with a default only where they differ."""
    said = [type(node).__name__.lower()]
    for field in msgspec.structs.fields(type(node)):
        value = getattr(node, field.name)
        if field.name in ("start", "end"):
            continue
        if field.default is msgspec.NODEFAULT:
            said.append(value if isinstance(node, syntax.Member) and isinstance(value, str) else dump(value))
        elif value != field.default:
            said.append(f"{field.name}={option(value)}" if field.name != "kind" else str(value))
    return f"({' '.join(said)})"
