"""Django's own mapper: where code queries or saves models, and which classes are models."""

from __future__ import annotations

from verifier.api import DataAccess, Pack

from ._commands import makes_tables
from ._start import run_applications

# Methods of a query set that give a query set: what is called on the result of another one is called on rows.
BUILDING = (
    "all|filter|exclude|complex_filter|annotate|alias|order_by|reverse|distinct|values|values_list|dates|datetimes|"
    "none|union|intersection|difference|select_related|prefetch_related|extra|defer|only|using|select_for_update|"
    "raw|get_queryset|db_manager"
)
MANAGER = r"(?:\w*objects|_default_manager|_base_manager)"
QUERY = rf"(?:\.(?:{BUILDING})\(\))*\.\w+"
# What gives one object, as far as it is then saved or deleted.
ROW = r"(?:get|first|last|create|latest|earliest)\(\)\.(?:save|asave|delete|adelete|refresh_from_db)"

PACK = Pack(
    language="python",
    packages=("django.db",),
    orm="django",
    models="_reading:read_models",
    prepare=run_applications,
    declares=(r"django\.contrib\.(?:auth|contenttypes|gis|postgres|sessions)",),
    creates=(r"django\.core\.management\.(?:base\.)?(?:call_command|execute_from_command_line)",),
    creating=makes_tables,
    migrates=(r"\b(?:manage\.py|django-admin)\b.*\bmigrate\b",),
    asks=(
        r"\.(?:objects|_default_manager|_base_manager)\b",
        r"\.(?:filter|exclude|annotate|aggregate|values|values_list|order_by|select_related|prefetch_related|raw)\(",
        r"\bget_(?:object|list)_or_404\(|\.cursor\(",
    ),
    expressions=("django.db.", "django.contrib.postgres.", "django.contrib.auth."),
    data=DataAccess(
        calls=(
            rf"django\.db\.models\.(?:base\.)?Model\.{MANAGER}{QUERY}",
            rf"django\.db\.models\.(?:base\.)?Model\.{MANAGER}(?:\.(?:{BUILDING})\(\))*\.{ROW}",
            r"django\.db\.models\.(?:base\.)?Model\.(?:save|asave|delete|adelete|refresh_from_db)",
            rf"django\.contrib\.auth\.[\w.()]*\.objects{QUERY}",
            r"django\.db\.connections?[\w.()]*\.(?:execute|executemany)",
            r"django\.shortcuts\.(?:get_object_or_404|get_list_or_404)",
        ),
        raw=(
            r"django\.db\.connections?[\w.()]*\.(?:execute|executemany|callproc)",
            rf"django\.db\.models\.(?:base\.)?Model\.{MANAGER}(?:\.\w+\(\))*\.raw",
        ),
        models=(r"django\.db\.models\.(?:base\.)?Model", r"django\.contrib\.auth\.(?:base_user|models)\.\w+"),
    ),
)
