"""A Conduit that is right, in memory, and that can be made wrong in one way at a time.

``Conduit(faults={"..."})`` breaks what the fault names; ``FAULTS`` are all of them. It is a WSGI application, so that
it runs behind a real server as well as inside the test.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote
from wsgiref.types import StartResponse, WSGIEnvironment

Json = Any

FAULTS = frozenset(
    """
    account-of-first-user update-of-all-users unfollow-of-all email-not-unique username-not-unique
    own-email-taken update-forgets-email update-forgets-bio update-clears-username update-not-saved any-password
    any-email no-token password-shown token-never-taken profile-without-bio profile-always-found follow-mutual
    follow-seen-by-all unfollow-for-all unfollow-not-saved follow-not-saved follow-twice-fails
    unfollow-twice-fails follow-answers-false unwrapped-article article-without-author slug-not-unique
    same-title-fails second-tag-fails tags-lost title-not-required empty-title-accepted body-lost wrong-article
    unknown-article-500 unknown-article-200 following-false-on-article list-ignores-author list-ignores-tag
    list-ignores-favorited list-last-filter-only list-oldest-first list-counts-page list-count-inflated
    list-count-text list-ignores-limit list-ignores-offset list-tags-filtered list-author-of-first
    list-following-false list-favorited-false list-count-of-favorites-zero list-body-toggled
    list-item-key-missing list-nothing-fails negative-offset-fails feed-of-everybody feed-of-followers
    feed-oldest-first feed-shadowed feed-ignores-page feed-with-own favorite-fails-without-body favorite-stale
    favorite-not-saved favorite-twice-counts favorited-by-anyone favorite-only-own unfavorite-for-all
    unfavorite-not-saved unfavorite-twice-fails favorites-count-text favorited-integer
    favorited-filter-is-author unknown-favorite-500 comment-on-any comments-of-all comment-id-text
    comment-author-of-article comment-deleted-by-anyone comment-of-other-article-deleted comment-not-deleted
    comment-body-not-required comments-following-false unknown-comment-204 tags-repeated tags-missing-one
    tags-only-first update-by-anyone update-clears-tags update-clears-description update-not-persisted
    update-moves-creation update-keeps-slug update-unknown-500 delete-by-anyone delete-not-done
    delete-fails-with-comments delete-deletes-all-favorites delete-keeps-comments delete-deletes-all
    anonymous-account anonymous-publish anonymous-comment anonymous-delete anonymous-favorite forged-accepted
    nonsense-fails time-without-zone created-at-now health-missing redirects-post first-error-not-json
    errors-unexplained
    """.split()
)


@dataclass
class User:
    id: int
    username: str
    email: str
    password: str
    bio: str | None = None
    image: str | None = None


@dataclass
class Article:
    id: int
    slug: str
    title: str
    description: str
    body: str
    tags: list[str]
    author: User
    created: datetime
    updated: datetime


@dataclass
class Comment:
    id: int
    body: str
    article: Article
    author: User
    created: datetime


@dataclass
class Asked:
    """A request."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    viewer: User | None = None

    def json(self) -> Json:
        try:
            return json.loads(self.body)
        except ValueError:
            raise RefusedError(422) from None


class RefusedError(Exception):
    """The answer is an error."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass
class Conduit:
    """The application and its data."""

    faults: frozenset[str] = frozenset()
    list_bodies: bool = False
    whole_seconds: bool = False
    users: list[User] = field(default_factory=list)
    articles: list[Article] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    follows: set[tuple[int, int]] = field(default_factory=set)
    favorites: list[tuple[int, int]] = field(default_factory=list)
    tokens: dict[str, User] = field(default_factory=dict)
    clock: datetime = field(default_factory=lambda: datetime.now(UTC))
    article_id: int = 0
    comment_id: int = 0

    def __post_init__(self) -> None:
        self.faults = frozenset(self.faults)
        assert self.faults <= FAULTS, self.faults - FAULTS

    def bad(self, *names: str) -> bool:
        """Whether one of the faults is switched on."""
        assert FAULTS.issuperset(names), names
        return not self.faults.isdisjoint(names)

    # WSGI

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        asked = Asked(
            environ["REQUEST_METHOD"],
            unquote(environ["PATH_INFO"]),
            {key: values[-1] for key, values in parse_qs(environ.get("QUERY_STRING", "")).items()},
            {"authorization": environ.get("HTTP_AUTHORIZATION", "")},
            environ["wsgi.input"].read(length) if length else b"",
        )
        status, content, extra = self.respond(asked)
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(content))), *extra]
        start(f"{status} Whatever", headers)
        return [content]

    def respond(self, asked: Asked) -> tuple[int, bytes, list[tuple[str, str]]]:
        if self.bad("redirects-post") and asked.method == "POST" and not asked.path.endswith("/"):
            return 301, b"", [("Location", f"{asked.path}/")]
        try:
            status, answer = self.route(asked)
        except RefusedError as error:
            if self.bad("errors-unexplained"):
                return error.status, b'{"detail": "no"}', []
            if self.bad("first-error-not-json") and error.status == 422:
                return error.status, b"<html>no</html>", []
            return error.status, json.dumps({"errors": {"request": ["was refused"]}}).encode(), []
        except Exception:
            return 500, b'{"errors": {"server": ["failed"]}}', []
        return status, b"" if answer is None else json.dumps(answer).encode(), []

    def route(self, asked: Asked) -> tuple[int, Json]:
        asked.viewer = self.viewer(asked)
        path = asked.path.removeprefix("/api").rstrip("/")
        for method, pattern, handler in ROUTES:
            found = re.fullmatch(pattern, path)
            if found and method == asked.method:
                if self.bad("feed-shadowed") and handler is Conduit.feed:
                    continue
                return handler(self, asked, *found.groups())
        raise RefusedError(404)

    # Who asks

    def viewer(self, asked: Asked) -> User | None:
        scheme, _, token = asked.headers["authorization"].partition(" ")
        if scheme != "Token" or self.bad("token-never-taken"):
            return None
        if self.bad("nonsense-fails") and token == "nonsense":
            raise RuntimeError("malformed token")
        if self.bad("forged-accepted"):
            return self.tokens.get(token) or next(
                (self.tokens[one] for one in self.tokens if one[:8] == token[:8]), None
            )
        return self.tokens.get(token)

    def required(self, asked: Asked, unprotected: str | None = None) -> User:
        if asked.viewer is None:
            if unprotected is not None and self.bad(unprotected):
                return self.users[-1]
            raise RefusedError(401)
        return asked.viewer

    # Users

    def account(self, user: User) -> Json:
        token = f"{user.username[:8]}.{secrets.token_urlsafe(24)}"
        self.tokens[token] = user
        shown = {
            "email": user.email,
            "token": token,
            "username": user.username,
            "bio": user.bio,
            "image": user.image,
        }
        if self.bad("no-token"):
            del shown["token"]
        if self.bad("password-shown"):
            shown["password"] = user.password
        return {"user": shown}

    def fields(self, asked: Asked, wrapper: str, *required: str) -> dict[str, Json]:
        body = asked.json()
        inner = body.get(wrapper) if isinstance(body, dict) else None
        if not isinstance(inner, dict):
            raise RefusedError(422)
        for name in required:
            if not isinstance(inner.get(name), str) or not inner[name].strip():
                raise RefusedError(422)
        return inner

    def taken(self, changes: Mapping[str, Json], by_others_than: User | None = None) -> None:
        for user in self.users:
            if user is by_others_than and not self.bad("own-email-taken"):
                continue
            if changes.get("username") == user.username and not self.bad("username-not-unique"):
                raise RefusedError(422)
            if changes.get("email") == user.email and not self.bad("email-not-unique"):
                raise RefusedError(422)

    def register(self, asked: Asked) -> tuple[int, Json]:
        new = self.fields(asked, "user", "username", "email", "password")
        self.taken(new)
        user = User(len(self.users) + 1, new["username"], new["email"], new["password"])
        self.users.append(user)
        return 201, self.account(user)

    def login(self, asked: Asked) -> tuple[int, Json]:
        given = self.fields(asked, "user", "email", "password")
        user = next((user for user in self.users if user.email == given["email"]), None)
        if user is None and self.bad("any-email"):
            user = self.users[0]
            return 200, self.account(user)
        if user is None or (user.password != given["password"] and not self.bad("any-password")):
            raise RefusedError(401)
        return 200, self.account(user)

    def current(self, asked: Asked) -> tuple[int, Json]:
        user = self.required(asked, "anonymous-account")
        return 200, self.account(self.users[0] if self.bad("account-of-first-user") else user)

    def update_user(self, asked: Asked) -> tuple[int, Json]:
        user = self.required(asked)
        changes = self.fields(asked, "user")
        self.taken(changes, by_others_than=user)
        target = User(**vars(user)) if self.bad("update-not-saved") else user
        for name in ("username", "email", "password", "bio", "image"):
            if name in changes and not (name == "email" and self.bad("update-forgets-email")):
                setattr(target, name, changes[name])
            elif name == "bio" and self.bad("update-forgets-bio"):
                target.bio = None
        if self.bad("update-of-all-users") and "bio" in changes:
            for other in self.users:
                other.bio = changes["bio"]
        if self.bad("update-clears-username") and "username" not in changes:
            target.username = ""
        return 200, self.account(target)

    # Profiles

    def profile(self, user: User, viewer: User | None, following: bool | None = None) -> Json:
        if following is None:
            following = viewer is not None and (viewer.id, user.id) in self.follows
            if self.bad("follow-mutual"):
                following = following or (viewer is not None and (user.id, viewer.id) in self.follows)
            if self.bad("follow-seen-by-all"):
                following = any(followed == user.id for _, followed in self.follows)
        shown = {"username": user.username, "bio": user.bio, "image": user.image, "following": following}
        if self.bad("profile-without-bio"):
            del shown["bio"]
        return shown

    def named(self, username: str) -> User:
        for user in self.users:
            if user.username == username:
                return user
        if self.bad("profile-always-found"):
            return self.users[0]
        raise RefusedError(404)

    def show_profile(self, asked: Asked, username: str) -> tuple[int, Json]:
        return 200, {"profile": self.profile(self.named(username), asked.viewer)}

    def follow(self, asked: Asked, username: str) -> tuple[int, Json]:
        viewer = self.required(asked)
        user = self.named(username)
        if self.bad("follow-twice-fails") and (viewer.id, user.id) in self.follows:
            raise RuntimeError("unique violation")
        before = self.profile(user, viewer)
        if not self.bad("follow-not-saved"):
            self.follows.add((viewer.id, user.id))
        return 200, {"profile": before if self.bad("follow-answers-false") else self.profile(user, viewer, True)}

    def unfollow(self, asked: Asked, username: str) -> tuple[int, Json]:
        viewer = self.required(asked)
        user = self.named(username)
        if self.bad("unfollow-twice-fails"):
            self.follows.remove((viewer.id, user.id))
        if self.bad("unfollow-of-all"):
            self.follows = {pair for pair in self.follows if pair[0] != viewer.id}
        if self.bad("unfollow-for-all"):
            self.follows = {pair for pair in self.follows if pair[1] != user.id}
        if not self.bad("unfollow-not-saved"):
            self.follows.discard((viewer.id, user.id))
        return 200, {"profile": self.profile(user, viewer, False)}

    # Articles

    def now(self) -> datetime:
        self.clock = max(datetime.now(UTC), self.clock + timedelta(milliseconds=1))
        return self.clock.replace(microsecond=0) if self.whole_seconds else self.clock

    def time(self, moment: datetime) -> str:
        shown = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return shown.removesuffix("Z") if self.bad("time-without-zone") else shown

    def article(self, article: Article, viewer: User | None, **changed: Json) -> Json:
        favorited = viewer is not None and (viewer.id, article.id) in self.favorites
        if self.bad("favorited-by-anyone"):
            favorited = any(favorite[1] == article.id for favorite in self.favorites)
        count = sum(favorite[1] == article.id for favorite in self.favorites)
        shown: dict[str, Json] = {
            "slug": article.slug,
            "title": article.title,
            "description": article.description,
            "body": "" if self.bad("body-lost") else article.body,
            "tagList": [] if self.bad("tags-lost") else article.tags,
            "createdAt": self.time(self.now() + timedelta(days=1) if self.bad("created-at-now") else article.created),
            "updatedAt": self.time(article.updated),
            "favorited": int(favorited) if self.bad("favorited-integer") else favorited,
            "favoritesCount": str(count) if self.bad("favorites-count-text") else count,
            "author": self.profile(article.author, viewer),
            **changed,
        }
        if self.bad("article-without-author"):
            del shown["author"]
        return shown

    def single(self, article: Article, viewer: User | None, **changed: Json) -> Json:
        shown = self.article(article, viewer, **changed)
        if self.bad("following-false-on-article"):
            shown["author"]["following"] = False
        return shown if self.bad("unwrapped-article") else {"article": shown}

    def slugged(self, slug: str, fault: str = "unknown-article-500") -> Article:
        for article in self.articles:
            if article.slug == slug:
                return self.articles[0] if self.bad("wrong-article") else article
        if self.bad(fault):
            raise RuntimeError("'NoneType' object has no attribute 'id'")
        raise RefusedError(404)

    def slug(self, title: str) -> str:
        slug = re.sub(r"\W+", "-", title.lower()).strip("-")
        if any(article.slug == slug for article in self.articles):
            if self.bad("same-title-fails"):
                raise RuntimeError("unique violation")
            if not self.bad("slug-not-unique"):
                return f"{slug}-{secrets.token_hex(3)}"
        return slug

    def publish(self, asked: Asked) -> tuple[int, Json]:
        author = self.required(asked, "anonymous-publish")
        required = (
            ("description", "body")
            if self.bad("title-not-required", "empty-title-accepted")
            else ("title", "description", "body")
        )
        new = self.fields(asked, "article", *required)
        if self.bad("empty-title-accepted") and "title" not in new:
            raise RefusedError(422)
        tags = new.get("tagList", [])
        if self.bad("second-tag-fails") and any(tag in article.tags for tag in tags for article in self.articles):
            raise RuntimeError("unique violation")
        now = self.now()
        title = new.get("title", "untitled")
        self.article_id += 1
        article = Article(
            self.article_id, self.slug(title), title, new["description"], new["body"], tags, author, now, now
        )
        self.articles.append(article)
        return 201, self.single(article, author)

    def show_article(self, asked: Asked, slug: str) -> tuple[int, Json]:
        try:
            article = self.slugged(slug)
        except RefusedError:
            if self.bad("unknown-article-200"):
                return 200, {"article": None}
            raise
        return 200, self.single(article, asked.viewer)

    def page(self, asked: Asked, found: list[Article], oldest_first: bool = False, whole: bool = False) -> Json:
        if self.bad("list-nothing-fails") and not found:
            raise RuntimeError("syntax error: IN ()")
        if not oldest_first:
            found = sorted(found, key=lambda article: (article.created, article.id), reverse=True)
        try:
            limit, offset = int(asked.query.get("limit", 20)), int(asked.query.get("offset", 0))
        except ValueError:
            raise RefusedError(422) from None
        if limit < 1 or offset < 0:
            if self.bad("negative-offset-fails"):
                raise RuntimeError("OFFSET must not be negative")
            raise RefusedError(422)
        limit = 20 if self.bad("list-ignores-limit") or whole else limit
        offset = 0 if self.bad("list-ignores-offset") or whole else offset
        listed = found[offset : offset + limit]
        count: Json = len(listed) if self.bad("list-counts-page") else len(found)
        if self.bad("list-count-inflated"):
            count = sum(max(1, len(article.tags)) for article in found)
        return {
            "articles": [self.item(article, asked) for article in listed],
            "articlesCount": str(count) if self.bad("list-count-text") else count,
        }

    def item(self, article: Article, asked: Asked) -> Json:
        shown = self.article(article, asked.viewer)
        if self.bad("list-tags-filtered") and "tag" in asked.query:
            shown["tagList"] = [asked.query["tag"]]
        if self.bad("list-author-of-first"):
            shown["author"] = self.profile(self.articles[0].author, asked.viewer)
        if self.bad("list-following-false"):
            shown["author"]["following"] = False
        if self.bad("list-favorited-false"):
            shown["favorited"] = False
        if self.bad("list-count-of-favorites-zero"):
            shown["favoritesCount"] = 0
        if self.bad("list-item-key-missing"):
            del shown["updatedAt"]
        if self.list_bodies == self.bad("list-body-toggled"):
            del shown["body"]
        return shown

    def list_articles(self, asked: Asked) -> tuple[int, Json]:
        found = list(self.articles)
        conditions: list[tuple[str, Callable[[Article, str], bool]]] = [
            ("author", lambda article, author: article.author.username == author),
            ("tag", lambda article, tag: tag in article.tags),
            ("favorited", self.is_favorite),
        ]
        for name, meets in conditions:
            if name in asked.query and not self.bad(f"list-ignores-{name}"):
                if self.bad("list-last-filter-only"):
                    found = list(self.articles)
                found = [article for article in found if meets(article, asked.query[name])]
        return 200, self.page(asked, found, oldest_first=self.bad("list-oldest-first"))

    def is_favorite(self, article: Article, username: str) -> bool:
        fans = [user.username for user in self.users if (user.id, article.id) in self.favorites]
        if self.bad("favorited-filter-is-author"):
            return bool(fans) and article.author.username == username
        return username in fans

    def feed(self, asked: Asked) -> tuple[int, Json]:
        viewer = self.required(asked)
        found = [article for article in self.articles if (viewer.id, article.author.id) in self.follows]
        if self.bad("feed-of-everybody"):
            found = list(self.articles)
        if self.bad("feed-of-followers"):
            found = [article for article in self.articles if (article.author.id, viewer.id) in self.follows]
        if self.bad("feed-with-own"):
            found += [article for article in self.articles if article.author is viewer]
        return 200, self.page(asked, found, self.bad("feed-oldest-first"), self.bad("feed-ignores-page"))

    def own(self, slug: str, viewer: User, anyone: str, unknown: str = "unknown-article-500") -> Article:
        article = self.slugged(slug, unknown)
        if article.author is not viewer and not self.bad(anyone):
            raise RefusedError(403)
        return article

    def update_article(self, asked: Asked, slug: str) -> tuple[int, Json]:
        viewer = self.required(asked)
        article = self.own(slug, viewer, "update-by-anyone", "update-unknown-500")
        changes = self.fields(asked, "article")
        if self.bad("update-not-persisted"):
            return 200, self.single(article, viewer, **changes)
        if "title" in changes and not self.bad("update-keeps-slug"):
            article.slug = self.slug(changes["title"])
        article.title = changes.get("title", article.title)
        article.description = changes.get(
            "description", "" if self.bad("update-clears-description") else article.description
        )
        article.body = changes.get("body", article.body)
        article.updated = self.now()
        if self.bad("update-clears-tags"):
            article.tags = []
        if self.bad("update-moves-creation"):
            article.created = self.now() + timedelta(minutes=1)
        return 200, self.single(article, viewer)

    def delete_article(self, asked: Asked, slug: str) -> tuple[int, Json]:
        if asked.viewer is None and self.bad("anonymous-delete"):
            article = self.slugged(slug)
        else:
            article = self.own(slug, self.required(asked), "delete-by-anyone")
        if self.bad("delete-fails-with-comments") and any(comment.article is article for comment in self.comments):
            raise RuntimeError("foreign key violation")
        if self.bad("delete-not-done"):
            return 204, None
        self.articles = [] if self.bad("delete-deletes-all") else [one for one in self.articles if one is not article]
        self.comments = [comment for comment in self.comments if comment.article is not article]
        self.favorites = [pair for pair in self.favorites if pair[1] != article.id]
        if self.bad("delete-deletes-all-favorites"):
            self.favorites = []
        return 204, None

    # Favorites

    def favorite(self, asked: Asked, slug: str) -> tuple[int, Json]:
        viewer = self.required(asked, "anonymous-favorite")
        if self.bad("favorite-fails-without-body"):
            asked.json()
        article = self.slugged(slug, "unknown-favorite-500")
        if self.bad("favorite-only-own") and article.author is not viewer:
            raise RefusedError(403)
        before = self.single(article, viewer)
        if (viewer.id, article.id) not in self.favorites or self.bad("favorite-twice-counts"):
            self.favorites.append((viewer.id, article.id))
        after = self.single(article, viewer)
        if self.bad("favorite-not-saved"):
            self.favorites.pop()
        return 200, before if self.bad("favorite-stale") else after

    def unfavorite(self, asked: Asked, slug: str) -> tuple[int, Json]:
        viewer = self.required(asked)
        article = self.slugged(slug, "unknown-favorite-500")
        pair = (viewer.id, article.id)
        if self.bad("unfavorite-twice-fails"):
            self.favorites.remove(pair)
        left = [one for one in self.favorites if one != pair]
        if self.bad("unfavorite-for-all"):
            left = [one for one in self.favorites if one[1] != article.id]
        before, self.favorites = self.favorites, left
        answer = self.single(article, viewer)
        if self.bad("unfavorite-not-saved"):
            self.favorites = before
        return 200, answer

    # Comments

    def comment(self, comment: Comment, viewer: User | None) -> Json:
        author = comment.article.author if self.bad("comment-author-of-article") else comment.author
        shown = self.profile(author, viewer)
        if self.bad("comments-following-false"):
            shown["following"] = False
        return {
            "id": str(comment.id) if self.bad("comment-id-text") else comment.id,
            "createdAt": self.time(comment.created),
            "updatedAt": self.time(comment.created),
            "body": comment.body,
            "author": shown,
        }

    def add_comment(self, asked: Asked, slug: str) -> tuple[int, Json]:
        author = self.required(asked, "anonymous-comment")
        article = self.articles[0] if self.bad("comment-on-any") else self.slugged(slug)
        required = () if self.bad("comment-body-not-required") else ("body",)
        body = self.fields(asked, "comment", *required).get("body", "")
        self.comment_id += 1
        comment = Comment(self.comment_id, body, article, author, self.now())
        self.comments.append(comment)
        return 201, {"comment": self.comment(comment, author)}

    def list_comments(self, asked: Asked, slug: str) -> tuple[int, Json]:
        if self.bad("delete-keeps-comments"):
            article = next((one for one in self.articles if one.slug == slug), None)
        else:
            article = self.slugged(slug)
        found = [one for one in self.comments if one.article is article or self.bad("comments-of-all")]
        return 200, {"comments": [self.comment(comment, asked.viewer) for comment in found]}

    def delete_comment(self, asked: Asked, slug: str, number: str) -> tuple[int, Json]:
        viewer = self.required(asked)
        article = self.slugged(slug)
        for comment in self.comments:
            if str(comment.id) == number:
                if comment.article is not article and not self.bad("comment-of-other-article-deleted"):
                    break
                if comment.author is not viewer and not self.bad("comment-deleted-by-anyone"):
                    raise RefusedError(403)
                if not self.bad("comment-not-deleted"):
                    self.comments.remove(comment)
                return 204, None
        if self.bad("unknown-comment-204"):
            return 204, None
        raise RefusedError(404)

    # The rest

    def tags(self, asked: Asked) -> tuple[int, Json]:
        found = [tag for article in self.articles for tag in article.tags]
        if not self.bad("tags-repeated"):
            found = list(dict.fromkeys(found))
        if self.bad("tags-missing-one"):
            found = found[1:]
        if self.bad("tags-only-first"):
            found = found[:1]
        return 200, {"tags": found}

    def health(self, asked: Asked) -> tuple[int, Json]:
        if self.bad("health-missing"):
            raise RefusedError(404)
        return 200, {"status": "ok"}


Handler = Callable[..., tuple[int, Json]]
SLUG = "/articles/([^/]+)"
ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/health-check", Conduit.health),
    ("POST", "/users", Conduit.register),
    ("POST", "/users/login", Conduit.login),
    ("GET", "/user", Conduit.current),
    ("PUT", "/user", Conduit.update_user),
    ("GET", "/profiles/([^/]+)", Conduit.show_profile),
    ("POST", "/profiles/([^/]+)/follow", Conduit.follow),
    ("DELETE", "/profiles/([^/]+)/follow", Conduit.unfollow),
    ("GET", "/articles", Conduit.list_articles),
    ("POST", "/articles", Conduit.publish),
    ("GET", "/articles/feed", Conduit.feed),
    ("GET", SLUG, Conduit.show_article),
    ("PUT", SLUG, Conduit.update_article),
    ("DELETE", SLUG, Conduit.delete_article),
    ("GET", f"{SLUG}/comments", Conduit.list_comments),
    ("POST", f"{SLUG}/comments", Conduit.add_comment),
    ("DELETE", f"{SLUG}/comments/([^/]+)", Conduit.delete_comment),
    ("POST", f"{SLUG}/favorite", Conduit.favorite),
    ("DELETE", f"{SLUG}/favorite", Conduit.unfavorite),
    ("GET", "/tags", Conduit.tags),
)
