"""An answer lacks the envelope that the contract puts around it.

The contract says `{"article": {...}}`, and the handler sends the article itself; or a list where the contract says
`{"comments": [...]}`. Clients read `answer.article`, which is `undefined`: whatever they do next with its id or slug
fails too.

Put what is answered into an object with the contract's key.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule

from ._bodies import judged, routes_of


@rule(Category.SCHEMA_FORMAT_ERROR, constraint="contract")
def missing_envelope(facts: Facts) -> Iterator[Problem]:
    """Yield each answer that is the contents of an envelope."""
    seen: set[object] = set()
    for one in judged(facts):
        key = one.difference.found
        if one.difference.kind != "bare" or (one.answer.span, key) in seen:
            continue
        seen.add((one.answer.span, key))
        same = [
            other for other in judged(facts) if other.answer.span == one.answer.span and other.difference.found == key
        ]
        asked = f"{one.operation.method} {one.operation.path}"
        yield Problem(
            one.answer.span,
            f'The answer to {asked} is not in the envelope of the contract, `{{"{key}": ...}}`'
            if key
            else f"The answer to {asked} is a list, and the contract says an object",
            symptom=f"Clients read `{key or 'a field'}` of the answer and get nothing",
            remedy=f'Answer `{{"{key}": ...}}`' if key else "Answer the object that the contract describes",
            routes=routes_of(same),
            identity=f"{asked} {key}",
        )
