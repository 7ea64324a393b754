"""Defects of authentication, and of who asks."""

from __future__ import annotations

from tests.mutants.operators.operator import operator
from tests.mutants.operators.startup import replace_requirement
from tests.mutants.source import Project, descendants
from verifier.model import Category

AUTH = Category.AUTH_MISCONFIGURATION


@operator("auth-scheme-bearer-only", AUTH)
def bearer_only(project: Project, path: str, condition: str, by: str, within: str | None = None) -> None:
    """Only ``Bearer`` is taken, where the contract says ``Token``."""
    project.source(path).rewrite(condition, by, within)


@operator("jwt-subject-not-string", AUTH)
def number_as_subject(project: Project, path: str, within: str, claim: str, by: str) -> None:
    """The subject of a token is a number, which the library signs and then refuses."""
    project.source(path).rewrite(claim, by, within)


@operator("auth-required-on-public-route", AUTH)
def require_login(project: Project, path: str, route: str, by: str, within: str | None = None) -> None:
    """What everybody may read asks for a token."""
    project.source(path).rewrite(route, by, within)


@operator("auth-wired-differently-per-route", AUTH)
def optional_login(project: Project, path: str, route: str, by: str, within: str | None = None) -> None:
    """A protected route has the middleware of the open ones."""
    project.source(path).rewrite(route, by, within)


@operator("request-user-not-attached", AUTH)
def attach_elsewhere(project: Project, path: str, statement: str, by: str, within: str) -> None:
    """Who asks is kept under another name than it is read by."""
    project.source(path).rewrite(statement, by, within)


@operator("token-not-bound-to-user", AUTH)
def bind_to_nobody(project: Project, path: str, expression: str, by: str, within: str) -> None:
    """All tokens stand for the same user."""
    project.source(path).rewrite(expression, by, within)


@operator("token-not-bound-to-user", AUTH)
def other_secret(project: Project, path: str, call: str, by: str, within: str | None = None) -> None:
    """Tokens are verified with another secret than they are signed with."""
    project.source(path).rewrite(call, by, within)


@operator("passlib-bcrypt-incompatible", AUTH)
def hash_by_passlib(project: Project, path: str, requirements: str) -> None:
    """Passwords are hashed by passlib with a bcrypt that it cannot work with."""
    source = project.source(path)
    source.rewrite("from argon2 import PasswordHasher", "from passlib.context import CryptContext")
    source.rewrite("PasswordHasher()", 'CryptContext(schemes=["bcrypt"])')
    source.rewrite(
        "from argon2.exceptions import VerifyMismatchError",
        "from passlib.exc import PasswordValueError as VerifyMismatchError",
    )
    replace_requirement(project, requirements, "argon2-cffi", "bcrypt==5.0.0\npasslib==1.7.4\n")


@operator("wrong-password-accepted", AUTH)
def accept_any_password(project: Project, path: str, condition: str, by: str, within: str) -> None:
    """A login looks whether there is a user, and not at the password."""
    project.source(path).rewrite(condition, by, within)


@operator("password-not-hashed", AUTH)
def keep_password(project: Project, path: str, expression: str, by: str, within: str) -> None:
    """The password itself is kept, and later taken for a hash."""
    project.source(path).rewrite(expression, by, within)


@operator("missing-owner-check", Category.BUSINESS_LOGIC_DEFECT)
def drop_owner_check(project: Project, path: str, check: str, within: str | None = None) -> None:
    """Whoever is logged in may change what somebody else wrote."""
    source = project.source(path)
    source.remove(source.one(check, within).node)


@operator("missing-await", AUTH)
def drop_await(project: Project, path: str, call: str, within: str) -> None:
    """A call is not awaited: what is used is a coroutine or a promise, or nothing is done at all."""
    source = project.source(path)
    node = source.one(f"await {call}", within).node
    inner = next(child for child in descendants(node) if child != node and child.is_named)
    source.replace(node, source.text(inner))
