"""passlib hashes with bcrypt, and the bcrypt that is installed is too new for it.

passlib 1.7.4, the last one, tries its backend at the first use with a password of more than 72 bytes. bcrypt 5 raises
`ValueError: password cannot be longer than 72 bytes` for it, so that the first registration, and each after it, is
answered 500, however short the password is. The message is about passlib's own trial, and shortening passwords does not
help.

Pin `bcrypt<5`, or hash with bcrypt (`bcrypt.hashpw`), argon2-cffi or pwdlib directly.

A pin below 5 is silent, and so is a lock file that has bcrypt for passlib alone, a context whose first scheme is
another one, and libpass, which took passlib's place and its name.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import (
    Category,
    Facts,
    Fix,
    NewLine,
    Problem,
    Project,
    Related,
    Span,
    is_test,
    regex,
    rule,
    version_range,
)

from ._hashing import CryptContext

DIRECT = regex(r"passlib\.hash\.bcrypt(?:_sha256)?\b.*\.(?:hash|encrypt|verify)")
SCHEMES = frozenset({"bcrypt", "bcrypt_sha256"})


@rule(Category.AUTH_MISCONFIGURATION)
def bcrypt_too_new(facts: Facts) -> Iterator[Problem]:
    """Yield each place where passlib is told to hash with bcrypt."""
    project = facts.project
    if not any(b"passlib" in source.data for source in project.files.values()) or not is_installed(project):
        return
    versions = version_range(project, "bcrypt")
    if (versions is not None and not versions.maybe(">=5")) or is_locked(project):
        return
    pins = [found for found in project.manifests.requirements if found.name.lower() == "bcrypt"]
    related = tuple(Related(pin.span, "this admits bcrypt 5") for pin in pins[:1])
    facts.calls  # noqa: B018 -- a context may be made inside a function
    for span in dict.fromkeys(places(facts)):
        yield Problem(
            span,
            "passlib hashes with bcrypt, and bcrypt 5 refuses what passlib tries it with",
            related=related,
            symptom="500 on registration and login: password cannot be longer than 72 bytes",
            remedy="Pin `bcrypt<5`, or hash without passlib",
            fix=pinned(facts) if not pins else None,
        )


def pinned(facts: Facts) -> Fix | None:
    """The fix that pins bcrypt beside passlib, where that stands in a list of requirements."""
    for found in facts.project.manifests.requirements:
        if found.name.lower() == "passlib" and found.span.path.endswith(".txt"):
            return Fix("pin `bcrypt<5`", (NewLine(found.span.path, "bcrypt<5"),))
    return None


def places(facts: Facts) -> Iterator[Span]:
    """Where bcrypt is chosen."""
    for made in facts.program.engine.objects:
        hashes = isinstance(made, CryptContext) and made.scheme in SCHEMES
        if hashes and made.origin is not None and not is_test(made.origin.path):
            yield facts.program.engine.span(made.origin)
    for call in facts.calls.calls:
        if call.library is not None and DIRECT.fullmatch(call.library) and not is_test(call.span.path):
            yield call.span


LOCKS = frozenset({"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock"})


def is_locked(project: Project) -> bool:
    """Whether a lock file has a bcrypt that only passlib asks for: which one, the manifests do not say."""
    named = any(found.name.lower() == "bcrypt" for found in project.manifests.requirements)
    return not named and any(path.rpartition("/")[2] in LOCKS for path in project.paths)


def is_installed(project: Project) -> bool:
    """Whether the manifests surely have both installed."""
    names = {found.name.lower(): found for found in project.manifests.requirements if not found.development}
    passlib = names.get("passlib")
    return "libpass" not in names and passlib is not None and ("bcrypt" in names or "bcrypt" in passlib.extras)
