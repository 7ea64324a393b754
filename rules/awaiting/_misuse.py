"""What goes wrong where a coroutine or a promise is taken for its result."""

from __future__ import annotations

import re

from verifier.api import (
    Class,
    External,
    Facts,
    Fix,
    Function,
    Native,
    Origin,
    Promised,
    Usage,
    Wrapping,
    regex,
    syntax,
    version_range,
)

# What a coroutine and a promise have themselves.
OF_COROUTINES = frozenset("close send throw __await__ __name__ __qualname__ __class__ __next__".split())
OF_PROMISES = frozenset("then catch finally constructor toString".split())
# What the promises of Bluebird have, which Sequelize gave before its version 6.
OF_BLUEBIRD = frozenset(
    "spread map each filter reduce tap get call return props all any some race delay timeout asCallback nodeify error "
    "bind mapSeries tapCatch thenReturn isPending isFulfilled isRejected value reason catchReturn disposer".split()
)
ASKING = regex(r"\b(?:iscoroutine\w*|isawaitable|isPromise)\b|instanceof Promise\b")
# What gives a promise that has methods of its own: those of the relations of a row.
CHAINING = regex(
    r"@prisma/client\..*\.(?:findUnique|findFirst|findUniqueOrThrow|findFirstOrThrow|create|update|upsert|delete)"
)
# What the queries of Drizzle have that are promises of their rows.
OF_DRIZZLE = frozenset("prepare execute sync toSQL getSQL mode _".split())
# What makes a text, a number or a list of what it is given.
PLAIN = regex(
    r"(?:json\.dumps|flask\.(?:json\.)?jsonify|(?:\w+\.)*(?:JSONResponse|JsonResponse|ORJSONResponse)|aiohttp\.web\.json_response|"
    r"len|list|tuple|set|dict|sorted|sum|min|max|int|float|enumerate|zip|"
    r"JSON\.stringify|express\.Response(?:\.status\(\))?\.(?:json|send|jsonp)|hono\.Context\.(?:json|text|html)|"
    r"Object\.(?:keys|values|entries)|Array\.from|Number|parseInt|Boolean|"
    r"sqlalchemy\.[\w.()]*[sS]ession[\w.()]*\.(?:add|delete|expunge|merge|refresh))"
)
# What reads or sets attributes of what it is given first.
SETTING = frozenset({"setattr", "vars"})
DEEPEST = 3


def awaited(late: Promised, *, safe: bool = True) -> Fix | None:
    """The fix that awaits a call, where the function around it may."""
    if late.caller is None or not late.caller.is_async:
        return None
    return Fix(f"await `{late.name}`", (Wrapping(late.span, "await "),), safe=safe)


# What tells who somebody is, or what they may do.
CREDENTIAL = regex(r"pass(?:word|wd)|hash|salt|secret|token|is_?admin|roles?$|permission", re.IGNORECASE)
CHECKING = regex(
    r"verif|compare|check_?pass|pass(?:word)?_?(?:match|is|ok|valid)|match(?:es)?_?pass|authenticat|authoriz|"
    r"valid(?:ate)?_?(?:pass|token|cred)|is_?(?:admin|owner|author|allowed)|has_?(?:permission|role|access)|can_?access",
    re.IGNORECASE,
)


def decides_access(late: Promised) -> bool:
    """Whether the result of a call tells who somebody is, or what they may do."""
    if any(use.kind == "read" and CREDENTIAL.search(use.name) for use in late.uses):
        return True
    return CHECKING.search(late.name) is not None and late.is_used("tested")


def is_asked(facts: Facts, late: Promised) -> bool:
    """Whether the function around a call looks whether it gives a coroutine: ``inspect.iscoroutinefunction(hook)``."""
    source = facts.project.files.get(late.span.path)
    if late.caller is None or source is None or ASKING.search(source.text) is None:
        return False
    around = late.caller.span
    return any(ASKING.search(source.line(number)) for number in range(around.line, around.end_line + 1))


def is_wrong(facts: Facts, late: Promised, use: Usage) -> bool:
    """Whether one thing that is done with a promise needs its result."""
    if use.kind in ("iterated", "unpacked", "joined", "answered"):
        return True
    if use.kind == "entered":  # some coroutines of libraries are blocks as well
        return late.library is None
    if use.kind == "read":
        if late.idle:
            return use.name not in OF_COROUTINES and not use.name.startswith(("cr_", "gi_"))
        if use.called and CHAINING.fullmatch(late.library or ""):
            return False
        if use.name in OF_DRIZZLE and (late.library or "").startswith("drizzle-orm/"):
            return False
        return use.name not in OF_PROMISES and not (use.name in OF_BLUEBIRD and gives_bluebird(facts, late))
    if use.kind in ("tested", "compared"):
        if late.is_used("awaited"):
            return False  # it is looked whether there is something to wait for
        return use.kind == "tested" or use.constant
    if use.kind == "given":
        return bool(use.targets) and all(
            is_plain(facts, target, late.idle) or reads_only(facts, target, use.parameter, late)
            for target in use.targets
        )
    return False


def is_plain(facts: Facts, target: object, python: bool) -> bool:
    """Whether what something is called with is stored or sent as it is."""
    if isinstance(target, External):
        return PLAIN.fullmatch(target.path) is not None
    if isinstance(target, Class):
        return facts.entity_of(target) is not None
    # In JavaScript, `set` and the like are methods of maps, which keep what they are given.
    return python and isinstance(target, Native) and PLAIN.fullmatch(target.name) is not None


def reads_only(facts: Facts, target: object, given: int | str | None, late: Promised, depth: int = 0) -> bool:
    """Whether a function of the project only takes what it is given for a result: reads its attributes, stores it."""
    if not isinstance(target, Function) or target.decorators or given is None or depth > DEEPEST:
        return False
    code, python = target.code, not target.module.javascript
    place = given + (python and target.bound is not None and not code.static) if isinstance(given, int) else -1
    names = [one.name for one in code.parameters]
    name = given if isinstance(given, str) else names[place] if 0 <= place < len(names) else ""
    parameter = next((one for one in code.parameters if one.name == name), None)
    if not name or parameter is None or parameter.kind in ("rest", "keywords") or parameter.default is not None:
        return False
    nodes = list(syntax.nodes_in(code.body))
    if any(name in written(node) for node in nodes):
        return False
    read = {id(node.object): node.name for node in nodes if isinstance(node, syntax.Member)}
    taken = {
        id(argument): (node, number)
        for node in nodes
        if isinstance(node, syntax.Call) and python
        for number, argument in enumerate(node.arguments)
    }
    kept = OF_COROUTINES if late.idle else OF_PROMISES | OF_BLUEBIRD
    own = [node for node in nodes if isinstance(node, syntax.Name) and node.id == name]
    returned = {id(node.value) for node in nodes if isinstance(node, syntax.Return)}
    own = [node for node in own if id(node) not in returned]  # by then it has failed, or nothing was done with it
    for node in own:
        word = read.get(id(node), "")
        if word and word not in kept and not word.startswith(("cr_", "gi_")):
            continue
        call, number = taken.get(id(node), (None, 0))
        if call is None or not takes_result(facts, target.module.path, call, number, late, depth):
            return False
    return bool(own)


def written(node: syntax.Node) -> set[str]:
    """The names that an assignment or a loop binds."""
    targets: list[object] = []
    if isinstance(node, syntax.Assign):
        targets = list(node.targets)
    elif isinstance(node, syntax.For):
        targets = [node.target]
    bound: set[str] = set()
    while targets:
        one = targets.pop()
        if isinstance(one, syntax.Name):
            bound.add(one.id)
        elif isinstance(one, syntax.Display):
            targets.extend(one.items)
    return bound


def takes_result(facts: Facts, path: str, call: syntax.Call, number: int, late: Promised, depth: int) -> bool:
    """Whether a call needs the result of what it is given."""
    if isinstance(call.callee, syntax.Name) and call.callee.id in SETTING:
        return number == 0
    targets = facts.seen.targets.get(Origin(path, call.start, call.end), ())
    return bool(targets) and all(
        is_plain(facts, target, late.idle) or reads_only(facts, target, number, late, depth + 1) for target in targets
    )


def gives_bluebird(facts: Facts, late: Promised) -> bool:
    """Whether what is given may be a promise of Bluebird."""
    if all(isinstance(target, Function) and target.code.is_async for target in late.targets):
        return False
    versions = version_range(facts.project, "sequelize")
    return late.library is None or (versions is not None and versions.maybe("<6"))


def taking(use: Usage) -> Function | None:
    """The function of the project that a promise is given to."""
    return (
        next((target for target in use.targets if isinstance(target, Function)), None) if use.kind == "given" else None
    )


def told(late: Promised, use: Usage) -> str:
    """What is done with it, in words."""
    what = "a coroutine" if late.idle else "a promise"
    is_name = use.name.replace("$", "_").replace(".", "_").isidentifier()  # not the operator of a comparison
    holder = f"`{use.name}` is {what}" if use.kind != "read" and is_name else ""
    if use.kind == "read":
        return f"`{use.name}` is read of {what}" if use.name else f"an item of {what} is read"
    taker = taking(use)
    if taker is not None:
        return f"`{taker.code.name}` is given {what}, and needs its result"
    ends = {
        "tested": "and always true" if holder else f"{what} is always true",
        "compared": "and equal to nothing" if holder else f"{what} is equal to nothing",
        "iterated": "and gone through" if holder else f"{what} is gone through",
        "unpacked": "and taken apart" if holder else f"{what} is taken apart",
        "entered": "and entered as a block" if holder else f"{what} is entered as a block",
        "joined": "and reckoned with" if holder else f"{what} is reckoned with",
        "given": f"{what} is stored or sent",
        "answered": f"{what} is answered with",
    }
    end = ends[use.kind]
    return f"{holder}, {end}" if holder and end.startswith("and") else end


def symptom(late: Promised, use: Usage) -> str:
    """What a client or the log shows."""
    if taking(use) is not None:
        return "AttributeError: 'coroutine' object has no attribute ..." if late.idle else "what is read is undefined"
    if late.idle:
        warning = f"RuntimeWarning: coroutine '{late.name}' was never awaited"
        return {
            "read": f"AttributeError: 'coroutine' object has no attribute '{use.name}'"
            if use.name
            else "TypeError: 'coroutine' object is not subscriptable",
            "tested": f"the condition always holds; {warning}",
            "compared": f"the comparison always comes out the same; {warning}",
            "iterated": "TypeError: 'coroutine' object is not iterable",
            "unpacked": "TypeError: cannot unpack non-iterable coroutine object",
            "entered": "TypeError: 'coroutine' object does not support the asynchronous context manager protocol",
            "joined": f"TypeError: unsupported operand type(s), or a text like <coroutine object ...>; {warning}",
        }.get(use.kind, f"500: a coroutine cannot be stored or sent; {warning}")
    if use.kind == "read" and use.called:
        return f"TypeError: {use.name} is not a function"
    return {
        "read": "what is read is undefined",
        "tested": "the condition always holds",
        "compared": "the comparison always comes out the same",
        "iterated": "TypeError: object is not iterable",
        "unpacked": "what is taken out is undefined, or TypeError: object is not iterable",
        "joined": "a text like [object Promise], or NaN",
    }.get(use.kind, "the answer has `{}` in place of the value")
