"""The API's public collection, as far as its requests are known by name alone.

Reports in one line a request tell no address. The collection is public and the same for everybody, so the name of a
request and its place tell what it asks. Nothing here is about any project under test.
"""

from __future__ import annotations

from msgspec import Struct


class Asked(Struct, frozen=True):
    """A request of the collection.

    Attributes:
        operation: of the contract.
        total: how many assertions it has, where there are items to look at.
        needs: what earlier requests have to give: ``token``, ``slug``, ``comment``.
        gives: what it gives to later ones.
        path: with ``{slug}`` where a value is put in.
    """

    name: str
    operation: str
    total: int
    needs: tuple[str, ...] = ()
    gives: str = ""

    @property
    def path(self) -> str:
        return self.operation.partition(" ")[2]


OF_LIST, FEW = 17, 5
ARTICLE, FAVORITE = "GET /articles/{slug}", "POST /articles/{slug}/favorite"
COMMENTS = "GET /articles/{slug}/comments"
REQUESTS: tuple[Asked, ...] = (
    Asked("Register", "POST /users", 6),
    Asked("Login", "POST /users/login", 6),
    Asked("Login and Remember Token", "POST /users/login", 7, gives="token"),
    Asked("Current User", "GET /user", 6, ("token",)),
    Asked("Update User", "PUT /user", 6, ("token",)),
    Asked("Create Article", "POST /articles", 13, ("token",), gives="slug"),
    Asked("Feed", "GET /articles/feed", 17, ("token",)),
    Asked("All Articles", "GET /articles", 17),
    Asked("All Articles with auth", "GET /articles", 17),
    Asked("Articles by Author", "GET /articles", 17),
    Asked("Articles by Author with auth", "GET /articles", 17),
    Asked("Single Article by slug", ARTICLE, 13, ("slug",)),
    Asked("Articles by Tag", "GET /articles", 17),
    Asked("Update Article", "PUT /articles/{slug}", 13, ("slug", "token")),
    Asked("Favorite Article", FAVORITE, 15, ("slug", "token"), gives="favorite"),
    Asked("Articles Favorited by Username", "GET /articles", 17, ("favorite",)),
    Asked("Articles Favorited by Username with auth", "GET /articles", 17, ("favorite",)),
    Asked("Unfavorite Article", "DELETE /articles/{slug}/favorite", 14, ("slug", "token")),
    Asked("Create Comment for Article", "POST /articles/{slug}/comments", 6, ("slug", "token"), gives="comment"),
    Asked("All Comments for Article", COMMENTS, 7, ("slug",)),
    Asked("All Comments for Article without login", COMMENTS, 7, ("slug",)),
    Asked("Register Celeb", "POST /users", 6, gives="celebrity"),
    Asked("Profile", "GET /profiles/{username}", 6, ("celebrity",)),
    Asked("Follow Profile", "POST /profiles/{username}/follow", 7, ("celebrity", "token")),
    Asked("Unfollow Profile", "DELETE /profiles/{username}/follow", 7, ("celebrity", "token")),
    Asked("All Tags", "GET /tags", 3),
)
OPERATIONS = tuple(dict.fromkeys(one.operation for one in REQUESTS))
KNOWN = {(one.name.lower(), one.operation.partition(" ")[0]): one for one in REQUESTS}


def asked(name: str, method: str) -> Asked | None:
    """The request of the collection that a name means."""
    return KNOWN.get((" ".join(name.lower().split()), method))


def total_of(name: str, method: str, failed: int) -> int:
    """How many assertions a request of the collection has; 0 where it is none of them.

    A list without items has five, be it before there are any articles or for who follows nobody.
    """
    known = asked(name, method)
    if known is None:
        return 0
    return FEW if known.total == OF_LIST and failed <= FEW and failed not in (1, 2) else known.total
