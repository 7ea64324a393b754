"""Facts as text for a reader."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from verifier.report.models import models_text
from verifier.report.queries import queries_text
from verifier.report.style import Paint, columns, shown
from verifier.report.text import plural

if TYPE_CHECKING:
    from verifier.link import Facts


def routes_text(facts: Facts, paint: Paint) -> str:
    """``facts routes``: a table for each application."""
    parts: list[str] = []
    for application in facts.applications:
        routes = [route for route in facts.routes if route.application == application.identity]
        name = paint(shown(application.identity), "path")
        head = f"{application.framework} application {name}: {plural(len(routes), 'route')}"
        rows = [
            (
                route.method,
                shown(route.path) + (" ?" if route.conditional else ""),
                shown(route.handler),
                shown(f"{route.span.path}:{route.span.line}"),
                ", ".join(shown(guard) for guard in route.guards),
            )
            for route in routes
        ]
        parts.append(
            "\n".join([head, *(f"  {line}" for line in columns(rows, ("method", "bold", "dim", "path", "dim"), paint))])
        )
    if facts.dynamic_routes:
        unsure = [("dynamic", shown(str(found.span)), shown(found.reason)) for found in facts.dynamic_routes]
        parts.append(
            "\n".join(
                [
                    "decided at run time, or served by nothing:",
                    *(f"  {line}" for line in columns(unsure, ("unsure", "path", "dim"), paint)),
                ]
            )
        )
    if facts.unread_routes:
        unread = [("unread", shown(str(found.span)), shown(found.reason)) for found in facts.unread_routes]
        rows_of_unread = columns(unread, ("unsure", "path", "dim"), paint)
        parts.append("\n".join(["not read:", *(f"  {line}" for line in rows_of_unread)]))
    if not parts:
        parts.append("no application and no route was found")
    return "\n\n".join(parts) + "\n"


def imports_text(facts: Facts, paint: Paint) -> str:
    """``facts imports``: who imports whom, and what did not arrive."""
    graph = facts.imports
    rows = [
        (shown(f"{edge.source}:{edge.span.line}"), edge.kind, shown(edge.target), shown(edge.name))
        for edge in graph.edges
    ]
    parts = columns(rows, ("path", "dim", "bold", "dim"), paint)
    if graph.unresolved:
        parts.append("")
        parts.append("not resolved:")
        lost = [(shown(str(found.span)), shown(found.module), shown(found.reason)) for found in graph.unresolved]
        parts.extend(f"  {line}" for line in columns(lost, ("path", "bold", "unsure"), paint))
    parts.append("")
    inside = plural(graph.internal, "import")
    parts.append(f"{inside} inside the project, {graph.outside} from outside, {len(graph.unresolved)} not resolved")
    return "\n".join(parts).lstrip("\n") + "\n"


def layers_text(facts: Facts, paint: Paint) -> str:
    """``facts layers``: the files of each layer, and why they are in it."""
    layers = facts.layers
    parts: list[str] = []
    for name in layers.order:
        files = layers.members.get(name, ())
        rows = [(shown(layer.path), shown(layer.reason)) for layer in files]
        lines = [f"  {line}" for line in columns(rows, ("path", "dim"), paint)]
        parts.append("\n".join([f"{paint(name, 'bold')}: {plural(len(files), 'file')}", *lines]))
    rest = [path for path in sorted(facts.project.files) if path not in layers.files]
    if rest:
        parts.append(
            "\n".join(
                [
                    f"{paint('no layer', 'bold')}: {plural(len(rest), 'file')}",
                    *(f"  {paint(shown(path), 'path')}" for path in rest),
                ]
            )
        )
    return "\n\n".join(parts) + "\n"


def calls_text(facts: Facts, paint: Paint) -> str:
    """``facts calls``: the calls below the routes."""
    rows = [
        (
            shown(f"{call.span.path}:{call.span.line}"),
            shown(call.caller.name if call.caller is not None else "<module>"),
            shown(str(call.callee) if call.callee is not None else str(call.library)),
        )
        for call in facts.calls.calls
    ]
    lines = columns(rows, ("path", "dim", "bold"), paint)
    return "\n".join([*lines, f"{plural(len(rows), 'call')}"]) + "\n"


def startup_text(facts: Facts, paint: Paint) -> str:
    """``facts startup``: commands, what they run, and which applications they serve."""
    startup = facts.startup
    lines: list[str] = []
    for command in facts.project.manifests.commands:
        name = f" {command.name}" if command.name else ""
        lines.append(
            f"{paint(shown(str(command.span)), 'path')} {command.where}{name}: {shown(' '.join(command.argv))}"
        )
    for entry in startup.entries:
        variable = f" (serves `{entry.variable}`)" if entry.variable else ""
        lines.append(f"the start command runs {paint(shown(entry.path), 'path')}{shown(variable)}")
    for application in facts.applications:
        state = "served" if application in startup.served else "not served"
        lines.append(f"{state}: {application.framework} application {paint(shown(application.identity), 'path')}")
    for connection in facts.connections:
        when = " below a route" if connection.requested else ""
        address = connection.url or connection.dialect or f"a database that depends on {connection.reason}"
        lines.append(f"{connection.library} connects{when} to {shown(address)}")
        lines.extend(
            f"  {paint(shown(str(evidence.span)), 'path')} {shown(evidence.message)}"
            for evidence in connection.evidence
        )
    lines.extend(
        f"tables are created: {paint(shown(str(found.span)), 'path')} {shown(found.what)}"
        for found in facts.schema_creations
    )
    return "\n".join(lines or ["no command and no application was found"]) + "\n"


TEXTS: dict[str, Callable[[Facts, Paint], str]] = {
    "routes": routes_text,
    "imports": imports_text,
    "layers": layers_text,
    "calls": calls_text,
    "models": models_text,
    "queries": queries_text,
    "startup": startup_text,
}
