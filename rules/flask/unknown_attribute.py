"""Flask's application or blueprint has no such attribute in the installed version.

`@app.before_first_request` went with Flask 2.3, and so did `app.json_encoder` and `app.env`; `app.exception_handler`
is FastAPI's. Code that reads one where the application is made ends at once: nothing is served, and the log ends in
an AttributeError.

Write what this version has instead: what ran before the first request is done where the application is made, inside
`with app.app_context():`. Which versions have which names was found out by asking them; what the project's manifests
admit tells which will be installed.

Attributes that the project itself sets, or asks for by `hasattr`, are left alone, and so are names that no framework
knows: an extension may set them.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, application_lacks, known_names, rule

from ._members import APPLICATIONS, INSTEAD, OTHERS, TABLE, TABLES


@rule(Category.SERVER_STARTUP_FAILURE)
def unknown_attribute(facts: Facts) -> Iterator[Problem]:
    """Yield each attribute that is read of an application, a blueprint or a module and that it will not have."""
    yield from application_lacks(facts, TABLE, APPLICATIONS, known_names(TABLES) - OTHERS, INSTEAD)
