"""Classes that a decorator makes declarative bases."""

from __future__ import annotations

from verifier.api import Call, Class, Const, External, LibraryObject, Value, stands_for

BASE = "sqlalchemy.orm.DeclarativeBase"


@stands_for(
    "sqlalchemy.orm.as_declarative()",
    "sqlalchemy.orm.decl_api.as_declarative()",
    "sqlalchemy.ext.declarative.as_declarative()",
    "sqlalchemy.ext.declarative.api.as_declarative()",
    "sqlalchemy.orm.registry().as_declarative_base()",
    "sqlalchemy.orm.decl_api.registry().as_declarative_base()",
)
class AsDeclarative(LibraryObject):
    """``@as_declarative()``, ``@registry.as_declarative_base()``: the class gets ``metadata`` and a constructor."""

    metadata: Value | None = None

    def created(self, call: Call) -> None:
        given = call.argument(None, "metadata")
        if given is not None and not (isinstance(given, Const) and given.value is None):
            self.metadata = given

    def called(self, call: Call) -> Value | None:
        cls = call.argument(0)
        if not isinstance(cls, Class):
            return cls
        if self.metadata is not None:
            cls.members.setdefault("metadata", self.metadata)
        cls.bases = (*cls.bases, External(BASE))
        return cls


OBJECTS = (AsDeclarative,)
