"""Passwords as requests bring them, and what hashes and checks them."""

from __future__ import annotations

from verifier.api import External, Facts, Parametrized, Value, options, regex

# Names of what a request brings.
PASSWORD = regex(r"(?i)(?:plain_?|raw_?|new_?|clear_?)?(?:password|passwd|pwd|passphrase)(?:_?plain)?")
# Names of columns that hold a hash.
HASHED = regex(
    r"(?i)(?:pass(?:word|wd|phrase)?|pwd)_?(?:hash(?:ed)?|digest|encrypted|crypt)"
    r"|(?:hash(?:ed)?|encrypted|crypted|digest)_?(?:of_?)?(?:pass(?:word|wd|phrase)?|pwd)"
)
# Words of which one stands in the source of whatever hashes a password.
HASHING = regex(
    rb"(?i)bcrypt|argon|scrypt|pbkdf2|passlib|pwdlib|hashlib|createhash|createhmac|make_password|set_password|create_user|"
    rb"password_hash|hash_password|hashpassword|passwordhash|pwd_context|crypt\b|\.hash\(|libsodium|nacl|subtle\.d|"
    rb"Bun\.password|scram|cognito|firebase|supabase|keycloak|auth0|better-auth|lucia|fastapi_users|flask_security|allauth"
)
# How the paths of data libraries begin: what they give is a row's.
STORED = regex(
    r"(?:sqlalchemy|django\.db|django\.contrib|sequelize|prisma|@prisma|drizzle|knex|kysely|tortoise|peewee|sqlmodel|pg|"
    r"asyncpg|mongoose|typeorm)\b"
)
CALLED = regex(r"\(\)$")


def is_sent(value: Value | None) -> bool:
    """Whether a value surely is the password of a request, as it came."""
    found = options(value) if value is not None else ()
    return bool(found) and all(map(is_sent_as_is, found))


def is_sent_as_is(value: Value) -> bool:
    """The same of one value."""
    if isinstance(value, Parametrized):
        words = [getattr(word, "value", None) for word in value.arguments]
        last = words[0] if len(words) == 1 else None
        return isinstance(value.base, External) and isinstance(last, str) and PASSWORD.fullmatch(last) is not None
    if not isinstance(value, External) or STORED.match(value.path):
        return False
    return "." in value.path and PASSWORD.fullmatch(value.name) is not None


def hashes_nothing(facts: Facts) -> bool:
    """Whether no source of the project names what hashes."""
    return not any(HASHING.search(source.data) for source in facts.project.files.values())
