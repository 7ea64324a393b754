"""The JSON schemas of a contract, with their references followed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verifier.model import JsonSchema

ANYTHING = JsonSchema()
DEEPEST = 24
PREFERRED = ("application/json", "application/*+json", "*/*")


class Schemas:
    """Reads the schemas of one document; each that is referred to, once.

    ``leaves`` is the mark of properties that do not count: ``readOnly`` for requests, ``writeOnly`` for answers.
    """

    def __init__(self, document: dict[str, Any], leaves: str = "") -> None:
        self.document = document
        self.leaves = leaves
        self.known: dict[str, JsonSchema] = {}

    def of_body(self, body: object) -> JsonSchema | None:
        """The schema of a request's or response's JSON; None where it has none."""
        content = body.get("content") if isinstance(body, dict) else None
        if isinstance(content, dict):
            for kind in [*PREFERRED, *(name for name in content if "json" in str(name))]:
                media = content.get(kind)
                if isinstance(media, dict):
                    return self.read(media["schema"]) if "schema" in media else ANYTHING
            return None
        schema = body.get("schema") if isinstance(body, dict) else None  # version 2
        return self.read(schema) if schema is not None else None

    def read(self, node: object, around: frozenset[str] = frozenset(), depth: int = 0) -> JsonSchema:
        """A schema; one that refers to itself allows anything there."""
        if not isinstance(node, dict) or depth > DEEPEST:
            return ANYTHING
        reference = node.get("$ref")
        if isinstance(reference, str):
            if reference in around:
                return ANYTHING
            found = self.known.get(reference)
            if found is None:
                target = self.target(reference)
                found = self.known[reference] = self.read(target, around | {reference}, depth + 1)
            return found
        own = self.plain(node, around, depth)
        for part in node.get("allOf") or ():
            own = merged(own, self.read(part, around, depth + 1))
        return own

    def plain(self, node: dict[str, Any], around: frozenset[str], depth: int) -> JsonSchema:
        """What a schema says itself."""
        written = node.get("type")
        types = {str(kind) for kind in (written if isinstance(written, list) else [written]) if kind is not None}
        if types and node.get("nullable") is True:
            types.add("null")
        properties = node.get("properties")
        read: dict[str, JsonSchema] = {}
        left: set[str] = set()
        if isinstance(properties, dict):
            left = {str(name) for name, inner in properties.items() if self.is_left(inner)}
            read = {str(name): self.read(inner, around, depth + 1) for name, inner in properties.items()}
            read = {name: inner for name, inner in read.items() if name not in left}
        if not types and (read or isinstance(node.get("required"), list)):
            types = {"object"}
        required = node.get("required")
        variants = [one for key in ("anyOf", "oneOf") for one in node.get(key) or ()]
        return JsonSchema(
            types=frozenset(types),
            properties=read,
            required=frozenset(map(str, required)) - left if isinstance(required, list) else frozenset(),
            items=self.read(node["items"], around, depth + 1) if isinstance(node.get("items"), dict) else None,
            closed=node.get("additionalProperties") is False,
            variants=tuple(self.read(one, around, depth + 1) for one in variants),
        )

    def is_left(self, node: object) -> bool:
        """Whether a property does not count."""
        if not self.leaves or not isinstance(node, dict):
            return False
        behind = self.target(node["$ref"]) if isinstance(node.get("$ref"), str) else None
        return any(isinstance(one, dict) and one.get(self.leaves) is True for one in (node, behind))

    def target(self, reference: str) -> object:
        """What a reference inside the document leads to."""
        found: object = self.document
        for part in reference.removeprefix("#/").split("/"):
            part = part.replace("~1", "/").replace("~0", "~")
            found = found.get(part) if isinstance(found, Mapping) else None
        return found


def merged(left: JsonSchema, right: JsonSchema) -> JsonSchema:
    """What fits both of two schemas."""
    properties = dict(left.properties)
    for name, schema in right.properties.items():
        properties[name] = merged(properties[name], schema) if name in properties else schema
    return JsonSchema(
        types=left.types & right.types if left.types and right.types else left.types | right.types,
        properties=properties,
        required=left.required | right.required,
        items=left.items or right.items,
        closed=left.closed or right.closed,
        variants=left.variants + right.variants,
    )
