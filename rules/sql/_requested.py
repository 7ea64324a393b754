"""Values that a request brings, as text that nobody has looked at."""

from __future__ import annotations

import re

from verifier.api import (
    Bound,
    Choice,
    Const,
    External,
    Facts,
    FunctionRef,
    Instance,
    Parametrized,
    Query,
    Text,
    Typed,
    Unknown,
    Value,
    options,
    regex,
)

# What frameworks offer of a request: its query string, body, path, headers and cookies.
REQUEST = regex(
    r"(?:flask|werkzeug|quart)[\w.()]*\.(?:args|form|values|json|data|headers|cookies|view_args|files|get_json\(\))(?P<flask>[.(].*)?"
    r"|(?:fastapi|starlette)[\w.]*Request\.(?:query_params|path_params|headers|cookies|json\(\)|form\(\)|body\(\))(?P<star>[.(].*)?"
    r"|django\.http[\w.]*Request\.(?:GET|POST|body|headers|COOKIES|META)(?P<django>[.(].*)?"
    r"|aiohttp[\w.]*Request\.(?:query|match_info|headers|cookies|rel_url|json\(\)|post\(\)|text\(\))(?P<aiohttp>[.(].*)?"
    r"|(?:express|fastify|koa|hono|@hono/[\w-]+|@koa/[\w-]+)[\w.()/-]*\."
    r"(?:query|params|body|headers|cookies|param\(\)|query\(\)|header\(\)|json\(\)|parseBody\(\)|queries\(\))(?P<node>[.(].*)?"
)
# Calls that leave a text a text.
KEEPING = regex(
    r"\.(?:get|getlist|strip|lstrip|rstrip|lower|upper|title|decode|encode|trim|trimStart|trimEnd|toLowerCase|"
    r"toUpperCase|toString|pop|first|param|query|json|form|text|get_json|split|pop)\(\)"
)
ITEM = regex(r"an (?:item|entry|attribute) of an object of `([\w.()/@-]+)`")
PARAMETER = regex(r"the parameter `(\w+)`")
# Words beside a name that say that somebody has looked at it before.
LOOKED_AT = (
    r"(?:\b{0}\b[^\n]{{0,40}}\b(?:not\s+in|in)\s+[\w\[({{\"']|(?:includes|has|hasOwn|hasOwnProperty|indexOf|test|match|"
    r"fullmatch|search|validate\w*|sanitize\w*|escape\w*|quote\w*|int|float|Number|parseInt|parseFloat|isNaN|UUID|"
    r"Identifier|escapeId|literal|getattr|ALLOWED\w*|isinstance|assert|switch|case|match)\s*\([^\n()]*\b{0}\b|"
    r"\b{0}\b\s*(?:===?|!==?)\s*[\"'`]|\b{0}\b\s*\??\.\s*(?:isdigit|isalnum|isidentifier|isnumeric|isdecimal|match|"
    r"replace|replaceAll|test)\b|\[\s*{0}\s*\]|\bmatch\s+{0}\s*:)"
)


def is_requested(facts: Facts, query: Query, value: Value) -> bool:
    """Whether a value surely is, or may be, what a request says, as it stands."""
    if isinstance(value, Bound):
        return False
    if isinstance(value, Choice):
        return any(is_requested(facts, query, option) for option in value.options)
    if isinstance(value, Text):
        return any(is_requested(facts, query, part) for part in value.parts if isinstance(part, Value))
    if isinstance(value, Parametrized):
        return is_requested(facts, query, value.base)
    if isinstance(value, External):
        return says_request(value.path)
    if isinstance(value, Instance):
        made = value.made_by
        if made is not None and any(name in made.keywords for name in ("type", "cls")):
            return False
        return value.kind is None and says_request(value.path or "")
    if isinstance(value, Typed):
        named = PARAMETER.fullmatch(value.reason)
        return value.type == "str" and named is not None and is_of_handler(facts, query, named[1])
    if type(value) is Unknown:
        item = ITEM.fullmatch(value.reason)
        return item is not None and says_request(item[1])
    return False


def says_request(path: str) -> bool:
    """Whether a path leads to what a request brings, through calls that leave it as it is."""
    match = REQUEST.fullmatch(path)
    if match is None:
        return False
    rest = match[match.lastgroup] if match.lastgroup else ""
    return not KEEPING.sub("", rest or "").count("(")


def is_of_handler(facts: Facts, query: Query, name: str) -> bool:
    """Whether a parameter is one of the handler of each route that leads to a query: the framework fills it."""
    if query.function is None:
        return False
    routes = facts.calls.reaching.get(query.function, ())
    return bool(routes) and all(
        route.function is not None and takes(facts, route.function, name) and route.framework == "fastapi"
        for route in routes
    )


def takes(facts: Facts, function: FunctionRef, name: str) -> bool:
    """Whether a function has a parameter of a name that is declared as text."""
    return re.search(rf"[(,]\s*{name}\s*:\s*(?:str\b|Annotated\[\s*str\b)", head(facts, function)) is not None


def head(facts: Facts, function: FunctionRef) -> str:
    """The text of a function."""
    source = facts.project.files[function.path]
    lines = range(function.span.line, function.span.end_line + 1)
    return "\n".join(source.line(number) for number in lines)


def looked_at(facts: Facts, query: Query, value: Value, words: set[str]) -> bool:
    """Whether the code on the way to a query tests or changes a value, so that it may be harmless by then."""
    functions = {query.function} if query.function is not None else set()
    for route in facts.calls.reaching.get(query.function, ()) if query.function is not None else ():
        if route.function is not None:
            functions.add(route.function)
    texts = [head(facts, function) for function in functions]
    names = words | {name for option in options(value) for name in names_of(option)}
    return any(re.search(LOOKED_AT.format(re.escape(name)), text) for name in names for text in texts)


def names_of(value: Value) -> set[str]:
    """The names under which a value may be known."""
    if isinstance(value, External | Instance):
        path = (value.path or "").replace("()", "")
        return {path.rpartition(".")[2]} - {"", "get", "args", "query", "params", "body", "strip", "trim"}
    if isinstance(value, Typed):
        named = PARAMETER.fullmatch(value.reason)
        return {named[1]} if named is not None else set()
    if isinstance(value, Parametrized):
        return {str(argument.value) for argument in value.arguments if isinstance(argument, Const)}
    return set()
