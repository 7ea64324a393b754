"""Defaults and references of attributes, in models and migrations alike."""

from __future__ import annotations

from verifier.api import Default, External, Function, Instance, Reference

from ._plain import Options, text


def default_of(given: Options) -> tuple[Default | None, str]:
    """``defaultValue``: a constant, a function, or an expression of the database."""
    if given.get("autoIncrement") is True:
        return "generated", ""
    value = given.get("defaultValue")
    if value is None:
        return None, ""
    if isinstance(value, str | int | float | bool):
        return "value", str(value).lower() if isinstance(value, bool) else str(value)
    if isinstance(value, Options | list):
        return "value", "{}" if isinstance(value, Options) else "[]"
    if isinstance(value, Function):
        return "function", value.name
    if isinstance(value, External):
        return "function", value.name
    if isinstance(value, Instance) and (value.path or "").rpartition(".")[2] in ("literal()", "fn()", "cast()"):
        first = value.made_by.text(0) if value.made_by is not None else None
        return "server", first or ""
    return "value", ""


def reference_of(given: Options) -> Reference | None:
    """``references``: a table by its name, a model, or both with a schema."""
    wanted = given.get("references")
    if wanted is None:
        return None
    key: object = given.get("referencesKey")
    if isinstance(wanted, Options):
        key, wanted = wanted.get("key"), wanted.get("model")
    table = wanted
    if isinstance(wanted, Options):
        schema, table = text(wanted.get("schema")), text(wanted.get("tableName"))
        table = f"{schema}.{table}" if schema and table else table
    if not isinstance(table, str):
        return None
    return Reference(table, text(key) or "id", text(given.get("onDelete")), text(given.get("onUpdate")))
