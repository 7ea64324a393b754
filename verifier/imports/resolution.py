"""Where the module of an import lies."""

from __future__ import annotations

from posixpath import normpath

from msgspec import Struct


class Resolution(Struct, frozen=True):
    """Exactly one of: a file, a folder without code of its own, another distribution, or why it was not found.

    Attributes:
        file: a file of the project; an asset, such as JSON, too.
        directory: the first folder of a namespace package, which has no file; ``portions`` are all its folders.
        package: what is imported from outside, by its top name: ``flask``, ``@koa/router``, ``fs``.
        reason: why an import that points inside the project does not arrive.
        place: where it should have arrived, without the ending of a file, as far as that is one place.
        stands_for: the module of ``package`` that is meant, where the specifier leads to code that a tool generates
            for it: ``@prisma/client`` for ``./generated/client``.
    """

    file: str | None = None
    package: str | None = None
    reason: str | None = None
    directory: str | None = None
    portions: tuple[str, ...] = ()
    stands_for: str | None = None
    place: str | None = None

    @property
    def internal(self) -> bool:
        """Whether the import arrives inside the project."""
        return self.file is not None or self.directory is not None


def joined(*parts: str) -> str | None:
    """A path below the root, from parts that may hold ``.`` and ``..``; None above the root."""
    path = normpath("/".join(part for part in parts if part))
    if path == "." or not path:
        return ""
    return None if path == ".." or path.startswith(("../", "/")) else path


def parent(path: str) -> str:
    """The folder that holds a file or folder; nothing for the root."""
    return path.rpartition("/")[0]


def ancestors(directory: str) -> list[str]:
    """A folder and all that it lies in, the nearest first; the root is last."""
    found = [directory]
    while directory:
        directory = parent(directory)
        found.append(directory)
    return found
