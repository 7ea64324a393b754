"""Engines: which database they talk to, by the URL that they are given, and what creates their tables."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from verifier.api import (
    NOTHING,
    Call,
    Connection,
    Const,
    Engine,
    Instance,
    LibraryFunction,
    LibraryObject,
    Record,
    Unknown,
    Use,
    Value,
    attribute,
    choice,
    from_url,
    join_text,
    method,
    options,
    parts_of,
    stands_for,
    text_of,
    written,
)

SETTING = "SQLALCHEMY_DATABASE_URI"
URLS = ("sqlalchemy.URL", "sqlalchemy.engine.URL", "sqlalchemy.engine.url.URL")


@stands_for(*URLS)
class Url(LibraryObject):
    """``URL.create(...)``, ``make_url(...)``: an address that can be taken apart and changed."""

    text: Value = Unknown("an address")

    @attribute("drivername")
    def drivername(self, name: str) -> Value:
        whole = written(self.text)
        return Const(whole.partition(":")[0]) if whole is not None else Unknown("the driver of an address")

    @attribute("host", "port", "database", "username", "password")
    def part(self, name: str) -> Value:
        whole = written(self.text)
        found = parts_of(whole).get({"username": "user"}.get(name, name)) if whole is not None else None
        return Const(found) if found is not None else Unknown("a part of an address")

    @method("set")
    def set(self, call: Call) -> Value:
        """``url.set(drivername="postgresql+asyncpg")``: the same address, but for what is given."""
        text = self.text
        driver = call.argument(None, "drivername")
        if driver is not None and isinstance(text, Const):
            rest = str(text.value).partition(":")[2]
            text = join_text((driver, f":{rest}"), text.origin)
        others = [name for name in call.keywords if name != "drivername"]
        return url_of(call, Unknown("an address that is put together at run time") if others else text)

    @method("render_as_string", "__str__", "__to_string__")
    def rendered(self, call: Call) -> Value:
        return self.text

    @method("get_backend_name")
    def backend(self, call: Call) -> Value:
        whole = written(self.text)
        return Const(parts_of(whole).get("dialect")) if whole is not None else Unknown("the kind of database")


def url_of(call: Call, text: Value) -> Value:
    """A URL object around a text."""
    made = Url(None, URLS[0], origin=text.origin or call.origin)
    made.text = text
    return made


def make_url(call: Call) -> Value:
    """``make_url("sqlite:///a.db")``."""
    given = call.argument(0, "name_or_url")
    return choice(option if isinstance(option, Url) else url_of(call, option) for option in options(given or NOTHING))


def create_url(call: Call) -> Value:
    """``URL.create("postgresql", username=..., host=..., ...)``."""
    names = ("drivername", "username", "password", "host", "port", "database")
    every = {name: call.argument(place, name) for place, name in enumerate(names)}
    given = {name: value for name, value in every.items() if value is not None and written(value) is not None}
    parts: list[str | Value] = [given.get("drivername") or Unknown("a driver"), "://"]
    if "username" in given:
        parts += [quoted(given["username"]), *((":", quoted(given["password"])) if "password" in given else ()), "@"]
    parts += [given[name] for name in ("host",) if name in given]
    parts += [":", given["port"]] if "port" in given else []
    parts += ["/", given["database"]] if "database" in given else []
    return url_of(call, join_text(parts, call.origin))


def quoted(value: Value) -> Value:
    """A part of an address with its odd characters written as in a URL."""
    text = text_of(value)
    return Const(quote(text, safe=""), value.origin) if text is not None else value


def address(value: Value | None) -> Value | None:
    """What a URL is, as text."""
    if value is None:
        return None
    return choice(option.text if isinstance(option, Url) else option for option in options(value))


def engine(engine: Engine, use: Use) -> Iterator[Connection]:
    """``create_engine(url)``."""
    url = use.argument(0, "url")
    if url is None and "creator" not in use.keywords and "async_creator" not in use.keywords:
        return
    if isinstance(url, Const) and url.value is None:
        return  # an engine that is made only where its address is set
    library = (use.library or "").partition(".")[0]
    name = (use.library or "").rpartition(".")[2]
    yield from_url(engine, use.span, library, address(url), is_async="async" in name)


def configured(engine: Engine, use: Use) -> Iterator[Connection]:
    """``engine_from_config(settings, prefix="sqlalchemy.")``."""
    settings, prefix = use.argument(0, "configuration"), text_of(use.argument(1, "prefix") or Const("sqlalchemy."))
    for option in options(settings) if settings is not None else ():
        url = option.entries.get(f"{prefix}url") if isinstance(option, Record) else None
        yield from_url(engine, use.span, "sqlalchemy", address(url), is_async="async" in (use.library or ""))


def extension(engine: Engine, use: Use) -> Iterator[Connection]:
    """``SQLAlchemy(app)``, ``db.init_app(app)``: what the settings of the application say."""
    app = use.argument(0, "app")
    for option in options(app) if app is not None else ():
        if not isinstance(option, Instance):
            continue
        config = engine.member(option, "config")
        found = config.items.get(SETTING) if isinstance(config, Instance) else None
        if found is None and isinstance(config, Instance):
            binds = config.items.get("SQLALCHEMY_BINDS")
            found = binds.entries.get(None) if isinstance(binds, Record) else None
        if found is not None and not (isinstance(found, Const) and found.value is None):
            yield from_url(engine, use.span, "flask_sqlalchemy", address(engine.force(found)), doing="is set up")


FUNCTIONS: dict[str, LibraryFunction] = {
    **{f"{place}.make_url": make_url for place in ("sqlalchemy", "sqlalchemy.engine", "sqlalchemy.engine.url")},
    **{f"{place}.create": create_url for place in URLS},
}
OBJECTS = (Url,)
PLACES = r"(?:sqlalchemy|sqlmodel)(?:\.\w+)*"
CONNECTS = {
    rf"{PLACES}\.(?:create_engine|create_async_engine)": engine,
    rf"{PLACES}\.(?:async_)?engine_from_config": configured,
    r"flask_sqlalchemy\.(?:extension\.)?SQLAlchemy(?:\.init_app)?": extension,
}
CREATES = (
    r"(?:sqlalchemy|sqlmodel)\.[\w.()]*\.(?:create_all|CreateTable)",
    r"(?:sqlalchemy|sqlmodel)\.[\w.()]*\.(?:__table__|Table)\.create",
    r"flask_sqlalchemy\.(?:\w+\.)*SQLAlchemy(?:\.\w+)*\.create_all",
    r"alembic\.command\.upgrade",
    r"alembic\.config\.main",
    r"flask_migrate\.upgrade",
)
MIGRATES = (r"\balembic\b.*\bupgrade\b", r"\bflask\b.*\bdb\b.*\bupgrade\b", r"\bmanage\.py\b.*\bdb\b.*\bupgrade\b")
