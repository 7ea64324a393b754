"""Nothing says which settings Django is to use.

`get_wsgi_application()` and `django.setup()` read the settings that `DJANGO_SETTINGS_MODULE` names. `manage.py` sets
that variable for its own commands only; a server such as gunicorn runs `wsgi.py`, which must set it itself. Otherwise
it ends with `ImproperlyConfigured: Requested setting ..., but settings are not configured`.

Write `os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")` above the call, or set the variable in the
start script.

The rule is silent where any script, container or file of environments of the project names the variable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, loaded, regex, rule

CALL = regex(rb"^[^#\n]*?\b((?:get_wsgi_application|get_asgi_application|django\.setup)\()", re.MULTILINE)
NAMING = (b"DJANGO_SETTINGS_MODULE", b"settings.configure(", b"DJANGO_CONFIGURATION")


@rule(Category.SERVER_STARTUP_FAILURE)
def settings_not_named(facts: Facts) -> Iterator[Problem]:
    """Yield the first call on the way of the start that needs settings, where nothing has named them."""
    if not facts.startup.entries or not any(b"django" in source.data for source in facts.project.files.values()):
        return
    texts = (one for path, one in facts.project.others.items() if not path.endswith((".json", ".sql", ".ini", ".cfg")))
    if any(NAMING[0] in source.data and "pytest" not in source.text for source in texts):
        return
    told = set()
    for entry in facts.startup.entries:
        if NAMING[0].decode() in entry.command.environment:
            continue
        sources = [facts.project.files[path] for path in loaded([entry], facts.imports) if path in facts.project.files]
        if any(word in source.data for source in sources for word in NAMING):
            continue
        source = facts.project.files.get(entry.path)
        found = CALL.search(source.data) if source is not None else None
        if source is None or found is None or entry.path in told:
            continue
        told.add(entry.path)
        yield Problem(
            source.span(found.start(1), found.end(1) - 1),
            "Nothing names the settings of Django before this call needs them",
            symptom="ImproperlyConfigured: Requested setting LOGGING_CONFIG, but settings are not configured",
            remedy='Write `os.environ.setdefault("DJANGO_SETTINGS_MODULE", ...)` above it',
            routes=(),
            identity="settings",
        )
