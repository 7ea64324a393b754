"""Where Prisma writes its client, as the generators of a schema say."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname, normpath

from verifier.api import Project

from ._schema import blocks, unquoted

PROVIDERS = frozenset({"prisma-client", "prisma-client-js"})


def generated(project: Project) -> Iterator[tuple[str, str]]:
    """The folders of clients, which lie where ``output`` says, seen from the schema's folder."""
    schemas = {path: source for path, source in project.others.items() if path.endswith(".prisma")}
    if schemas:
        yield ".prisma/client", "@prisma/client"  # where it lies among the installed packages
    for path, source in schemas.items():
        if "output" not in source.text:
            continue
        for block in blocks(source.text):
            output = unquoted(block.properties.get("output"))
            if output is None or unquoted(block.properties.get("provider")) not in PROVIDERS:
                continue
            folder = normpath(f"{dirname(path) or '.'}/{output}") if not output.startswith("/") else ".."
            if not folder.startswith("..") and "node_modules" not in folder.split("/"):
                yield folder, "@prisma/client"
