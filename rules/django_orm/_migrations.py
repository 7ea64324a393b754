"""The tables that a project's migrations leave behind when they are applied in order."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Column, Engine, Project, Sequence, Table, replace

from ._columns import columns_of, constraints_of
from ._history import History, read_history
from ._model import Model
from ._operations import State
from ._registry import Registry
from ._relations import junction_table, links_of


class Migrated:
    """The migrations, what they make of the database, and what Django believes of it."""

    def __init__(self, engine: Engine, project: Project, real: Registry) -> None:
        self.engine = engine
        apps = real.apps
        self.history: History = read_history(engine, project, apps, apps.user_model)
        self.state = State(engine)
        self.database = State(engine, self.state)
        for migration in self.history.ordered:
            app = migration.key[0]
            operations = migration.operations
            if operations is None:
                continue
            if not isinstance(operations, Sequence) or not operations.complete:
                self.database.doubt(app, f"the operations of {migration.path}")
                self.state.doubt(app, f"the operations of {migration.path}")
            for operation in operations.items if isinstance(operations, Sequence) else ():
                self.database.apply(app, operation, database=True)
                self.state.apply(app, operation, database=False)
        self.reconcile()
        self.registry = Registry(apps, real.reader)
        self.registry.add(self.database.models.values())
        migrated = {app for app, folder in self.history.packages.items() if folder is not None}
        self.registry.add(model for model in real.models.values() if model.app not in migrated or model.cls is None)
        self.registry.complete()

    def reconcile(self) -> None:
        """Bring what was moved or made by SQL under the names that Django believes in."""
        for key, known in self.state.models.items():
            if key in self.database.models or known.proxy or not known.managed:
                continue
            if not self.database.adopt(known):
                known.open.append("what a migration does to the database by itself")
                self.database.models[key] = known

    def columns(self, model: Model) -> Iterator[Column]:
        """The columns of a table; what the database does not hold to is no reference."""
        loose = {field.name for field in model.fields.values() if field.flag("db_constraint", True) is False}
        for column in columns_of(self.registry, self.engine, model):
            bare = column.attribute.removesuffix("_id")
            yield replace(column, references=()) if bare in loose else column

    def tables(self) -> Iterator[Table]:
        """Each table, junction tables too."""
        registry, engine = self.registry, self.engine
        for model in self.database.models.values():
            if model.proxy or not model.managed or model.swapped:
                continue
            doubts = (*model.open, *self.database.open.get(model.app or "", ()))
            name = registry.table_of(model)
            if name is None:
                continue
            yield Table(
                name,
                "migration",
                model.span,
                columns=tuple(self.columns(model)),
                constraints=tuple(constraints_of(registry, engine, model)),
                orm="django",
                open=tuple(dict.fromkeys(doubts)),
            )
            for link in links_of(registry, model):
                junction = junction_table(registry, engine, link)
                if junction is not None:
                    yield replace(junction, source="migration", open=tuple(dict.fromkeys((*junction.open, *doubts))))
