"""Profiles, and following them. Afterwards Ben follows Anna, and Carla follows Ben."""

from __future__ import annotations

from verifier.run.suite.conduit.answers import AGAIN, NOT_FOUND, profile
from verifier.run.suite.steps import Step, section

SHOW = "GET /profiles/{username}"
FOLLOW = "POST /profiles/{username}/follow"
UNFOLLOW = "DELETE /profiles/{username}/follow"


def follow(follower: str, followed: str) -> Step:
    """Somebody follows somebody."""
    return Step(
        f"{follower.title()} follows {followed.title()}",
        FOLLOW,
        f"/profiles/{{{followed}}}/follow",
        as_=follower,
        expects=profile(followed, following=True),
        does=f"{follower} follows {followed}",
    )


STEPS = section(
    "profiles",
    Step("a profile that nobody has", SHOW, "/profiles/{nobody}", status=NOT_FOUND),
    follow("ben", "anna"),
    follow("carla", "ben"),
    Step(
        "Anna follows Ben, in a request with a body",
        FOLLOW,
        "/profiles/{ben}/follow",
        as_="anna",
        body={"user": {"email": "{anna.email}"}},
        expects=profile("ben", following=True),
        does="anna follows ben",
    ),
    Step(
        "Ben's profile, for Anna who follows him",
        SHOW,
        "/profiles/{ben}",
        as_="anna",
        expects=profile("ben", following=True),
        supposes=("anna follows ben",),
    ),
    Step(
        "Anna's profile, for Carla who follows only Ben",
        SHOW,
        "/profiles/{anna}",
        as_="carla",
        expects=profile("anna", following=False),
    ),
    Step(
        "Anna's profile, for anybody, though Ben follows her",
        SHOW,
        "/profiles/{anna}",
        expects=profile("anna", following=False, bio="{anna.bio}", image="{anna.image}"),
        supposes=("anna has a bio",),
    ),
    Step(
        "Carla's profile, for Ben whom she follows",
        SHOW,
        "/profiles/{carla}",
        as_="ben",
        expects=profile("carla", following=False),
    ),
    Step("Anna follows Ben once more", FOLLOW, "/profiles/{ben}/follow", as_="anna", status=AGAIN),
    Step(
        "Anna unfollows Ben",
        UNFOLLOW,
        "/profiles/{ben}/follow",
        as_="anna",
        expects=profile("ben", following=False),
        supposes=("anna follows ben",),
        does="anna unfollows ben",
    ),
    Step(
        "Ben's profile, for Anna who no longer follows him",
        SHOW,
        "/profiles/{ben}",
        as_="anna",
        expects=profile("ben", following=False),
        supposes=("anna unfollows ben",),
    ),
    Step(
        "Ben's profile, for Carla who still does",
        SHOW,
        "/profiles/{ben}",
        as_="carla",
        expects=profile("ben", following=True),
        supposes=("carla follows ben",),
    ),
    Step("Anna unfollows Ben once more", UNFOLLOW, "/profiles/{ben}/follow", as_="anna", status=AGAIN),
    Step("Anna follows nobody", FOLLOW, "/profiles/{nobody}/follow", as_="anna", status=NOT_FOUND),
)
