"""Lists of articles, and the feed: who finds what, in which order, and of how many."""

from __future__ import annotations

from verifier.run.suite.conduit.answers import articles, items
from verifier.run.suite.conduit.articles import PUBLISHED
from verifier.run.suite.expect import (
    INTEGER,
    LIST,
    NEWEST_FIRST,
    every,
    has,
    in_any_order,
    more_than,
)
from verifier.run.suite.steps import Step, section

ALL = "GET /articles"
FEED = "GET /articles/feed"


def of_nothing() -> tuple[Step, ...]:
    """Before we have published anything."""
    return section(
        "lists before",
        Step(
            "all articles, of whomever",
            ALL,
            expects=(
                has("articlesCount", INTEGER),
                has("articles", LIST),
            ),
            saves={"count": "articlesCount"},
        ),
        Step("articles by Anna, who has none", ALL, query={"author": "{anna}"}, expects=articles(count=0)),
        Step("articles with a tag of ours", ALL, query={"tag": "{shared}"}, expects=articles(count=0)),
        Step("the feed of Ben, who follows Anna", FEED, as_="ben", expects=articles(count=0)),
    )


def of_articles(bodies_in_lists: bool) -> tuple[Step, ...]:
    """After Anna published the first and the third article, and Ben the second."""
    item = items(bodies_in_lists)
    return (
        *section(
            "lists",
            Step(
                "all articles, for anybody",
                ALL,
                query={"limit": 3},
                expects=(
                    *item,
                    has("articles[].slug", in_any_order("{third.slug}", "{second.slug}", "{first.slug}")),
                    has("articles[].createdAt", NEWEST_FIRST),
                    has("articlesCount", more_than("{count}", by=3)),
                    has("articles[slug={first.slug}].author.username", "{anna}"),
                    has("articles[slug={second.slug}].author.username", "{ben}"),
                    every("articles[].author.following", False),
                ),
            ),
            Step(
                "all articles, for Ben who follows Anna",
                ALL,
                as_="ben",
                expects=(
                    *item,
                    has("articles[].createdAt", NEWEST_FIRST),
                    has("articlesCount", more_than("{count}", by=3)),
                    has("articles[slug={first.slug}].author.following", True),
                    has("articles[slug={second.slug}].author.following", False),
                ),
                supposes=(*PUBLISHED, "ben follows anna"),
            ),
            Step(
                "articles by Anna",
                ALL,
                query={"author": "{anna}"},
                expects=(*articles("{third.slug}", "{first.slug}", count=2), *item),
            ),
            Step(
                "articles by Ben, for Carla who follows him",
                ALL,
                as_="carla",
                query={"author": "{ben}"},
                expects=(*articles("{second.slug}", count=1), *item, every("articles[].author.following", True)),
                supposes=("carla follows ben",),
            ),
            Step(
                "articles with the tag of two, each with all of its tags",
                ALL,
                as_="anna",
                query={"tag": "{shared}"},
                expects=(
                    *articles("{second.slug}", "{first.slug}", count=2),
                    *item,
                    has("articles[slug={first.slug}].tagList", in_any_order("{shared}", "{early}")),
                    has("articles[slug={second.slug}].tagList", in_any_order("{shared}", "{late}")),
                ),
            ),
            Step(
                "articles with the tag of one",
                ALL,
                query={"tag": "{early}"},
                expects=articles("{first.slug}", count=1),
            ),
            Step(
                "articles by Anna with the tag of two",
                ALL,
                query={"author": "{anna}", "tag": "{shared}"},
                expects=articles("{first.slug}", count=1),
            ),
            Step(
                "the first page of Anna's articles",
                ALL,
                query={"author": "{anna}", "limit": 1},
                expects=articles("{third.slug}", count=2),
            ),
            Step(
                "the second page of Anna's articles",
                ALL,
                query={"author": "{anna}", "limit": 1, "offset": 1},
                expects=articles("{first.slug}", count=2),
                supposes=PUBLISHED,
            ),
        ),
        *section(
            "feed",
            Step(
                "the feed of Ben, who follows Anna",
                FEED,
                as_="ben",
                expects=(
                    *articles("{third.slug}", "{first.slug}", count=2),
                    *item,
                    every("articles[].author.following", True),
                ),
                supposes=("ben follows anna",),
            ),
            Step(
                "the feed of Carla, who follows Ben",
                FEED,
                as_="carla",
                expects=articles("{second.slug}", count=1),
                supposes=("carla follows ben", "carla unfollows anna"),
            ),
            Step(
                "the feed of Anna, who follows nobody",
                FEED,
                as_="anna",
                expects=articles(count=0),
            ),
            Step(
                "the second page of Ben's feed",
                FEED,
                as_="ben",
                query={"limit": 1, "offset": 1},
                expects=articles("{first.slug}", count=2),
                supposes=(*PUBLISHED, "ben follows anna"),
            ),
        ),
    )
