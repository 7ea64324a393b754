"""Django's own mapper: where code queries or saves models, and which classes are models."""

from __future__ import annotations

from verifier.api import DataAccess, Pack

PACK = Pack(
    language="python",
    packages=("django.db",),
    orm="django",
    data=DataAccess(
        calls=(
            r"django\.db\.models\.(?:base\.)?Model\.\w*objects\.\w+",
            r"django\.db\.models\.(?:base\.)?Model\.(?:save|delete|refresh_from_db)",
            r"django\.contrib\.auth\.[\w.()]*\.objects\.\w+",
            r"django\.db\.connections?[\w.()]*\.(?:execute|executemany)",
            r"django\.shortcuts\.(?:get_object_or_404|get_list_or_404)",
        ),
        models=(r"django\.db\.models\.(?:base\.)?Model", r"django\.contrib\.auth\.(?:base_user|models)\.\w+"),
    ),
)
