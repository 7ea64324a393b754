"""Defects of routes, of reading requests, and of what frameworks do by themselves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.mutants.operators.operator import operator
from tests.mutants.source import Edit, PlaceError, Project, Source, descendants
from verifier.model import Category

if TYPE_CHECKING:
    from tree_sitter import Node

INCOMPLETE = Category.INCOMPLETE_IMPLEMENTATION
IDIOSYNCRASY = Category.FRAMEWORK_IDIOSYNCRASY


def statement_of(node: Node) -> Node:
    """The statement that a node belongs to."""
    while not node.type.endswith(("_statement", "_declaration")):
        assert node.parent is not None
        node = node.parent
    return node


def decorated(source: Source, function: str) -> Node:
    """A function with its decorators."""
    node = source.scope(function).parent
    if node is None or node.type != "decorated_definition":
        raise PlaceError(f"{source.path}: {function} has no decorator")
    return node


@operator("missing-contract-route", INCOMPLETE)
def drop_route(project: Project, path: str, function: str) -> None:
    """A handler was never written."""
    source = project.source(path)
    source.remove(decorated(source, function))


@operator("missing-contract-route", INCOMPLETE)
def drop_registration(project: Project, path: str, call: str) -> None:
    """A router, or a route, is never registered."""
    source = project.source(path)
    node = source.one(call).node
    inside = node.parent is not None and node.parent.type in ("list", "array")
    source.remove(node if inside else statement_of(node))


@operator("missing-contract-route", INCOMPLETE)
def wrong_method(project: Project, path: str, call: str, by: str) -> None:
    """A route is there for another method than the contract's."""
    project.source(path).rewrite(call, by)


@operator("missing-contract-route", INCOMPLETE)
def wrong_mount(project: Project, path: str, call: str, by: str) -> None:
    """A router is mounted where the contract has nothing."""
    project.source(path).rewrite(call, by)


@operator("user-route-mounted-under-users", INCOMPLETE)
def mount_user_under_users(project: Project, path: str, router: str, mounted: str, routes: dict[str, str]) -> None:
    """The account's routes are in the router of ``/users``, so that ``/user`` is ``/users/user``."""
    source = project.source(path)
    source.rewrite(router, mounted)
    for before, after in routes.items():
        node = source.string(before)
        source.edits.append(Edit(node.start_byte + 1, node.end_byte - 1, after))


@operator("route-shadowed-by-param", IDIOSYNCRASY)
def swap_functions(project: Project, path: str, first: str, second: str) -> None:
    """A route with a parameter is declared before the fixed one that it covers."""
    source = project.source(path)
    source.swap(decorated(source, first), decorated(source, second))


@operator("route-shadowed-by-param", IDIOSYNCRASY)
def swap_routes(project: Project, path: str, first: str, second: str) -> None:
    """The same where routes are calls: each takes the arguments of the other."""
    source = project.source(path)
    one, other = (arguments_of(source, pattern) for pattern in (first, second))
    source.swap(one, other)


def arguments_of(source: Source, pattern: str) -> Node:
    """The arguments of the one call of a method whose first argument is a string: ``get "/feed"``."""
    method, _, string = pattern.partition(" ")
    hits = []
    for node in descendants(source.root):
        if node.type not in ("call_expression", "call"):
            continue
        function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if function is None or arguments is None or not arguments.named_children:
            continue
        named = re.search(r"\w+$", source.text(function))
        if named and named.group() == method and source.text(arguments.named_children[0])[1:-1] == string:
            hits.append(arguments)
    if len(hits) != 1:
        raise PlaceError(f"{source.path} has {len(hits)} calls of `{pattern}`")
    return hits[0]


@operator("duplicate-django-path-method-split", IDIOSYNCRASY)
def split_by_method(project: Project, path: str, route: str, parts: str, imports: str, importing: str) -> None:
    """An address has one entry for each method, of which Django takes the first."""
    source = project.source(path)
    source.rewrite(route, parts)
    source.rewrite(imports, importing)


@operator("django-append-slash", IDIOSYNCRASY)
def trailing_slash(project: Project, path: str, method: str, string: str) -> None:
    """A route ends with a slash that the contract's path does not have."""
    source = project.source(path)
    node = arguments_of(source, f"{method} {string}").named_children[0]
    source.edits.append(Edit(node.end_byte - 1, node.end_byte - 1, "/"))


@operator("django-csrf-on-api", IDIOSYNCRASY)
def protect_from_forgery(project: Project, path: str, after: str, middleware: str) -> None:
    """Requests that change something need a token of a form."""
    source = project.source(path)
    node = source.string(after)
    source.replace(node, f'{source.text(node)}, "{middleware}"')


@operator("fastify-empty-json-body", IDIOSYNCRASY)
def drop_body_parser(project: Project, path: str, call: str) -> None:
    """Nothing makes the framework take a request that says it is JSON and has no body."""
    source = project.source(path)
    source.remove(statement_of(source.one(call).node))


@operator("bodyless-handler-reads-json", IDIOSYNCRASY)
def read_absent_body(project: Project, path: str, before: str, statement: str, within: str | None = None) -> None:
    """A handler of requests without a body reads one."""
    source = project.source(path)
    source.insert_before(source.one(before, within).node, statement)


@operator("bodyless-handler-reads-json", IDIOSYNCRASY)
def read_absent_body_first(project: Project, path: str, handler: str, by: str) -> None:
    """The same where the handler is one expression."""
    project.source(path).rewrite(handler, by)


@operator("fastify-response-schema-strips", IDIOSYNCRASY)
def incomplete_response_schema(project: Project, path: str, schema: str, by: str, within: str) -> None:
    """The schema of a response does not name what is in it, so that it is left out."""
    project.source(path).rewrite(schema, by, within)


@operator("handler-param-name-mismatch", IDIOSYNCRASY)
def rename_parameter(project: Project, path: str, function: str, parameter: str, to: str) -> None:
    """A handler's parameter has another name than the variable of its route."""
    source = project.source(path)
    names = [
        node
        for node in descendants(source.scope(function))
        if node.type == "identifier" and source.text(node) == parameter
    ]
    if len(names) < 2:
        raise PlaceError(f"{path}: {function} does not use {parameter}")
    for name in names:
        source.replace(name, to)


@operator("unhandled-rejection-kills-process", IDIOSYNCRASY)
def float_promise(project: Project, path: str, handler: str, by: str) -> None:
    """A handler starts work and waits for nothing of it: its failure belongs to nobody."""
    project.source(path).rewrite(handler, by)


@operator("response-never-sent", IDIOSYNCRASY)
def lose_response(project: Project, path: str, handler: str, by: str, within: str | None = None) -> None:
    """The answer is made where the framework no longer waits for it, or never goes on to be made."""
    project.source(path).rewrite(handler, by, within)


@operator("drf-api-misuse", IDIOSYNCRASY)
def source_as_named(project: Project, path: str, serializer: str, field: str) -> None:
    """A field of a serializer names itself as its source."""
    source = project.source(path)
    source.rewrite(f"{field} = ANY_type(REST)", f'{field} = ANY_type(REST, source="{field}")', serializer)
