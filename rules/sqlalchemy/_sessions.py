"""What makes sessions: a factory's and a registry's are the sessions that they give, whatever made them."""

from __future__ import annotations

from verifier.api import (
    Call,
    Class,
    Engine,
    External,
    Instance,
    LibraryObject,
    Value,
    attribute,
    method,
    stands_for,
)

# A session, an engine or a connection, and what gives another one of them. What a statement returned is none.
HOLDER = (
    r"(?:sqlalchemy|sqlmodel)(?:\.\w+)*\.\w*(?:[Ss]ession|[Ee]ngine|[Cc]onnection)\w*(?:\(\))*"
    r"(?:\.(?:connect|connection|begin|begin_nested|execution_options|get_bind|sync_session|session_factory|registry|"
    r"object_session)(?:\(\))*)*"
)
EXTENSION = r"flask_sqlalchemy\.(?:\w+\.)*SQLAlchemy"
SESSION = "sqlalchemy.orm.Session"
ASYNC_SESSION = "sqlalchemy.ext.asyncio.AsyncSession"


@stands_for(
    "sqlalchemy.orm.sessionmaker",
    "sqlalchemy.orm.session.sessionmaker",
    "sqlalchemy.ext.asyncio.async_sessionmaker",
    "sqlalchemy.ext.asyncio.session.async_sessionmaker",
)
class SessionMaker(LibraryObject):
    """``sessionmaker(engine, class_=Session)``: calling it gives a session."""

    sessions: Value = External(SESSION)

    def created(self, call: Call) -> None:
        self.assumed(call.engine)
        given = call.argument(None, "class_")
        if isinstance(given, Class | External):
            self.sessions = given

    def assumed(self, engine: Engine) -> None:
        if "asyncio" in (self.path or ""):
            self.sessions = External(ASYNC_SESSION)

    def called(self, call: Call) -> Value | None:
        return session_of(call, self.sessions)

    @method("begin")
    def begin(self, call: Call) -> Value:
        return session_of(call, self.sessions)


@stands_for(
    "sqlalchemy.orm.scoped_session",
    "sqlalchemy.orm.scoping.scoped_session",
    "sqlalchemy.ext.asyncio.async_scoped_session",
    "sqlalchemy.ext.asyncio.scoping.async_scoped_session",
)
class ScopedSession(LibraryObject):
    """``scoped_session(factory)``: it passes on to the session of the thread or request, and gives it when called."""

    session: Value | None = None

    def created(self, call: Call) -> None:
        self.assumed(call.engine)
        factory = call.argument(0, "session_factory")
        made = session_of(call, factory.sessions) if isinstance(factory, SessionMaker) else None
        if isinstance(made, Instance):
            self.session, self.path, self.kind = made, made.path, made.kind

    def assumed(self, engine: Engine) -> None:
        self.path = ASYNC_SESSION if "asyncio" in (self.path or "") else SESSION
        self.session = Instance(None, self.path)

    def called(self, call: Call) -> Value | None:
        return self.session

    @method("query_property")
    def query_property(self, call: Call) -> Value:
        return Instance(None, f"{self.path}.query()", origin=call.origin)


@stands_for("flask_sqlalchemy.SQLAlchemy", "flask_sqlalchemy.extension.SQLAlchemy")
class FlaskExtension(LibraryObject):
    """``SQLAlchemy(app)`` of Flask-SQLAlchemy: its ``session`` is a scoped one."""

    @attribute("session")
    def session(self, name: str) -> Value:
        found = ScopedSession(None, SESSION)
        found.session = Instance(None, SESSION)
        self.attributes[name] = found
        return found


def session_of(call: Call, kind: Value) -> Value:
    """A new session of a class; what a class of the project does when it is made is run."""
    if isinstance(kind, Class):
        return call.engine.call(kind, [], call.node, call.frame)
    return Instance(None, kind.path if isinstance(kind, External) else SESSION, origin=call.origin)


OBJECTS = (SessionMaker, ScopedSession, FlaskExtension)
