"""Requests with a known ``Authorization`` header: what reads the header, and what refuses the request.

While ``Engine.probe`` is set, the header has a known text (or is absent), and all that turns the request away is
written down: errors that are raised, answers of 401 and 403, errors that are passed on. What happens on every way is
``sure``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from verifier import syntax
from verifier.evaluate.frames import is_of_kind
from verifier.evaluate.library import LibraryObject
from verifier.evaluate.values import (
    Class,
    Const,
    External,
    Function,
    Instance,
    Native,
    Origin,
    Record,
    Sequence,
    Text,
    Unknown,
    Value,
    options,
)
from verifier.regex import regex

if TYPE_CHECKING:
    from verifier.evaluate.frames import Frame
    from verifier.evaluate.interpreter import Engine

NAMES = frozenset({"authorization", "http_authorization"})
# Methods that give the header of a name, whatever they are called on.
READERS = frozenset({"get", "header", "getHeader", "get_header", "getone", "headers", "pop"})
# Attributes that hold all headers.
HOLDERS = frozenset({"headers", "header", "META", "HEADERS"})
DENYING = frozenset({401, 403, 407})
DENIAL = regex(
    r"(?i)un_?auth|not_?auth|auth(?:entication|orization)?_?(?:error|exception|failed|fail|required)|forbid|credential|"
    r"permission|not_?permitted|denied|not_?allowed|token|not_?logged|login_?required|jwt|csrf|HTTP_?401|HTTP_?403"
)
WORDS = regex(r"(?i)\b(?:HTTP_)?(?:401|403)|UNAUTHORIZED|FORBIDDEN")
STATUSES = frozenset({"status", "statusCode", "status_code"})
ERRORS = regex(r"Exception|Error|HTTP[A-Z]|Unauthori[sz]ed|Forbidden|NotAuthenticated|PermissionDenied|Fail")
# What is given a token and says whether it is one.
VERIFYING = regex(
    r"(?i)(?=.*(?:jwt|jsonwebtoken|jose|token|paseto|itsdangerous|signing)).*\b(?:\w*verify\w*|decode|loads|unsign)"
)


class Refusal(NamedTuple):
    """Something that turns a request away.

    ``error`` is the error or answer; ``denies`` whether it says who may not; ``place`` where it is written, ``by``
    where the middleware was put up that does it.
    """

    error: Value | None
    sure: bool
    denies: bool
    place: Origin | None
    by: Origin | None = None


class TurnedAway(Exception):  # noqa: N818 -- it is no error: control goes to what handles it, as in the project
    """An error that is raised on every way, on its way to what handles it."""

    def __init__(self, error: Value) -> None:
        self.error = error


class Probe:
    """A request whose header is known, and what has refused it so far.

    Attributes:
        header: the text of the header; None where it is absent.
        token: what follows the scheme in it.
        chain: the middleware in front of the route that is tried, outermost first.
        read: whether anything has read the header.
        missing: what a call gives that asks for a header that is absent.
        raised: the errors that were raised on every way.
        cause: where the first error was raised on every way, even if something caught it.
        by: where the middleware was put up that is being run.
        carriers: what middleware hands on to handlers: the request, its state.
        sought: names that were read from carriers and that nothing had put there, with their places; ``found`` are
            those that were there, ``put`` all that were put there, with the function that did so.
        ran: the functions of the project that were run.
        asked: the method and the path of the route.
        unseen: whether there was middleware of which it cannot be told what it does.
        running: gives the code of the function that is being run.
    """

    def __init__(
        self,
        header: str | None,
        token: str,
        chain: Iterable[tuple[Value, Origin | None]] = (),
        running: Callable[[], object] = object,
        asked: tuple[str, str] = ("*", ""),
    ) -> None:
        self.running = running
        self.asked = asked
        self.unseen = False
        self.header = header
        self.token = token
        self.chain = tuple(chain)
        self.refusals: list[Refusal] = []
        self.read = False
        self.missing: Value = Const(None)
        self.raised: list[Value] = []
        self.cause: Origin | None = None
        self.by: Origin | None = None
        self.carriers: list[Value] = []
        self.kept: set[object] = set()
        self.sought: dict[tuple[str, Origin], None] = {}
        self.found: set[str] = set()
        self.put: dict[str, object] = {}
        self.ran: dict[object, Function] = {}

    @property
    def value(self) -> Const:
        """The header as a value."""
        self.read = True
        return Const(self.header)

    def turn_away(self, error: Value, *, sure: bool, denies: bool, place: Origin | None = None) -> None:
        """Write down an error that is raised.

        Raises:
            TurnedAway: it is raised on every way.
        """
        self.refuse(error, sure=sure, denies=denies, place=place)
        if sure:
            self.raised.append(error)
            self.cause = self.cause or place
            raise TurnedAway(error)

    @property
    def scheme(self) -> str:
        """The word in front of the token, in small letters; empty where there is none, or no header."""
        self.read = True
        before, space, _ = (self.header or "").partition(" ")
        return before.lower() if space else ""

    def refuse(self, error: Value | None, *, sure: bool, denies: bool, place: Origin | None = None) -> None:
        """Write down a refusal."""
        self.refusals.append(Refusal(error, sure, denies, place, self.by))

    def through(self, chain: Iterable[tuple[Value, Origin | None]]) -> Iterator[Value]:
        """The middleware of a chain, one after the other."""
        for middleware, origin in chain:
            self.by = origin
            yield middleware
        self.by = None

    def let_through(self, engine: Engine, middleware: Value, given: list[Value]) -> None:
        """Run middleware on the request."""
        if isinstance(middleware, Function):
            engine.invoke(middleware, given, {})
        elif not isinstance(middleware, LibraryObject) or not middleware.tried(engine, given):
            self.unseen = True

    def carry(self, carrier: Value, kept: Iterable[object] = ()) -> None:
        """Watch what is put on something, and read from it; ``kept`` is what the framework has put there."""
        self.carriers.append(carrier)
        self.kept.update(kept)

    def carries(self, value: Value) -> bool:
        """Whether something is watched."""
        return any(carrier is value for carrier in self.carriers)

    def is_token(self, value: Value | None) -> bool:
        """Whether a value is the token alone."""
        text = value.value if isinstance(value, Const) else None
        return self.header is not None and (text == self.token or text == self.token.encode())

    def is_open(self, left: Value, right: Value) -> bool:
        """Whether a comparison depends on what the token is, which only run time knows."""
        for one, other in ((left, right), (right, left)):
            if self.is_token(one) and not (isinstance(other, Const) and not other.value):
                return True
        return False

    def seek(self, key: object, place: Origin, *, there: bool) -> None:
        """Write down that something was read under a key."""
        name = label(key)
        if not name or name in self.kept:
            return
        if there:
            if name not in self.put or self.put[name] is not self.running():  # not to look at what one has put
                self.found.add(name)
        else:
            self.sought.setdefault((name, place))

    def keep(self, key: object) -> None:
        """Write down that something was put under a key."""
        name = label(key)
        if name and name not in self.kept:
            self.put.setdefault(name, self.running())


def as_text(value: Value) -> Value:
    """Bytes as text: the header is text here, even where code has encoded it."""
    if isinstance(value, Const) and isinstance(value.value, bytes):
        return Const(value.value.decode("utf-8", "replace"), value.origin)
    return value


def label(key: object) -> str:
    """The name of a key: a text, or what an object made for it was called."""
    if isinstance(key, str):
        return key
    if isinstance(key, Const):
        return key.value if isinstance(key.value, str) else ""
    if isinstance(key, Instance) and key.made_by is not None:
        return label(key.made_by.argument(0, "name") or "")
    return ""


def is_name(value: Value | None) -> bool:
    """Whether a value is the name of the header."""
    if isinstance(value, External):
        return value.name.lower() in NAMES
    return isinstance(value, Const) and isinstance(value.value, str) and value.value.lower().replace("-", "_") in NAMES


# Methods that look something up.
LOOKUPS = frozenset("get has includes indexOf find index count pop __contains__ __getitem__".split())


def read_by_call(probe: Probe, node: syntax.Call, arguments: list[Value]) -> Value | None:
    """What a call gives that asks for the header by its name, or looks the token up; None for any other call."""
    if not arguments or not isinstance(node.callee, syntax.Member):
        return None
    if node.callee.name in LOOKUPS and probe.is_token(arguments[0]):
        return Unknown("what a token stands for")
    if node.callee.name not in READERS or not is_name(arguments[0]):
        return None
    if probe.header is None:
        probe.read = True
        return arguments[1] if len(arguments) > 1 else probe.missing
    return probe.value


def read_by_member(probe: Probe, node: syntax.Place, name: str) -> Value | None:
    """What ``headers.authorization`` gives."""
    if name not in ("authorization", "Authorization"):
        return None
    if isinstance(node, syntax.Entry):
        return probe.value
    if isinstance(node, syntax.Member):
        holder = node.object
        last = (
            holder.name if isinstance(holder, syntax.Member) else holder.id if isinstance(holder, syntax.Name) else ""
        )
        if isinstance(holder, syntax.Call) and isinstance(holder.callee, syntax.Member):
            last = holder.callee.name
        return probe.value if last in HOLDERS else None
    return None


def reads_item(value: Value, key: Value) -> bool:
    """Whether ``value[key]`` is the header."""
    return is_name(key) and not (isinstance(value, Record) and value.complete)


def denies(error: Value | None) -> bool:
    """Whether an error tells a client that it may not do this."""
    for option in options(error) if error is not None else ():
        if isinstance(option, Instance):
            for name in STATUSES | {"code"}:
                given = option.attributes.get(name)
                if is_denial(given):
                    return True
                if isinstance(given, Const) and isinstance(given.value, int):
                    return False
            made = option.made_by
            if made is not None and any(is_denial(one) for one in [*made.arguments, *made.keywords.values()]):
                return True
        cls = option.kind if isinstance(option, Instance) and option.kind is not None else option
        names = (
            [found.name for found in cls.lineage() if isinstance(found, Class | External)]
            if isinstance(cls, Class)
            else []
        )
        path = getattr(option, "path", None)
        if path:
            names.append(str(path).removesuffix("()").rpartition(".")[2])
        if any(DENIAL.search(name) for name in names):
            return True
        if isinstance(cls, Class) and holds_denial(cls):
            return True
    return False


def holds_denial(cls: Class) -> bool:
    """Whether a class of errors has a status of its own that denies."""
    for ancestor in cls.lineage():
        if isinstance(ancestor, Class):
            for name in STATUSES | {"code", "default_code"}:
                if is_denial(ancestor.members.get(name)):
                    return True
    return False


def is_denial(value: Value | None) -> bool:
    """Whether a value is a status that denies."""
    for option in options(value) if value is not None else ():
        if isinstance(option, Const) and isinstance(option.value, int) and option.value in DENYING:
            return True
        if isinstance(option, External) and WORDS.search(option.name):
            return True
        if isinstance(option, Record) and any(is_denial(option.entries.get(name)) for name in STATUSES):
            return True
    return False


def note_call(
    probe: Probe,
    callee: Value,
    arguments: list[Value],
    keywords: Mapping[str, Value],
    node: syntax.Place,
    frame: Frame,
    *,
    sure: bool,
) -> None:
    """Write down what a call refuses."""
    place = Origin(frame.module.path, node.start, node.end)
    if isinstance(callee, Function):
        probe.ran.setdefault(callee.code, callee)
    name = (getattr(callee, "path", None) or getattr(callee, "name", "") or "").removesuffix("()").rpartition(".")[2]
    new = isinstance(node, syntax.Call) and node.new
    if isinstance(callee, Native):
        if callee.name in ("next", "done") and arguments and is_error(arguments[0]):
            probe.refuse(arguments[0], sure=sure, denies=denies(arguments[0]), place=place)
        return
    if isinstance(callee, Class) or new or ERRORS.search(name):
        return
    if arguments and any(arguments[0] is error for error in probe.raised) and name in ("send", "status", "json"):
        probe.refuse(arguments[0], sure=sure, denies=True, place=place)
        return
    if any(map(is_denial, (*arguments, *keywords.values()))) or re.search(r"(?i)unauthori[sz]ed|forbidden", name):
        probe.refuse(None, sure=sure, denies=True, place=place)
        return
    path = getattr(callee, "path", None) or ""
    if not path or VERIFYING.search(path) is None:
        return
    for argument in arguments[:1]:
        for option in options(argument):
            text = option.value if isinstance(option, Const) else None
            if isinstance(text, bytes):
                text = text.decode("utf-8", "replace")
            if probe.header is None and isinstance(option, Const) and not text and len(options(argument)) == 1:
                probe.refuse(External(path), sure=sure, denies=True, place=place)
            elif (
                isinstance(text, str)
                and probe.header is not None
                and text != probe.token
                and touches(text, probe.token)
            ):
                probe.refuse(External(path), sure=sure and len(options(argument)) == 1, denies=True, place=place)


def touches(text: str, token: str) -> bool:
    """Whether a text is made of the header, and holds more or less than the token."""
    return token in text or (len(text) > len(token) // 2 and text in token)


def is_error(value: Value) -> bool:
    """Whether what is passed on is an error, and no word that leads to another route."""
    if isinstance(value, Const):
        return isinstance(value.value, str) and value.value not in ("route", "router", "")
    return isinstance(value, Instance | External | Text)


def note_status(probe: Probe, name: str, value: Value, *, sure: bool) -> None:
    """``response.status = 401``."""
    if name in STATUSES and is_denial(value):
        probe.refuse(None, sure=sure, denies=True)


def note_return(probe: Probe, value: Value, *, sure: bool) -> None:
    """``return {...}, 401``."""
    if isinstance(value, Sequence) and value.kind == "tuple" and any(map(is_denial, value.items)):
        probe.refuse(None, sure=sure, denies=True)


def rejection_handler(node: syntax.Call) -> syntax.Expression | None:
    """What ``promise.catch(f)`` or ``promise.then(f, g)`` calls with an error."""
    callee = node.callee
    if not isinstance(callee, syntax.Member) or callee.name not in ("catch", "then"):
        return None
    place = 0 if callee.name == "catch" else 1
    found = node.arguments[place] if len(node.arguments) > place else None
    return None if found is None or isinstance(found, syntax.Spread | syntax.Keyword) else found


def may_be(error: Value | None, kind: Value | None) -> bool:
    """Whether an error may be of a kind that a handler names."""
    if kind is None or not isinstance(kind, External | Class) or error is None:
        return True
    if isinstance(kind, External) and kind.path in ("BaseException", "Exception", "builtins.Exception"):
        return True
    own = error.kind if isinstance(error, Instance) and error.kind is not None else error
    if isinstance(own, Class):
        lineage = list(own.lineage())
        if kind in lineage:
            return True
        paths = {getattr(one, "path", None) for one in lineage if not isinstance(one, Class)}
        return isinstance(kind, External) and any(
            path is None or path == kind.path or path.partition(".")[0] == kind.path.partition(".")[0] for path in paths
        )
    if isinstance(kind, Class):
        return not isinstance(own, Class | External | Instance)
    path = getattr(own, "path", None)
    if path is None:
        return True
    return str(path).partition(".")[0] == kind.path.partition(".")[0]


def behind_handlers(refusals: list[Refusal], kinds: list[Value | None]) -> list[Refusal]:
    """What is left of the refusals of code whose errors handlers catch."""
    found: list[Refusal] = []
    for refusal in refusals:
        if refusal.error is None or not any(may_be(refusal.error, kind) for kind in kinds):
            found.append(refusal)
        elif not any(is_of_kind(refusal.error, kind) for kind in kinds):
            found.append(refusal._replace(sure=False))
    return found
