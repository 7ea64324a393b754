"""Names of a statement held against the tables that it names: which source each column comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from verifier.hold.faults import Fault
from verifier.hold.levels import Bound, Inserting, Level, Output, Source, renamed
from verifier.hold.schema import Known
from verifier.hold.sources import Sources
from verifier.lift.pieces import is_hole

# Functions by which PostgreSQL names a column that is given no name.
NAMED: Mapping[type[exp.Expression], str] = {
    exp.Count: "count",
    exp.Sum: "sum",
    exp.Avg: "avg",
    exp.Max: "max",
    exp.Min: "min",
    exp.Coalesce: "coalesce",
    exp.Exists: "exists",
    exp.Case: "case",
    exp.Lower: "lower",
    exp.Upper: "upper",
    exp.Length: "length",
}


class Scopes(Sources):
    """Resolves the names of a statement."""

    def statement(self, node: exp.Expression) -> None:
        """Resolve a whole statement; what is no query and writes no rows is left alone."""
        if isinstance(node, exp.Query | exp.Insert | exp.Update | exp.Delete | exp.Values):
            self.query(node, None, {})

    def query(self, node: exp.Expression, parent: Level | None, ctes: Mapping[str, Output]) -> Output:
        """What a query gives."""
        if isinstance(node, exp.Select):
            return self.select(node, parent, ctes)
        if isinstance(node, exp.Subquery):
            ctes = self.with_(node, parent, ctes)
            return self.query(node.this, parent, ctes)
        if isinstance(node, exp.SetOperation):
            return self.set_operation(node, parent, ctes)
        if isinstance(node, exp.Values):
            return self.values(node, parent, ctes)
        if isinstance(node, exp.Insert):
            return self.insert(node, parent, ctes)
        if isinstance(node, exp.Update):
            return self.update(node, parent, ctes)
        if isinstance(node, exp.Delete):
            return self.delete(node, parent, ctes)
        unknown = Output()
        unknown.open = unknown.vague = True
        return unknown

    def with_(self, node: exp.Expression, parent: Level | None, ctes: Mapping[str, Output]) -> Mapping[str, Output]:
        """The queries of a WITH, beside those around it."""
        written = node.args.get("with_")
        if written is None:
            return ctes
        found = dict(ctes)
        for cte in written.expressions:
            alias = cte.args.get("alias")
            if alias is None or alias.this is None:
                continue
            key = self.key(alias.this)
            inner = cte.this
            if written.args.get("recursive") and isinstance(inner, exp.SetOperation):
                first = Output()
                first.open = first.vague = True
                found[key] = renamed(self, first, alias.columns) if alias.columns else first
                if not alias.columns:
                    quiet = Scopes(self.schema, self.dialect, self.open, trusted=self.trusted)
                    found[key] = quiet.query(leftmost(inner), parent, found)
            found[key] = renamed(self, self.query(inner, parent, found), alias.columns)
        return found

    def set_operation(self, node: exp.SetOperation, parent: Level | None, ctes: Mapping[str, Output]) -> Output:
        """What a UNION and its like give."""
        ctes = self.with_(node, parent, ctes)
        arms: list[exp.Expression] = []
        waiting: exp.Expression = node
        operations: list[exp.SetOperation] = []
        while isinstance(waiting, exp.SetOperation) and (waiting is node or not waiting.args.get("with_")):
            operations.append(waiting)
            arms.append(waiting.expression)
            waiting = waiting.this
        left = self.query(waiting, parent, ctes)
        for operation in reversed(operations):
            right = self.query(operation.expression, parent, ctes)
            self.widths.append((operation, left, right))
            if left.open and not right.open:
                left.open = False
                left.columns = [(None, known) for _, known in right.columns]
                left.vague = True
        return left

    def values(self, node: exp.Values, parent: Level | None, ctes: Mapping[str, Output]) -> Output:
        """What a list of rows gives."""
        level = Level(node, parent, ctes, False)
        output = Output()
        rows = node.expressions
        for row in rows:
            self.visit(row, level)
        if rows and isinstance(rows[0], exp.Tuple) and not any(is_hole(item) for item in rows[0].expressions):
            for place, item in enumerate(rows[0].expressions, 1):
                output.add(f"column{place}", Known(f"column{place}", node=item))
        elif rows and not is_hole(rows[0]) and not isinstance(rows[0], exp.Tuple):
            output.add("column1", Known("column1", node=rows[0]))
        else:
            output.open = output.vague = True
        return output

    def select(self, node: exp.Select, parent: Level | None, ctes: Mapping[str, Output]) -> Output:
        """What a SELECT gives."""
        args = node.args
        ctes = self.with_(node, parent, ctes)
        level = Level(node, parent, ctes, self.from_open)
        self.levels.append(level)
        from_ = args.get("from_")
        if from_ is not None:
            self.source(from_.this, level)
        for join in args.get("joins") or ():
            self.join(join, level)
        for lateral in args.get("laterals") or ():
            self.source(lateral, level)
        level.first = 0
        output = level.output = Output()
        output.open = output.vague = self.columns_open
        for projection in node.expressions:
            if isinstance(projection, exp.Alias):
                level.aliases[self.key(projection.args["alias"])] = projection.this
        for projection in node.expressions:
            self.projection(projection, level, output)
        level.lenient = not self.postgres
        self.join_conditions(level)
        for clause in ("where", "prewhere", "qualify"):
            if args.get(clause) is not None:
                self.visit(args[clause].this, level)
        for window in args.get("windows") or ():
            self.visit(window, level)
        group = args.get("group")
        if group is not None:
            for item in group.expressions:
                self.by_alias(item, level, first=False)
            for name, value in group.args.items():
                if name != "expressions" and isinstance(value, list):
                    for item in value:
                        self.visit(item, level)
        if args.get("having") is not None:
            self.visit(args["having"].this, level)
        order = args.get("order")
        if order is not None:
            for item in order.expressions:
                self.by_alias(item.this if isinstance(item, exp.Ordered) else item, level, first=True)
        distinct = args.get("distinct")
        if distinct is not None and distinct.args.get("on") is not None:
            on = distinct.args["on"]
            for item in on.expressions if isinstance(on, exp.Tuple) else [on]:
                self.by_alias(item, level, first=True)
        level.lenient = False
        aggregates = group is None and any(is_aggregate(projection) for projection in node.expressions)
        output.one_row = aggregates or is_one(args.get("limit"))
        return output

    def join_conditions(self, level: Level) -> None:
        """The conditions of joins, where they see the sources that follow, too: on all databases but PostgreSQL."""
        for condition in level.conditions:
            self.visit(condition, level)

    def by_alias(self, node: exp.Expression, level: Level, *, first: bool) -> None:
        """An expression of ORDER BY or GROUP BY, which may be a name of the select list.

        ``first``: such a name comes before that of a source.
        """
        plain = (
            isinstance(node, exp.Column) and node.args.get("table") is None and isinstance(node.this, exp.Identifier)
        )
        if plain:
            key = self.key(node.this)
            if key in level.aliases and (first or not any(key in source.columns for source in level.seen)):
                self.named[id(node)] = level.aliases[key]
                return
            output = level.output
            if self.postgres and first and output is not None and any(name == key for name, _ in output.columns):
                hits = [source for source in level.seen if key in source.columns]
                if len(hits) != 1:  # a name that the select list gives by itself, such as `count`
                    return
        self.visit(node, level)

    def projection(self, node: exp.Expression, level: Level, output: Output) -> None:
        """One expression of a select list."""
        if isinstance(node, exp.Star):
            for source in level.sources:
                self.star(source, output)
            output.open = output.open or level.open or not level.sources or level.merged is not None
            output.vague = output.vague or level.open
            return
        if isinstance(node, exp.Column) and isinstance(node.this, exp.Star):
            named = self.resolve(node, level)
            if named is None:
                output.open = output.vague = True
            else:
                self.star(named, output)
            return
        self.visit(node, level)
        if isinstance(node, exp.Alias):
            output.add(self.key(node.args["alias"]), Known(node.alias, node=node.this))
        elif isinstance(node, exp.Column):
            output.add(self.key(node.this), Known(node.name, node=node))
        elif is_hole(node) or isinstance(node, exp.Aliases):
            output.open = output.vague = True
        else:
            name = NAMED.get(type(node))
            output.vague = output.vague or (name is None and not self.sqlite and not isinstance(node, exp.Literal))
            output.add(name if not self.sqlite else None, Known(name or "", node=node))

    def star(self, source: Source, output: Output) -> None:
        """All columns of a source."""
        if source.relation is not None:
            folded = source.relation.folded
            for low, known in folded.items():
                output.add(low if not self.postgres else known.name, known)
            output.open = output.open or not all(known.certain for known in folded.values())
        else:
            for key, known in source.columns.items():
                output.add(key, known)
        if source.open:
            output.open = output.vague = True
        elif source.width is not None and source.width != len(source.columns):
            output.open = True

    # Statements that write

    def insert(self, node: exp.Insert, parent: Level | None, ctes: Mapping[str, Output]) -> Output:
        """An INSERT; what it gives is what it returns."""
        ctes = self.with_(node, parent, ctes)
        target = node.this
        names: list[exp.Identifier] | None = None
        if isinstance(target, exp.Schema):
            names = [name for name in target.expressions if isinstance(name, exp.Identifier)]
            if len(names) != len(target.expressions) or any("hole" in name.meta for name in names):
                names = None
            target = target.this
        level = Level(node, parent, ctes, False)
        source = self.target(target, level)
        if source is not None:
            for name in names or ():
                self.assigned(name, source, insert=True)
        given = node.args.get("expression")
        output = self.query(given, parent, ctes) if given is not None else None
        complete = isinstance(node.this, exp.Schema) == (names is not None)
        if complete and not node.args.get("default"):
            self.inserting.append(Inserting(node, source, names, output))
        conflict = node.args.get("conflict")
        if conflict is not None and source is not None:
            self.conflict(conflict, source, level)
        return self.returning(node, level)

    def target(self, node: exp.Expression, level: Level) -> Source | None:
        """The table that a statement writes."""
        if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier) or "hole" in node.this.meta:
            level.open = True
            return None
        at = level.ctes
        level.ctes = {}  # what WITH names is not written
        self.source(node, level)
        level.ctes = at
        return level.sources[0] if level.sources else None

    def assigned(self, name: exp.Expression, source: Source, *, insert: bool = False) -> Known | None:
        """A column that is given a value."""
        if not isinstance(name, exp.Identifier) or "hole" in name.meta:
            return None
        key = self.key(name)
        known = source.columns.get(key)
        if known is not None or source.vague:
            return known
        if self.postgres and self.folded(name, source):
            return None
        if key in self.hidden and not self.postgres:
            return None
        table = source.relation.name if source.relation is not None else source.title
        before = len(self.faults)
        self.no_column(name, source, name.name)
        said = (
            f'column "{name.name}" of relation "{table}" does not exist'
            if self.postgres
            else f"table {table} has no column named {name.name}"
            if insert
            else f"no such column: {name.name}"
        )
        self.faults[before] = self.faults[before]._replace(symptom=said)
        return None

    def conflict(self, node: exp.OnConflict, source: Source, level: Level) -> None:
        """What an INSERT does where the row exists already."""
        alone = Level(node, None, level.ctes, level.open)
        alone.sources.append(source)
        for name in node.args.get("conflict_keys") or ():
            self.visit(name, alone)
        if node.args.get("index_predicate") is not None:
            self.visit(node.args["index_predicate"], alone)
        inner = Level(node, level.parent, level.ctes, level.open)
        excluded = Source("excluded", "excluded", source.columns, source.open, source.node, "table")
        excluded.relation = source.relation
        excluded.qualified = not self.postgres
        inner.sources += [source, excluded]
        self.assignments(node.expressions, source, inner)
        if node.args.get("where") is not None:
            self.visit(node.args["where"], inner)

    def assignments(self, nodes: Sequence[exp.Expression], source: Source | None, level: Level) -> None:
        """The columns of a SET, with what they are given."""
        for node in nodes:
            if not isinstance(node, exp.EQ):
                self.visit(node, level)
                continue
            left = node.this
            for column in left.expressions if isinstance(left, exp.Tuple) else [left]:
                if isinstance(column, exp.Column) and source is not None and not source.node.args.get("joins"):
                    self.bare(column)
                    known = self.assigned(column.this, source)
                    self.bound[id(column)] = Bound(source, known, level)
            self.visit(node.expression, level)

    def bare(self, column: exp.Column) -> None:
        """A column that is set has no table in front, on databases but MySQL."""
        table = column.args.get("table")
        if table is None or "hole" in table.meta or not self.trusted or not (self.postgres or self.sqlite):
            return
        self.faults.append(
            Fault(
                "not-in-dialect",
                table,
                f"{'PostgreSQL' if self.postgres else 'SQLite'} takes no table in front of a column that is set",
                f'column "{table.name}" of relation "{table.name}" does not exist'
                if self.postgres
                else 'near ".": syntax error',
                f"Write `{column.name}` alone",
            )
        )

    def update(self, node: exp.Update, parent: Level | None, ctes: Mapping[str, Output]) -> Output:
        """An UPDATE."""
        ctes = self.with_(node, parent, ctes)
        level = Level(node, parent, ctes, self.from_open)
        self.levels.append(level)
        source = self.target(node.this, level)
        from_ = node.args.get("from_")
        if from_ is not None:
            level.first = len(level.sources) if self.trusted else 0
            self.source(from_.this, level)
        for join in node.args.get("joins") or ():
            self.join(join, level)
        self.join_conditions(level)
        level.first = 0
        self.assignments(node.expressions, source, level)
        self.clauses(node, level)
        return self.returning(node, level)

    def delete(self, node: exp.Delete, parent: Level | None, ctes: Mapping[str, Output]) -> Output:
        """A DELETE."""
        ctes = self.with_(node, parent, ctes)
        level = Level(node, parent, ctes, self.from_open or bool(node.args.get("tables")))
        self.levels.append(level)
        self.target(node.this, level)
        for used in node.args.get("using") or ():
            level.first = len(level.sources) if self.postgres and self.trusted else 0
            self.source(used, level)
        self.join_conditions(level)
        level.first = 0
        self.clauses(node, level)
        return self.returning(node, level)

    def clauses(self, node: exp.Expression, level: Level) -> None:
        """What chooses and orders the rows that are written."""
        for name in ("where", "order"):
            if node.args.get(name) is not None:
                self.visit(node.args[name], level)

    def returning(self, node: exp.Expression, level: Level) -> Output:
        """What a statement that writes gives."""
        output = Output()
        written = node.args.get("returning")
        if written is None:
            return output
        inner = level
        if not self.postgres and len(level.sources) > 1:
            inner = Level(node, level.parent, level.ctes, level.open)
            inner.sources = level.sources[:1]
        for projection in written.expressions:
            self.projection(projection, inner, output)
        return output


def leftmost(node: exp.Expression) -> exp.Expression:
    """The first SELECT of a set operation."""
    while isinstance(node, exp.SetOperation):
        node = node.this
    return node


def is_aggregate(node: exp.Expression) -> bool:
    """Whether an expression computes over rows, outside of what sub-queries and windows do."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        if isinstance(found, exp.Window | exp.Query):
            continue
        if isinstance(found, exp.AggFunc):
            return True
        waiting.extend(found.iter_expressions())
    return False


def is_one(limit: exp.Expression | None) -> bool:
    """Whether a LIMIT leaves one row."""
    value = limit.args.get("expression") or limit.args.get("count") if limit is not None else None
    return isinstance(value, exp.Literal) and value.name == "1"
