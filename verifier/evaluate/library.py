"""How a pack tells what its library does: miniatures of the library's objects and functions.

    @stands_for("flask.Blueprint")
    class Blueprint(LibraryObject):
        def created(self, call):           # Blueprint("users", __name__, url_prefix="/users")
            self.prefix = call.argument(None, "url_prefix")

        @method("route")
        def route(self, call): ...         # blueprint.route("/login", methods=["POST"])

A miniature answers what matters to the verifier and leaves the rest to the default: what a library gives that no
pack describes is an ``Instance`` whose ``path`` is the call's (``sqlalchemy.create_engine()``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar, TypeVar

from verifier import syntax
from verifier.evaluate.frames import Frame
from verifier.evaluate.values import Class, Const, Instance, Native, Origin, Record, Unknown, Value, text_of

if TYPE_CHECKING:
    from verifier.evaluate.interpreter import Engine
    from verifier.model import Span


class Keywords(dict[str, Value]):
    """Arguments by name; ``places`` says where the names were written that came out of a mapping.

    ``whole`` are rows, and dictionaries made of rows, that were given as arguments by name.
    """

    __slots__ = ("places", "whole")

    def __init__(self) -> None:
        super().__init__()
        self.places: dict[str, Origin] = {}
        self.whole: list[Value] = []


class Call:
    """A call as a library sees it.

    Attributes:
        arguments: positional arguments, spreads of known lists taken apart.
        keywords: arguments by name.
        open: further arguments may follow that only run time knows.
        callee: what is called; ``name`` is the name it was called by.
        new: written with JavaScript's ``new``.
        ways: the arms of branches in which it is made.
    """

    __slots__ = (
        "arguments",
        "callee",
        "engine",
        "frame",
        "held",
        "kept",
        "keywords",
        "known",
        "name",
        "new",
        "node",
        "open",
        "ways",
    )

    def __init__(
        self,
        engine: Engine,
        frame: Frame,
        node: syntax.Place,
        callee: Value,
        arguments: list[Value],
        keywords: dict[str, Value] | None = None,
        *,
        name: str = "",
        new: bool = False,
        open_: bool = False,
    ) -> None:
        self.engine = engine
        self.frame = frame
        self.node = node
        self.callee = callee
        self.arguments = arguments
        self.keywords = keywords if keywords is not None else {}
        self.name = name
        self.new = new
        self.open = open_
        self.kept = False  # whether what it gave must be told from what other calls of its path did
        self.known: object = None
        self.held: object = None
        self.ways = engine.ways

    def argument(self, position: int | None, name: str | None = None) -> Value | None:
        """The argument at a position or of a name; None where it is not given."""
        if name is not None and name in self.keywords:
            return self.keywords[name]
        if position is not None and position < len(self.arguments):
            return self.arguments[position]
        return None

    def text(self, position: int | None, name: str | None = None, default: str | None = None) -> str | None:
        """The same, where it is surely a string; ``default`` where it is not given; None where it is not known."""
        found = self.argument(position, name)
        if found is None or (isinstance(found, Const) and found.value is None):
            return default
        return text_of(found)

    def option(self, position: int, key: str) -> Value | None:
        """An entry of the options object at a position (JavaScript's keyword arguments)."""
        found = self.argument(position)
        return found.entries.get(key) if isinstance(found, Record) else None

    @property
    def shape(self) -> object:
        """What tells what this call gave from what another one did."""
        if self.known is None:
            from verifier.evaluate.shapes import call_shape

            self.known = call_shape(self)
        return self.known

    @property
    def content(self) -> object:
        """What tells calls that were made on the same, and given the same, from others."""
        if self.held is None:
            from verifier.evaluate.shapes import call_content

            self.held = call_content(self)
        return self.held

    def place(self, which: str | int) -> Origin:
        """Where an argument is written: the name of a keyword, or the argument at a position; else the call."""
        written = self.node.arguments if isinstance(self.node, syntax.Call) else ()
        positional = 0
        for argument in written:
            if isinstance(argument, syntax.Keyword):
                if argument.name == which and argument.name is not None:
                    return Origin(self.frame.module.path, argument.start, argument.start + len(argument.name.encode()))
            elif isinstance(argument, syntax.Spread):
                positional = -1  # what follows may stand at any place
            elif positional == which:
                return Origin(self.frame.module.path, argument.start, argument.end)
            elif positional >= 0:
                positional += 1
        places = self.keywords.places if isinstance(self.keywords, Keywords) else {}
        return places.get(str(which)) or self.origin

    @property
    def origin(self) -> Origin:
        """Where the call is written: in a chain of calls, from the method's name on."""
        return written_at(self.engine, self.frame.module.path, self.node)

    @property
    def span(self) -> Span:
        """The same, in lines."""
        return self.engine.span(self.origin)


def written_at(engine: Engine, path: str, node: syntax.Place) -> Origin:
    """Where a call is written; a link of a chain, or one on a line of its own, begins at the method's name."""
    start = node.start
    callee = node.callee if isinstance(node, syntax.Call) else None
    if isinstance(callee, syntax.Member):
        name = callee.end - len(callee.name.encode())
        data = engine.project.files[path].data
        if isinstance(callee.object, syntax.Call) or data.find(b"\n", callee.object.end, name) != -1:
            start = name
    return Origin(path, start, node.end)


F = TypeVar("F", bound=Callable[..., Value])
C = TypeVar("C", bound="type[LibraryObject]")


def method(*names: str) -> Callable[[F], F]:
    """The methods of the library's object that a miniature's method answers; ``call.name`` tells them apart."""

    def mark(function: F) -> F:
        function.library_names = names  # type: ignore[attr-defined]
        return function

    return mark


def attribute(*names: str) -> Callable[[F], F]:
    """The attributes that a miniature's method answers; it takes the name."""

    def mark(function: F) -> F:
        function.library_attributes = names  # type: ignore[attr-defined]
        return function

    return mark


def stands_for(*paths: str) -> Callable[[C], C]:
    """The library's classes that a miniature stands for. One that ends in ``()`` is what that function gives."""

    def mark(cls: C) -> C:
        cls.paths = paths
        return cls

    return mark


class LibraryObject(Instance):
    """An object of a library, in miniature. Subclasses answer for its methods and attributes.

    ``handles``: objects of the class answer requests, so that what a library makes around one stands for it.
    ``declares``: objects of the class are what a class body binds to declare an attribute.
    ``mutable``: its methods change it, so that a function that gives one is run for each of its callers.
    ``placed``: one is made each time that it is read, and says in ``origin`` where that is written.
    ``keeps``: what the constructor of a project's class is given by name becomes an attribute, where it has none.
    ``heeded``: whoever watches hears of all that is read of them.
    ``is_class``: they are classes, of the library's class that their path names: the project may derive from them.
    """

    handles: ClassVar[bool] = False
    declares: ClassVar[bool] = False
    mutable: ClassVar[bool] = False
    placed: ClassVar[bool] = False
    keeps: ClassVar[bool] = True
    is_class: ClassVar[bool] = False
    heeded: ClassVar[bool] = False
    paths: ClassVar[tuple[str, ...]] = ()
    library_methods: ClassVar[Mapping[str, Callable[..., Value]]] = {}
    library_attributes: ClassVar[Mapping[str, Callable[..., Value]]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        methods: dict[str, Callable[..., Value]] = {}
        attributes: dict[str, Callable[..., Value]] = {}
        for base in reversed(cls.__mro__):
            for member in vars(base).values():
                for name in getattr(member, "library_names", ()):
                    methods[name] = member
                for name in getattr(member, "library_attributes", ()) if callable(member) else ():
                    attributes[name] = member
        cls.library_methods = methods
        cls.library_attributes = attributes

    def created(self, call: Call) -> None:
        """Takes the arguments of the constructor."""

    def assumed(self, engine: Engine) -> None:
        """Takes the place of ``created`` where only the type is known (an annotated parameter)."""

    def read(self, engine: Engine, name: str) -> Value | None:
        """An attribute or bound method; None where the miniature does not describe it."""
        answer = self.library_attributes.get(name)
        if answer is not None:
            return answer(self, name)
        function = self.library_methods.get(name)
        if function is None:
            return None

        def bound(call: Call) -> Value:
            call.name = name
            return function(self, call)

        return Native(name, bound, self)

    def called(self, call: Call) -> Value | None:
        """What calling the object itself gives; None where that is not described."""
        return None

    def exempts(self, verb: str, path: str) -> bool | None:
        """Whether it is middleware that leaves the requests of a route alone; None where that is not known."""
        return False

    def tried(self, engine: Engine, given: list[Value]) -> bool:
        """As middleware, lets a request through that is tried, or turns it away; False where that cannot be told."""
        return False

    def handed_over(self, call: Call, reason: str) -> None:
        """Hears that it is an argument of code that only run time knows."""

    def entered(self, engine: Engine) -> Value:
        """What ``with`` binds."""
        return self

    def awaited(self, engine: Engine) -> Value:
        """What ``await`` gives."""
        return self

    def indexed(self, engine: Engine, key: Value) -> Value | None:
        """``object[key]`` where nothing was stored under the key."""
        return None

    def as_dict(self, engine: Engine) -> Value | None:
        """What ``dict(object)`` makes of it; None where that is not described."""
        return None

    def iterated(self, engine: Engine) -> list[Value] | None:
        """What a loop over the object sees; None where that is not known."""
        return None

    def element(self, engine: Engine) -> Value | None:
        """Any one item of what a loop over the object sees, where not all are known; None where not described."""
        return None

    def typed(self, arguments: list[Value]) -> None:
        """Takes the type arguments of an annotation, after ``assumed``."""

    def answers(self, call: Call) -> Value | None:
        """What calling something gives that was read from the object as it is, by path; None leaves the default."""
        return None

    def read_from(self, engine: Engine, holder: Class | Instance, name: str) -> Value:
        """What a class or an object of it gives for the object, where the class's body binds it (a descriptor)."""
        return self

    def given_for(self, engine: Engine, name: str, member: Value) -> Value | None:
        """What the object gives for something that its class's body binds; None for that itself."""
        return None

    def shape(self) -> object:
        """What of the object, as an argument, can change what a call does."""
        return id(self)

    @classmethod
    def class_member(cls, engine: Engine, subclass: Class, name: str) -> Value | None:
        """An attribute that classes of the project inherit (``View.as_view``); None where it is not described."""
        return None

    @classmethod
    def subclassed(cls, engine: Engine, subclass: Class) -> None:
        """Hears of each class of the project that derives from the library's."""


LibraryFunction = Callable[[Call], Value]


class Library:
    """All that the loaded packs tell of libraries, by path."""

    def __init__(self) -> None:
        self.objects: dict[str, type[LibraryObject]] = {}
        self.functions: dict[str, LibraryFunction] = {}
        self.aliases: dict[str, str] = {}

    def add(self, objects: Iterator[type[LibraryObject]], functions: Mapping[str, LibraryFunction]) -> None:
        """Take what a pack tells."""
        for cls in objects:
            for path in cls.paths:
                self.objects[path] = cls
        self.functions.update(functions)

    def object_for(self, path: str) -> type[LibraryObject] | None:
        """The miniature of a class."""
        return self.objects.get(path)

    def function_for(self, path: str) -> LibraryFunction | None:
        """The miniature of a function."""
        return self.functions.get(path)


def decorator(name: str, apply: Callable[[Call, Value], Value]) -> Native:
    """What a decorator factory gives: it hands the decorated object on to ``apply``."""

    def call(call: Call) -> Value:
        target = call.argument(0)
        return apply(call, target) if target is not None else Unknown("a decorator without a function")

    return Native(name, call)


__all__ = [
    "Call",
    "Library",
    "LibraryFunction",
    "LibraryObject",
    "attribute",
    "decorator",
    "method",
    "stands_for",
]
