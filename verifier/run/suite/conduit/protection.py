"""Protected operations without a token and with a wrong one; and what must not have changed, after all refusals."""

from __future__ import annotations

from msgspec.structs import replace

from verifier.run.suite.conduit.answers import UNAUTHORIZED, article, articles, comments, user
from verifier.run.suite.expect import has, moment_of, more_than
from verifier.run.suite.steps import Step, section

SECOND = "/articles/{second.slug}"

ACCOUNT = Step("one's own account", "GET /user")
FEED = Step("the feed", "GET /articles/feed")
FOLLOW = Step("following", "POST /profiles/{username}/follow", "/profiles/{carla}/follow")
UNFOLLOW = Step("unfollowing", "DELETE /profiles/{username}/follow", "/profiles/{anna}/follow")
CHANGE_ACCOUNT = Step("changing one's account", "PUT /user", body={"user": {"bio": "{anna.bio}"}})
PUBLISH = Step(
    "publishing",
    "POST /articles",
    body={"article": {"title": "{second.title}", "description": "{second.description}", "body": "{second.body}"}},
)
CHANGE = Step("changing an article", "PUT /articles/{slug}", SECOND, body={"article": {"body": "{first.newbody}"}})
DELETE = Step("deleting an article", "DELETE /articles/{slug}", SECOND)
COMMENT = Step(
    "commenting", "POST /articles/{slug}/comments", f"{SECOND}/comments", body={"comment": {"body": "{hello}"}}
)
DELETE_COMMENT = Step(
    "deleting a comment", "DELETE /articles/{slug}/comments/{id}", f"{SECOND}/comments/{{question.id}}"
)
FAVORITE = Step("favoriting", "POST /articles/{slug}/favorite", f"{SECOND}/favorite")
UNFAVORITE = Step("taking a favorite back", "DELETE /articles/{slug}/favorite", f"{SECOND}/favorite")

CHANGES = (
    CHANGE_ACCOUNT,
    FOLLOW,
    UNFOLLOW,
    PUBLISH,
    CHANGE,
    COMMENT,
    DELETE_COMMENT,
    FAVORITE,
    UNFAVORITE,
    DELETE,
)


def anonymous(step: Step) -> Step:
    """The operation without a token."""
    return replace(step, name=f"{step.name}, without a token", status=UNAUTHORIZED, does=refusal(step))


def forged(step: Step) -> Step:
    """The operation with a token of Ben's whose signature is wrong."""
    name = f"{step.name}, with a forged token"
    return replace(step, name=name, as_="ben", forged=True, status=UNAUTHORIZED, does=refusal(step))


def nonsense(step: Step) -> Step:
    """The operation with what is no token at all."""
    name, headers = f"{step.name}, with nonsense for a token", {"Authorization": "Token nonsense"}
    return replace(step, name=name, headers=headers, status=UNAUTHORIZED, does=refusal(step))


def refusal(step: Step) -> str:
    """What has happened when the operation was refused."""
    return f"{step.name} was refused"


PROTECTION = section(
    "protection",
    *(wrong(step) for step in (ACCOUNT, FEED) for wrong in (anonymous, nonsense)),
    *(wrong(step) for step in CHANGES for wrong in (anonymous, forged)),
)

UNTOUCHED = ("anna changes nothing", "anna deletes no article", *map(refusal, (CHANGE, DELETE)))

AFTERWARDS = section(
    "afterwards",
    Step(
        "the second article, for Ben",
        "GET /articles/{slug}",
        SECOND,
        as_="ben",
        expects=article(
            "second",
            by="ben",
            tags=("{shared}", "{late}"),
            favorited=True,
            favorites=1,
            changed={"slug": "{second.slug}", "createdAt": moment_of("{second.created}")},
        ),
        supposes=(*UNTOUCHED, "ben favorites the second", *map(refusal, (FAVORITE, UNFAVORITE))),
    ),
    Step(
        "the comments of the second article",
        "GET /articles/{slug}/comments",
        f"{SECOND}/comments",
        expects=(*comments("{question.id}"), has("comments[id={question.id}].body", "{question}")),
        supposes=(
            *UNTOUCHED,
            "carla deletes no comment",
            "anna deletes no comment",
            "a comment without a body is refused",
            *map(refusal, (COMMENT, DELETE_COMMENT)),
        ),
    ),
    Step(
        "all articles that are left",
        "GET /articles",
        query={"limit": 2},
        expects=articles("{renamed.slug}", "{second.slug}", count=more_than("{count}", by=2)),
        supposes=(
            *UNTOUCHED,
            "the first is gone",
            "an article without a title is refused",
            "an article with an empty title is refused",
            refusal(PUBLISH),
        ),
    ),
    Step(
        "Carla's account",
        "GET /user",
        as_="carla",
        expects=user("carla", email="{carla.newemail}"),
        supposes=("carla moved", "carla keeps her username", "carla keeps her email"),
    ),
)
