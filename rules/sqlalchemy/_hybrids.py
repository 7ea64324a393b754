"""Hybrid attributes: what a class or an object of it gives for them is what their functions give."""

from __future__ import annotations

from verifier.api import (
    Call,
    Class,
    Engine,
    Frame,
    Function,
    Instance,
    LibraryObject,
    Scope,
    Unknown,
    Value,
    attribute,
    method,
)

MODULES = ("sqlalchemy.ext.hybrid",)


class Hybrid(LibraryObject):
    """``@hybrid_property``: its function is run on the class for SQL, on the object for a value."""

    function: Function | None = None
    for_sql: Function | None = None

    @method("setter", "deleter", "comparator", "update_expression", "bulk_dml", "getter")
    def other(self, call: Call) -> Value:
        return self

    @method("expression")
    def expression(self, call: Call) -> Value:
        given = call.argument(0)
        self.for_sql = given if isinstance(given, Function) else self.for_sql
        return self

    @attribute("inplace")
    def inplace(self, name: str) -> Value:
        return self

    def read_from(self, engine: Engine, holder: Class | Instance, name: str) -> Value:
        function = (self.for_sql or self.function) if isinstance(holder, Class) else self.function
        if function is None:
            return Unknown(f"the hybrid attribute `{name}`")
        free = Function(function.code, function.scope, function.module, owner=function.owner)
        return engine.call(free, [holder], function.code, Frame(function.module, Scope(function.scope), engine.running))


class HybridMethod(Hybrid):
    """``@hybrid_method``: bound to the class or to the object."""

    def read_from(self, engine: Engine, holder: Class | Instance, name: str) -> Value:
        function = (self.for_sql or self.function) if isinstance(holder, Class) else self.function
        return function.bind(holder) if function is not None else Unknown(f"the hybrid method `{name}`")


def hybrid_property(call: Call) -> Value:
    """``@hybrid_property``."""
    return made(Hybrid(None, "sqlalchemy.ext.hybrid.hybrid_property", origin=call.origin), call)


def hybrid_method(call: Call) -> Value:
    """``@hybrid_method``."""
    return made(HybridMethod(None, "sqlalchemy.ext.hybrid.hybrid_method", origin=call.origin), call)


def made(found: Hybrid, call: Call) -> Value:
    """The attribute around a function."""
    given = call.argument(0)
    found.function = given if isinstance(given, Function) else None
    expression = call.argument(None, "expr")
    found.for_sql = expression if isinstance(expression, Function) else None
    return found


FUNCTIONS = {
    **{f"{module}.hybrid_property": hybrid_property for module in MODULES},
    **{f"{module}.hybrid_method": hybrid_method for module in MODULES},
}
