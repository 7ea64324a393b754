"""Conduit, said in requests: what its API promises, and what a reader of its specification takes for granted.

Three people use it. Anna writes two articles of the same title, Ben writes one, and one tag is on an article of each.
Ben follows Anna, Carla follows Ben. What is asked then is what a single user with a single article cannot ask: whether
a list holds what it should and nothing else, whether one sees oneself or somebody else in what is personal, whether
things stay with whom they belong to, and whether what is gone is gone.

All names hold a word that is different in every run, so that the suite can run on a database with other people's data.
What it takes for granted is that nobody else writes at the same time.

The profiles differ in one thing. The specification gives the articles of a list no ``body``, and the clients of the
API's public test collection expect one: ``openapi`` wants it absent, ``postman`` wants it there.

Where the specification and common practice leave a choice of statuses, each of them is right (``answers.py``).
"""

from __future__ import annotations

from verifier.run.suite.conduit import (
    accounts,
    articles,
    changes,
    comments,
    deletion,
    favorites,
    lists,
    profiles,
    protection,
    refusals,
)
from verifier.run.suite.steps import Step, Suite

VALUES = {
    "anna": "annabelle{run}",
    "anna.email": "{anna}@example.com",
    "anna.password": "Primrose-4711-{run}",
    "anna.bio": "I grow primroses on a balcony.",
    "anna.image": "https://example.com/portraits/annabelle.png",
    "ben": "benjamin{run}",
    "ben.email": "{ben}@example.com",
    "ben.password": "Bluebell-4712-{run}",
    "carla": "carlotta{run}",
    "carla.email": "{carla}@example.com",
    "carla.password": "Cornflower-4713-{run}",
    "carla.newemail": "{carla}.moved@example.com",
    "carla.new.password": "Marigold-4714-{run}",
    "nobody": "nobody{run}",
    "shared": "gardening{run}",
    "early": "seedlings{run}",
    "late": "watering{run}",
    "unused": "astronomy{run}",
    "first.title": "How to plant a garden {run}",
    "first.description": "Everything starts with a spade.",
    "first.body": "Dig a hole, put the seedling in, and be patient.",
    "first.newbody": "Dig two holes, and be very patient.",
    "second.title": "How to water a garden {run}",
    "second.description": "Little and often is not the way.",
    "second.body": "Water seldom, early in the morning, and a lot.",
    "third.description": "The same again, for a roof this time.",
    "third.body": "Carry the soil upstairs and start from there.",
    "third.newtitle": "How to plant on a roof {run}",
    "unknown.slug": "no-article-has-this-slug-{run}",
    "hello": "What a lovely garden you have.",
    "thanks": "Thank you, it took a while.",
    "question": "How often is seldom, in summer?",
}

PROTECTED = frozenset(
    {
        "GET /user",
        "PUT /user",
        "POST /profiles/{username}/follow",
        "DELETE /profiles/{username}/follow",
        "GET /articles/feed",
        "POST /articles",
        "PUT /articles/{slug}",
        "DELETE /articles/{slug}",
        "POST /articles/{slug}/comments",
        "DELETE /articles/{slug}/comments/{id}",
        "POST /articles/{slug}/favorite",
        "DELETE /articles/{slug}/favorite",
    }
)


def steps(*, bodies_in_lists: bool) -> tuple[Step, ...]:
    """All steps, in their order: later ones ask what earlier ones did."""
    return (
        *accounts.STEPS,
        *profiles.STEPS,
        *lists.of_nothing(),
        *articles.STEPS,
        *lists.of_articles(bodies_in_lists),
        *favorites.steps(bodies_in_lists),
        *comments.STEPS,
        *changes.STEPS,
        *deletion.STEPS,
        *refusals.VALIDATION,
        *refusals.UNIQUENESS,
        *refusals.OWNERSHIP,
        *protection.PROTECTION,
        *protection.AFTERWARDS,
    )


SUITE = Suite(
    name="conduit",
    profiles={"openapi": steps(bodies_in_lists=False), "postman": steps(bodies_in_lists=True)},
    values=VALUES,
    protected=PROTECTED,
)
