"""What passlib is told: the schemes of a context."""

from __future__ import annotations

from verifier.api import Call, Const, LibraryObject, Sequence, Value, options, stands_for


@stands_for("passlib.context.CryptContext", "passlib.apps.CryptContext")
class CryptContext(LibraryObject):
    """``CryptContext(schemes=["bcrypt"])``: the first scheme, or the one that ``default`` names, makes new hashes."""

    scheme: str | None = None

    def created(self, call: Call) -> None:
        given = call.argument(0, "schemes")
        first: Value | None = given
        for option in options(given) if given is not None else ():
            if isinstance(option, Sequence):
                first = option.items[0] if option.items else None
        default = call.argument(None, "default")
        chosen = default if default is not None else first
        if isinstance(chosen, Const) and isinstance(chosen.value, str):
            self.scheme = chosen.value.replace(",", " ").split()[0] if chosen.value.strip() else None


OBJECTS = (CryptContext,)
