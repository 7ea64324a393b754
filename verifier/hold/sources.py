"""What stands in FROM: tables, sub-queries, functions, and how they are joined."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from verifier.hold.faults import Fault, declared_at, nearest, slip_of
from verifier.hold.levels import Level, Output, Source, renamed
from verifier.hold.resolving import Resolving
from verifier.hold.schema import Known
from verifier.lift.pieces import is_hole
from verifier.model import Severity


class Sources(Resolving):
    """Reads what stands in FROM."""

    def source(self, node: exp.Expression, level: Level, *, lateral: bool = False) -> None:
        """What stands in FROM."""
        if isinstance(node, exp.Table):
            self.table(node, level)
            for join in node.args.get("joins") or ():
                self.join(join, level)
            return
        if isinstance(node, exp.Lateral):
            inner = node.this
            first, level.first = level.first, 0
            if isinstance(inner, exp.Select | exp.Subquery | exp.SetOperation):
                self.derived(inner, node, level, level)
            else:
                self.visit(inner, level)
                self.function(inner, node, level)
            level.first = first
            return
        if isinstance(node, exp.Subquery):
            if isinstance(node.this, exp.Table):
                self.source(node.this, level)
                level.open = level.open or bool(node.args.get("alias"))
            else:
                self.derived(node, node, level, level if lateral else level.parent)
            for join in node.args.get("joins") or ():
                self.join(join, level)
            return
        if isinstance(node, exp.Values):
            self.derived(node, node, level, level)
            return
        if isinstance(node, exp.Unnest):
            self.reading(node, level)
            self.function(node, node, level)
            return
        level.open = True

    def reading(self, node: exp.Expression, level: Level) -> None:
        """What a function in FROM is given: it sees all sources before it."""
        first, level.first = level.first, 0
        self.visit(node, level)
        level.first = first

    def table(self, node: exp.Table, level: Level) -> None:
        """A table by its name, or a function."""
        this = node.this
        if this is None or node.args.get("rows_from"):
            self.function(node, node, level)
            return
        if is_hole(this) or "hole" in node.meta or "hole" in this.meta:
            level.open = True
            return
        if not isinstance(this, exp.Identifier):
            self.reading(this, level)
            self.function(this, node, level)
            return
        alias = node.args.get("alias")
        named = alias.this if alias is not None and alias.this is not None else this
        if is_hole(named) or "hole" in named.meta:
            level.open = True
            return
        key = self.key(named)
        db = node.args.get("db")
        if db is None and self.key(this) in level.ctes:
            source = self.from_output(level.ctes[self.key(this)], key, named.name, node, alias)
        else:
            source = self.from_schema(node, this, key, named.name, level.ctes)
            if alias is not None and alias.columns:
                source.columns = {self.key(column): Known(column.name) for column in alias.columns}
                source.open = True
                source.folders = frozenset()
        source.aliased = alias is not None and alias.this is not None
        self.put(source, level)

    def from_schema(
        self, node: exp.Table, this: exp.Identifier, key: str, title: str, ctes: Iterable[str] = ()
    ) -> Source:
        """A table of the project. ``ctes``: the names that the statement itself gives to queries."""
        name = this.name
        relation = self.schema.find(name)
        schema = node.text("db")
        if relation is not None and schema.lower() not in self.schema.schemas:
            relation = None
        if relation is None:
            self.no_table(node, this, name, schema, ctes)
            return Source(key, title, {}, True, node, "table")
        spelled = self.key(this)
        if self.postgres and spelled not in relation.names:
            self.other_case(this, relation.names, f'relation "{spelled}" does not exist', relation)
        columns = relation.exact if self.postgres else relation.folded
        source = Source(key, title, columns, relation.open, node, "table")
        source.relation = relation
        source.folders = relation.folders
        return source

    def no_table(self, node: exp.Table, this: exp.Identifier, name: str, schema: str, ctes: Iterable[str]) -> None:
        """A table that no declaration makes. Where not all of them were read, only a slip of the hand is told of."""
        if self.schema.is_brought(name, schema):
            return
        closed = self.schema.closed and "with" not in self.open
        if closed:
            near = nearest(name, self.schema.tables)
        else:
            near = slip_of(name, [*ctes, *self.schema.tables]) if self.is_trusted(this) else None
            if near is None:
                return
        shown = f"{schema}.{name}" if schema else name
        relation = self.schema.find(near) if near else None
        right = relation.name if relation is not None else near if not closed else None
        said = f'relation "{shown}" does not exist' if self.postgres else f"no such table: {shown}"
        self.faults.append(
            Fault(
                "unknown-table",
                this,
                f"nothing in the project declares a table `{shown}`",
                said,
                f"Write `{right}`" if right else f"Declare `{shown}`, or name a table that exists",
                declared_at(relation),
                severity=None if closed else Severity.WARNING,
                alone=not closed,
            )
        )

    def derived(self, node: exp.Expression, holder: exp.Expression, level: Level, parent: Level | None) -> None:
        """A sub-query, or rows, in FROM."""
        self.building.append(level)
        output = self.query(node, parent, level.ctes)
        self.building.pop()
        alias = holder.args.get("alias")
        named = alias.this if alias is not None else None
        key, title = (self.key(named), named.name) if named is not None else ("", "a sub-query")
        source = self.from_output(output, key, title, holder, alias)
        source.aliased = True
        self.put(source, level)

    def from_output(
        self, output: Output, key: str, title: str, node: exp.Expression, alias: exp.Expression | None
    ) -> Source:
        """A source that gives what a query gives."""
        if alias is not None and alias.args.get("columns"):
            output = renamed(self, output, alias.args["columns"])
        source = Source(key, title, output.mapping(), output.vague or output.open, node, "query")
        source.one_row = output.one_row
        source.width = None if output.open else len(output.columns)
        return source

    def function(self, inner: exp.Expression, holder: exp.Expression, level: Level) -> None:
        """A function in FROM: what it gives is not known."""
        alias = holder.args.get("alias")
        named = alias.this if alias is not None else None
        columns = {}
        if alias is not None:
            names = [
                column.this if isinstance(column, exp.ColumnDef) else column
                for column in alias.args.get("columns") or ()
            ]
            columns = {self.key(column): Known(column.name) for column in names}
        if named is not None:
            columns.setdefault(self.key(named), Known(named.name))
        title = named.name if named is not None else inner.name
        source = Source(
            self.key(named) if named is not None else inner.name.lower(), title, columns, True, holder, "function"
        )
        self.put(source, level)

    def put(self, source: Source, level: Level) -> None:
        """A source more; two of one name are one too many."""
        if source.key and self.postgres:
            for other in level.sources:
                if other.key == source.key and other.kind != "function" and source.kind != "function":
                    self.twice(source, other, level)
                    break
        level.sources.append(source)

    def join(self, node: exp.Join, level: Level) -> None:
        """A JOIN with its condition."""
        args = node.args
        using, on = args.get("using"), args.get("on")
        method = str(args.get("method") or "").upper()
        if self.postgres and self.trusted and not (args.get("side") or args.get("kind") or method or using or on):
            level.first = len(level.sources)
        count = len(level.sources)
        self.source(node.this, level)
        new = level.sources[count:]
        before = level.sources[level.first : count]
        side = str(args.get("side") or "").upper()
        if side in ("LEFT", "FULL"):
            for source in new:
                source.optional = node
        if side in ("RIGHT", "FULL"):
            for source in before:
                source.optional = node
        if method == "NATURAL":
            level.merged = level.merged or set()
            for source in new:
                for earlier in before:
                    level.merged |= source.columns.keys() & earlier.columns.keys()
            if any(source.open for source in (*new, *before)):
                level.open = True
        if using:
            level.merged = level.merged or set()
            for name in using:
                self.using(name.this if isinstance(name, exp.Column) else name, before, new, level)
        if on is not None:
            if self.postgres and self.trusted:
                self.visit(on, level)
            else:
                level.conditions.append(on)

    def using(self, name: exp.Expression, before: list[Source], new: list[Source], level: Level) -> None:
        """A column that both sides of a join must have."""
        key = self.key(name)
        if level.merged is not None:
            level.merged.add(key)
        for side, sources in (("left", before), ("right", new)):
            if level.open or not sources or any(source.open or key in source.columns for source in sources):
                continue
            relation = sources[-1].relation
            self.faults.append(
                Fault(
                    "unknown-column",
                    name,
                    f"`{sources[-1].title}` has no column `{name.name}` to join by",
                    f'column "{name.name}" specified in USING clause does not exist in {side} table'
                    if self.postgres
                    else f"cannot join using column {name.name} - column not present in both tables",
                    "Write the condition with ON, with the columns that the tables have",
                    declared_at(relation),
                )
            )
