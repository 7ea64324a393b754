"""Comments, and the tags of all articles."""

from __future__ import annotations

from verifier.run.suite.conduit.answers import (
    CREATED,
    DELETED,
    NOT_FOUND,
    OK,
    comment,
    comments,
)
from verifier.run.suite.conduit.articles import PUBLISHED
from verifier.run.suite.expect import WITHOUT_REPEATS, every, has, with_each_once
from verifier.run.suite.steps import Step, section

SHOW = "GET /articles/{slug}/comments"
ADD = "POST /articles/{slug}/comments"
DELETE = "DELETE /articles/{slug}/comments/{id}"

STEPS = (
    *section(
        "comments",
        Step(
            "Ben comments on the first article",
            ADD,
            "/articles/{first.slug}/comments",
            as_="ben",
            body={"comment": {"body": "{hello}"}},
            status=CREATED,
            expects=comment("{hello}", by="ben"),
            saves={"hello.id": "comment.id"},
        ),
        Step(
            "Anna comments on it too",
            ADD,
            "/articles/{first.slug}/comments",
            as_="anna",
            body={"comment": {"body": "{thanks}"}},
            status=CREATED,
            expects=comment("{thanks}", by="anna"),
            saves={"thanks.id": "comment.id"},
        ),
        Step(
            "Anna comments on the second article",
            ADD,
            "/articles/{second.slug}/comments",
            as_="anna",
            body={"comment": {"body": "{question}"}},
            status=CREATED,
            expects=comment("{question}", by="anna"),
            saves={"question.id": "comment.id"},
        ),
        Step(
            "a comment on an article that is not there",
            ADD,
            "/articles/{unknown.slug}/comments",
            as_="ben",
            body={"comment": {"body": "{hello}"}},
            status=NOT_FOUND,
        ),
        Step(
            "the comments of the first article, for anybody",
            SHOW,
            "/articles/{first.slug}/comments",
            expects=(*comments("{hello.id}", "{thanks.id}"), every("comments[].author.following", False)),
        ),
        Step(
            "the comments of the first article, for Carla who follows Ben",
            SHOW,
            "/articles/{first.slug}/comments",
            as_="carla",
            expects=(
                *comments("{hello.id}", "{thanks.id}"),
                has("comments[id={hello.id}].body", "{hello}"),
                has("comments[id={hello.id}].author.username", "{ben}"),
                has("comments[id={hello.id}].author.following", True),
                has("comments[id={thanks.id}].body", "{thanks}"),
                has("comments[id={thanks.id}].author.username", "{anna}"),
                has("comments[id={thanks.id}].author.following", False),
            ),
            supposes=("carla follows ben",),
        ),
        Step(
            "the comments of the second article",
            SHOW,
            "/articles/{second.slug}/comments",
            expects=(*comments("{question.id}"), has("comments[id={question.id}].body", "{question}")),
        ),
        Step(
            "the comments of an article that is not there",
            SHOW,
            "/articles/{unknown.slug}/comments",
            status=NOT_FOUND,
        ),
        Step(
            "a comment that is not there is deleted",
            DELETE,
            "/articles/{first.slug}/comments/2147483647",
            as_="ben",
            status=NOT_FOUND,
        ),
        Step(
            "Ben deletes his comment",
            DELETE,
            "/articles/{first.slug}/comments/{hello.id}",
            as_="ben",
            status=DELETED,
            does="ben's comment is gone",
        ),
        Step(
            "the comments that are left",
            SHOW,
            "/articles/{first.slug}/comments",
            expects=comments("{thanks.id}"),
            supposes=("ben's comment is gone",),
        ),
    ),
    *section(
        "tags",
        Step(
            "all tags, each once",
            "GET /tags",
            status=OK,
            expects=(
                has("tags", WITHOUT_REPEATS),
                has("tags", with_each_once("{shared}", "{early}", "{late}")),
            ),
            supposes=PUBLISHED,
        ),
    ),
)
