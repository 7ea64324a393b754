"""The answers that Conduit's specification describes: their statuses, and the objects in them."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.run.suite.expect import (
    BOOLEAN,
    EXPLAINED,
    FILLED,
    INTEGER,
    TEXT,
    TEXT_OR_NULL,
    TEXTS,
    TIME,
    Expectation,
    discreet,
    every,
    has,
    in_any_order,
    in_order,
    without,
)

# What is right where the specification leaves a choice, or common practice takes one.
OK = (200,)
CREATED = (200, 201)
DELETED = (200, 204)
UNAUTHORIZED = (401, 403)
NOT_LOGGED_IN = (400, 401, 403, 404, 422)
NOT_YOURS = (401, 403, 404)
NOT_FOUND = (404,)
INVALID = (400, 409, 422)
# A parameter out of its range: it may be refused, or passed over.
LENIENT = (200, 400, 422)
# Doing twice what counts once: it may be taken quietly, or refused.
AGAIN = (200, 201, 204, 400, 403, 404, 409, 422)

Expectations = tuple[Expectation, ...]


def user(
    who: str, *, email: str | None = None, bio: object = TEXT_OR_NULL, image: object = TEXT_OR_NULL
) -> Expectations:
    """A user's own account."""
    return (
        discreet("user"),
        has("user.username", f"{{{who}}}"),
        has("user.email", email or f"{{{who}.email}}"),
        has("user.bio", bio),
        has("user.image", image),
        has("user.token", FILLED),
    )


def profile(
    who: str, *, following: bool, bio: object = TEXT_OR_NULL, image: object = TEXT_OR_NULL, at: str = "profile"
) -> Expectations:
    """A user as others see them."""
    return (
        discreet(at),
        has(f"{at}.username", f"{{{who}}}"),
        has(f"{at}.bio", bio),
        has(f"{at}.image", image),
        has(f"{at}.following", following),
    )


def article(
    which: str,
    *,
    by: str,
    tags: tuple[str, ...],
    favorited: bool = False,
    favorites: int = 0,
    following: bool = False,
    changed: Mapping[str, object] | None = None,
) -> Expectations:
    """One of our articles. ``changed`` are those of its properties that are not what they were at first."""
    properties: dict[str, object] = {
        "slug": FILLED,
        "title": "{first.title}" if which == "third" else f"{{{which}.title}}",
        "description": f"{{{which}.description}}",
        "body": f"{{{which}.body}}",
        "tagList": in_any_order(*tags),
        "createdAt": TIME,
        "updatedAt": TIME,
        "favorited": favorited,
        "favoritesCount": favorites,
        **(changed or {}),
    }
    return (
        *(has(f"article.{name}", expected) for name, expected in properties.items()),
        *profile(by, following=following, at="article.author"),
    )


def articles(*slugs: str, count: object) -> Expectations:
    """A list of exactly these articles, the newest first, of which there are so many in all."""
    return (
        has("articles[].slug", in_order(*slugs)),
        has("articlesCount", count),
    )


def items(bodies_in_lists: bool) -> Expectations:
    """What all articles of a list have."""
    return (
        every("articles[].slug", FILLED),
        every("articles[].title", TEXT),
        every("articles[].description", TEXT),
        every("articles[].body", TEXT) if bodies_in_lists else without("articles[].body"),
        every("articles[].tagList", TEXTS),
        every("articles[].createdAt", TIME),
        every("articles[].updatedAt", TIME),
        every("articles[].favorited", BOOLEAN),
        every("articles[].favoritesCount", INTEGER),
        discreet("articles[].author"),
        every("articles[].author.username", TEXT),
        every("articles[].author.bio", TEXT_OR_NULL),
        every("articles[].author.image", TEXT_OR_NULL),
        every("articles[].author.following", BOOLEAN),
    )


def comment(body: str, *, by: str, following: bool = False) -> Expectations:
    """A comment that was just made."""
    return (
        has("comment.id", INTEGER),
        has("comment.body", body),
        has("comment.createdAt", TIME),
        has("comment.updatedAt", TIME),
        *profile(by, following=following, at="comment.author"),
    )


def comments(*ids: str) -> Expectations:
    """The comments of an article: exactly these."""
    return (
        has("comments[].id", in_any_order(*ids)),
        every("comments[].body", TEXT),
        every("comments[].createdAt", TIME),
        every("comments[].updatedAt", TIME),
        discreet("comments[].author"),
        every("comments[].author.username", TEXT),
    )


REFUSED = (EXPLAINED,)
