"""Favorites. Ben takes two articles and gives one back, Carla takes one, Anna none."""

from __future__ import annotations

from verifier.run.suite.conduit.answers import AGAIN, CREATED, NOT_FOUND, article, articles, items
from verifier.run.suite.expect import every, has
from verifier.run.suite.steps import Step, section

FAVORITE = "POST /articles/{slug}/favorite"
UNFAVORITE = "DELETE /articles/{slug}/favorite"
LIST = "GET /articles"

FIRST_TAGS = ("{shared}", "{early}")


def steps(bodies_in_lists: bool) -> tuple[Step, ...]:
    """Requests without a body, which still say that it is JSON: servers must not stumble over that."""
    item = items(bodies_in_lists)
    return section(
        "favorites",
        Step(
            "Ben favorites the first article",
            FAVORITE,
            "/articles/{first.slug}/favorite",
            as_="ben",
            status=CREATED,
            expects=article("first", by="anna", tags=FIRST_TAGS, favorited=True, favorites=1, following=True),
            supposes=("ben follows anna",),
            does="ben favorites the first",
        ),
        Step(
            "Carla favorites it too",
            FAVORITE,
            "/articles/{first.slug}/favorite",
            as_="carla",
            status=CREATED,
            expects=article("first", by="anna", tags=FIRST_TAGS, favorited=True, favorites=2),
            supposes=("ben favorites the first",),
            does="carla favorites the first",
        ),
        Step(
            "Ben favorites his own article",
            FAVORITE,
            "/articles/{second.slug}/favorite",
            as_="ben",
            status=CREATED,
            expects=article("second", by="ben", tags=("{shared}", "{late}"), favorited=True, favorites=1),
            does="ben favorites the second",
        ),
        Step(
            "Ben favorites the first article once more",
            FAVORITE,
            "/articles/{first.slug}/favorite",
            as_="ben",
            status=AGAIN,
        ),
        Step(
            "the first article, for Anna who did not favorite it",
            "GET /articles/{slug}",
            "/articles/{first.slug}",
            as_="anna",
            expects=article("first", by="anna", tags=FIRST_TAGS, favorited=False, favorites=2),
            supposes=("ben favorites the first", "carla favorites the first"),
        ),
        Step(
            "articles that Ben favorited",
            LIST,
            query={"favorited": "{ben}"},
            expects=(
                *articles("{second.slug}", "{first.slug}", count=2),
                *item,
                has("articles[slug={first.slug}].favoritesCount", 2),
                has("articles[slug={second.slug}].favoritesCount", 1),
                every("articles[].favorited", False),
            ),
            supposes=("ben favorites the first", "ben favorites the second", "carla favorites the first"),
        ),
        Step(
            "articles that Carla favorited, for Carla",
            LIST,
            as_="carla",
            query={"favorited": "{carla}"},
            expects=(*articles("{first.slug}", count=1), *item, every("articles[].favorited", True)),
            supposes=("carla favorites the first",),
        ),
        Step("articles that Anna favorited", LIST, query={"favorited": "{anna}"}, expects=articles(count=0)),
        Step(
            "articles by Ben that he favorited himself",
            LIST,
            query={"favorited": "{ben}", "author": "{ben}"},
            expects=articles("{second.slug}", count=1),
            supposes=("ben favorites the second",),
        ),
        Step(
            "all articles, for Carla who favorited one",
            LIST,
            as_="carla",
            query={"limit": 3},
            expects=(
                has("articles[slug={first.slug}].favorited", True),
                has("articles[slug={second.slug}].favorited", False),
                has("articles[slug={third.slug}].favorited", False),
                has("articles[slug={first.slug}].favoritesCount", 2),
                has("articles[slug={second.slug}].favoritesCount", 1),
                has("articles[slug={third.slug}].favoritesCount", 0),
            ),
            supposes=("ben favorites the first", "ben favorites the second", "carla favorites the first"),
        ),
        Step(
            "Ben takes his favorite back",
            UNFAVORITE,
            "/articles/{first.slug}/favorite",
            as_="ben",
            status=CREATED,
            expects=article("first", by="anna", tags=FIRST_TAGS, favorited=False, favorites=1, following=True),
            supposes=("ben favorites the first", "carla favorites the first", "ben follows anna"),
            does="ben unfavorites the first",
        ),
        Step(
            "Ben takes it back once more",
            UNFAVORITE,
            "/articles/{first.slug}/favorite",
            as_="ben",
            status=AGAIN,
        ),
        Step(
            "the first article, for Carla who keeps her favorite",
            "GET /articles/{slug}",
            "/articles/{first.slug}",
            as_="carla",
            expects=article("first", by="anna", tags=FIRST_TAGS, favorited=True, favorites=1),
            supposes=("carla favorites the first", "ben unfavorites the first"),
        ),
        Step(
            "articles that Ben favorited and did not give back",
            LIST,
            query={"favorited": "{ben}"},
            expects=articles("{second.slug}", count=1),
            supposes=("ben favorites the second", "ben unfavorites the first"),
        ),
        Step(
            "a favorite that is not there",
            FAVORITE,
            "/articles/{unknown.slug}/favorite",
            as_="ben",
            status=NOT_FOUND,
        ),
        Step(
            "taking back a favorite that is not there",
            UNFAVORITE,
            "/articles/{unknown.slug}/favorite",
            as_="ben",
            status=NOT_FOUND,
        ),
    )
