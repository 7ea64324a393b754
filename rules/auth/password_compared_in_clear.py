"""A password is compared with the one of a row as if that were text.

Either passwords are stored in the clear, for whoever reads the table, or the row holds a hash, which no password is
equal to: then every login is answered 401. The comparison takes longer the more letters are right, too.

Store a hash, and check with the function that belongs to it: `bcrypt.compare(password, user.passwordHash)`,
`PasswordHasher().verify(user.password_hash, password)`.

The rule reports a comparison of `user.password` with a password, where `user` came out of a call that asks for a row.
Two passwords of one request (`password` and `confirmation`) are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Category,
    Confidence,
    External,
    Facts,
    Function,
    Origin,
    Problem,
    Severity,
    is_test,
    nodes_in,
    rule,
    syntax,
)

from ._passwords import HASHED, PASSWORD, STORED
from ._written import behind, last_name, run_functions, span_of


@rule(Category.AUTH_MISCONFIGURATION, Severity.WARNING, confidence=Confidence.MEDIUM)
def password_compared_in_clear(facts: Facts) -> Iterator[Problem]:
    """Yield each comparison of a row's password with another text."""
    storing: set[object] | None = None
    for _, function in run_functions(facts):
        data = function.module.source.data[function.code.start : function.code.end]
        if is_test(function.module.path) or b"assw" not in data:
            continue
        for node in nodes_in(function.code.body):
            if not isinstance(node, syntax.Binary) or node.operator not in ("==", "!=", "===", "!=="):
                continue
            for row, sent in ((node.left, node.right), (node.right, node.left)):
                if not is_of_row(row) or not is_password(sent) or root_of(row) == root_of(sent):
                    continue
                if storing is None:
                    storing = {
                        site.inside for sites in facts.data_access.values() for site in sites if site.inside is not None
                    }
                if comes_of_row(facts, function, row, storing):
                    yield Problem(
                        span_of(facts, function, node),
                        f"the password is compared with `{last_name(row)}` of a row as it is",
                        symptom="passwords stored in the clear, or 401 on each login where they are hashed",
                        remedy="Store a hash, and check the password against it",
                    )
                    break


def is_of_row(node: syntax.Expression) -> bool:
    """Whether an expression may read the password of a row."""
    name = last_name(node)
    return isinstance(node, syntax.Member | syntax.Index) and bool(PASSWORD.fullmatch(name) or HASHED.fullmatch(name))


def is_password(node: syntax.Expression) -> bool:
    """Whether an expression is a password, with nothing done to it."""
    return isinstance(node, syntax.Name | syntax.Member | syntax.Index) and bool(PASSWORD.fullmatch(last_name(node)))


def root_of(node: syntax.Expression) -> str:
    """The name at the beginning of ``a.b["c"]``."""
    while isinstance(node, syntax.Member | syntax.Index):
        node = node.object
    return node.id if isinstance(node, syntax.Name) else ""


def comes_of_row(facts: Facts, function: Function, node: syntax.Expression, storing: set[object]) -> bool:
    """Whether the holder of an attribute came out of a call that asks for a row."""
    holder = node.object if isinstance(node, syntax.Member | syntax.Index) else node
    made = behind(function, holder) if isinstance(holder, syntax.Name) else None
    while isinstance(made, syntax.Await):
        made = made.value
    if not isinstance(made, syntax.Call):
        return False
    for target in facts.calls.targets.get(Origin(function.module.path, made.start, made.end), ()):
        if isinstance(target, External) and STORED.match(target.path):
            return True
        if isinstance(target, Function):
            reference = next((ref for ref, code in facts.calls.codes.items() if code.code is target.code), None)
            if reference is not None and any(below in storing for below in facts.calls.below(reference)):
                return True
    return False
