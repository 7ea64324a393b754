"""URL patterns: ``path()``, ``re_path()``, ``include()``, and the tree that they make below a root."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import ClassVar

from verifier.api import (
    NOTHING,
    Call,
    Class,
    Const,
    Engine,
    External,
    Hole,
    Instance,
    LibraryObject,
    ModuleValue,
    Origin,
    PathPattern,
    Piece,
    Router,
    Sequence,
    Slash,
    Span,
    Unknown,
    UnreadableExpressionError,
    Value,
    assemble,
    options,
    read_expression,
    reason_of,
    regex,
    stands_for,
    text_of,
    texts_of,
)

from ._converters import may_refuse_text
from ._settings import holds, imported, middleware_paths, setting
from ._views import answers, appends_slash, fully_known

CONVERTERS = {
    "str": None,
    "int": "[0-9]+",
    "slug": "[-a-zA-Z0-9_]+",
    "uuid": "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "path": ".+",
}
# What classes of converters inherit from Django's own.
EXPRESSIONS = {f"{name.capitalize()}Converter": pattern or "[^/]+" for name, pattern in CONVERTERS.items()} | {
    "UUIDConverter": CONVERTERS["uuid"] or ""
}
REGISTERED = "<converters>"
COMPONENT = regex(r"<(?:([^>:]+):)?([^>]+)>")
DEEPEST = 30
MOST_PREFIXES = 24
COMMON = "django.middleware.common.CommonMiddleware"
LOGIN = "django.contrib.auth.middleware.LoginRequiredMiddleware"

Pieces = tuple[Piece, ...]


class UnknownPathError(Exception):
    """A pattern cannot be read; the text says why."""


@stands_for(
    *(f"django.urls.{name}" for name in ("path", "re_path", "conf.path", "conf.re_path")),
    "django.conf.urls.url",
    "django.conf.urls.re_path",
)
class Path(LibraryObject):
    """``path("articles/<slug:slug>/", view)`` and its like. ``reason`` says why it is not known, where it is not."""

    call: Call
    route: Value
    view: Value
    expression: bool
    conditional: bool
    reason: str = ""

    def created(self, call: Call) -> None:
        self.call = call
        self.expression = call.name.rpartition(".")[2] != "path"
        self.route = call.argument(0, "route") or call.argument(0, "regex") or NOTHING
        self.view = call.argument(1, "view") or NOTHING
        self.conditional = call.engine.conditional > 0

    @classmethod
    def made(cls, call: Call, route: str, view: Value, *, expression: bool, conditional: bool) -> Path:
        """A pattern that a library makes."""
        found = cls(None, "django.urls.URLPattern", origin=call.origin)
        found.call, found.route, found.view = call, Const(route), view
        found.expression, found.conditional = expression, conditional
        return found

    @classmethod
    def unknown(cls, call: Call, reason: str) -> Path:
        """A pattern of which only the place is known."""
        found = cls.made(call, "", NOTHING, expression=False, conditional=False)
        found.reason = reason
        return found

    def ways(self, engine: Engine) -> tuple[list[Pieces], bool]:
        """The ways in which the route may come out, and whether more may follow behind it.

        Raises:
            UnknownPathError: it cannot be read.
        """
        texts = texts_of(self.route)
        if texts is None:
            raise UnknownPathError(f"the path depends on {reason_of(self.route)}")
        found: list[Pieces] = []
        open_ended = False
        for text in texts:
            if self.expression:
                try:
                    read = read_expression(text)
                except UnreadableExpressionError as error:
                    raise UnknownPathError(str(error)) from None
                found.extend(read.variants)
                open_ended = open_ended or read.open
            else:
                found.append(tuple(components(engine, text)))
        return found, open_ended


def components(engine: Engine, route: str) -> Iterator[Piece]:
    """The pieces of a route in the syntax of ``path()``."""
    registered = engine.library_attributes.get(REGISTERED, {})
    last = 0
    for match in COMPONENT.finditer(route):
        yield route[last : match.start()]
        name = match.group(1) or "str"
        if name in registered:
            pattern = expression(engine, registered[name])
            if pattern is None:
                raise UnknownPathError(f"the path converter `{name}` has no expression that could be read")
        elif name in CONVERTERS:
            pattern = CONVERTERS[name]
        else:
            raise UnknownPathError(f"the path `{route}` names the converter `{name}`, which is not registered")
        yield Hole(match.group(2), pattern)
        last = match.end()
    yield route[last:]


def expression(engine: Engine, converter: Value) -> str | None:
    """The expression of a converter of the project, its own or what it inherits of Django's."""
    own = text_of(engine.member(converter, "regex"))
    if own is not None or not isinstance(converter, Class):
        return own
    inherited = [base.name for base in converter.lineage() if isinstance(base, External)]
    return next((EXPRESSIONS[name] for name in inherited if name in EXPRESSIONS), None)


def register_converter(call: Call) -> Value:
    """``register_converter(FourDigitYearConverter, "yyyy")``."""
    converter, name = call.argument(0, "converter"), call.text(1, "type_name")
    if converter is not None and name is not None:
        call.engine.library_attributes.setdefault(REGISTERED, {})[name] = converter
    return NOTHING


@stands_for("django.urls.include", "django.urls.conf.include", "django.conf.urls.include")
class Include(LibraryObject):
    """``include(...)`` of a module, by its name or as such, or of a list, alone or with a name of the application."""

    target: Value

    def created(self, call: Call) -> None:
        self.target = call.argument(0, "arg") or NOTHING
        name = text_of(self.target)
        if name is not None:
            found = call.engine.table.modules.find(call.frame.module.path, name)
            if found.file is not None and found.file in call.engine.project.files:
                self.target = call.engine.table.module_value(found, name)
            else:
                self.target = External(name)


class LocalePrefix(LibraryObject):
    """``i18n_patterns(...)``: patterns below the code of a language."""

    inner: Value
    always: bool
    call: Call


def i18n_patterns(call: Call) -> Value:
    """The list that ``i18n_patterns`` gives."""
    urls = Sequence(call.arguments, complete=not call.open)
    if not holds(call.engine, "USE_I18N"):
        return urls
    made = LocalePrefix(None, "django.urls.LocalePrefixPattern", origin=call.origin)
    given = call.argument(None, "prefix_default_language")
    made.inner, made.call = urls, call
    made.always = not (isinstance(given, Const) and not given.value)
    return Sequence([made])


class Place:
    """Where in the tree of patterns the walk stands."""

    def __init__(self, before: list[Pieces], conditional: bool, depth: int) -> None:
        self.before = before
        self.conditional = conditional
        self.depth = depth


class Site(Router):
    """A root of URL patterns: what one process of the project serves.

    Attributes:
        turns: which pattern a route comes from, by place and path; Django asks a pattern for all methods at once.
        open_ended: routes that also take longer paths.
        undecided: routes with a converter of the project's own, which may refuse what its expression matches.
    """

    framework = "django"
    application = True
    guards_follow: ClassVar[bool] = False

    def __init__(
        self,
        kind: Class | None = None,
        path: str | None = None,
        *,
        symbolic: bool = False,
        origin: Origin | None = None,
    ) -> None:
        super().__init__(kind, path, symbolic=symbolic, origin=origin)
        self.known: dict[str, PathPattern] = {}
        self.turns: dict[tuple[Span, str], int] = {}
        self.open_ended: set[tuple[Span, str]] = set()
        self.undecided: set[tuple[Span, str]] = set()
        self.appends = False
        self.filled = False
        self.turn = 0

    def patterns(self, path: str) -> list[PathPattern]:
        return [self.known[path]]

    def join(self, prefix: str, path: str) -> str:
        return path

    def fill(self, engine: Engine, urls: Value) -> None:
        """Lay out the patterns below the root."""
        if self.filled:
            return
        self.filled = True
        paths = middleware_paths(engine)
        self.appends = holds(engine, "APPEND_SLASH") and any(is_common(engine, path) for path in paths)
        self.guards = [path.rpartition(".")[2] for path in paths if keeps_out(engine, path)]
        self.walk(engine, urls, Place([("/",)], False, 0), self.call_of(engine, urls))

    def call_of(self, engine: Engine, urls: Value) -> Call | None:
        """A call to hang reasons on, where there is nothing nearer."""
        for item in patterns_in(engine, urls) or ():
            if isinstance(item, Path | LocalePrefix):
                return item.call
        return None

    def walk(self, engine: Engine, urls: Value, place: Place, holder: Call | None) -> None:
        """The patterns of a list or module."""
        items = patterns_in(engine, urls)
        if items is None:
            self.note(holder, f"the URL patterns depend on {reason_of(urls)}")
            return
        for item in items:
            for option in options(item):
                if isinstance(option, Path):
                    self.pattern(engine, option, place)
                elif isinstance(option, LocalePrefix):
                    self.localised(engine, option, place)
                elif isinstance(option, Sequence):
                    self.walk(engine, option, place, holder)
                elif isinstance(option, Unknown | Instance | External):
                    self.note(holder, f"URL patterns depend on {reason_of(option)}")
        if incomplete(engine, urls):
            self.note(holder, "further URL patterns are added at run time")

    def note(self, call: Call | None, reason: str) -> None:
        """Note what is not known."""
        if call is not None:
            self.add_dynamic(call, reason)

    def localised(self, engine: Engine, prefix: LocalePrefix, place: Place) -> None:
        """Patterns below the code of a language."""
        codes = language_codes(engine)
        hole: Pieces = (Hole("language", "|".join(map(re.escape, codes)) if codes else None), "/")
        ways = [*place.before] if not prefix.always else []
        before = [*ways, *((*pieces, *hole) for pieces in place.before)]
        self.walk(engine, prefix.inner, Place(before, place.conditional, place.depth + 1), prefix.call)

    def pattern(self, engine: Engine, path: Path, place: Place) -> None:
        """One pattern: a route, or more patterns below it."""
        self.turn += 1
        if path.reason:
            self.add_dynamic(path.call, path.reason)
            return
        try:
            ways, open_ended = path.ways(engine)
        except UnknownPathError as error:
            self.add_dynamic(path.call, str(error))
            return
        before = [(*front, *way) for front in place.before for way in ways]
        conditional = place.conditional or path.conditional
        inner = included(path.view)
        if inner is not None:
            if place.depth < DEEPEST and len(before) <= MOST_PREFIXES:
                self.below(engine, path, inner, Place(before, conditional, place.depth + 1), open_ended)
            else:
                self.add_dynamic(path.call, "the patterns nest too deeply")
            return
        self.leaf(engine, path, before, conditional, open_ended)

    def below(self, engine: Engine, path: Path, inner: Value, place: Place, open_ended: bool) -> None:
        """What a pattern includes."""
        library = library_of(inner)
        if library is not None:
            root = any("".join(map(str, way)) in ("", "/") for way in place.before)
            if root or library not in SITES:
                self.add_dynamic(path.call, f"the routes of the library `{library}` itself, which are not listed")
        elif path.expression and not open_ended:
            self.add_dynamic(path.call, "the path ends with `$`, so that nothing below it is ever reached")
        else:
            self.walk(engine, inner, place, path.call)

    def leaf(self, engine: Engine, path: Path, ways: list[Pieces], conditional: bool, open_ended: bool) -> None:
        """The routes of one pattern."""
        found = operations(path.view)
        if found is None:
            answered = answers(engine, path.view)
            if answered is None:
                self.add_dynamic(path.call, f"the view depends on {reason_of(path.view)}")
                return
            if not answered and not fully_known(path.view):
                self.add_dynamic(path.call, "the view has a base class that was not read")
            found = [(path.call, answer.method, answer.handler, answer.guards) for answer in answered]
        slash = self.appends and appends_slash(engine, path.view)
        for pattern, lenient in variants(ways):
            trailing: Slash = "lenient" if lenient else "append" if slash and pattern.slash else "exact"
            key = f"{pattern}\0{len(self.known)}"
            self.known[key] = pattern
            for call, name, handler, guards in found:
                place = (call.span, str(pattern))
                self.turns.setdefault(place, self.turn)
                if open_ended and path.expression:
                    self.open_ended.add(place)
                if not path.expression and self.refusing(engine, path):
                    self.undecided.add(place)
                if conditional:
                    with engine.undecided():
                        self.add_route(call, (name,), Const(key), handler, guards, trailing=trailing)
                else:
                    self.add_route(call, (name,), Const(key), handler, guards, trailing=trailing)

    def refusing(self, engine: Engine, path: Path) -> bool:
        """Whether a converter of the project may refuse a text that its expression matches."""
        registered = engine.library_attributes.get(REGISTERED, {})
        names = {match.group(1) for text in texts_of(path.route) or () for match in COMPONENT.finditer(text)}
        found = [registered.get(name or "") for name in names]
        return any(isinstance(converter, Class) and may_refuse_text(converter) for converter in found)


def variants(ways: Iterable[Pieces]) -> Iterator[tuple[PathPattern, bool]]:
    """Patterns, each with whether the slash at its end may be left out."""
    found: dict[PathPattern, None] = {assemble(way): None for way in ways}
    for pattern in found:
        last = pattern.segments[-1] if pattern.segments else None
        if last is not None and last.rest and any(str(other) + "/" == str(pattern) for other in found):
            continue  # what takes the rest of a path takes a slash too
        other = PathPattern(pattern.segments, not pattern.slash)
        if other in found:
            if not pattern.slash:
                yield pattern, True
        else:
            yield pattern, False


def patterns_in(engine: Engine, urls: Value) -> list[Value] | None:
    """The items of ``urlpatterns``, of a list or of a pair of a list and a name; None where they are not known."""
    found: list[Value] = []
    for option in options(engine.force(urls)):
        if isinstance(option, ModuleValue):
            inner = engine.table.attribute(option, "urlpatterns")
            items = patterns_in(engine, inner) if inner is not None else None
        elif isinstance(option, Include):
            items = patterns_in(engine, option.target)
        elif isinstance(option, Sequence):
            first = engine.force(option.items[0]) if option.items else None
            pair = option.kind == "tuple" and isinstance(first, Sequence | ModuleValue)
            items = patterns_in(engine, first) if pair and first is not None else list(option.items)
            if text_of(first) is not None and option.kind == "tuple":
                name = text_of(first) or ""
                module = engine.table.modules.find("_.py", name)
                items = patterns_in(engine, engine.table.module_value(module, name)) if module.file else None
        else:
            items = None
        if items is None:
            return None
        found.extend(items)
    return found


def incomplete(engine: Engine, urls: Value) -> bool:
    """Whether a list has further items that only run time knows."""
    for option in options(engine.force(urls)):
        if isinstance(option, ModuleValue):
            inner = engine.table.attribute(option, "urlpatterns")
            if inner is not None and incomplete(engine, inner):
                return True
        elif isinstance(option, Sequence):
            first = engine.force(option.items[0]) if option.items and option.kind == "tuple" else None
            if not option.complete or (isinstance(first, Sequence | ModuleValue) and incomplete(engine, first)):
                return True
    return False


def included(view: Value) -> Value | None:
    """What a pattern includes; None where it has a view."""
    for option in options(view):
        if isinstance(option, Include):
            return option.target
        if isinstance(option, Sequence):
            return option
        if isinstance(option, External) and option.name == "urls":
            return option
    return None


# Pages that Django brings along, and that nobody takes for the project's own routes.
SITES = ("django.contrib.admin", "django.contrib.admindocs")


def library_of(inner: Value) -> str | None:
    """The library whose own patterns are included."""
    for option in options(inner):
        if isinstance(option, External):
            return option.path.removesuffix(".urls").removesuffix(".site")
        if isinstance(option, Instance) and option.path is not None and not isinstance(option, LibraryObject):
            return option.path.removesuffix("()")
        if isinstance(option, Sequence) and option.kind == "tuple" and option.items:
            return library_of(option.items[0]) if isinstance(option.items[0], External) else None
    return None


def operations(view: Value) -> list[tuple[Call, str, Value, tuple[str, ...]]] | None:
    """The operations of a view of Django Ninja: place, method, handler and guards."""
    from ._ninja import PathView

    return view.operations() if isinstance(view, PathView) else None


def language_codes(engine: Engine) -> list[str]:
    """Codes of ``LANGUAGES``."""
    found = setting(engine, "LANGUAGES")
    codes: list[str] = []
    for item in found.items if isinstance(found, Sequence) and found.complete else ():
        code = text_of(item.items[0]) if isinstance(item, Sequence) and item.items else None
        if code is not None:
            codes.append(code)
    return codes


def is_common(engine: Engine, path: str) -> bool:
    """Whether a middleware is Django's common one, or a class of the project made from it."""
    if path == COMMON:
        return True
    value = imported(engine, path)
    return isinstance(value, Class) and any(
        isinstance(base, External) and base.path == COMMON for base in value.lineage()
    )


def keeps_out(engine: Engine, path: str) -> bool:
    """Whether a middleware counts as a guard: the project's own ones, and Django's that asks for a login."""
    return path == LOGIN or (imported(engine, path) is not None and not is_common(engine, path))


def no_patterns(call: Call) -> Value:
    """``static(...)`` and its like: a library answers below them."""
    return Sequence()


def same_patterns(call: Call) -> Value:
    """``format_suffix_patterns(urlpatterns)``: the same patterns; those with a suffix are its own."""
    return call.argument(0, "urlpatterns") or NOTHING


def itself(call: Call) -> Value:
    """``gettext_lazy("text")``."""
    return call.argument(0, "message") or NOTHING
