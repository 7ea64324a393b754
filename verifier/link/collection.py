"""A Postman collection as a contract: its requests, and what their tests assert of the answers.

A collection says less than an OpenAPI document, and sometimes other things: a field of the items of a list may be
asserted that a specification leaves out. Assertions are read where they name a field (``hasOwnProperty``,
``to.have.property``) or a type (``Number.isInteger``, ``Array.isArray``); what a script does beside that is left aside.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from verifier.evaluate.routing import braces
from verifier.model import JsonSchema, Operation
from verifier.regex import regex

PATH = r"((?:\?*\.\w+|(?:\?\.)?\[\d+\])*)"
ROOT = regex(r"(\w+)\s*=\s*(?:JSON\.parse\(|pm\.response\.json\(\))")
ALIAS = regex(r"(?:const|let|var)\s+(\w+)\s*=\s*(\w+)" + PATH)
OWNS = regex(r"(\w+)" + PATH + r"\??\.hasOwnProperty\(\s*['\"](\w+)['\"]")
EXPECTS = regex(r"expect\(\s*(\w+)" + PATH + r"\s*\)(?:\.\w+)*\.property\(\s*['\"]([\w.]+)['\"]")
TYPED = regex(r"\b(Number\.isInteger|Array\.isArray)\(\s*(\w+)" + PATH + r"\s*\)")
TYPES = {"Number.isInteger": "integer", "Array.isArray": "array"}
STEP = regex(r"\w+|\[\d+\]")
NAMES = frozenset({"responseJSON", "jsonData", "responseJson", "jsonResponse"})
DEEPEST = 12


class Known:
    """What is asserted of one part of an answer."""

    def __init__(self) -> None:
        self.types: set[str] = set()
        self.fields: dict[str, Known] = {}
        self.required: set[str] = set()
        self.items: Known | None = None

    def at(self, path: tuple[str, ...]) -> Known:
        """What is asserted of a part of it; ``[]`` stands for any item."""
        found = self
        for name in path[:DEEPEST]:
            if name == "[]":
                found.items = found.items or Known()
                found = found.items
            else:
                found = found.fields.setdefault(name, Known())
        return found

    def schema(self) -> JsonSchema:
        """The same as a schema."""
        types = self.types or ({"object"} if self.fields else {"array"} if self.items is not None else set())
        return JsonSchema(
            types=frozenset(types),
            properties={name: inner.schema() for name, inner in self.fields.items()},
            required=frozenset(self.required),
            items=self.items.schema() if self.items is not None else None,
        )


class Request:
    """All requests of a collection with one method and path."""

    def __init__(self, method: str, path: str, line: int) -> None:
        self.method = method
        self.path = path
        self.line = line
        self.known = Known()
        self.bodies: list[object] = []
        self.query: dict[str, None] = {}
        self.secured = True


def is_collection(document: dict[str, Any]) -> bool:
    """Whether a document is a Postman collection of version 2."""
    info = document.get("info")
    schema = info.get("schema") if isinstance(info, dict) else None
    return isinstance(document.get("item"), list) and "postman" in str(schema)


def operations_of(document: dict[str, Any], text: str) -> list[Operation]:
    """The operations that the requests of a collection ask for."""
    found: dict[tuple[str, str], Request] = {}
    lines = text.splitlines()
    for item in requests_in(document.get("item"), 0):
        asked = item["request"]
        url = asked.get("url")
        raw = str(url.get("raw", "")) if isinstance(url, dict) else str(url or "")
        method, path = str(asked.get("method") or "GET").upper(), path_of(raw)
        line = next((number for number, one in enumerate(lines, 1) if raw and raw in one), 1)
        key = method, re.sub(r"\{[^}]*\}", "{}", path)
        request = found.setdefault(key, Request(method, path, line))
        for part in raw.partition("?")[2].split("&"):
            if part.partition("=")[0]:
                request.query.setdefault(part.partition("=")[0])
        headers = [one for one in asked.get("header") or () if isinstance(one, dict) and not one.get("disabled")]
        request.secured &= "auth" in asked or any(str(one.get("key")).lower() == "authorization" for one in headers)
        body = asked.get("body")
        if isinstance(body, dict) and body.get("mode") == "raw" and str(body.get("raw") or "").strip():
            request.bodies.append(example(str(body["raw"])))
        for event in item.get("event") or ():
            if isinstance(event, dict) and event.get("listen") == "test":
                script = event.get("script")
                written = script.get("exec") if isinstance(script, dict) else None
                assertions("\n".join(map(str, written)) if isinstance(written, list) else str(written), request.known)
    return [operation(request) for request in found.values()]


def requests_in(items: object, depth: int) -> Iterator[dict[str, Any]]:
    """The requests of a collection, out of its folders."""
    for item in items if isinstance(items, list) and depth < DEEPEST else ():
        if isinstance(item, dict) and isinstance(item.get("request"), dict):
            yield item
        elif isinstance(item, dict):
            yield from requests_in(item.get("item"), depth + 1)


def path_of(raw: str) -> str:
    """The path of an address; variables in it are parameters, but for one in front, which is where the API is."""
    path = re.sub(r"^(?:\{\{[^}]*\}\}|\w+://[^/]*)", "", raw.partition("?")[0].partition("#")[0])
    parts = [part for part in path.split("/") if part]
    return "/" + "/".join("{" + parameter(part) + "}" if "{{" in part or part[:1] == ":" else part for part in parts)


def parameter(part: str) -> str:
    """The name of a parameter."""
    found = re.search(r"\{\{([^}]*)\}\}", part)
    return re.sub(r"\W", "_", found.group(1) if found is not None else part.lstrip(":")) or "value"


def example(raw: str) -> object:
    """The JSON of a request's body; None where variables keep it from being read."""
    text = re.sub(r"\"[^\"]*\{\{[^\"]*\"", '""', raw)
    try:
        return json.loads(re.sub(r"\{\{[^}]*\}\}", "0", text))
    except ValueError:
        return None


def assertions(script: str, known: Known) -> None:
    """Write down what a script asserts of the JSON of the answer."""
    names: dict[str, tuple[str, ...]] = dict.fromkeys(NAMES, ())
    names.update({found.group(1): () for found in ROOT.finditer(script)})
    for found in ALIAS.finditer(script):
        if found.group(2) in names:
            names[found.group(1)] = (*names[found.group(2)], *steps(found.group(3)))
    for pattern in (OWNS, EXPECTS):
        for found in pattern.finditer(script):
            if found.group(1) in names:
                path = (*names[found.group(1)], *steps(found.group(2)), *found.group(3).split("."))
                for place in range(len(path)):
                    if path[place] != "[]":
                        known.at(path[:place]).required.add(path[place])
                known.at(path)
    for found in TYPED.finditer(script):
        if found.group(2) in names:
            known.at((*names[found.group(2)], *steps(found.group(3)))).types.add(TYPES[found.group(1)])


def steps(path: str) -> tuple[str, ...]:
    """The parts of an expression behind a variable."""
    return tuple("[]" if step.startswith("[") else step for step in STEP.findall(path))


def operation(request: Request) -> Operation:
    """One operation."""
    schema = request.known.schema()
    has_answer = bool(schema.properties) or schema.items is not None
    bodies = [schema_of(body) for body in request.bodies if isinstance(body, dict)]
    return Operation(
        method=request.method,
        path=request.path,
        own=request.path,
        pattern=braces(request.path),
        types={},
        operation_id="",
        security=request.secured,
        has_body=bool(request.bodies),
        line=request.line,
        query=tuple(request.query),
        body=shared(bodies) if bodies and len(bodies) == len(request.bodies) else None,
        answers={"2XX": schema} if has_answer else {},
    )


def schema_of(value: object, depth: int = 0) -> JsonSchema:
    """The schema that an example has: all that it has is required."""
    if isinstance(value, dict) and depth < DEEPEST:
        inner = {str(name): schema_of(item, depth + 1) for name, item in value.items()}
        return JsonSchema(types=frozenset({"object"}), properties=inner, required=frozenset(inner))
    return JsonSchema()


def shared(schemas: list[JsonSchema]) -> JsonSchema:
    """What several examples have: required is what all of them have."""
    names = dict.fromkeys(name for schema in schemas for name in schema.properties)
    return JsonSchema(
        types=frozenset({"object"}) if names else frozenset(),
        properties={
            name: shared([schema.properties[name] for schema in schemas if name in schema.properties]) for name in names
        },
        required=frozenset(schemas[0].required).intersection(*(schema.required for schema in schemas[1:])),
    )
