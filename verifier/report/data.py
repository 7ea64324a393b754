"""A check and its facts as data: the JSON that docs/schema/ describes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from verifier import VERSION
from verifier.check import Report
from verifier.model import Application, Finding, Project, Related, Span, Verdict
from verifier.report.models import SCHEMA_VERSION, models_data
from verifier.report.queries import queries_coverage, queries_data

if TYPE_CHECKING:
    from verifier.connections import Connection
    from verifier.link import Facts
    from verifier.link.recording import Call


def dumps(data: object) -> str:
    """JSON text, indented; names of files that are no Unicode keep their odd bytes as escapes."""
    return json.dumps(data, indent=2, ensure_ascii=False).encode("utf-8", "backslashreplace").decode() + "\n"


def check_data(report: Report, facts: Facts) -> dict[str, Any]:
    """The result of ``check``."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "buttress", "version": VERSION},
        "project": project_data(facts.project, facts),
        "constraints": [verdict_data(verdict) for verdict in report.verdicts],
        "findings": [finding_data(finding) for finding in report.findings],
        "gate": gate_data(report),
        "coverage": coverage_data(facts),
        "summary": {
            "suppressed": len(report.suppressed),
            "by_category": dict(sorted(Counter(str(finding.category) for finding in report.findings).items())),
            "by_rule": dict(sorted(Counter(finding.rule for finding in report.findings).items())),
        },
    }


def project_data(project: Project, facts: Facts) -> dict[str, Any]:
    """What the project is."""
    return {
        "root": str(project.root) if project.root is not None else ".",
        "files": len(project.files),
        "languages": list(project.languages),
        "frameworks": frameworks(facts.startup.served or facts.applications),
        "orms": list(facts.orms),
        "databases": sorted(facts.dialects),
        "left_out": dict(sorted(project.left_out.counts.items())),
    }


def frameworks(applications: Iterable[Application]) -> list[str]:
    """The frameworks of some applications, sorted."""
    return sorted({application.framework for application in applications})


def place(span: Span) -> dict[str, Any]:
    """A span as the JSON of a finding gives it."""
    end_line = span.end_line or span.line
    return {
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": end_line,
        "end_column": span.end_column or span.column,
    }


def short_place(span: Span, message: str) -> dict[str, Any]:
    """A further place."""
    return {"path": span.path, "line": span.line, "message": message}


def finding_data(finding: Finding) -> dict[str, Any]:
    """One finding."""
    return {
        "rule": finding.rule,
        "category": str(finding.category),
        "severity": str(finding.severity),
        "confidence": str(finding.confidence),
        "message": finding.message,
        **place(finding.span),
        "endpoints": list(finding.endpoints),
        "symptom": finding.symptom,
        "remedy": finding.remedy,
        "related": [related_data(related) for related in finding.related],
        "fingerprint": finding.fingerprint,
        "fix": {"title": finding.fix.title, "safe": finding.fix.safe} if finding.fix is not None else None,
    }


def related_data(related: Related) -> dict[str, Any]:
    """A place that a finding speaks of."""
    return short_place(related.span, related.message)


def finding_lines(report: Report) -> str:
    """Findings, one JSON object a line."""
    lines = [json.dumps(finding_data(finding), ensure_ascii=False) for finding in report.findings]
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace").decode()


def verdict_data(verdict: Verdict) -> dict[str, Any]:
    """A clause of a constraint."""
    return {
        "constraint": verdict.constraint,
        "clause": verdict.clause,
        "compliant": verdict.compliant,
        "evidence": [short_place(evidence.span, evidence.message) for evidence in verdict.evidence],
        "before": verdict.before,
    }


def gate_data(report: Report) -> dict[str, Any] | None:
    """What the check was held against; None for nothing."""
    gate = report.gate
    if gate is None:
        return None
    return {
        "baseline": gate.baseline,
        "base": gate.base,
        "known": len(gate.known),
        "gone": [{"path": gone.path, "rule": gone.rule, "message": gone.message} for gone in gate.gone],
    }


def statistics_data(report: Report, facts: Facts) -> dict[str, Any]:
    """How often each rule found something."""
    counts = Counter(finding.rule for finding in report.findings)
    fixable = Counter(found.rule for found in report.findings if found.fix is not None and found.fix.safe)
    return {
        "schema_version": SCHEMA_VERSION,
        "total": len(report.findings),
        "statistics": [
            {"rule": rule, "count": count, "fixable": fixable[rule], "title": title_of(rule, facts)}
            for rule, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        ],
    }


def title_of(rule: str, facts: Facts) -> str:
    """The title of a rule."""
    known = facts.book.rules.get(rule)
    return known.title if known is not None else ""


def coverage_data(facts: Facts) -> dict[str, Any]:
    """What was read and what was not."""
    graph = facts.imports
    return {
        "queries": queries_coverage(facts),
        "imports": {
            "internal": graph.internal,
            "external": graph.outside,
            "unresolved": [
                {"path": found.span.path, "line": found.span.line, "module": found.module, "reason": found.reason}
                for found in graph.unresolved
            ],
        },
        "routes": {
            "found": len(facts.routes),
            "dynamic": [
                {"path": found.span.path, "line": found.span.line, "reason": found.reason}
                for found in facts.dynamic_routes
            ],
            "unread": unread_data(facts),
        },
        "models": {
            "found": len(facts.models.entities) + len(facts.models.tables),
            "unread": [
                {"path": found.span.path, "line": found.span.line, "reason": found.reason}
                for found in facts.models.unread
            ],
        },
        "syntax": [
            {"path": fault.span.path, "line": fault.span.line, "reason": fault.message}
            for file in facts.files.values()
            for fault in file.faults
            if not fault.certain
        ],
        "notes": [{"path": note.path, "reason": note.reason} for note in facts.notes],
    }


def routes_data(facts: Facts) -> dict[str, Any]:
    """``facts routes``."""
    return {
        "schema_version": SCHEMA_VERSION,
        "routes": [
            {
                "method": route.method,
                "path": route.path,
                "handler": route.handler,
                "file": route.span.path,
                "line": route.span.line,
                "order": route.order,
                "framework": route.framework,
                "guards": list(route.guards),
                "application": route.application,
                "handler_file": route.function.path if route.function is not None else None,
                "handler_line": route.function.span.line if route.function is not None else None,
                "conditional": route.conditional,
            }
            for route in facts.routes
        ],
        "dynamic": [
            {"path": found.span.path, "line": found.span.line, "reason": found.reason} for found in facts.dynamic_routes
        ],
        "unread": unread_data(facts),
    }


def unread_data(facts: Facts) -> list[dict[str, Any]]:
    """Places that look as if they registered routes, and of which none was read."""
    return [{"path": found.span.path, "line": found.span.line, "reason": found.reason} for found in facts.unread_routes]


def imports_data(facts: Facts) -> dict[str, Any]:
    """``facts imports``."""
    graph = facts.imports
    return {
        "schema_version": SCHEMA_VERSION,
        "imports": [
            {
                "from": edge.source,
                "to": edge.target,
                "line": edge.span.line,
                "kind": edge.kind,
                "name": edge.name,
                "via": list(edge.via),
            }
            for edge in graph.edges
        ],
        "external": [
            {"from": found.path, "package": found.package, "line": found.line, "kind": found.kind}
            for found in graph.external
        ],
        "unresolved": [
            {
                "from": found.span.path,
                "module": found.module,
                "line": found.span.line,
                "kind": found.kind,
                "reason": found.reason,
            }
            for found in graph.unresolved
        ],
    }


def layers_data(facts: Facts) -> dict[str, Any]:
    """``facts layers``."""
    layers = facts.layers
    return {
        "schema_version": SCHEMA_VERSION,
        "order": list(layers.order),
        "layers": [
            {"path": layer.path, "layer": layer.name, "role": layer.role, "reason": layer.reason}
            for layer in layers.files.values()
        ],
        "unlayered": [path for path in sorted(facts.project.files) if path not in layers.files],
    }


def calls_data(facts: Facts) -> dict[str, Any]:
    """``facts calls``."""
    return {"schema_version": SCHEMA_VERSION, "calls": [call_data(call) for call in facts.calls.calls]}


def call_data(call: Call) -> dict[str, Any]:
    """One call."""
    return {
        "caller": str(call.caller) if call.caller is not None else None,
        "callee": str(call.callee) if call.callee is not None else call.library,
        "internal": call.callee is not None,
        "path": call.span.path,
        "line": call.span.line,
    }


def startup_data(facts: Facts) -> dict[str, Any]:
    """``facts startup``."""
    startup = facts.startup
    return {
        "schema_version": SCHEMA_VERSION,
        "commands": [
            {
                "where": command.where,
                "name": command.name,
                "argv": list(command.argv),
                "directory": command.directory,
                "path": command.span.path,
                "line": command.span.line,
            }
            for command in facts.project.manifests.commands
        ],
        "entries": [
            {"path": entry.path, "variable": entry.variable, "command": " ".join(entry.command.argv)}
            for entry in startup.entries
        ],
        "applications": [
            {
                "framework": found.framework,
                "name": found.name,
                "path": found.span.path,
                "line": found.span.line,
                "served": found in startup.served,
            }
            for found in facts.applications
        ],
        "connections": [connection_data(found) for found in facts.connections],
        "schema": [
            {"what": found.what, "path": found.span.path, "line": found.span.line, "certain": found.certain}
            for found in facts.schema_creations
        ],
    }


def connection_data(connection: Connection) -> dict[str, Any]:
    """A connection to a database."""
    return {
        "library": connection.library,
        "dialect": connection.dialect,
        "driver": connection.driver,
        "url": connection.url,
        "async": connection.is_async,
        "requested": connection.requested,
        "path": connection.span.path,
        "line": connection.span.line,
        "evidence": [short_place(evidence.span, evidence.message) for evidence in connection.evidence],
        "alternatives": [connection_data(other) for other in connection.alternatives],
    }


FACTS: dict[str, Callable[[Facts], dict[str, Any]]] = {
    "routes": routes_data,
    "imports": imports_data,
    "layers": layers_data,
    "calls": calls_data,
    "models": models_data,
    "queries": queries_data,
    "startup": startup_data,
}
