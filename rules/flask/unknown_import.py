"""Flask or Werkzeug has no such name in the installed version.

Names move and go: `flask.Markup` and `flask.escape` (gone with Flask 3), `flask.json.JSONEncoder` (2.3),
`werkzeug.urls.url_quote` (Werkzeug 3), `_app_ctx_stack`. A program that imports one of them ends at once: nothing is
served, and the log ends in an ImportError.

Import the name from where it is now, or pin a version that has it. Which versions have which names was found out by
asking them; what the project's manifests admit tells which will be installed. Where they admit older versions that have
the name, a fresh installation still takes the newest.

What is imported under `try` or under a condition is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, lack_problem, missing_imports, read_offers, rule

from ._members import INSTEAD, TABLE


@rule(Category.SERVER_STARTUP_FAILURE)
def unknown_import(facts: Facts) -> Iterator[Problem]:
    """Yield each name that a file imports and that its module will not have."""
    for lack in missing_imports(facts, read_offers(TABLE)):
        yield lack_problem(
            lack,
            f"ImportError: cannot import name '{lack.name}' from '{lack.holder}'",
            INSTEAD.get(lack.name, f"Import what `{lack.holder}` has, or pin a version that has `{lack.name}`"),
        )
