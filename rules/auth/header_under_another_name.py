"""A header is read by a name under which no server keeps it.

Node gives the names of headers in lower case: `req.headers.Authorization` is `undefined` whatever the client sends, and
so is `c.req.header().Authorization` of Hono. Django keeps headers in `request.META` as `HTTP_AUTHORIZATION`:
`request.META.get("Authorization")` is always `None`. Where the header holds the token, each request is refused with
401.

Write `req.headers.authorization`, or `req.get("Authorization")`; `c.req.header("Authorization")`;
`request.headers.get("Authorization")`, which looks for no case.

The rule is silent where the same function reads the name in its right form too, and for headers that are set.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Category, Facts, Origin, Problem, Span, found_near, is_test, nodes_in, regex, rule, syntax

REQUESTS = frozenset({"req", "request", "ctx", "c", "context"})
FRAMEWORKS = frozenset({"express", "fastify", "koa", "hono"})
CAPITAL = regex(r"[A-Z][a-zA-Z]*(?:-[A-Za-z]+)*")
KEY = regex(r"[A-Za-z][A-Za-z-]*[a-z][A-Za-z-]*")


@rule(Category.AUTH_MISCONFIGURATION)
def header_under_another_name(facts: Facts) -> Iterator[Problem]:
    """Yield each header that is read by a name that it never has."""
    frameworks = {route.framework for route in facts.routes}
    for function in facts.seen.bodies:
        path = function.module.path
        javascript = function.module.javascript
        wanted = frameworks & FRAMEWORKS if javascript else frameworks & {"django"}
        if not wanted or is_test(path):
            continue
        source = facts.project.files[path].data[function.code.start : function.code.end].decode("utf-8", "replace")
        if (b"headers" if javascript else b"META") not in source.encode() and "header(" not in source:
            continue
        nodes = list(nodes_in(function.code.body))
        written = {id(target) for node in nodes if isinstance(node, syntax.Assign) for target in node.targets}
        for node in nodes:
            name = (
                (named_in_javascript(node) if javascript else named_in_django(node)) if id(node) not in written else ""
            )
            if not name or (javascript and name.lower() in source) or (not javascript and in_meta(name) in source):
                continue
            if javascript and is_set(facts, name):
                continue
            yield problem(facts.program.engine.span(Origin(path, node.start, node.end)), name, javascript)


def is_set(facts: Facts, name: str) -> bool:
    """Whether some code gives requests a header under this name."""
    word = re.escape(name.encode())
    given = re.compile(rb"headers\s*(?:\??\.\s*%s|\[\s*[\"'`]%s[\"'`]\s*\])\s*=(?!=)" % (word, word))
    files = facts.project.files.items()
    return any(
        source.language != "python" and not is_test(path) and found_near(given, source.data, name.encode())
        for path, source in files
    )


def read_key(node: syntax.Node) -> tuple[syntax.Expression, str] | None:
    """What ``holder.name`` and ``holder["name"]`` are read of, and the name."""
    if isinstance(node, syntax.Member):
        return node.object, node.name
    if isinstance(node, syntax.Index) and isinstance(node.index, syntax.Const) and isinstance(node.index.value, str):
        return node.object, node.index.value
    return None


def named_in_javascript(node: syntax.Node) -> str:
    """The header that is read of a request's headers in capitals; nothing where it is something else."""
    read = read_key(node)
    if read is None or CAPITAL.fullmatch(read[1]) is None:
        return ""
    holder = read[0]
    if isinstance(holder, syntax.Call):  # of Hono: c.req.header()
        callee = holder.callee
        called = isinstance(callee, syntax.Member) and callee.name == "header" and not holder.arguments
        return read[1] if called and isinstance(callee, syntax.Member) and is_request(callee.object) else ""
    if isinstance(holder, syntax.Member) and holder.name == "headers" and is_request(holder.object):
        return read[1]
    return ""


def is_request(node: syntax.Expression) -> bool:
    """Whether an expression is a request by its name: ``req``, ``ctx.request``, ``c.req``."""
    if isinstance(node, syntax.Member):
        return node.name in ("req", "request") and isinstance(node.object, syntax.Name) and node.object.id in REQUESTS
    return isinstance(node, syntax.Name) and node.id in ("req", "request", "ctx")


def named_in_django(node: syntax.Node) -> str:
    """The header that is looked up in ``META`` by its own name."""
    if isinstance(node, syntax.Call) and isinstance(node.callee, syntax.Member) and node.callee.name == "get":
        first = node.arguments[0] if node.arguments else None
        holder: syntax.Expression = node.callee.object
        key = first.value if isinstance(first, syntax.Const) else None
    elif isinstance(node, syntax.Index) and isinstance(node.index, syntax.Const):
        holder, key = node.object, node.index.value
    else:
        return ""
    if not isinstance(holder, syntax.Member) or holder.name != "META" or not isinstance(key, str):
        return ""
    return key if KEY.fullmatch(key) is not None else ""


def in_meta(name: str) -> str:
    """The name that Django gives a header."""
    return f"HTTP_{name.upper().replace('-', '_')}"


def problem(span: Span, name: str, javascript: bool) -> Problem:
    """A header that is never found."""
    if javascript:
        return Problem(
            span,
            f"`{name}` is no name of a header here: Node gives them in lower case",
            symptom="the header is undefined, whatever the client sends",
            remedy=f"Read `{name.lower()}`",
            identity=name,
        )
    return Problem(
        span,
        f"`META` has no `{name}`: Django keeps the header as `{in_meta(name)}`",
        symptom="the header is None, whatever the client sends",
        remedy=f'Write `request.headers.get("{name}")`',
        identity=name,
    )
