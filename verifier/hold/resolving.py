"""The columns of expressions: which source each comes from."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from verifier.hold.faults import Fault, declared_at, nearest, slip_of
from verifier.hold.levels import Bound, Level, Names, Source
from verifier.hold.schema import Relation
from verifier.model import Severity, Span

# Words that the parser takes for a column where the database has a value.
VALUES = frozenset(
    "user current_role current_schema current_catalog current_user session_user system_user localtime localtimestamp "
    "current_date current_time current_timestamp default true false null sysdate rownum level".split()
)
LEAVES = (exp.Literal, exp.Boolean, exp.Null, exp.Placeholder, exp.Parameter, exp.Identifier, exp.Var, exp.DataType)


def is_joined(node: exp.Expression) -> bool:
    """Whether a source is joined with a condition."""
    return isinstance(node.parent, exp.Join) and node.parent.args.get("on") is not None


class Resolving(Names):
    """Resolves the columns of expressions."""

    def visit(self, node: exp.Expression, level: Level) -> None:
        """Resolve the columns of an expression."""
        kind = type(node)
        if isinstance(node, exp.Column):
            self.resolve(node, level)
        elif isinstance(node, LEAVES):
            return
        elif isinstance(node, exp.Query):
            self.inner.append((node, self.query(node, level, level.ctes)))
        elif kind is exp.Collate or kind is exp.Dot:
            self.visit(node.this, level)
        elif kind is exp.Kwarg or kind is exp.PropertyEQ:
            self.visit(node.expression, level)
        elif kind is exp.Lambda:
            return
        else:
            for value in node.args.values():
                if isinstance(value, list):
                    for item in value:
                        if isinstance(item, exp.Expression):
                            self.visit(item, level)
                elif isinstance(value, exp.Expression):
                    self.visit(value, level)

    def resolve(self, node: exp.Column, level: Level) -> Source | None:
        """The source of a column."""
        name, table = node.this, node.args.get("table")
        if "hole" in name.meta or "hole" in node.meta or (table is not None and "hole" in table.meta):
            return None
        if isinstance(name, exp.Identifier) or table is not None:
            return self.qualified(node, name, table, level) if table is not None else self.unqualified(node, level)
        return None

    def qualified(self, node: exp.Column, name: exp.Expression, table: exp.Expression, level: Level) -> Source | None:
        """A column with the name of its source in front."""
        key = self.key(table)
        for at in level.around():
            found = [source for source in at.seen if source.key == key]
            if found:
                source = found[-1]
                if isinstance(name, exp.Identifier):
                    if len(found) > 1:
                        source = self.one_of(found, name, at)
                    self.bind(node, name, source, at)
                return source
            if at.open:
                return None
        if self.is_trusted(table) and key not in ("old", "new") and node.args.get("catalog") is None:
            self.no_source(node, table, key, level)
        return None

    def is_trusted(self, name: exp.Expression) -> bool:
        """Whether a name stands as the project wrote it: all of its statement do, or the text that it is in."""
        return self.trusted or "written" in name.meta

    def one_of(self, found: list[Source], name: exp.Identifier, level: Level) -> Source:
        """The one of several sources of a name that has a column."""
        key = self.key(name)
        having = [source for source in found if key in source.columns]
        if len(having) > 1 and not self.postgres:
            self.twice(having[1], having[0], level, name.name)
        return having[-1] if having else found[-1]

    def bind(self, node: exp.Column, name: exp.Identifier, source: Source, level: Level) -> None:
        """A column of a source that is known."""
        key = self.key(name)
        known = source.columns.get(key)
        self.bound[id(node)] = Bound(source, known, level)
        if known is not None or key in self.hidden or "(" in name.name:
            return
        if source.vague:
            self.slipped(name, [source], level)
            return
        if self.postgres and self.folded(name, source):
            return
        self.no_column(name, source, f"{source.title}.{name.name}")

    def folded(self, name: exp.Identifier, source: Source) -> bool:
        """Whether a column exists in another case only."""
        relation = source.relation
        if relation is None or name.name.lower() not in relation.folded:
            return False
        low = name.name.lower()
        real = {spelled for spelled in relation.exact if spelled.lower() == low}
        said = name.name if name.args.get("quoted") else low
        prefix = f"{source.title}.{said}" if isinstance(name.parent, exp.Column) and name.parent.table else f'"{said}"'
        self.other_case(name, real, f"column {prefix} does not exist", relation)
        return True

    def other_case(self, name: exp.Identifier, real: set[str], said: str, relation: Relation) -> None:
        """A name that exists in another case only."""
        if len(real) != 1:
            return
        right = next(iter(real))
        if name.args.get("quoted"):
            message = f'the name is `{right}`, and `"{name.name}"` in quotes is another'
        else:
            message = f"PostgreSQL reads `{name.name}` without quotes as `{name.name.lower()}`; the name is `{right}`"
        self.faults.append(
            Fault("folded-name", name, message, said, f'Write `"{right}"`, in quotes', declared_at(relation))
        )

    def no_column(self, name: exp.Identifier, source: Source, shown: str) -> None:
        """A column that its source does not have."""
        near = nearest(name.name, [known.name for known in source.columns.values() if known.name])
        what = f"`{source.title}`" if source.relation is None or not source.aliased else f"`{source.relation.name}`"
        self.faults.append(
            Fault(
                "unknown-column",
                name,
                f"{what} has no column `{name.name}`",
                f"column {shown} does not exist" if self.postgres else f"no such column: {shown}",
                f"Write `{near}`" if near else f"Name a column that {what} has, or declare `{name.name}`",
                declared_at(source.relation),
                folders=source.folders,
            )
        )

    def slipped(self, name: exp.Identifier, sources: Sequence[Source], level: Level) -> None:
        """A column of sources that are not wholly known, where it is one that they have but for a letter."""
        if not self.is_trusted(name) or any(around.open for around in level.around()):
            return
        if any(source.relation is None and not source.columns for source in sources):
            return  # it may be of a table that nobody declares
        near = slip_of(name.name, [known.name for source in sources for known in source.columns.values() if known.name])
        if near is None or self.key(name) in VALUES:
            return
        self.faults.append(
            Fault(
                "unknown-column",
                name,
                f"nothing in the project declares a column `{name.name}`",
                f'column "{self.key(name)}" does not exist' if self.postgres else f"no such column: {name.name}",
                f"Write `{near}`",
                tuple(place for source in sources[:1] for place in declared_at(source.relation)),
                severity=Severity.WARNING,
                alone=True,
            )
        )

    def unqualified(self, node: exp.Column, level: Level) -> Source | None:
        """A column without the name of its source."""
        name = node.this
        key = self.key(name)
        for at in level.around():
            seen = at.seen
            hits = [source for source in seen if key in source.columns and not source.qualified]
            if hits:
                if len(hits) > 1 and (at.merged is None or key not in at.merged):
                    self.ambiguous(name, key, hits, at)
                self.bound[id(node)] = Bound(hits[0], hits[0].columns[key], at)
                return hits[0]
            if at.lenient and key in at.aliases:
                self.named[id(node)] = at.aliases[key]
                return None
            if any(source.key == key for source in seen) and (self.postgres or not self.dialect):
                return None  # the whole row
            if at.open or any(source.vague for source in seen) or (seen and key in self.hidden):
                if not at.open and key not in self.hidden and not (name.args.get("quoted") and not self.postgres):
                    self.slipped(name, [source for around in level.around() for source in around.seen], level)
                return None
        if (key in VALUES and not name.args.get("quoted")) or not self.is_trusted(name):
            return None
        if name.args.get("quoted") and not self.postgres:
            return None  # SQLite takes a name in double quotes that is none for a text
        self.nowhere(node, name, level)
        return None

    def ambiguous(self, name: exp.Identifier, key: str, hits: Sequence[Source], level: Level) -> None:
        """A name that several sources have."""
        if not self.trusted or not all(source.columns[key].certain for source in hits):
            return
        if len({source.key for source in hits}) < len(hits):
            return  # said of the sources themselves
        titles = " and ".join(f"`{source.title}`" for source in hits[:2])
        self.faults.append(
            Fault(
                "ambiguous-column",
                name,
                f"{titles} both have a column `{name.name}`",
                f'column reference "{name.name}" is ambiguous'
                if self.postgres
                else f"ambiguous column name: {name.name}",
                f"Write `{hits[0].title}.{name.name}` or `{hits[1].title}.{name.name}`",
                tuple(place for source in hits[:2] for place in declared_at(source.relation)),
            )
        )

    def nowhere(self, node: exp.Column, name: exp.Identifier, level: Level) -> None:
        """A name that no source has."""
        if self.postgres:
            for at in level.around():
                for source in at.seen:
                    if self.folded(name, source):
                        return
        sources = [source for at in level.around() for source in at.seen]
        said = f'column "{self.key(name)}" does not exist' if self.postgres else f"no such column: {name.name}"
        if len(sources) == 1:
            source = sources[0]
            before = len(self.faults)
            self.no_column(name, source, name.name)
            self.faults[before] = self.faults[before]._replace(symptom=said)
            return
        if self.postgres and any(self.key(name) in at.aliases for at in level.around()):
            message = f"`{name.name}` is a name of the select list, which this part of the statement does not see"
            remedy = "Repeat the expression, or select from a sub-query that gives it the name"
        elif sources:
            titles = ", ".join(f"`{source.title}`" for source in sources[:4])
            near = nearest(name.name, [known.name for source in sources for known in source.columns.values()])
            message = f"none of {titles} has a column `{name.name}`"
            remedy = f"Write `{near}`" if near else "Name a column that one of them has"
        else:
            message = f"`{name.name}` is read here as a column, and there is no table that it could be of"
            remedy = f"Write '{name.name}' in single quotes if it is a text, or name the table"
        related = tuple(place for source in sources[:2] for place in declared_at(source.relation))
        folders = frozenset[str]().union(*(source.folders for source in sources))
        self.faults.append(Fault("unknown-column", name, message, said, remedy, related, folders=folders))

    def no_source(self, node: exp.Column, table: exp.Expression, key: str, level: Level) -> None:
        """A name in front of a column that no source has."""
        if (id(level), key) in self.missing:
            return
        self.missing.add((id(level), key))
        shown = f"{table.name}.{node.name}"
        every = [source for at in (*level.around(), *self.building) for source in at.sources]
        low = table.name.lower()
        renamed_to = next((s for s in every if s.relation is not None and s.aliased and s.relation.has(low)), None)
        hidden = any(source.key == key for source in every)
        folds = next((s for s in every if s.title.lower() == low and s.key != key), None) if self.postgres else None
        if self.postgres:
            said = (
                f'invalid reference to FROM-clause entry for table "{table.name}"'
                if renamed_to is not None or hidden
                else f'missing FROM-clause entry for table "{key}"'
            )
        else:
            said = f"no such table: {table.name}" if isinstance(node.this, exp.Star) else f"no such column: {shown}"
        related: tuple[tuple[Span, str], ...] = ()
        if folds:
            self.faults.append(
                Fault(
                    "folded-name",
                    table,
                    f"PostgreSQL reads names without quotes in small letters, so that `{table.name}` is not "
                    f"`{folds.title}`",
                    said,
                    f'Write `"{folds.title}"`, in quotes, wherever it is meant',
                )
            )
            return
        if renamed_to is not None:
            message = f"`{table.name}` is called `{renamed_to.title}` in this statement"
            remedy = f"Write `{renamed_to.title}.{node.name}`"
            related = declared_at(renamed_to.relation)
        elif hidden:
            message = f"`{table.name}` is not seen here: it stands behind this condition, or beside this sub-query"
            remedy = f"Join `{table.name}` before the condition that uses it"
        else:
            message = f"`{shown}` is of a table that this statement does not name"
            remedy = f"Join the table and call it `{table.name}`, or use a name that stands in FROM"
        self.faults.append(Fault("alias-not-in-scope", table, message, said, remedy, related))

    def twice(self, source: Source, other: Source, level: Level, column: str = "") -> None:
        """Two sources of one name; all databases but PostgreSQL mind only a column that both have."""
        if level.open or not (source.node.args.get("db") is None and other.node.args.get("db") is None):
            return
        if not self.trusted and not (is_joined(source.node) and is_joined(other.node)):
            return  # a mapper that joins what stands in its FROM list takes it out of there
        same = source.relation is not None and source.relation is other.relation and not source.aliased
        if id(source) in self.doubled:
            return
        self.doubled.add(id(source))
        self.faults.append(
            Fault(
                "duplicate-alias",
                source.node,
                f"`{source.title}` stands for two tables of one statement",
                f'table name "{source.title}" specified more than once'
                if self.postgres
                else f"ambiguous column name: {source.title}.{column}",
                f"Give the second `{source.title}` an alias of its own, and use it in its conditions"
                if same
                else "Give one of them another alias",
                declared_at(source.relation),
            )
        )
