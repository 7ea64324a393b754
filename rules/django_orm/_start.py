"""Starts the applications of a project as Django does."""

from __future__ import annotations

from verifier.api import Engine, Project

from ._objects import share_managers
from ._settings import read_apps


def run_applications(engine: Engine, project: Project) -> None:
    """Run the module ``models`` of each application before anything else, in their order, as Django does.

    Modules that import each other in a circle depend on which of them comes first.
    """
    share_managers(engine)
    for app in read_apps(engine, project).installed:
        if app.directory is None:
            continue
        base = f"{app.directory}/" if app.directory else ""
        for path in (f"{base}models.py", f"{base}models/__init__.py"):
            if path in project.files:
                engine.table.state(path)
