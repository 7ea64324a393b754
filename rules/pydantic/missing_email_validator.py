"""EmailStr is used, and email-validator is not installed.

`EmailStr` and `NameEmail` are checked by a package of their own, which pydantic and FastAPI do not bring. Without it,
the class that uses one cannot be made: `ImportError: email-validator is not installed`, and the server does not
start.

Declare `email-validator`, `pydantic[email]` or `fastapi[standard]`.

The rule looks at files that the start loads. It only warns where a declared package is not known well enough to say
what comes along with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, Severity, is_test, rule

NAMES = ("EmailStr", "NameEmail")


@rule(Category.SERVER_STARTUP_FAILURE)
def missing_email_validator(facts: Facts) -> Iterator[Problem]:
    """Yield the first use in each file that is loaded, where nothing brings the package."""
    using = [
        (path, here)
        for path, file in facts.files.items()
        for imported in file.imports
        if imported.module in ("pydantic", "pydantic.networks") and imported.kind == "runtime"
        for there, here in imported.names
        if there in NAMES
    ]
    installed = facts.installed("python") if using else None
    if installed is None or not installed.known or installed.has("email-validator"):
        return
    loaded = facts.launch.loaded | set(facts.started.files)
    for path, name in using:
        if path not in loaded or is_test(path) or not installed.governs(path):
            continue
        source = facts.project.files[path]
        used = re.compile(rf"^(?!\s*(?:from|import)\b)[^#\n]*?(?::|\[|=|,|->)[^#\n]*?\b({name})\b", re.MULTILINE)
        found = used.search(source.text)
        if found is None:
            continue
        start = len(source.text[: found.start(1)].encode())
        yield Problem(
            source.span(start, start + len(name)),
            f"`{name}` needs email-validator, and no manifest declares it",
            related=tuple(Related(one, "what is installed is declared here") for one in installed.manifest(path)),
            symptom="ImportError: email-validator is not installed, run `pip install 'pydantic[email]'`",
            remedy="Declare `email-validator`",
            routes=(),
            severity=None if installed.sure else Severity.WARNING,
            identity=name,
        )
