"""koa-jwt: what it takes a token for, whom it refuses, and where it keeps what the token holds."""

from __future__ import annotations

from verifier.api import Call, Engine, Instance, LibraryFunction, Probe, Record, Value, text_of

from ._header import Found, TokenGuard, found_by, holds


class KoaJwt(TokenGuard):
    """``jwt({ secret, passthrough, getToken, key })``: with ``passthrough`` it lets everybody through."""

    error = "koa-jwt.UnauthorizedError"

    def judge(self, engine: Engine, probe: Probe, given: list[Value], *, sure: bool) -> bool:
        lenient = holds(self.setting("passthrough"), default=False)
        function = self.setting("getToken")
        found: Found = (
            found_by(engine, probe, function, [*given[:1], self.settings or Record()]) if function else "nothing"
        )
        if found == "nothing" and probe.scheme == "bearer":  # it looks there as well
            found = "token"
        if found in ("nothing", "other") and lenient is not True:
            self.refuse(engine, probe, sure=sure and lenient is False)
        state = given[0].attributes.get("state") if isinstance(given[0], Instance) else None
        if found in ("token", None) and isinstance(state, Record):
            key = text_of(self.setting("key")) or "user"
            state.entries[key] = Record(complete=False)
            probe.keep(key)
        return found is not None and lenient is not None


def koa_jwt(call: Call) -> Value:
    """``jwt({ ... })``."""
    given = call.argument(0)
    lenient = holds(call.option(0, "passthrough"), default=False)
    made = KoaJwt(None, "koa-jwt.passthrough()" if lenient else "koa-jwt()", origin=call.origin)
    made.settings = given if isinstance(given, Record) else None
    return made


FUNCTIONS: dict[str, LibraryFunction] = {"koa-jwt": koa_jwt}
