"""The contract declares a query parameter that nothing reads.

The contract says that clients may filter or page by the parameter (`?author=`, `?offset=`), and the route that answers
reads other parameters, or none, but never this one. Whatever a client asks for, the answer is 200 with the same rows.

Read the parameter in the handler and use it in the query.

Where the query string goes to code that cannot be followed, or where other code reads a parameter of that name, this
rule is silent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, answers, bare, is_test, rule

READ = rb"(?:quer\w*|args|values|GET|params|search\w*|filters?)\)?\W{1,4}(?:\w{1,12}\W{1,3})?%s\b"


@rule(Category.INCORRECT_QUERY_LOGIC, constraint="contract")
def unread_parameter(facts: Facts) -> Iterator[Problem]:
    """Yield each query parameter of an operation that the route for it does not read."""
    assert facts.contract is not None
    reads = {read.route: read for read in facts.inputs}
    for operation in facts.contract.operations:
        made = next((route for route in facts.served_routes if answers(route, operation)), None)
        read = reads.get(made) if made is not None else None
        if made is None or read is None or read.open or not operation.query:
            continue
        known = {bare(name) for name in read.names}
        missing = [name for name in operation.query if bare(name) not in known]
        if not read.names and any(named(facts, name) for name in missing):
            continue  # what reads query strings here may not have been seen
        for name in missing:
            if read_elsewhere(facts, name):
                continue
            yield Problem(
                made.span,
                f"`{name}` is a query parameter of {operation.method} {operation.path}, and nothing reads it",
                symptom=f"200 on {operation.method} {operation.path}?{name}=..., with rows that it does not ask for",
                remedy=f"Read `{name}` in the handler and use it in the query",
                routes=(made,),
                identity=f"{operation.method} {operation.path} {name}",
            )


def read_elsewhere(facts: Facts, name: str) -> bool:
    """Whether a file that has no handler which reads a parameter of this name seems to read one from a query."""
    own = {read.handler.path for read in facts.inputs if name in read.names}
    pattern = re.compile(READ % re.escape(name.encode()))
    return any(
        pattern.search(source.data) is not None
        for path, source in facts.project.files.items()
        if path not in own and name.encode() in source.data and not is_test(path)
    )


def named(facts: Facts, name: str) -> bool:
    """Whether any source of the program holds the word."""
    pattern = re.compile(rb"\b%s\b" % re.escape(name.encode()), re.IGNORECASE)
    return any(pattern.search(source.data) for path, source in facts.project.files.items() if not is_test(path))
