"""Words that one database knows and another does not: tables of what SQLite and PostgreSQL refuse.

Each entry was found by running it on both; a test does so again. What newer releases of SQLite have is not listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from verifier.hold.faults import Fault
from verifier.hold.scopes import Scopes
from verifier.lift.nouns import Wording
from verifier.lift.placeholders import tokens

# Functions that SQLite does not have, and what does the same there.
NOT_IN_SQLITE: Mapping[str, str] = {
    "now": "CURRENT_TIMESTAMP",
    "curdate": "CURRENT_DATE",
    "curtime": "CURRENT_TIME",
    "sysdate": "CURRENT_TIMESTAMP",
    "getdate": "CURRENT_TIMESTAMP",
    "clock_timestamp": "CURRENT_TIMESTAMP",
    "statement_timestamp": "CURRENT_TIMESTAMP",
    "transaction_timestamp": "CURRENT_TIMESTAMP",
    "date_trunc": "strftime()",
    "date_part": "strftime()",
    "to_char": "strftime()",
    "date_format": "strftime()",
    "to_timestamp": "datetime()",
    "to_date": "date()",
    "str_to_date": "date()",
    "from_unixtime": "datetime(..., 'unixepoch')",
    "unix_timestamp": "strftime('%s', ...)",
    "age": "julianday()",
    "datediff": "julianday()",
    "timestampdiff": "julianday()",
    "date_add": "datetime(..., '+1 day')",
    "date_sub": "datetime(..., '-1 day')",
    "dateadd": "datetime(..., '+1 day')",
    "make_interval": "datetime(..., '+1 day')",
    "make_date": "date()",
    "year": "strftime('%Y', ...)",
    "month": "strftime('%m', ...)",
    "day": "strftime('%d', ...)",
    "hour": "strftime('%H', ...)",
    "minute": "strftime('%M', ...)",
    "second": "strftime('%S', ...)",
    "array_agg": "json_group_array()",
    "json_agg": "json_group_array()",
    "jsonb_agg": "json_group_array()",
    "json_arrayagg": "json_group_array()",
    "json_build_object": "json_object()",
    "jsonb_build_object": "json_object()",
    "json_object_agg": "json_group_object()",
    "jsonb_object_agg": "json_group_object()",
    "json_objectagg": "json_group_object()",
    "row_to_json": "json_object()",
    "to_json": "json()",
    "to_jsonb": "json()",
    "json_array_elements": "json_each()",
    "jsonb_array_elements": "json_each()",
    "jsonb_array_length": "json_array_length()",
    "jsonb_object_keys": "json_each()",
    "json_extract_path_text": "json_extract()",
    "json_unquote": "json_extract()",
    "json_contains": "json_each()",
    "json_search": "json_each()",
    "array_length": "json_array_length()",
    "cardinality": "json_array_length()",
    "array_to_string": "group_concat()",
    "string_to_array": "",
    "array_append": "json_insert()",
    "array_remove": "json_remove()",
    "array_position": "json_each()",
    "unnest": "json_each()",
    "bool_or": "max()",
    "bool_and": "min()",
    "every": "min()",
    "greatest": "max()",
    "least": "min()",
    "gen_random_uuid": "a value that the program makes",
    "uuid": "a value that the program makes",
    "newid": "a value that the program makes",
    "nextval": "INTEGER PRIMARY KEY",
    "currval": "last_insert_rowid()",
    "lastval": "last_insert_rowid()",
    "setval": "",
    "last_insert_id": "last_insert_rowid()",
    "found_rows": "COUNT(*)",
    "char_length": "length()",
    "character_length": "length()",
    "len": "length()",
    "strpos": "instr()",
    "locate": "instr()",
    "charindex": "instr()",
    "split_part": "substr()",
    "regexp_replace": "replace()",
    "regexp_match": "LIKE",
    "regexp_matches": "LIKE",
    "starts_with": "LIKE",
    "initcap": "upper()",
    "ucase": "upper()",
    "lcase": "lower()",
    "lpad": "printf()",
    "rpad": "printf()",
    "btrim": "trim()",
    "chr": "char()",
    "ascii": "unicode()",
    "rand": "random()",
    "to_tsvector": "FTS5",
    "to_tsquery": "FTS5",
    "plainto_tsquery": "FTS5",
    "websearch_to_tsquery": "FTS5",
    "ts_rank": "FTS5",
    "find_in_set": "",
    "pg_advisory_lock": "BEGIN IMMEDIATE",
    "pg_advisory_xact_lock": "BEGIN IMMEDIATE",
    "pg_sleep": "",
    "stddev": "",
    "variance": "",
}
# Functions that PostgreSQL does not have, and what does the same there.
NOT_IN_POSTGRES: Mapping[str, str] = {
    "datetime": "now()",
    "strftime": "to_char()",
    "julianday": "extract(epoch FROM ...)",
    "unixepoch": "extract(epoch FROM ...)",
    "ifnull": "COALESCE()",
    "nvl": "COALESCE()",
    "isnull": "COALESCE()",
    "iif": "CASE",
    "if": "CASE",
    "group_concat": "string_agg()",
    "instr": "strpos()",
    "locate": "strpos()",
    "charindex": "strpos()",
    "printf": "format()",
    "hex": "encode(..., 'hex')",
    "json_extract": "the operator ->",
    "json_group_array": "json_agg()",
    "json_group_object": "json_object_agg()",
    "json_set": "jsonb_set()",
    "json_insert": "jsonb_insert()",
    "json_valid": "IS JSON",
    "json_type": "jsonb_typeof()",
    "json_unquote": "the operator ->>",
    "json_contains": "the operator @>",
    "json_array": "json_build_array()",
    "last_insert_rowid": "RETURNING",
    "last_insert_id": "RETURNING",
    "changes": "the count that the driver gives",
    "found_rows": "COUNT(*)",
    "total": "SUM()",
    "typeof": "pg_typeof()",
    "randomblob": "gen_random_bytes()",
    "rand": "random()",
    "curdate": "CURRENT_DATE",
    "curtime": "CURRENT_TIME",
    "sysdate": "now()",
    "getdate": "now()",
    "date_format": "to_char()",
    "date_sub": "the operator -",
    "dateadd": "the operator +",
    "datediff": "the operator -",
    "timestampdiff": "extract(epoch FROM ...)",
    "unix_timestamp": "extract(epoch FROM now())",
    "from_unixtime": "to_timestamp()",
    "str_to_date": "to_date()",
    "year": "extract(year FROM ...)",
    "month": "extract(month FROM ...)",
    "day": "extract(day FROM ...)",
    "hour": "extract(hour FROM ...)",
    "minute": "extract(minute FROM ...)",
    "second": "extract(second FROM ...)",
    "ucase": "upper()",
    "lcase": "lower()",
    "len": "length()",
    "newid": "gen_random_uuid()",
    "find_in_set": "the operator = ANY",
    "field": "CASE",
}
# What SQLite cannot read: what is said, and what to write.
SYNTAX_OF_POSTGRES: Mapping[type[exp.Expr], tuple[str, str, str]] = {
    exp.ILike: ("ILIKE", 'near "ILIKE": syntax error', "Write LIKE, which takes no notice of case in SQLite"),
    exp.AtTimeZone: ("AT TIME ZONE", 'near "TIME": syntax error', "Keep moments in UTC"),
    exp.Extract: ("EXTRACT", 'near "FROM": syntax error', "Write strftime()"),
    exp.RegexpLike: ("`~`", 'near "~": syntax error', "Write LIKE or GLOB"),
    exp.RegexpILike: ("`~*`", 'near "~": syntax error', "Write LIKE"),
    exp.SimilarTo: ("SIMILAR TO", 'near "SIMILAR": syntax error', "Write LIKE or GLOB"),
    exp.ArrayContainsAll: ("`@>`", 'unrecognized token: "@"', "Ask with EXISTS over json_each()"),
    exp.ArrayOverlaps: ("`&&`", 'near "&": syntax error', "Ask with EXISTS over json_each()"),
    exp.JSONBExtract: ("`#>`", 'unrecognized token: "#"', "Write json_extract()"),
    exp.JSONBExtractScalar: ("`#>>`", 'unrecognized token: "#"', "Write json_extract()"),
    exp.TruncateTable: ("TRUNCATE", 'near "TRUNCATE": syntax error', "Write DELETE FROM"),
    exp.Lock: ("FOR UPDATE", 'near "UPDATE": syntax error', "Begin the transaction with BEGIN IMMEDIATE"),
    exp.Fetch: ("FETCH FIRST", 'near "FIRST": syntax error', "Write LIMIT"),
    exp.Lateral: ("LATERAL", 'near "SELECT": syntax error', "Write a sub-query in the select list, or a window"),
}


def dialect_faults(names: Scopes, tree: exp.Expression, wording: Wording | None, *, written: bool) -> Iterator[Fault]:
    """What a database does not know. ``written``: the statement is a text, and no library puts it into its words."""
    if names.sqlite:
        yield from in_sqlite(tree, wording, written=written)
    elif names.postgres:
        yield from in_postgres(tree, wording, written=written)


def refused(node: exp.Expr, database: str, what: str, said: str, remedy: str) -> Fault:
    """What a database says of a word that it does not know."""
    return Fault("not-in-dialect", node, f"{database} knows no {what}", said, remedy)


def word_of(node: exp.Expr) -> str:
    """The name of a function as it is written; empty where that is not known."""
    word = node.meta.get("word")
    if isinstance(word, str):
        return word
    return node.name if isinstance(node, exp.Anonymous) and "hole" not in node.meta else ""


def unknown_functions(tree: exp.Expression, table: Mapping[str, str], database: str, said: str) -> Iterator[Fault]:
    """Calls of functions that a database does not have."""
    for node in tree.find_all(exp.Func):
        word = word_of(node)
        if word.lower() in table and not node.meta.get("own"):
            other = table[word.lower()]
            yield refused(
                node,
                database,
                f"function `{word}`",
                said.format(word),
                f"Write {other}" if other else "Compute it in the program",
            )


def in_sqlite(tree: exp.Expression, wording: Wording | None, *, written: bool) -> Iterator[Fault]:
    """What SQLite does not know."""
    yield from unknown_functions(tree, NOT_IN_SQLITE, "SQLite", "no such function: {}")
    if not written:
        return
    for node in tree.walk():
        known = SYNTAX_OF_POSTGRES.get(type(node))
        if isinstance(node, exp.RegexpLike) and not (wording is not None and "~" in wording.text):
            continue  # REGEXP, which programs may define
        if known is not None:
            yield refused(node, "SQLite", *known)
        elif isinstance(node, exp.Distinct) and node.args.get("on") is not None:
            yield refused(
                node,
                "SQLite",
                "DISTINCT ON",
                'near "ON": syntax error',
                "Number the rows in a window, and take the first",
            )
        elif isinstance(node, exp.Interval) and wording is not None:
            yield refused(
                node, "SQLite", "INTERVAL", f'near "{node.this.sql()}": syntax error', "Write datetime('now', '-1 day')"
            )
        elif isinstance(node, exp.Delete) and node.args.get("using"):
            yield refused(
                node.args["using"][0],
                "SQLite",
                "USING in DELETE",
                'near "USING": syntax error',
                "Write a sub-query in WHERE",
            )
        elif isinstance(node, exp.Any) and isinstance(node.parent, exp.EQ):
            yield refused(node, "SQLite", "ANY", 'near "(": syntax error', "Write IN (...)")
        elif isinstance(node, exp.OnConflict) and node.args.get("duplicate"):
            yield duplicate_key(node, "SQLite", 'near "DUPLICATE": syntax error')
        elif (
            isinstance(node, exp.Select | exp.SetOperation)
            and node.args.get("offset") is not None
            and node.args.get("limit") is None
        ):
            yield refused(
                node.args["offset"],
                "SQLite",
                "OFFSET without LIMIT",
                f'near "{node.args["offset"].expression.sql()}": syntax error',
                "Write LIMIT -1 OFFSET ...",
            )
        elif isinstance(node, exp.TableAlias) and node.columns and not isinstance(node.parent, exp.CTE):
            yield refused(
                node, "SQLite", "names of columns behind an alias", 'near "(": syntax error', "Name them in WITH"
            )
        elif isinstance(node, exp.CTE) and isinstance(node.this, exp.Insert | exp.Update | exp.Delete):
            verb = node.this.key.upper()
            yield refused(node, "SQLite", f"{verb} in WITH", f'near "{verb}": syntax error', "Send two statements")
        elif isinstance(node, exp.Limit) and isinstance(node.args.get("expression"), exp.Var):
            yield refused(node, "SQLite", "LIMIT ALL", 'near "ALL": syntax error', "Leave LIMIT out")
    if wording is not None and has_word(wording, "cast"):
        cast = tree.find(exp.Cast)
        if cast is not None:
            yield refused(cast, "SQLite", "`::`", 'unrecognized token: ":"', "Write CAST(... AS ...)")


def in_postgres(tree: exp.Expression, wording: Wording | None, *, written: bool) -> Iterator[Fault]:
    """What PostgreSQL does not know."""
    yield from unknown_functions(tree, NOT_IN_POSTGRES, "PostgreSQL", "function {}(...) does not exist")
    if not written:
        return
    if wording is not None and wording.of == 1:
        yield from in_words(tree, wording)
    for node in tree.walk():
        if isinstance(node, exp.Insert) and node.args.get("alternative"):
            word = str(node.args["alternative"]).upper()
            remedy = "Write ON CONFLICT DO NOTHING" if word == "IGNORE" else "Write ON CONFLICT (...) DO UPDATE"
            target = node.this.this if isinstance(node.this, exp.Schema) else node.this
            yield refused(target, "PostgreSQL", f"INSERT OR {word}", 'syntax error at or near "OR"', remedy)
        elif isinstance(node, exp.Glob):
            yield refused(node, "PostgreSQL", "GLOB", 'syntax error at or near "GLOB"', "Write LIKE or ~")
        elif isinstance(node, exp.Is | exp.NullSafeNEQ | exp.NullSafeEQ) and wording is not None:
            yield from identity(node, wording)
        elif isinstance(node, exp.Limit) and isinstance(node.args.get("expression"), exp.Neg):
            yield refused(
                node, "PostgreSQL", "negative LIMIT", "LIMIT must not be negative", "Write LIMIT ALL, or no LIMIT"
            )
        elif isinstance(node, exp.Update | exp.Delete) and node.args.get("limit") is not None:
            verb = "UPDATE" if isinstance(node, exp.Update) else "DELETE"
            yield refused(
                node.args["limit"],
                "PostgreSQL",
                f"LIMIT in {verb}",
                'syntax error at or near "LIMIT"',
                "Choose the rows in a sub-query",
            )
        elif isinstance(node, exp.Collate) and node.expression.name.upper() in ("NOCASE", "RTRIM", "BINARY"):
            low = node.expression.name.lower()
            yield refused(
                node,
                "PostgreSQL",
                f"collation {node.expression.name}",
                f'collation "{low}" for encoding "UTF8" does not exist',
                "Compare with lower(), or write ILIKE",
            )
        elif isinstance(node, exp.OnConflict) and node.args.get("duplicate"):
            yield duplicate_key(node, "PostgreSQL", 'syntax error at or near "DUPLICATE"')
        elif isinstance(node, exp.Func) and word_of(node).lower() == "date" and len(list(node.iter_expressions())) > 1:
            said = "function date(unknown, unknown) does not exist"
            yield refused(
                node, "PostgreSQL", "date() of several values", said, "Write the operator + or - and an interval"
            )
        elif isinstance(node, exp.Max | exp.Min) and node.expressions:
            word, other = ("max", "greatest") if isinstance(node, exp.Max) else ("min", "least")
            yield refused(
                node,
                "PostgreSQL",
                f"{word} of several values",
                f"function {word}(...) does not exist",
                f"Write {other}()",
            )


def in_words(tree: exp.Expression, wording: Wording) -> Iterator[Fault]:
    """What PostgreSQL does not know, and a tree does not tell."""
    words = [word for word in tokens(wording.text) if word.kind not in ("space", "comment")]
    depth = 0
    limited: int | None = None
    for place, word in enumerate(words):
        depth += (word.text == "(") - (word.text == ")")
        if word.text == "=" and place and words[place - 1].text == "=" and words[place - 1].end == word.start:
            node = tree.find(exp.EQ)
            if node is not None:
                said = "operator does not exist: ... == ..."
                yield refused(node, "PostgreSQL", "operator ==", said, "Write =")
            return
        if word.text.upper() == "LIMIT" and word.kind == "word":
            limited = depth
        elif limited == depth and word.text == ",":
            page = tree.find(exp.Offset)
            if page is not None:
                yield refused(
                    page,
                    "PostgreSQL",
                    "LIMIT of two numbers",
                    "LIMIT #,# syntax is not supported",
                    "Write LIMIT ... OFFSET ...",
                )
            return
        elif limited is not None and (word.kind == "word" or depth < limited):
            limited = None


def identity(node: exp.Expr, wording: Wording) -> Iterator[Fault]:
    """IS with a value, which PostgreSQL takes for truth values and NULL alone."""
    distinct = any(word.text.upper() == "DISTINCT" for word in tokens(wording.text))
    right = node.args.get("expression")
    if distinct or not isinstance(right, exp.Literal | exp.Placeholder):
        return
    shown = right.sql() if isinstance(right, exp.Literal) else "$1"
    yield refused(
        node, "PostgreSQL", "IS with a value", f'syntax error at or near "{shown}"', "Write = or IS NOT DISTINCT FROM"
    )


def duplicate_key(node: exp.Expr, database: str, said: str) -> Fault:
    """MySQL's way to say what happens where a row exists already."""
    return refused(node, database, "ON DUPLICATE KEY", said, "Write ON CONFLICT (...) DO UPDATE SET ...")


def has_word(wording: Wording, kind: str) -> bool:
    """Whether a text has a word of a kind."""
    return any(word.kind == kind for word in tokens(wording.text))
