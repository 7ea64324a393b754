"""Commands of Django that code runs by itself: which of them make tables."""

from __future__ import annotations

from verifier.api import Sequence, Use, options, text_of

MIGRATE = "migrate"
# Django's own commands that make no tables of models. One of a project may do anything.
OTHERS = frozenset(
    "changepassword check clearsessions collectstatic compilemessages createcachetable createsuperuser dbshell "
    "diffsettings dumpdata findstatic flush inspectdb loaddata makemessages makemigrations optimizemigration "
    "remove_stale_contenttypes runserver sendtestemail shell showmigrations sqlflush sqlmigrate sqlsequencereset "
    "squashmigrations startapp startproject test testserver".split()
)


def makes_tables(use: Use) -> bool:
    """Whether a command makes tables: ``call_command("migrate")``, ``execute_from_command_line([..., "migrate"])``."""
    if (use.library or "").endswith("execute_from_command_line"):
        words = (
            [item for option in options(use.arguments[0]) if isinstance(option, Sequence) for item in option.items]
            if use.arguments
            else []
        )
        return any(text_of(word) == MIGRATE for word in words)
    names = options(use.arguments[0]) if use.arguments else ()
    return any(text_of(name) not in OTHERS for name in names)
