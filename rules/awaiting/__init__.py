"""Coroutines of Python and promises of JavaScript: what becomes of work that takes its time."""

from __future__ import annotations

from verifier.api import Pack

# What gives a promise in libraries that no pack is for.
PACK = Pack(
    promises=(
        r"(?:bcrypt|bcryptjs|@node-rs/bcrypt)\.(?:default\.)?(?:hash|compare|genSalt)",
        r"(?:argon2|@node-rs/argon2)\.(?:default\.)?(?:hash|verify)",
        r"jose\.(?:jwtVerify|SignJWT[\w.()]*\.sign|importJWK|importPKCS8|importSPKI|exportJWK|generateKeyPair)",
        r"(?:hono/jwt|hono/utils/jwt)\.(?:sign|verify)",
        r"(?:node:)?fs(?:\.promises|/promises)\.(?:readFile|writeFile|appendFile|mkdir|rm|unlink|rename|stat|access|readdir|copyFile)",
    ),
)
