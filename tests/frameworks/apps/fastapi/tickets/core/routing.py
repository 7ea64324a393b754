from collections.abc import Callable
from typing import Any

from fastapi import APIRouter


class SlashRouter(APIRouter):
    """Answers each path with and without a slash at its end."""

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        bare = path.rstrip("/")
        super().add_api_route(bare, endpoint, **options)
        options["include_in_schema"] = False
        super().add_api_route(f"{bare}/", endpoint, **options)
