"""Deletion: of an article that has tags, a comment and a favorite, and of nothing else."""

from __future__ import annotations

from verifier.run.suite.conduit.answers import DELETED, NOT_FOUND, articles
from verifier.run.suite.steps import Step, section

SHOW = "GET /articles/{slug}"
DELETE = "DELETE /articles/{slug}"
LIST = "GET /articles"

GONE = ("the first is gone",)

STEPS = section(
    "deletion",
    Step(
        "Anna deletes her first article",
        DELETE,
        "/articles/{first.slug}",
        as_="anna",
        status=DELETED,
        does="the first is gone",
    ),
    Step("the first article is gone", SHOW, "/articles/{first.slug}", status=NOT_FOUND, supposes=GONE),
    Step(
        "the comments of the first article are gone",
        "GET /articles/{slug}/comments",
        "/articles/{first.slug}/comments",
        status=NOT_FOUND,
        supposes=GONE,
    ),
    Step(
        "articles with the tag that both had",
        LIST,
        query={"tag": "{shared}"},
        expects=articles("{second.slug}", count=1),
        supposes=GONE,
    ),
    Step(
        "articles that Carla favorited",
        LIST,
        query={"favorited": "{carla}"},
        expects=articles(count=0),
        supposes=GONE,
    ),
    Step(
        "the feed of Ben, without the first article",
        "GET /articles/feed",
        as_="ben",
        expects=articles("{renamed.slug}", count=1),
        supposes=(*GONE, "ben follows anna"),
    ),
    Step(
        "the first article is deleted once more",
        DELETE,
        "/articles/{first.slug}",
        as_="anna",
        status=NOT_FOUND,
        supposes=GONE,
    ),
)
