"""Django's own mapper: where code queries or saves models, and which classes are models."""

from __future__ import annotations

from verifier.api import DataAccess, Pack

from ._commands import makes_tables
from ._managers import DUNDERS, MANAGING, OF_RELATED, QUERY_SET, Manager, QuerySet
from ._objects import ModelObject, UserModel
from ._start import run_applications

QUERYING = "|".join(sorted((OF_RELATED | {"create_user", "create_superuser"}) - DUNDERS))
MODEL = r"django\.(?:contrib\.gis\.)?db\.models\.(?:base\.)?Model"

PACK = Pack(
    language="python",
    packages=("django.db",),
    orm="django",
    models="_reading:read_models",
    prepare=run_applications,
    objects=(QuerySet, Manager, ModelObject, UserModel),
    offers=(QUERY_SET,),
    functions=MANAGING,
    queries="_queries:read_queries",
    declares=(r"django\.contrib\.(?:auth|contenttypes|gis|postgres|sessions)",),
    creates=(r"django\.core\.management\.(?:base\.)?(?:call_command|execute_from_command_line)",),
    creating=makes_tables,
    migrates=(r"\b(?:manage\.py|django-admin)\b.*\bmigrate\b",),
    asks=(
        r"\.(?:objects|_default_manager|_base_manager)\b",
        r"\.(?:create|delete|adelete|refresh_from_db|save|asave)\(|\.\w+\.a?(?:add|remove|clear|set)\(",
        r"\.(?:all|first|last|count|exists|earliest|latest|get_or_create|update_or_create|bulk_create|in_bulk|save)\(",
        r"\.(?:filter|exclude|annotate|aggregate|values|values_list|order_by|select_related|prefetch_related|raw)\(",
        r"\bget_(?:object|list)_or_404\(|\.cursor\(",
    ),
    marks=(r"\b[A-Z]\w*\.objects\.\w+\(",),
    expressions=("django.db.", "django.<term>", "django.contrib.postgres.", "django.contrib.auth."),
    hollow=("django.db.models.Q", "django.db.models.query_utils.Q"),
    data=DataAccess(
        calls=(
            rf"{MODEL}\.\w+\.(?:{QUERYING})",
            rf"django\.db\.models\.QuerySet\.(?:{QUERYING})",
            rf"(?:{MODEL}|django\.contrib\.auth\.[\w.]*)\.(?:save|asave|delete|adelete|a?refresh_from_db)",
            r"django\.db\.connections?[\w.()]*\.(?:execute|executemany)",
            r"django\.shortcuts\.(?:get_object_or_404|get_list_or_404)",
        ),
        raw=(
            r"django\.db\.connections?[\w.()]*\.(?:execute|executemany|callproc)",
            rf"{MODEL}\.\w+\.raw",
            r"django\.db\.models\.QuerySet\.raw",
        ),
        models=(r"django\.db\.models\.(?:base\.)?Model", r"django\.contrib\.auth\.(?:base_user|models)\.\w+"),
    ),
)
