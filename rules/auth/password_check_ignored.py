"""What a check of the password says is not looked at.

The function that holds a password against a hash answers whether they belong together; here nothing reads its answer. A
login with any password succeeds, for whoever knows an address.

Refuse the request where it says no: `if not matches: raise Unauthorized(...)`.

Functions that raise an error instead of answering (`argon2.PasswordHasher.verify`) need no look; one of the project
that calls such a function, and answers, does. A call that only takes as long as a check, for users that do not exist,
is left alone: there is another one whose answer is read.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Category,
    External,
    Facts,
    Function,
    Origin,
    Problem,
    Span,
    Value,
    is_test,
    nodes_in,
    regex,
    rule,
    syntax,
)

from ._written import run_functions, span_of

# Functions of libraries that answer whether a password belongs to a hash.
ANSWERING = regex(
    r"bcrypt\.checkpw|passlib\..*\.verify|werkzeug\.security\.check_password_hash|flask_bcrypt\..*check_password_hash|"
    r"django\.contrib\.auth\.hashers\.check_password|django\.contrib\.auth\..*\.check_password|"
    r"bcrypt(?:js)?(?:\.default)?\.compare(?:Sync)?|@node-rs/(?:bcrypt|argon2)\.(?:compare|verify)(?:Sync)?|"
    r"argon2(?:\.default)?\.verify|pwdlib\..*\.verify|(?:node:)?crypto(?:\.default)?\.timingSafeEqual|hmac\.compare_digest|"
    r"secrets\.compare_digest"
)
# One that raises an error, or answers.
RAISING = regex(r"argon2\.(?:PasswordHasher|low_level)\b.*")
PASSWORD = regex(rb"(?i)passw|pwd")


@rule(Category.AUTH_MISCONFIGURATION)
def password_check_ignored(facts: Facts) -> Iterator[Problem]:
    """Yield each check of a password whose answer nothing reads."""
    known: dict[object, bool] = {}
    ignored: dict[Span, tuple[Function, str]] = {}
    read = False
    for _, function in run_functions(facts):
        path = function.module.path
        data = function.module.source.data[function.code.start : function.code.end]
        if is_test(path) or PASSWORD.search(data) is None:
            continue
        lost = {call.start: name for call, name in unread(function)}
        for call in nodes_in(function.code.body):
            if not isinstance(call, syntax.Call):
                continue
            targets = facts.calls.targets.get(Origin(path, call.start, call.end), ())
            if targets and all(answers(facts, target, known) for target in targets):
                if call.start in lost:
                    ignored.setdefault(span_of(facts, function, call), (function, lost[call.start]))
                elif not answers(facts, function, known):
                    read = True
    for span, (function, name) in ignored.items():
        if not name and read:
            continue
        what = f"`{name}` holds whether the password is right, and nothing reads it" if name else ""
        yield Problem(
            span,
            what or "whether the password is right is not looked at",
            symptom="a login with any password is answered 200",
            remedy="Refuse the request where the answer is no",
            identity=function.name,
        )


def unread(function: Function) -> Iterator[tuple[syntax.Call, str]]:
    """The calls of a function whose result goes nowhere, with the variable that holds it."""
    body = function.code.body
    everything = list(nodes_in(body))
    for node in everything:
        if isinstance(node, syntax.Evaluate):
            call = awaited(node.value)
            if call is not None and not hands_on(call):
                yield call, ""
        elif isinstance(node, syntax.Assign) and node.value is not None and len(node.targets) == 1:
            call, target = awaited(node.value), node.targets[0]
            if call is None or not isinstance(target, syntax.Name) or node.operator != "=":
                continue
            uses = [one for one in everything if isinstance(one, syntax.Name) and one.id == target.id]
            if all(one.start == target.start for one in uses):
                yield call, target.id


def awaited(node: syntax.Expression) -> syntax.Call | None:
    """The call that an expression is, awaited or not."""
    while isinstance(node, syntax.Await):
        node = node.value
    return node if isinstance(node, syntax.Call) else None


def hands_on(call: syntax.Call) -> bool:
    """Whether a call gets a function that hears the answer."""
    return any(isinstance(argument, syntax.Function) for argument in call.arguments)


def answers(facts: Facts, target: Value, known: dict[object, bool]) -> bool:
    """Whether what is called checks a password and answers."""
    if isinstance(target, External):
        return ANSWERING.fullmatch(target.path) is not None
    if not isinstance(target, Function):
        return False
    if target.code not in known:
        known[target.code] = False
        known[target.code] = is_check(facts, target, known)
    return known[target.code]


def is_check(facts: Facts, function: Function, known: dict[object, bool]) -> bool:
    """Whether a function of the project gives a truth value and, for it, calls what checks a password."""
    body = function.code.body
    returns = [node.value for node in nodes_in(body) if isinstance(node, syntax.Return)]
    if not returns or any(value is None for value in returns) or len(function.code.parameters) < 2:
        return False
    raises = any(isinstance(node, syntax.Raise) for node in nodes_in(body))
    if raises or not all(is_truth(value) for value in returns if value is not None):
        return False
    path = function.module.path
    for node in nodes_in(body):
        if isinstance(node, syntax.Call):
            for target in facts.calls.targets.get(Origin(path, node.start, node.end), ()):
                if answers(facts, target, known) or (isinstance(target, External) and RAISING.fullmatch(target.path)):
                    return True
    return False


def is_truth(node: syntax.Expression) -> bool:
    """Whether an expression may be the answer of a check, and no object."""
    while isinstance(node, syntax.Await):
        node = node.value
    if isinstance(node, syntax.Const):
        return isinstance(node.value, bool)
    return isinstance(node, syntax.Call | syntax.Binary | syntax.Logical | syntax.Unary | syntax.Name)
