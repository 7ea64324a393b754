"""Changes of articles: by their author, of what was asked and of nothing else."""

from __future__ import annotations

from verifier.run.suite.conduit.answers import NOT_FOUND, OK, article
from verifier.run.suite.expect import TIME, moment_of, not_before, other_than
from verifier.run.suite.steps import Step, section

SHOW = "GET /articles/{slug}"
CHANGE = "PUT /articles/{slug}"

NEW_BODY = {
    "slug": "{first.slug}",
    "body": "{first.newbody}",
    "createdAt": moment_of("{first.created}"),
    "updatedAt": not_before("{first.created}"),
}

STEPS = section(
    "changes",
    Step(
        "Anna changes the body of her first article",
        CHANGE,
        "/articles/{first.slug}",
        as_="anna",
        body={"article": {"body": "{first.newbody}"}},
        status=OK,
        expects=article("first", by="anna", tags=("{shared}", "{early}"), favorites=1, changed=NEW_BODY),
        supposes=("carla favorites the first", "ben unfavorites the first"),
        does="the first has a new body",
    ),
    Step(
        "the first article with its new body",
        SHOW,
        "/articles/{first.slug}",
        expects=article("first", by="anna", tags=("{shared}", "{early}"), favorites=1, changed=NEW_BODY),
        supposes=("the first has a new body", "carla favorites the first", "ben unfavorites the first"),
    ),
    Step(
        "Anna changes an article that is not there",
        CHANGE,
        "/articles/{unknown.slug}",
        as_="anna",
        body={"article": {"body": "{first.newbody}"}},
        status=NOT_FOUND,
    ),
    Step(
        "Anna gives her third article a title of its own",
        CHANGE,
        "/articles/{third.slug}",
        as_="anna",
        body={"article": {"title": "{third.newtitle}"}},
        status=OK,
        expects=article(
            "third",
            by="anna",
            tags=(),
            changed={"slug": other_than("{third.slug}"), "title": "{third.newtitle}", "updatedAt": TIME},
        ),
        saves={"renamed.slug": "article.slug"},
    ),
    Step(
        "the third article under its new slug",
        SHOW,
        "/articles/{renamed.slug}",
        expects=article("third", by="anna", tags=(), changed={"slug": "{renamed.slug}", "title": "{third.newtitle}"}),
    ),
)
