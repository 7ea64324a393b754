"""A request is read without the envelope that the contract puts around it.

The contract says that clients send `{"user": {"email": ...}}`, and the schema that the body is held against wants
`{"email": ...}`. Every request of a client that keeps to the contract is refused with 422 (or 400).

With FastAPI, one parameter of a model is the whole body: take a model with the field `user`, or write
`user: Annotated[User, Body(embed=True)]`. A serializer of Django REST framework takes `data=request.data["user"]`.
Elsewhere, hold `{ user: schema }` against the body.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._requests import asked, envelope, is_bare, place_of


@rule(Category.SCHEMA_FORMAT_ERROR, constraint="contract")
def bare_request_body(facts: Facts) -> Iterator[Problem]:
    """Yield each body that is demanded without its envelope."""
    for one in asked(facts):
        if is_bare(one.body, one.demanded.demand):
            name = envelope(one.body)
            operation = f"{one.operation.method} {one.operation.path}"
            fields = ", ".join(f"`{field}`" for field in list(one.demanded.demand.fields)[:3])
            yield Problem(
                place_of(facts, one),
                f'{operation} wants {fields} at the top of the JSON; the contract puts them into `{{"{name}": ...}}`',
                symptom=f"422 (or 400) on each {operation} that keeps to the contract",
                remedy=f"Read the body as an object with the field `{name}`",
                routes=(one.route,),
                identity=operation,
            )
