"""Registration, login, and one's own account."""

from __future__ import annotations

from verifier.run.suite.conduit.answers import CREATED, NOT_LOGGED_IN, REFUSED, user
from verifier.run.suite.steps import Step, section


def registration(who: str) -> dict[str, object]:
    """The body of a registration."""
    return {"user": {"username": f"{{{who}}}", "email": f"{{{who}.email}}", "password": f"{{{who}.password}}"}}


def login(email: str, password: str) -> dict[str, object]:
    """The body of a login."""
    return {"user": {"email": email, "password": password}}


def register(who: str) -> Step:
    """Somebody opens an account."""
    return Step(
        f"{who.title()} registers",
        "POST /users",
        body=registration(who),
        status=CREATED,
        expects=user(who),
        saves={f"{who}.token": "user.token"},
        does=f"{who} registered",
    )


STEPS = section(
    "accounts",
    Step("the server is up", "GET /health-check"),
    register("anna"),
    register("ben"),
    register("carla"),
    Step(
        "Anna logs in",
        "POST /users/login",
        body=login("{anna.email}", "{anna.password}"),
        expects=user("anna"),
        saves={"anna.token": "user.token"},
        supposes=("anna registered",),
    ),
    Step(
        "Ben logs in",
        "POST /users/login",
        body=login("{ben.email}", "{ben.password}"),
        expects=user("ben"),
        saves={"ben.token": "user.token"},
        supposes=("ben registered",),
    ),
    Step(
        "a login with somebody else's password",
        "POST /users/login",
        body=login("{anna.email}", "{ben.password}"),
        status=NOT_LOGGED_IN,
        expects=REFUSED,
    ),
    Step(
        "a login with an email that nobody has",
        "POST /users/login",
        body=login("{nobody}@example.com", "{ben.password}"),
        status=NOT_LOGGED_IN,
        expects=REFUSED,
    ),
    Step("Anna's own account", "GET /user", as_="anna", expects=user("anna")),
    Step("Ben's own account", "GET /user", as_="ben", expects=user("ben")),
    Step(
        "Anna sets her bio and image",
        "PUT /user",
        as_="anna",
        body={"user": {"bio": "{anna.bio}", "image": "{anna.image}"}},
        expects=user("anna", bio="{anna.bio}", image="{anna.image}"),
        does="anna has a bio",
    ),
    Step(
        "Anna sets the email that she has",
        "PUT /user",
        as_="anna",
        body={"user": {"email": "{anna.email}"}},
        expects=user("anna", bio="{anna.bio}", image="{anna.image}"),
        supposes=("anna has a bio",),
    ),
    Step(
        "Anna's account keeps what was set, and only that",
        "GET /user",
        as_="anna",
        expects=user("anna", bio="{anna.bio}", image="{anna.image}"),
        supposes=("anna has a bio",),
    ),
    Step(
        "Carla sets another email and password",
        "PUT /user",
        as_="carla",
        body={"user": {"email": "{carla.newemail}", "password": "{carla.new.password}"}},
        expects=user("carla", email="{carla.newemail}"),
        saves={"carla.token": "user.token"},
        does="carla moved",
    ),
    Step(
        "Carla logs in with them",
        "POST /users/login",
        body=login("{carla.newemail}", "{carla.new.password}"),
        expects=user("carla", email="{carla.newemail}"),
        saves={"carla.token": "user.token"},
        supposes=("carla moved",),
    ),
    Step(
        "a login with the password that she had",
        "POST /users/login",
        body=login("{carla.newemail}", "{carla.password}"),
        status=NOT_LOGGED_IN,
        expects=REFUSED,
    ),
)
