"""What several rules say and ask."""

from __future__ import annotations

import re

from verifier.api import CallSite, DataSite, Facts, FunctionRef, SourceFile, Span, regex

SERVICE = regex(r"(?:Service|UseCase|Interactor)\.")
WRITTEN = regex(r"[\w.@$]+(?=\()")


def reached(facts: Facts, site: DataSite) -> str:
    """What a data access calls: as it is written, with the library that it is of."""
    source = facts.project.files[site.span.path]
    library = re.split(r"(?<=.)[.(]", site.what)[0]
    written = WRITTEN.match(source.line(site.span.line), site.span.column - 1)
    if written is None:
        return f"`{site.what}`"
    last = re.search(r"\.([\w$]+)$", site.what)
    named = last is not None and last.group(1) != written.group().rpartition(".")[2]
    chained = named and last is not None and f").{last.group(1)}(" in "".join(whole(source, site.span).split())
    more = f"(...).{last.group(1)}" if chained and last is not None else ""
    return f"`{written.group()}{more}` ({library})"


def whole(source: SourceFile, span: Span) -> str:
    """The lines that a span lies on."""
    return " ".join(source.line(line) for line in range(span.line, span.end_line + 1))


def by_content(facts: Facts, path: str) -> bool:
    """Whether a file has its layer from what it does, and from no name."""
    layer = facts.layers.of(path)
    return layer is not None and layer.by_content


def by_framework(call: CallSite) -> bool:
    """Whether the framework calls (a dependency, a hook) on behalf of a handler: the code itself does not."""
    return call.caller is not None and call.span == call.caller.span


def handing_on(facts: Facts) -> set[tuple[FunctionRef | None, Span]]:
    """Calls of a library: a function that is handed to one of them may be called by it or not."""
    return {(call.caller, call.span) for call in facts.calls.calls if call.library is not None}


def holds_data_access(facts: Facts, function: FunctionRef) -> bool:
    """Whether a function reaches the database itself, or by functions of its own file."""
    reaching = {site.function for site in facts.data_access.get(function.path, ())}
    return any(found.path == function.path and found.name in reaching for found in facts.calls.below(function))


def of_a_service(function: FunctionRef) -> bool:
    """Whether a function is a method of a class that is named as a service, whatever its file is named."""
    return SERVICE.search(function.name) is not None


def of_itself(facts: Facts, call: CallSite) -> bool:
    """Whether a method calls one of its own object, which a class below it has (``self.commit()``)."""
    written = WRITTEN.match(facts.project.files[call.span.path].line(call.span.line), call.span.column - 1)
    owner, _, name = call.callee.name.rpartition(".") if call.callee is not None else ("", "", "")
    return bool(owner) and written is not None and written.group() in (f"self.{name}", f"this.{name}")
