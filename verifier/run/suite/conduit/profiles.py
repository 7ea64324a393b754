"""Profiles, and following them. Afterwards Ben follows Anna, and Carla follows Ben."""

from __future__ import annotations

from verifier.run.suite.conduit.answers import AGAIN, NOT_FOUND, profile
from verifier.run.suite.expect import unlike
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
        "Anna's profile, for anybody, though Ben follows her",
        SHOW,
        "/profiles/{anna}",
        expects=profile("anna", following=False, bio="{anna.bio}", image="{anna.image}"),
        supposes=("anna has a bio",),
    ),
    Step(
        "Anna's profile, for Carla who follows only Ben",
        SHOW,
        "/profiles/{anna}",
        as_="carla",
        expects=profile("anna", following=False),
    ),
    Step(
        "Carla's profile, for Ben whom she follows",
        SHOW,
        "/profiles/{carla}",
        as_="ben",
        expects=profile("carla", following=False),
    ),
    Step(
        "Carla follows Anna too, in a request with a body",
        FOLLOW,
        "/profiles/{anna}/follow",
        as_="carla",
        body={"user": {"email": "{anna.email}"}},
        expects=profile("anna", following=True),
        does="carla follows anna",
    ),
    Step(
        "Anna's profile, for Carla who follows her",
        SHOW,
        "/profiles/{anna}",
        as_="carla",
        expects=profile("anna", following=True),
        supposes=("carla follows anna",),
    ),
    Step("Carla follows Anna once more", FOLLOW, "/profiles/{anna}/follow", as_="carla", status=AGAIN),
    Step(
        "Carla unfollows Anna",
        UNFOLLOW,
        "/profiles/{anna}/follow",
        as_="carla",
        expects=profile("anna", following=False),
        supposes=("carla follows anna",),
        does="carla unfollows anna",
    ),
    Step(
        "Anna's profile, for Carla who no longer follows her",
        SHOW,
        "/profiles/{anna}",
        as_="carla",
        expects=profile("anna", following=False),
        supposes=("carla unfollows anna",),
    ),
    Step(
        "Anna's profile, for Ben who still does",
        SHOW,
        "/profiles/{anna}",
        as_="ben",
        expects=profile("anna", following=True),
        supposes=("ben follows anna",),
    ),
    Step(
        "Ben's profile, for Carla who still follows him",
        SHOW,
        "/profiles/{ben}",
        as_="carla",
        expects=profile("ben", following=True, bio=unlike("{anna.bio}"), image=unlike("{anna.image}")),
        supposes=("carla follows ben",),
    ),
    Step("Carla unfollows Anna once more", UNFOLLOW, "/profiles/{anna}/follow", as_="carla", status=AGAIN),
    Step("Anna follows nobody", FOLLOW, "/profiles/{nobody}/follow", as_="anna", status=NOT_FOUND),
)
