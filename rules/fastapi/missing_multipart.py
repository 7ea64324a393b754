"""A form is read, and python-multipart is not installed.

FastAPI reads forms and uploads with a package that it does not bring. `Form()`, `File()`, `UploadFile` and
`OAuth2PasswordRequestForm` make the registration of their route fail: `RuntimeError: Form data requires
"python-multipart" to be installed`, and the server does not start.

Declare `python-multipart` or `fastapi[standard]`.

The rule looks at files that the start loads. It only warns where a declared package is not known well enough to say
what comes along with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, Severity, is_test, rule

MODULES = ("fastapi", "fastapi.params", "fastapi.param_functions", "fastapi.security")
USES = {
    "Form": r"\bForm\(",
    "File": r"\bFile\(",
    "UploadFile": r"(?::|\[|\|)\s*UploadFile\b",
    "OAuth2PasswordRequestForm": r"(?::|\[|\()\s*OAuth2PasswordRequestForm\b",
    "OAuth2PasswordRequestFormStrict": r"(?::|\[|\()\s*OAuth2PasswordRequestFormStrict\b",
}


@rule(Category.SERVER_STARTUP_FAILURE)
def missing_multipart(facts: Facts) -> Iterator[Problem]:
    """Yield the first use of a form in each file that is loaded, where nothing brings the package."""
    using: dict[str, list[str]] = {}
    for path, file in facts.files.items():
        for imported in file.imports:
            if imported.module in MODULES and imported.kind == "runtime":
                using.setdefault(path, []).extend(
                    there for there, here in imported.names if there in USES and there == here
                )
    installed = facts.installed("python") if any(using.values()) else None
    if installed is None or not installed.known or installed.has("python-multipart"):
        return
    loaded = facts.launch.loaded | set(facts.started.files)
    for path, names in using.items():
        if not names or path not in loaded or is_test(path) or not installed.governs(path):
            continue
        source = facts.project.files[path]
        uses = [match for name in names for match in [re.search(USES[name], source.text)] if match is not None]
        if not uses:
            continue
        first = min(uses, key=lambda match: match.start())
        word = re.search(r"\w+", first[0])
        assert word is not None
        start = len(source.text[: first.start() + word.start()].encode())
        yield Problem(
            source.span(start, start + len(word[0])),
            f"`{word[0]}` needs python-multipart, and no manifest declares it",
            related=tuple(Related(one, "what is installed is declared here") for one in installed.manifest(path)),
            symptom='RuntimeError: Form data requires "python-multipart" to be installed',
            remedy="Declare `python-multipart`",
            routes=(),
            severity=None if installed.sure else Severity.WARNING,
            identity="multipart",
        )
