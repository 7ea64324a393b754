"""Who asks: tokens, passwords, and what stands between a request and its handler, in all frameworks.

What libraries of tokens and passwords are given is watched, so that rules can look at it.
"""

from __future__ import annotations

from verifier.api import Pack

from . import _express_jwt, _hashing, _koa_jwt, _passport

PACK = Pack(
    packages=(
        "jwt",
        "jose",
        "authlib",
        "flask_jwt_extended",
        "passlib",
        "bcrypt",
        "argon2",
        "jsonwebtoken",
        "bcryptjs",
        "hono/jwt",
        "express-jwt",
        "koa-jwt",
        "passport",
        "koa-passport",
    ),
    objects=(*_hashing.OBJECTS, *_passport.OBJECTS),
    functions={**_express_jwt.FUNCTIONS, **_koa_jwt.FUNCTIONS, **_passport.FUNCTIONS},
    watches=(
        r"jwt\.(?:encode|decode)",
        r"jwt\.PyJWT(?:\(\))?\.(?:encode|decode)",
        r"jose\.jwt\.(?:encode|decode)",
        r"jose\.(?:jwtVerify|SignJWT(?:\..*)?)",
        r"flask_jwt_extended(?:\.utils)?\.create_(?:access|refresh)_token",
        r"jsonwebtoken\.(?:default\.)?(?:sign|verify|decode)",
        r"hono/jwt\.(?:sign|verify|decode)",
        r"passlib\..*",
    ),
)
