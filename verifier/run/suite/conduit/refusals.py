"""What is refused: what is not valid, what is taken, and what belongs to somebody else.

This comes late, and what must not have changed is asked at the very end, so that nothing else fails where something is
not refused. There are two articles left: Ben's, which was the second, and the third under its new slug.
"""

from __future__ import annotations

from verifier.run.suite.conduit.answers import INVALID, LENIENT, NOT_FOUND, NOT_YOURS, REFUSED
from verifier.run.suite.steps import Step, section

REGISTER = "POST /users"
PUBLISH = "POST /articles"
DELETE_COMMENT = "DELETE /articles/{slug}/comments/{id}"
SECOND = "/articles/{second.slug}"


def registration(**changed: str) -> dict[str, object]:
    """The body of a registration of somebody new, with something changed."""
    new = {"username": "{nobody}", "email": "{nobody}@example.com", "password": "{ben.password}"}
    return {"user": new | changed}


VALIDATION = section(
    "validation",
    Step(
        "a registration without a password",
        REGISTER,
        body={"user": {"username": "{nobody}", "email": "{nobody}@example.com"}},
        status=INVALID,
        expects=REFUSED,
    ),
    Step(
        "a registration with an empty username",
        REGISTER,
        body=registration(username=""),
        status=INVALID,
        expects=REFUSED,
    ),
    Step(
        "an article without a title",
        PUBLISH,
        as_="carla",
        body={"article": {"description": "{first.description}", "body": "{first.body}"}},
        status=INVALID,
        expects=REFUSED,
        does="an article without a title is refused",
    ),
    Step(
        "an article with an empty title",
        PUBLISH,
        as_="carla",
        body={"article": {"title": "", "description": "{first.description}", "body": "{first.body}"}},
        status=INVALID,
        expects=REFUSED,
        does="an article with an empty title is refused",
    ),
    Step(
        "a comment without a body",
        "POST /articles/{slug}/comments",
        f"{SECOND}/comments",
        as_="ben",
        body={"comment": {}},
        status=INVALID,
        expects=REFUSED,
        does="a comment without a body is refused",
    ),
    Step("articles from before the first one", "GET /articles", query={"offset": -1}, status=LENIENT),
)

UNIQUENESS = section(
    "uniqueness",
    Step(
        "a registration with a username that is taken",
        REGISTER,
        body=registration(username="{ben}"),
        status=INVALID,
        expects=REFUSED,
    ),
    Step(
        "a registration with an email that is taken",
        REGISTER,
        body=registration(email="{ben.email}"),
        status=INVALID,
        expects=REFUSED,
    ),
    Step(
        "Carla wants the username of Ben",
        "PUT /user",
        as_="carla",
        body={"user": {"username": "{ben}"}},
        status=INVALID,
        expects=REFUSED,
        does="carla keeps her username",
    ),
    Step(
        "Carla wants the email of Ben",
        "PUT /user",
        as_="carla",
        body={"user": {"email": "{ben.email}"}},
        status=INVALID,
        expects=REFUSED,
        does="carla keeps her email",
    ),
)

OWNERSHIP = section(
    "ownership",
    Step(
        "Anna changes the article of Ben",
        "PUT /articles/{slug}",
        SECOND,
        as_="anna",
        body={"article": {"body": "{first.newbody}"}},
        status=NOT_YOURS,
        does="anna changes nothing",
    ),
    Step(
        "Carla deletes the comment of Anna",
        DELETE_COMMENT,
        f"{SECOND}/comments/{{question.id}}",
        as_="carla",
        status=NOT_YOURS,
        does="carla deletes no comment",
    ),
    Step(
        "Anna deletes her comment from another article",
        DELETE_COMMENT,
        "/articles/{renamed.slug}/comments/{question.id}",
        as_="anna",
        status=NOT_FOUND,
        does="anna deletes no comment",
        supposes=("carla deletes no comment",),
    ),
    Step(
        "Anna deletes the article of Ben",
        "DELETE /articles/{slug}",
        SECOND,
        as_="anna",
        status=NOT_YOURS,
        does="anna deletes no article",
    ),
)
