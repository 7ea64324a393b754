"""Passport: its strategies by name, and which requests they let through."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.api import (
    NOTHING,
    Call,
    Const,
    Engine,
    External,
    Function,
    Instance,
    LibraryFunction,
    LibraryObject,
    Origin,
    Probe,
    Record,
    Sequence,
    Unknown,
    Value,
    functions_in,
    options,
    stands_for,
    text_of,
)

from ._header import Found, found_by

# The names that strategies have of their own.
NAMES = {"passport-jwt.Strategy": "jwt", "passport-http-bearer": "bearer", "passport-http-bearer.Strategy": "bearer"}
NAMES |= {"passport-anonymous": "anonymous", "passport-anonymous.Strategy": "anonymous"}


class Extractor(LibraryObject):
    """What ``ExtractJwt`` gives: it takes the token behind any of some words; None where they are not known."""

    words: frozenset[str] | None = None


@stands_for(*NAMES)
class Strategy(LibraryObject):
    """``new Strategy({ jwtFromRequest, secretOrKey }, verify)``."""

    own = ""
    takes: Value | None = None

    def created(self, call: Call) -> None:
        self.own = NAMES.get((self.path or "").removesuffix("()"), "")
        self.takes = call.option(0, "jwtFromRequest")

    def finds(self, engine: Engine, probe: Probe, request: Value) -> Found:
        """What it finds in a request that is tried."""
        if self.own == "anonymous":
            return "token"
        if self.own == "bearer":
            return "token" if probe.scheme == "bearer" else "nothing"
        if isinstance(self.takes, Extractor):
            words = self.takes.words
            return None if words is None else "token" if probe.scheme in words else "nothing"
        return found_by(engine, probe, self.takes, [request]) if self.takes is not None else None


class Strategies(LibraryObject):
    """What was put into a Passport, by name; None under a name that several were given."""

    def add(self, name: str, strategy: Value) -> None:
        """Take a strategy in."""
        self.attributes[name] = strategy if self.attributes.get(name, strategy) is strategy else Unknown("a strategy")


def registered(engine: Engine) -> Strategies:
    """The strategies of the program."""
    for found in engine.objects:
        if isinstance(found, Strategies):
            return found
    made = Strategies(None, "passport.strategies")
    engine.objects.append(made)
    return made


def use(call: Call) -> Value:
    """``passport.use(strategy)``, ``passport.use("name", strategy)``."""
    name = call.text(0) if len(call.arguments) > 1 else ""
    for strategy in options(call.arguments[-1]) if call.arguments else ():
        known = name or (strategy.own if isinstance(strategy, Strategy) else "")
        if known:
            registered(call.engine).add(known, strategy)
    return call.callee.receiver if isinstance(call.callee, External) and call.callee.receiver is not None else NOTHING


class Authentication(LibraryObject):
    """``passport.authenticate("jwt", { session: false })``, ``callback`` where the project answers itself."""

    names: tuple[Value, ...] = ()
    settings: Value | None = None
    callback: Function | None = None

    def called(self, call: Call) -> Value | None:
        """It is run by middleware of the project."""
        if call.engine.probe is not None:
            self.tried(call.engine, call.arguments)
        return Unknown("what middleware gives")

    def tried(self, engine: Engine, given: list[Value]) -> bool:
        probe = engine.probe
        if probe is None or not given or not self.names:
            return False
        known = registered(engine).attributes
        request = given[0].attributes.get("req", given[0]) if isinstance(given[0], Instance) else given[0]
        found: list[Found] = []
        for name in self.names:
            strategy = name if isinstance(name, Strategy) else known.get(text_of(name) or "")
            found.append(strategy.finds(engine, probe, request) if isinstance(strategy, Strategy) else None)
        if "token" in found:
            self.let_in(engine, probe, given, found)
            return True
        if None in found:
            return False
        if self.callback is not None:
            engine.invoke(self.callback, [NOTHING, Const(False), Unknown("what is missing"), Unknown("a status")], {})
            return True
        error = External("passport.AuthenticationError")
        place = self.origin if probe.header is None else self.extractor(known) or self.origin
        probe.turn_away(error, sure=not engine.conditional, denies=True, place=place)
        return True

    def extractor(self, known: Mapping[str, Value]) -> Origin | None:
        """Where its only strategy is told how to find a token."""
        strategy = known.get(text_of(self.names[0]) or "") if len(self.names) == 1 else None
        takes = strategy.takes if isinstance(strategy, Strategy) else None
        return takes.origin if isinstance(takes, Extractor) else None

    def let_in(self, engine: Engine, probe: Probe, given: list[Value], found: list[Found]) -> None:
        """Put who asks on the request, unless nobody is let in by name."""
        anonymous = text_of(self.names[found.index("token")]) == "anonymous"
        user = NOTHING if anonymous else Unknown("the user of a token")
        if self.callback is not None:
            engine.invoke(self.callback, [NOTHING, user, Unknown("what is said"), Unknown("a status")], {})
        elif not anonymous and isinstance(given[0], Instance):
            state = given[0].attributes.get("state")
            held = state.entries if isinstance(state, Record) else given[0].attributes
            wanted = self.settings.entries.get("assignProperty") if isinstance(self.settings, Record) else None
            name = text_of(wanted) or "user"
            held[name] = user
            probe.keep(name)


def authenticate(call: Call) -> Value:
    """``passport.authenticate(names, options, callback)``."""
    given = call.argument(0)
    named = functions_in([given]) if given is not None else []
    nobody = any(text_of(name) == "anonymous" for name in named)
    path = "passport.authenticate.anonymous()" if nobody else "passport.authenticate()"
    made = Authentication(None, path, origin=call.origin)
    whole = not isinstance(given, Sequence) or given.complete
    made.names = tuple(named) if whole else ()
    made.settings = call.argument(1)
    last = call.arguments[-1] if len(call.arguments) > 1 else None
    made.callback = last if isinstance(last, Function) else None
    return made


def extracts(call: Call) -> Value:
    """``ExtractJwt.fromAuthHeaderWithScheme("Token")``, ``ExtractJwt.fromAuthHeaderAsBearerToken()``."""
    made = Extractor(None, f"passport-jwt.ExtractJwt.{call.name}()", origin=call.origin)
    if call.name == "fromAuthHeaderAsBearerToken":
        made.words = frozenset({"bearer"})
    elif call.name == "fromAuthHeaderWithScheme":
        word = call.text(0)
        made.words = frozenset({word.lower()}) if word else None
    elif call.name == "fromExtractors":
        given = call.argument(0)
        inner = given.items if isinstance(given, Sequence) and given.complete else [Unknown("extractors")]
        found = [one.words if isinstance(one, Extractor) else None for one in inner]
        made.words = frozenset().union(*(words for words in found if words)) if None not in found else None
    return made


FUNCTIONS: dict[str, LibraryFunction] = {
    **{
        f"{package}{name}.{action}": function
        for package, names in (
            ("passport", ("", ".Passport()", ".Authenticator()")),
            ("koa-passport", ("", ".KoaPassport()", ".Passport()")),
        )
        for name in names
        for action, function in (("use", use), ("authenticate", authenticate))
    },
    **{
        f"passport-jwt.ExtractJwt.{name}": extracts
        for name in ("fromAuthHeaderWithScheme", "fromAuthHeaderAsBearerToken", "fromExtractors", "fromHeader")
    },
}
OBJECTS: tuple[type[LibraryObject], ...] = (Strategy,)
