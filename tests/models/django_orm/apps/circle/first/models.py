from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from second.models import Second

    Seconds = list[Second]


class First(models.Model):
    name = models.CharField(max_length=9)

    def others(self) -> Seconds:
        return list(self.second_set.all())
