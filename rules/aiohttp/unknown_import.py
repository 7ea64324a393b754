"""aiohttp has no such name in the installed version.

`from aiohttp.web import Blueprint`, `from aiohttp import Request`: some names belong to other libraries, and others
went with a version. A program that imports one of them ends at once: nothing is served, and the log ends in an
ImportError.

Import the name from where it is: what a server needs is in `aiohttp.web`. Which versions have which names was found out
by asking them; what the project's manifests admit tells which will be installed.

What is imported under `try` or under a condition is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, lack_problem, missing_imports, read_offers, rule

from ._members import TABLE


@rule(Category.SERVER_STARTUP_FAILURE)
def unknown_import(facts: Facts) -> Iterator[Problem]:
    """Yield each name that a file imports and that its module will not have."""
    offers = read_offers(TABLE)
    server = offers["aiohttp"].modules["aiohttp.web"]
    for lack in missing_imports(facts, offers):
        there = lack.holder == "aiohttp" and lack.name in server.always
        yield lack_problem(
            lack,
            f"ImportError: cannot import name '{lack.name}' from '{lack.holder}'",
            "Import it from `aiohttp.web`" if there else f"Import what `{lack.holder}` has",
        )
