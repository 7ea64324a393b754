"""express-jwt: what it takes a token for, whom it refuses, and where it keeps what the token holds."""

from __future__ import annotations

from verifier.api import Call, Engine, Instance, LibraryFunction, Probe, Record, Value, text_of, version_range

from ._header import TokenGuard, found_by, holds


class ExpressJwt(TokenGuard):
    """``expressjwt({ secret, algorithms, credentialsRequired, getToken, requestProperty })``."""

    error = "express-jwt.UnauthorizedError"

    def judge(self, engine: Engine, probe: Probe, given: list[Value], *, sure: bool) -> bool:
        required = holds(self.setting("credentialsRequired"), default=True)
        function = self.setting("getToken")
        if function is not None:
            found = found_by(engine, probe, function, given[:1])
        elif probe.header is None:
            found = "nothing"
        elif not probe.scheme:  # a word alone is refused whatever the options are
            found = "other"
        else:
            found = "token" if probe.scheme == "bearer" else "nothing"
        if found == "other":
            self.refuse(engine, probe, sure=sure)
        elif found == "nothing" and required is not False:
            self.refuse(engine, probe, sure=sure and bool(required))
        elif found != "nothing" and isinstance(given[0], Instance):
            versions = version_range(engine.project, "express-jwt")
            old = versions is not None and not versions.maybe(">=7")
            named = text_of(self.setting("requestProperty", "userProperty")) or ("user" if old else "auth")
            name = named.partition(".")[0]
            given[0].attributes[name] = Record(complete=False)
            probe.keep(name)
        return found is not None and required is not None


def express_jwt(call: Call) -> Value:
    """``expressjwt({ ... })``, in old versions ``jwt({ ... })``."""
    given = call.argument(0)
    required = holds(call.option(0, "credentialsRequired"), default=True)
    name = "express-jwt.optional()" if required is False else "express-jwt.expressjwt()"
    made = ExpressJwt(None, name, origin=call.origin)
    made.settings = given if isinstance(given, Record) else None
    return made


FUNCTIONS: dict[str, LibraryFunction] = {"express-jwt.expressjwt": express_jwt, "express-jwt": express_jwt}
