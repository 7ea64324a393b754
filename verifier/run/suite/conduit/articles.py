"""Publishing articles, and reading them."""

from __future__ import annotations

from verifier.run.suite.conduit.answers import CREATED, NOT_FOUND, article
from verifier.run.suite.expect import moment_of, other_than
from verifier.run.suite.steps import Step, section

SHOW = "GET /articles/{slug}"
PUBLISH = "POST /articles"

PUBLISHED = ("the first is published", "the second is published", "the third is published")


def content(which: str, *tags: str) -> dict[str, object]:
    """The body of a publication."""
    title = "{first.title}" if which == "third" else f"{{{which}.title}}"
    new: dict[str, object] = {
        "title": title,
        "description": f"{{{which}.description}}",
        "body": f"{{{which}.body}}",
    }
    return {"article": new | ({"tagList": list(tags)} if tags else {})}


STEPS = section(
    "articles",
    Step(
        "Anna publishes an article with two tags",
        PUBLISH,
        as_="anna",
        body=content("first", "{shared}", "{early}"),
        status=CREATED,
        expects=article("first", by="anna", tags=("{shared}", "{early}")),
        saves={"first.slug": "article.slug", "first.created": "article.createdAt"},
        does="the first is published",
    ),
    Step(
        "Ben publishes one that shares a tag with it",
        PUBLISH,
        as_="ben",
        body=content("second", "{shared}", "{late}"),
        apart="first.created",
        status=CREATED,
        expects=article("second", by="ben", tags=("{shared}", "{late}")),
        saves={"second.slug": "article.slug", "second.created": "article.createdAt"},
        does="the second is published",
    ),
    Step(
        "Anna publishes another of the same title, without tags",
        PUBLISH,
        as_="anna",
        body=content("third"),
        status=CREATED,
        expects=article("third", by="anna", tags=(), changed={"slug": other_than("{first.slug}")}),
        saves={"third.slug": "article.slug"},
        does="the third is published",
    ),
    Step(
        "the first article, for anybody",
        SHOW,
        "/articles/{first.slug}",
        expects=article(
            "first",
            by="anna",
            tags=("{shared}", "{early}"),
            changed={"slug": "{first.slug}", "createdAt": moment_of("{first.created}")},
        ),
    ),
    Step(
        "the first article, for Ben who follows Anna",
        SHOW,
        "/articles/{first.slug}",
        as_="ben",
        expects=article("first", by="anna", tags=("{shared}", "{early}"), following=True),
        supposes=("ben follows anna",),
    ),
    Step(
        "the third article, of the same title",
        SHOW,
        "/articles/{third.slug}",
        expects=article("third", by="anna", tags=(), changed={"slug": "{third.slug}"}),
    ),
    Step("an article that is not there", SHOW, "/articles/{unknown.slug}", status=NOT_FOUND),
)
