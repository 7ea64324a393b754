"""Names of files -> places below the root that the server was started with, and nowhere else."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from verifier.report.style import shown
from verifier.serve.answers import RefusedError


def below(root: Path, name: str, alias: Path | None = None) -> Path:
    """The place that a name means; it need not exist.

    Args:
        root: the root, resolved.
        name: as the client writes it: below the root, or absolute and inside of it.
        alias: how the user names the root, where a link leads to it.

    Raises:
        RefusedError: the name leads elsewhere, through a link or upwards, or is none.
    """
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        raise RefusedError(f"`{shown(name[:200])}` is no name of a file.") from None
    if "\0" in name or not name:
        raise RefusedError(f"`{shown(name[:200])}` is no name of a file.")
    if ".." in Path(name).parts:
        raise RefusedError(f"`{shown(name[:200])}` leads upwards: write the name without `..`.")
    given = Path(name)
    if given.is_absolute():
        if alias is not None and given.is_relative_to(alias):
            given = root / given.relative_to(alias)
        if not given.is_relative_to(root):
            raise RefusedError(f"`{shown(name[:200])}` is not below the root of this server, {shown(str(root))}.")
        given = given.relative_to(root)
    place = root
    for part in given.parts:
        place = place / part
        try:
            mode = place.lstat().st_mode
        except FileNotFoundError:
            return root / given
        except OSError as error:
            raise RefusedError(f"`{shown(name[:200])}` cannot be read: {error.strerror}.") from None
        if stat.S_ISLNK(mode):
            raise RefusedError(f"`{shown(name[:200])}` leads through a symbolic link, which is not followed.")
    return place
