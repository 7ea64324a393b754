"""The tools: what each does, what it takes and what it gives."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from verifier.report.agent import Checked
from verifier.report.style import shown
from verifier.serve import causes, checking, reading
from verifier.serve.answers import Answer, RefusedError
from verifier.serve.asked import Check, Classify, Explain, Facts, Fix, Sql, Trace
from verifier.serve.held import Workshop
from verifier.session import Refused


class Tool(Struct, frozen=True):
    """A tool.

    Attributes:
        answer: what does it; its second argument is of the type ``takes``.
        gives: the type of its data.
        writes: whether it may change files.
    """

    name: str
    title: str
    description: str
    takes: type[Struct]
    gives: type[Struct]
    answer: Callable[[Workshop, Any], Answer]
    writes: bool = False


TOOLS: tuple[Tool, ...] = (
    Tool(
        "check",
        "Check a backend",
        "Read a backend (a folder below the root, or a patch) and tell what in it will fail or breaks what it was "
        "asked to keep to: the worst first, each cause once, with place, reason, symptom, endpoints, what to write "
        "instead, and the fix as a diff where there is a safe one. Nothing is run. Ask after each change: a repeated "
        "check is quick.",
        Check,
        Checked,
        checking.check,
    ),
    Tool(
        "explain",
        "Explain a rule or a finding",
        "Tell all about a rule (what goes wrong, and what to write instead), list the rules of a pack, or tell all "
        "that is known of a finding, by the name that `check` gave it.",
        Explain,
        checking.Explained,
        checking.explain,
    ),
    Tool(
        "fix",
        "Mend what can be mended safely",
        "Give all safe fixes as one diff, tried in mind and checked again. With apply=true the files are written.",
        Fix,
        checking.FixMade,
        checking.fix,
        writes=True,
    ),
    Tool(
        "facts",
        "What was read",
        "Tell what was read of the project: its routes, models (tables and columns), queries with their SQL, imports, "
        "layers, calls, or how it starts. `contains` keeps the rows with a text in them.",
        Facts,
        reading.FactsTold,
        reading.facts,
    ),
    Tool(
        "trace",
        "The way of a request",
        "Follow a request from its route through handler, service and repository to the SQL that it sends.",
        Trace,
        reading.Traced,
        reading.trace,
    ),
    Tool(
        "sql",
        "The SQL of a line",
        "Tell the SQL that the queries at a line send, whether they are written as text or built by an ORM; what only "
        "run time knows stands there as RUNTIME(), with the reason.",
        Sql,
        reading.SqlTold,
        reading.sql,
    ),
    Tool(
        "classify",
        "Why a run failed",
        "Name the primary cause of a failed run, with the evidence and the runners-up: from a record of "
        "`buttress test`, or from the server's log and a report of requests; better with the project beside it. Any "
        "part may be missing.",
        Classify,
        causes.Classified,
        causes.classify,
    ),
)


def input_schema(tool: Tool) -> dict[str, Any]:
    """The JSON schema of a tool's arguments."""
    schema = schema_of(tool.takes)
    del schema["description"]
    return schema | {"properties": {name: lean(one) for name, one in schema["properties"].items()}}


def lean(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of an argument that may be left away, without saying that null does the same."""
    kinds = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if len(kinds) != 1:
        return schema
    return {**kinds[0], **{word: value for word, value in schema.items() if word not in ("anyOf", "default")}}


def output_schema(tool: Tool) -> dict[str, Any]:
    """The JSON schema of a tool's data; what its fields mean stands in docs/schema/, not in every client's context."""
    made: dict[str, Any] = without(schema_of(tool.gives), frozenset({"description"}))
    return made


def schema_of(noun: type[Struct]) -> dict[str, Any]:
    """The JSON schema of a struct, an object at its top as the protocol wants it."""
    (own,), others = msgspec.json.schema_components([noun], ref_template="#/$defs/{name}")
    inner: dict[str, Any] = dict(others.pop(noun.__name__)) if "$ref" in own else dict(own)
    made: dict[str, Any] = without(inner | ({"$defs": others} if others else {}), frozenset({"title"}))
    return made


def schema_text() -> str:
    """The JSON schema of all arguments and answers, for docs/schema/."""
    nouns = [noun for tool in TOOLS for noun in (tool.takes, tool.gives)]
    refs, named = msgspec.json.schema_components(nouns, ref_template="#/$defs/{name}")
    pairs = zip(TOOLS, refs[::2], refs[1::2], strict=True)
    tools = {
        tool.name: {"type": "object", "properties": {"arguments": takes, "answer": gives}}
        for tool, takes, gives in pairs
    }
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "buttress mcp: the tools"}
    made = head | {"type": "object", "properties": tools, "$defs": named}
    return json.dumps(made, indent=2) + "\n"


def without(schema: Any, words: frozenset[str]) -> Any:
    """A schema without some words, wherever these are words of a schema and not names of properties."""
    if isinstance(schema, list):
        return [without(one, words) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        word: {name: without(one, words) for name, one in inner.items()}
        if word in ("properties", "$defs")
        else without(inner, words)
        for word, inner in schema.items()
        if word not in words
    }


def call(workshop: Workshop, name: str, arguments: Mapping[str, Any] | None) -> Answer:
    """Answer a question.

    Raises:
        RefusedError: it cannot be answered; whatever goes wrong ends in this one.
    """
    tool = next((one for one in TOOLS if one.name == name), None)
    if tool is None:
        from verifier.config import nearest

        known = [one.name for one in TOOLS]
        raise RefusedError(f"There is no tool `{shown(name[:200])}`{nearest(name[:200], known)}")
    try:
        return tool.answer(workshop, msgspec.convert(arguments or {}, tool.takes))
    except msgspec.ValidationError as error:
        raise RefusedError(wrong(tool, str(error))) from None
    except Refused as error:
        raise RefusedError(str(error)) from None
    except RefusedError:
        raise
    except Exception as error:
        raise RefusedError(f"internal error: {type(error).__name__}: {error} (please report it).") from error


def wrong(tool: Tool, message: str) -> str:
    """A sentence about arguments that are not what a tool takes."""
    what, _, where = shown(message).partition(" - at `$.")
    unknown = what.partition("unknown field `")[2].removesuffix("`")
    if unknown:
        from verifier.config import nearest

        known = [field.encode_name for field in msgspec.structs.fields(tool.takes)]
        return f"`{tool.name}` has no argument `{unknown[:200]}`{nearest(unknown[:200], known)}"
    argument = f"`{where.rstrip('`')}`: " if where else ""
    return f"{argument}{what[:1].lower()}{what[1:]}."
