"""The contract: the operations of an OpenAPI document, with full paths."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from verifier.evaluate.routing import braces
from verifier.link.collection import is_collection, operations_of
from verifier.link.schemas import Schemas
from verifier.model import Operation, Route
from verifier.regex import regex

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
LARGEST = 5_000_000


class ContractError(Exception):
    """The contract cannot be read; the text is one sentence for the user."""


class Contract(Struct, frozen=True):
    """The operations that an API must answer. ``base`` is the path that they all stand below, ``source`` its origin.

    ``types`` are the JSON types of the properties of all schemas, by name. ``scheme`` is the word in front of the token
    in the `Authorization` header, as the document wants it; empty where it does not say. ``tells_protected``: it says
    which operations are for users only; examples of requests merely show which are asked with a token.
    """

    operations: tuple[Operation, ...]
    base: str
    source: str
    path: str
    types: Mapping[str, frozenset[str]] = {}
    scheme: str = ""
    tells_protected: bool = True


def read_contract(text: str, path: str, base: str | None, routes: Iterable[Route]) -> Contract:
    """Read an OpenAPI document, or a Postman collection.

    Args:
        base: the base path; None takes it from ``servers``, and where there is none, from the routes.

    Raises:
        ContractError: the text is neither.
    """
    document = load(text, path)
    if is_collection(document):
        return read_collection(document, text, path, base, routes)
    paths = document.get("paths")
    if not isinstance(paths, dict) or not ("openapi" in document or "swagger" in document):
        raise ContractError(f"{path} is no OpenAPI document: it has no `openapi` version or no `paths`.")
    lines = line_numbers(text)
    sent, answered = Schemas(document, "readOnly"), Schemas(document, "writeOnly")
    found: list[Operation] = []
    for written, item in paths.items():
        item = resolve(document, item)
        if not isinstance(item, dict) or not isinstance(written, str):
            continue
        for method in METHODS:
            operation = resolve(document, item.get(method))
            if isinstance(operation, dict):
                found.append(make(document, method, written, operation, item, lines, sent, answered))
    source = "setting"
    if base is None:
        base, source = server_base(document), "servers"
    if base is None:
        base, source = best_base(found, list(routes)), "routes"
    return Contract(
        tuple(based(operation, base) for operation in found),
        base,
        source,
        path,
        property_types(document),
        scheme_of(document),
    )


def read_collection(
    document: dict[str, Any], text: str, path: str, base: str | None, routes: Iterable[Route]
) -> Contract:
    """Read a Postman collection: what its requests ask for, and its tests assert."""
    found = operations_of(document, text)
    source = "setting"
    if base is None:
        base, source = best_base(found, list(routes)), "routes"
    operations = tuple(based(operation, base) for operation in found)
    return Contract(operations, base, source, path, tells_protected=False)


def property_types(document: object) -> dict[str, frozenset[str]]:
    """The JSON types that properties of a name have, in all schemas of a document.

    ``enum`` and ``format`` stand beside ``string`` where only some texts are meant.
    """
    found: dict[str, set[str]] = {}
    waiting: list[object] = [document]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(node)
        elif isinstance(node, dict):
            waiting.extend(node.values())
            properties = node.get("properties")
            for name, schema in properties.items() if isinstance(properties, dict) else ():
                kind = schema.get("type", "") if isinstance(schema, dict) else ""
                kinds = kind if isinstance(kind, list) else [kind]
                own = found.setdefault(str(name), set())
                own.update(str(one) for one in kinds if one != "null")
                if isinstance(schema, dict) and "string" in kinds:
                    own.update(word for word in ("enum", "format") if word in schema)
    return {name: frozenset(kinds) for name, kinds in found.items()}


def load(text: str, path: str) -> dict[str, Any]:
    """The document, from YAML or JSON."""
    import json

    if len(text) > LARGEST:
        raise ContractError(f"{path} is too large to be read as a contract.")
    try:
        if text.lstrip().startswith("{"):
            document = json.loads(text)
        else:
            import yaml

            loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
            document = yaml.load(text, Loader=loader)
    except Exception as error:
        first = str(error).replace("\n", " ")
        raise ContractError(f"{path} is neither YAML nor JSON: {first}.") from error
    if not isinstance(document, dict):
        raise ContractError(f"{path} is no OpenAPI document: it holds no mapping.")
    return document


def resolve(document: dict[str, Any], value: object) -> object:
    """Follow ``$ref`` inside the document."""
    for _ in range(20):
        if not isinstance(value, dict) or not isinstance(value.get("$ref"), str):
            return value
        target: object = document
        for part in value["$ref"].removeprefix("#/").split("/"):
            part = part.replace("~1", "/").replace("~0", "~")
            target = target.get(part) if isinstance(target, dict) else None
        value = target
    return None


def make(
    document: dict[str, Any],
    method: str,
    path: str,
    operation: dict[str, Any],
    item: dict[str, Any],
    lines: dict[str, int],
    sent: Schemas,
    answered: Schemas,
) -> Operation:
    """One operation; ``sent`` reads the schemas of requests, ``answered`` those of answers."""
    security = operation.get("security", document.get("security"))
    body = resolve(document, operation.get("requestBody"))
    parameters = [*(item.get("parameters") or ()), *(operation.get("parameters") or ())]
    resolved = [
        found for found in (resolve(document, parameter) for parameter in parameters) if isinstance(found, dict)
    ]
    in_body = any(parameter.get("in") == "body" for parameter in resolved)
    given = next((parameter for parameter in resolved if parameter.get("in") == "body"), None)
    responses = operation.get("responses")
    types: dict[str, str] = {}
    for parameter in resolved:
        schema = resolve(document, parameter.get("schema"))
        kind = schema.get("type") if isinstance(schema, dict) else parameter.get("type")
        if parameter.get("in") == "path" and isinstance(kind, str):
            types[str(parameter.get("name"))] = kind
    return Operation(
        method=method.upper(),
        path=path,
        own=path,
        pattern=braces(path),
        types=types,
        operation_id=str(operation.get("operationId") or ""),
        security=is_required(security),
        has_body=isinstance(body, dict) or in_body,
        line=lines.get(path, 1),
        query=tuple(
            str(parameter["name"])
            for parameter in resolved
            if parameter.get("in") == "query" and parameter.get("name") and not parameter.get("deprecated")
        ),
        needed=frozenset(
            str(parameter.get("name"))
            for parameter in resolved
            if parameter.get("in") == "query" and parameter.get("required") is True
        ),
        body=sent.of_body(body if given is None else given),
        answers={
            str(status): answered.of_body(resolve(document, response))
            for status, response in (responses.items() if isinstance(responses, dict) else ())
        },
    )


def is_required(security: object) -> bool:
    """Whether a ``security`` asks for credentials; an empty choice among several lets everybody in."""
    return isinstance(security, list) and bool(security) and all(security)


# Where a text says what stands in the header: "`Authorization: Token <token>`", "Token xxxxxx.yyyyyyy.zzzzzz".
IN_HEADER = regex(r"Authorization['\"`]?\s*[:=]\s*['\"`]?([A-Za-z]\w*)\s+[<{\[$xe*.]")
IN_SCHEME = regex(r"\b([A-Z][A-Za-z]*)\s+(?:[<{\[$]|xx|ey|jwt\.|\.\.\.|\*\*\*)")


def scheme_of(document: dict[str, Any]) -> str:
    """The word in front of the token in the ``Authorization`` header; empty where the document does not say one."""
    components = document.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, dict) else None
    schemes = schemes if isinstance(schemes, dict) else document.get("securityDefinitions")
    found: set[str] = set()
    for written in schemes.values() if isinstance(schemes, dict) else ():
        scheme = resolve(document, written)
        if not isinstance(scheme, dict):
            continue
        if (scheme.get("type") == "http" and str(scheme.get("scheme", "")).lower() == "bearer") or scheme.get(
            "type"
        ) == "oauth2":
            found.add("Bearer")
        elif scheme.get("in") == "header" and str(scheme.get("name", "")).lower() == "authorization":
            info = document.get("info")
            texts = (scheme.get("description"), info.get("description") if isinstance(info, dict) else None)
            found.add(next(filter(None, map(scheme_in, texts)), ""))
        else:
            found.add("")
    return found.pop() if len(found) == 1 else ""


def scheme_in(text: object) -> str:
    """The word in front of a token, as a description shows it."""
    if not isinstance(text, str):
        return ""
    match = IN_HEADER.search(text) or IN_SCHEME.search(text)
    return match.group(1) if match else ""


def based(operation: Operation, base: str) -> Operation:
    """The operation below a base path."""
    import msgspec

    full = base.rstrip("/") + operation.path
    return msgspec.structs.replace(operation, path=full, pattern=braces(full))


def server_base(document: dict[str, Any]) -> str | None:
    """The path of the first server; None where the document names no server."""
    if isinstance(document.get("basePath"), str):
        return str(document["basePath"])
    servers = document.get("servers")
    url = servers[0].get("url") if isinstance(servers, list) and servers and isinstance(servers[0], dict) else None
    if not isinstance(url, str):
        return None
    from urllib.parse import urlsplit

    return urlsplit(url).path.rstrip("/")


def best_base(operations: list[Operation], routes: list[Route]) -> str:
    """The prefix of the routes under which most operations are found."""
    served = {(route.method, shape(str(route.pattern))) for route in routes}
    candidates = {""}
    for route in routes:
        parts = [segment.text for segment in route.pattern.segments if segment.literal]
        for count in (1, 2, 3):
            if len(route.pattern.segments) > count and len(parts) >= count:
                candidates.add("/" + "/".join(segment.text for segment in route.pattern.segments[:count]))
    counted = [
        (sum((operation.method, shape(base + operation.path)) in served for operation in operations), base)
        for base in sorted(candidates)
    ]
    return max(counted, key=lambda pair: (pair[0], -len(pair[1])))[1]


def shape(path: str) -> str:
    """A path without the names of its parameters and without a slash at its end."""
    return "/".join("{}" if "{" in part else part for part in path.rstrip("/").split("/"))


def line_numbers(text: str) -> dict[str, int]:
    """Where each path stands, from 1."""
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        key = line.strip().strip("\"'").rstrip(":").rstrip("\"'").strip()
        if key.startswith("/"):
            found.setdefault(key.removesuffix(": {").strip("\"'"), number)
    return found
