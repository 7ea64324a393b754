"""Files that others are made of: a generator fills them in, and no interpreter reads them as they are."""

from __future__ import annotations

from verifier.api import regex

TAG = regex(rb"\{%[-+]?\s*\w|<%[=_-]?\s")
HOLE = regex(rb"\{\{[^{}\n]*\}\}")
FOLDER = regex(r"(?:^|/)(?:templates?|skeletons?|scaffolds?|cookiecutter[^/]*|\{\{[^/]*\}\})/")


def is_template(path: str, data: bytes) -> bool:
    """Whether a file is filled in by a generator, by what stands in it and where it lies."""
    return TAG.search(data) is not None or (FOLDER.search(path) is not None and HOLE.search(data) is not None)
