"""FastAPI, Starlette or pydantic has no such name in the installed version.

`from pydantic import BaseSettings` (in a package of its own since pydantic 2), `pydantic.generics`,
`pydantic.error_wrappers.ErrorWrapper`, and names that there never were. A program that imports one of them ends at
once: nothing is served, and the log ends in an ImportError.

Import the name from where it is now, or pin a version that has it. Which versions have which names was found out by
asking them; what the project's manifests admit tells which will be installed. Where they admit older versions that have
the name, a fresh installation still takes the newest.

What is imported under `try` or under a condition is left alone, and so is what depends on a version of pydantic or
Starlette that the pinned FastAPI may choose.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, lack_problem, missing_imports, read_offers, rule, version_range

from ._members import INSTEAD, TABLE


@rule(Category.SERVER_STARTUP_FAILURE)
def unknown_import(facts: Facts) -> Iterator[Problem]:
    """Yield each name that a file imports and that its module will not have."""
    for lack in missing_imports(facts, read_offers(TABLE)):
        if lack.library != "fastapi" and lack.having is not None and chosen_by_fastapi(facts, lack.library):
            continue
        yield lack_problem(
            lack,
            f"ImportError: cannot import name '{lack.name}' from '{lack.holder}'",
            INSTEAD.get(lack.name, f"Import what `{lack.holder}` has, or pin a version that has `{lack.name}`"),
        )


def chosen_by_fastapi(facts: Facts, library: str) -> bool:
    """Whether the pinned FastAPI may restrict what of a library is installed, beyond what the project says."""
    framework = version_range(facts.project, "fastapi")
    if framework is None:
        return False
    return framework.maybe("<0.100") if library == "pydantic" else version_range(facts.project, library) is None
