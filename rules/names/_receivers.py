"""Which function a call surely runs: what objects of classes below may have instead, what decorators may have made."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from verifier.api import (
    Class,
    External,
    Facts,
    Frame,
    Function,
    Instance,
    Memo,
    Router,
    Scope,
    Value,
    decorator_name,
    is_test,
    nodes_in,
    regex,
    syntax,
)

# Decorators after which a function takes what it took before.
KEEPING = frozenset(
    "staticmethod classmethod abc.abstractmethod typing.override typing.final typing_extensions.override "
    "typing_extensions.final functools.lru_cache functools.cache functools.wraps contextlib.contextmanager "
    "contextlib.asynccontextmanager".split()
)
BUILT_IN = frozenset({"staticmethod", "classmethod"})
VERBS = frozenset("get post put patch delete head options route api_route websocket".split())
# Bases that bring neither a constructor nor a method that anybody would name so.
BARE = frozenset(
    "object abc.ABC typing.Generic typing.Protocol typing_extensions.Generic typing_extensions.Protocol".split()
)
PROTOCOLS = frozenset({"typing.Protocol", "typing_extensions.Protocol"})
# Decorators of classes that leave their methods alone.
OF_CLASSES = frozenset(
    "dataclass final total_ordering runtime_checkable injectable singleton inject define frozen attrs s".split()
)
HEADING = regex(rb"^[ \t]*class[ \t]+(\w+)[ \t]*\(([^)]{0,1000})", re.MULTILINE)
WORD = regex(rb"\w+")

MOST_HEIRS = 200  # that are looked at; nothing is certain of a class with more
DEEPEST = 20  # classes that stand above each other

DEFINED: Memo[Class, Counter[str]] = Memo()
Refuses = Callable[[Function], bool]


def innermost(function: Function) -> Function:
    """What decorators of the project were put around; the function itself, where none were."""
    while function.wraps is not None:
        function = function.wraps
    return function


def keeps_signature(facts: Facts, function: Function) -> bool:
    """Whether the decorators of a function leave it what it is, or a wrapper whose code this is."""
    if any(not is_keeping(facts, one, function) for one in function.code.decorators):
        return False
    inner = function.wraps
    while inner is not None:
        # Those around the wrapper stand above the function that it was made around.
        if not all(is_keeping(facts, one, inner) or is_own(facts, one, inner) for one in inner.code.decorators):
            return False
        inner = inner.wraps
    return True


def evaluated(facts: Facts, node: syntax.Expression, function: Function) -> Value:
    """What an expression at the head of a function stands for."""
    engine = facts.program.engine
    watcher, engine.watcher = engine.watcher, None
    try:
        return engine.evaluate(node, Frame(function.module, Scope(function.scope), owner=function.owner))
    finally:
        engine.watcher = watcher


def is_own(facts: Facts, decorator: syntax.Expression, function: Function) -> bool:
    """Whether a decorator is a function of the project."""
    return isinstance(evaluated(facts, callee_of(decorator), function), Function)


def callee_of(decorator: syntax.Expression) -> syntax.Expression:
    """A decorator without its arguments."""
    return decorator.callee if isinstance(decorator, syntax.Call) else decorator


def is_keeping(facts: Facts, decorator: syntax.Expression, function: Function) -> bool:
    """Whether a decorator leaves a function's parameters alone."""
    callee = callee_of(decorator)
    if isinstance(callee, syntax.Name) and callee.id in BUILT_IN:
        return True
    if isinstance(callee, syntax.Member) and callee.name in VERBS:
        return isinstance(evaluated(facts, callee.object, function), Router)
    found = evaluated(facts, callee, function)
    return isinstance(found, External) and found.path in KEEPING


def is_certain(facts: Facts, function: Function, holder: syntax.Expression | None, refuses: Refuses) -> bool:
    """Whether a method, as it was seen to be called, is what any object would have there; always so of functions.

    ``holder`` is what it is read from.
    """
    owner, name = function.owner, innermost(function).code.name
    if owner is None:
        return True
    kind = function.bound.kind if isinstance(function.bound, Instance) else function.bound
    if kind is None:
        kind = owner
    if not isinstance(kind, Class) or definitions(owner, name) != 1:
        return False
    own = [one for one in kind.lineage() if isinstance(one, Class)]
    below = heirs(facts, kind)
    if len(own) > DEEPEST or len(below) > MOST_HEIRS or not all(is_plain(one) for one in own):
        return False
    if isinstance(holder, syntax.Call) and isinstance(holder.callee, syntax.Name) and holder.callee.id == "super":
        return all(is_alone(one) for heir in (kind, *below) for one in heir.lineage())
    if kind is owner and isinstance(holder, syntax.Name | syntax.Member) and last_name(holder) == owner.name:
        return True
    if function.bound is None and not function.code.static:
        return False  # read from a class that is not named: an item of an enumeration looks the same
    if kind is not owner and not is_line(kind, owner) and not all(of_it(one, name, refuses) for one in own):
        return False
    if not all(heir_refuses(heir, kind, own, name, refuses) for heir in below):
        return False
    return not has_hidden_heirs(facts, kind, name)


def definitions(cls: Class, name: str) -> int:
    """How often the body of a class defines a function, conditional ones apart and overloads left out; 0 if unsure."""
    known = DEFINED.get(cls)
    if known is None:
        known = DEFINED[cls] = Counter()
        for statement in cls.code.body:
            if isinstance(statement, syntax.Function):
                overload = any(decorator_name(one).rpartition(".")[2] == "overload" for one in statement.decorators)
                known[statement.name] += not overload
            elif isinstance(statement, syntax.Assign):
                for target in statement.targets:
                    if isinstance(target, syntax.Name):
                        known[target.id] += 2
    return known[name]


def is_plain(cls: Class) -> bool:
    """Whether a class answers for its methods itself."""
    if any(one in cls.members for one in ("__getattribute__",)):
        return False
    return all(decorator_name(one).rpartition(".")[2] in OF_CLASSES for one in cls.code.decorators)


def is_line(kind: Class, owner: Class) -> bool:
    """Whether a class has one base, that one has one, and so on up to an ancestor."""
    found: Value = kind
    while found is not owner:
        bases = (
            [base for base in found.bases if getattr(base, "path", None) not in BARE]
            if isinstance(found, Class)
            else []
        )
        if len(bases) != 1:
            return False
        found = bases[0]
    return True


def last_name(node: syntax.Name | syntax.Member) -> str:
    """The last word of an expression."""
    return node.id if isinstance(node, syntax.Name) else node.name


def is_alone(found: Value) -> bool:
    """Whether a class has one base at most, beside those that bring nothing."""
    return not isinstance(found, Class) or sum(getattr(base, "path", None) not in BARE for base in found.bases) <= 1


def of_it(cls: Class, name: str, refuses: Refuses) -> bool:
    """Whether a class has nothing of a name, or a function that refuses the call."""
    found = cls.members.get(name)
    return found is None or (isinstance(found, Function) and refuses(found))


class Heirs:
    """The classes that were run so far: those below each, and where each is written."""

    def __init__(self, classes: Sequence[Class]) -> None:
        self.count = len(classes)
        self.places = {(one.module.path, one.name) for one in classes}
        self.below: dict[int, list[Class]] = {}
        for one in classes:
            for base in one.lineage():
                if isinstance(base, Class) and base is not one:
                    self.below.setdefault(id(base), []).append(one)


def heirs_known(facts: Facts) -> Heirs:
    """What is known of the classes by now."""
    classes = facts.program.engine.classes
    known: Heirs | None = facts.__dict__.get("heirs_of_classes")
    if known is None or known.count != len(classes):
        known = facts.__dict__["heirs_of_classes"] = Heirs(classes)
    return known


def heirs(facts: Facts, kind: Class) -> Sequence[Class]:
    """The classes below a class."""
    return heirs_known(facts).below.get(id(kind), ())


def heir_refuses(heir: Class, kind: Class, own: list[Class], name: str, refuses: Refuses) -> bool:
    """Whether objects of a class below refuse the call, too."""
    for one in heir.lineage():
        if isinstance(one, Class):
            if one not in own and not (of_it(one, name, refuses) and is_plain(one)):
                return False
        elif len(heir.bases) > 1 and getattr(one, "path", None) not in BARE and one not in list(kind.lineage()):
            return False
    return True


def has_hidden_heirs(facts: Facts, kind: Class, name: str) -> bool:
    """Whether a class that was not run may stand below a class and have something of a name."""
    run, bases = heirs_known(facts).places, headings(facts)
    seen, waiting = {kind.name}, [kind.name]
    while waiting:
        for path, below in bases.get(waiting.pop(), ()):
            if below not in seen:
                seen.add(below)
                waiting.append(below)
            if (path, below) not in run and not is_test(path) and has_word(facts.project.files[path].data, name):
                return True
    return False


def has_word(data: bytes, name: str) -> bool:
    """Whether a text has a name as a word of its own."""
    word = name.encode()
    return word in data and re.search(rb"\b%s\b" % re.escape(word), data) is not None


def headings(facts: Facts) -> dict[str, list[tuple[str, str]]]:
    """The Python classes of a project by each word of their bases: file and name."""
    known: dict[str, list[tuple[str, str]]] | None = facts.__dict__.get("headings_of_classes")
    if known is None:
        known = facts.__dict__["headings_of_classes"] = {}
        for path, source in facts.project.files.items():
            if source.language == "python":
                for match in HEADING.finditer(source.data):
                    for word in WORD.findall(match[2]):
                        known.setdefault(word.decode("utf-8", "replace"), []).append((path, match[1].decode()))
    return known


def is_stub(function: Function) -> bool:
    """Whether a body only raises or does nothing, as that of an abstract method."""
    return all(isinstance(one, syntax.Raise | syntax.Evaluate) and not does(one) for one in function.code.body)


def does(statement: syntax.Statement) -> bool:
    """Whether a statement does more than to stand there, as a docstring or an ellipsis, or to raise an error."""
    if not isinstance(statement, syntax.Evaluate):
        return False
    return any(isinstance(one, syntax.Call | syntax.Await | syntax.Yield) for one in nodes_in(statement.value))


def is_protocol(kind: Class) -> bool:
    """Whether any object that has the methods of a class may stand where it is asked for."""
    return any(getattr(one, "path", None) in PROTOCOLS for one in kind.lineage())
