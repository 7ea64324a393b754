"""SQL that is written as text: read into statements, with holes and placeholders in their places."""

from __future__ import annotations

import logging
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from operator import itemgetter
from typing import Literal, NamedTuple, TypeAlias

from msgspec.structs import replace
from sqlglot import exp, parse_one
from sqlglot.errors import ParseError

from verifier.evaluate.values import Bound, Const, Origin, Text, Value, options, reason_of
from verifier.lift.composing import Composed, variants
from verifier.lift.holes import FILLS, Around, Fill, fills, is_operand, opened, surroundings
from verifier.lift.mistakes import mistake
from verifier.lift.nouns import Clause, Given, Inset, Placeholder, Statement, Style, Wording
from verifier.lift.pieces import HOLE as RUNTIME
from verifier.lift.pieces import Bindings, hole, placed
from verifier.lift.placeholders import HOLE, PERCENT, STYLES, Token, given_by, tokens, value_for
from verifier.model import Project
from verifier.regex import regex

__all__ = ["LiftedText", "begins_like_sql", "given_by", "lift_fragment", "lift_text"]

MOST_TRIALS = 40  # ways to fill the holes of one statement
# sqlglot takes time that grows with the square of their number.
SUBSCRIPTS = regex(r"(?:\[[^\[\]]*\]\s*){200}")
LONGEST = 200_000  # characters of a text that is still read
# A placeholder in quotes, alone or between the signs of a pattern.
QUOTED = regex(r"%?(?:(?P<question>\?\d*)|(?P<dollar>\$\d+)|(?P<colon>:[A-Za-z_]\w*)|(?P<at>@[A-Za-z_]\w*))%?")
MARKER = regex(r"hole_(\d+)_|RUNTIME_(\d+)")
PLACE = regex(r"place_(\d+)_")
DIALECTS = ("postgres", "sqlite", "mysql")
# Statements whose bodies hold statements of their own.
BODIES = regex(
    r"\s*(?:CREATE\s+(?:OR\s+REPLACE\s+)?(?:\w+\s+)*(?:FUNCTION|TRIGGER|PROCEDURE|RULE)|DO)\b", re.IGNORECASE
)
VERBS = (
    "SELECT INSERT UPDATE DELETE WITH REPLACE VALUES MERGE CREATE ALTER DROP TRUNCATE PRAGMA BEGIN START COMMIT "
    "ROLLBACK SAVEPOINT RELEASE SET EXPLAIN GRANT REVOKE COPY VACUUM ANALYZE REINDEX REFRESH LOCK DO CALL LISTEN "
    "NOTIFY SHOW USE ATTACH DETACH COMMENT TABLE"
).split()
ROWS = regex(r"\s*(?:--[^\n]*\n\s*)*(?:SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)
BEGINS = regex(rf"\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*\(*\s*(?:{'|'.join(VERBS)})\b", re.IGNORECASE | re.DOTALL)
# What a statement that reads or writes rows says at least; prose that begins alike does not.
LOOKS = regex(
    r"\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*\(*\s*(?:"
    r"(?:SELECT|select)\b.*?\b(?:FROM|from)\s+[\w\"`\[(\ue000]|(?:SELECT|select)\s+(?:[\w.]+\s*\(|\d|'|EXISTS|exists)"
    r"|(?:INSERT|insert)\s+(?:OR\s+\w+\s+|or\s+\w+\s+|IGNORE\s+)?(?:INTO|into)\s+\S"
    r"|(?:UPDATE|update)\s+\S+(?:\s+(?:AS\s+|as\s+)?\w+)?\s+(?:SET|set)\s"
    r"|(?:DELETE|delete)\s+(?:FROM|from)\s+\S"
    r"|(?:WITH|with)\s+(?:RECURSIVE\s+|recursive\s+)?\S+\s*(?:\([^)]*\)\s*)?(?:AS|as)\s*(?:(?:NOT\s+)?MATERIALIZED\s*)?\("
    r")",
    re.DOTALL,
)

Role: TypeAlias = Literal["value", "condition", "columns", "order", "from"]


class LiftedText(NamedTuple):
    """What a text says: the forms of its statements, or why they could not be read.

    A text of several statements gives all of them in order; ``forms`` groups them: the statements of each form.
    ``mistakes`` are words, with their places, that no database takes where they stand; the end is a word without text.
    """

    statements: tuple[Statement, ...]
    reason: str | None = None
    forms: tuple[tuple[Statement, ...], ...] = ()
    mistakes: tuple[tuple[Origin, str], ...] = ()


def begins_like_sql(value: Value) -> bool:
    """Whether a text that nothing else says to be SQL surely is some: it reads or writes rows, and is no prose."""
    return any(
        LOOKS.match("".join(part if isinstance(part, str) else HOLE for part in text_parts(option))) is not None
        for option in options(value)
    )


def text_parts(value: Value) -> tuple[str | Value, ...]:
    """A text as its known parts and the values between them."""
    if isinstance(value, Const):
        return (value.value,) if isinstance(value.value, str) else (value,)
    return value.parts if isinstance(value, Text) else (value,)


def lift_text(
    project: Project,
    text: Value,
    dialect: str,
    styles: Iterable[Style] = (),
    given: Given | None = None,
    *,
    driver: str = "",
    several: bool | None = None,
) -> LiftedText:
    """The statements that a text is.

    Args:
        project: the files in which it is written.
        text: a constant, one with holes, or a choice of them; its pieces may be ``Bound`` values.
        dialect: in sqlglot's words; empty where it is not known.
        styles: the placeholders that what it is handed to understands; where none is given, what a placeholder looks
            like is read as one.
        given: what its placeholders are given; None where that is not known.
        driver: the name of what it is handed to, for messages.
        several: whether that runs more than one statement of a text; None where it is not known.
    """
    quiet()
    forms: list[tuple[Statement, ...]] = []
    reason: str | None = None
    known = frozenset(styles)
    wrong: list[tuple[Origin, str]] = []
    for form in variants(project, text):
        if not BEGINS.match(form.text.lstrip(HOLE + " \n\t") if HOLE in form.text else form.text):
            reason = reason or unread(form)
            continue
        statements, failed = lift_form(form, dialect, known, given, wrong)
        reason = reason or failed
        if statements:
            forms.append(
                tuple(
                    replace(one, wording=replace(one.wording, driver=driver, several=several))
                    for one in statements
                    if one.wording is not None
                )
            )
    if not forms:
        return LiftedText((), reason or reason_of(text), (), tuple(wrong))
    return LiftedText(tuple(statement for form in forms for statement in form), reason, tuple(forms), tuple(wrong))


def lift_fragment(
    project: Project,
    text: Value,
    dialect: str,
    styles: Iterable[Style] = (),
    given: Given | None = None,
    *,
    role: Role = "value",
    bindings: Bindings | None = None,
) -> tuple[exp.Expression, ...]:
    """The expressions that a text is which is a part of a statement; a hole where it cannot be read.

    ``role``: where it stands: as one value or condition, or as a list of columns, of orders or of tables.
    ``bindings`` collects what its placeholders are given.
    """
    quiet()
    collected = bindings if bindings is not None else Bindings()
    forms = variants(project, text)
    if len(forms) != 1:
        return (hole(reason_of(text) if not isinstance(text, Const) else "one of several texts", text.origin),)
    head = {"value": "SELECT ", "columns": "SELECT ", "condition": "SELECT 1 WHERE ", "order": "SELECT 1 ORDER BY "}
    made = Form(forms[0], dialect, frozenset(styles), given, collected)
    trees = made.parsed(made.words, head.get(role, "SELECT * FROM "))
    if trees is None:
        return (hole(unread(forms[0]), forms[0].at(0, len(forms[0].text)) or text.origin),)
    tree = trees
    if role == "condition":
        where = tree.args.get("where")
        parts = [where.this] if where is not None else []
    elif role == "order":
        order = tree.args.get("order")
        parts = list(order.expressions) if order is not None else []
    elif role == "from":
        source = tree.args.get("from_") or tree.args.get("from")
        parts = [source.this, *tree.args.get("joins", [])] if source is not None else []
    else:
        parts = list(tree.expressions)
    wanted = len(parts) == 1 or (parts and role not in ("value", "condition"))
    if not wanted or made.spills(tree, role):
        return (hole(unread(forms[0]), forms[0].at(0, len(forms[0].text)) or text.origin),)
    for part in parts:
        part.pop()
    return tuple(parts)


def unread(form: Composed) -> str:
    """Why a text was not read."""
    return reason_of(form.holes[0]) if form.holes else "a text that is no SQL"


def lift_form(
    form: Composed,
    dialect: str,
    styles: frozenset[Style],
    given: Given | None,
    wrong: list[tuple[Origin, str]],
) -> tuple[list[Statement], str | None]:
    """The statements of one form of a text, and why one of them could not be read; ``wrong`` collects mistakes."""
    if len(form.text) > LONGEST:
        return [], "a very long text"
    if SUBSCRIPTS.search(form.text) is not None:
        return [], "SQL that nests too deeply"
    whole = Form(form, dialect, styles, given, Bindings())
    cut = list(whole.statements())
    found: list[Statement] = []
    reason: str | None = None
    for number, words in enumerate(cut):
        own = Form(form, dialect, styles, given, Bindings(), whole)
        tree = own.parsed(words)
        # sqlglot minds no comma too many.
        stumbled = mistake(words) if ROWS.match(form.text[words[0].start : words[-1].end]) else None
        if stumbled is not None:
            at = form.at(stumbled.start, stumbled.end) or form.at(max(stumbled.start - 1, 0), stumbled.start)
            wrong += [(at, stumbled.text)] if at is not None else []
        if tree is None or isinstance(tree, exp.Command):
            reason = reason or (
                unread(form)
                if form.holes
                else "a statement that is not read"
                if tree is not None or BODIES.match(form.text)
                else "SQL that is not understood"
            )
            continue
        found.append(own.statement(tree, number, len(cut)))
    return found, reason


class Form:
    """One form of a text, as words: with its placeholders, and what they are given."""

    def __init__(
        self,
        form: Composed,
        dialect: str,
        styles: frozenset[Style],
        given: Given | None,
        bindings: Bindings,
        whole: Form | None = None,
    ) -> None:
        self.form = form
        self.dialect = dialect
        self.styles = styles
        self.given = given
        self.bindings = bindings
        self.insets: dict[int, Inset] = {}
        self.open: set[Clause] = set()
        self.chunks: list[
            tuple[int, int, int]
        ] = []  # where a written word stands in what is parsed, in order: there, here, length
        if whole is None:
            self.words = list(tokens(form.text, backslashes=dialect == "mysql"))
            self.hole_at = dict(
                zip((i for i, c in enumerate(form.text) if c == HOLE), range(len(form.holes)), strict=True)
            )
            self.placeholders, self.numbers = self.find_placeholders()
        else:
            self.words, self.hole_at = whole.words, whole.hole_at
            self.placeholders, self.numbers = whole.placeholders, whole.numbers
        self.used: dict[int, int] = {}  # placeholder -> place among the values

    # Words

    def statements(self) -> Iterator[list[Token]]:
        """The words of each statement of the text."""
        if BODIES.match(self.form.text):
            yield self.words
            return
        own: list[Token] = []
        for word in self.words:
            if word.kind == "symbol" and word.text == ";":
                if any(inner.kind not in ("space", "comment") for inner in own):
                    yield own
                own = []
            else:
                own.append(word)
        if any(inner.kind not in ("space", "comment") for inner in own):
            yield own

    def find_placeholders(self) -> tuple[dict[int, Placeholder], dict[int, int]]:
        """The placeholders by where they begin, and the numbers of those that go by their place."""
        found: dict[int, Placeholder] = {}
        counted: dict[int, int] = {}
        for word in self.words:
            for start, end, style, name, quoted in self.marks(word):
                found[start] = Placeholder(style, name, self.form.at(start, end), quoted)
                if not name and (not quoted or style == "format"):
                    counted[start] = len(counted)
        return found, counted

    def marks(self, word: Token) -> Iterator[tuple[int, int, Style, str, bool]]:
        """The placeholders in a word: start, end, style, name, and whether they stand inside quotes."""
        style = STYLES.get(word.kind)
        if style is not None:
            if self.takes(style, word):
                yield (
                    word.start,
                    word.end,
                    style,
                    word.text.lstrip(":$@?%(").partition(")")[0] if style != "format" else "",
                    False,
                )
            return
        if word.kind not in ("string", "escaped", "quoted", "comment"):
            return
        if self.styles & {"format", "pyformat"} or not self.styles:
            for mark in PERCENT.finditer(word.text):
                if mark[0] != "%%" and (self.styles or mark[0] == word.text[1:-1]):
                    name = mark["name"] or ""
                    begin = word.start + mark.start()
                    yield begin, begin + len(mark[0]), "pyformat" if name else "format", name, True
        if word.kind == "comment":
            return
        inner = QUOTED.fullmatch(word.text[1:-1])
        if inner is not None:
            style = STYLES.get(next(name for name, found in inner.groupdict().items() if found is not None))
            if style is not None and style in self.styles:
                kind = inner.lastgroup or ""
                start = word.start + 1 + inner.start(kind)
                yield start, word.start + 1 + inner.end(kind), style, inner[kind].lstrip(":$@?"), True

    def takes(self, style: Style, word: Token) -> bool:
        """Whether a word that looks like a placeholder is read as one."""
        if style == "qmark" and self.dialect in ("postgres", "") and "qmark" not in self.styles:
            return not self.is_operator(word)
        if style in ("named", "numeric") and self.styles and "named" not in self.styles:
            before = self.form.text[max(word.start - 1, 0) : word.start]
            return style == "named" and before != "["
        if style == "numeric":
            return "named" in self.styles or "numeric" in self.styles
        if style == "format" and self.styles and not self.styles & {"format", "pyformat"}:
            return not self.after_operand(word)
        return not (style == "at" and self.dialect in ("mysql", "postgres") and "at" not in self.styles)

    def is_operator(self, word: Token) -> bool:
        """Whether a question mark stands between two values, as PostgreSQL's operator on JSON does."""
        return self.after_operand(word)

    def after_operand(self, word: Token) -> bool:
        """Whether a word follows a whole value."""
        index = self.words.index(word) - 1
        while index >= 0 and self.words[index].kind in ("space", "comment"):
            index -= 1
        if index < 0:
            return False
        before = self.words[index]
        return is_operand(before)

    # Parsing

    def parsed(self, words: Sequence[Token], head: str = "") -> exp.Expression | None:
        """The tree of some words; holes are filled in the likeliest way that can be read."""
        solid = [word for word in words if word.kind not in ("space", "comment")]
        if head:  # a fragment: what is before it tells what its holes may be
            lead = list(tokens(head))
            solid = [*(word._replace(start=-1, end=-1) for word in lead if word.kind != "space"), *solid]
        around = surroundings(solid)
        places = [(solid[index], found) for index, found in around.items()]
        ways = [fills(found, word.text) for word, found in places]
        trial = [way[0] for way in ways]
        starts = [word.start for word, _ in places]
        tree, stuck = self.parse(words, dict(zip(starts, trial, strict=True)), head)
        left = MOST_TRIALS
        while tree is None and left > 0:
            # The hole nearest to where the parser stopped is the likeliest to be filled wrongly.
            nearest = sorted(range(len(places)), key=lambda at: (starts[at] > stuck, abs(starts[at] - stuck)))
            for at, way in ((index, way) for index in nearest for way in ways[index]):
                if way == trial[at]:
                    continue
                left -= 1
                other = [*trial[:at], way, *trial[at + 1 :]]
                found, reached = self.parse(words, dict(zip(starts, other, strict=True)), head)
                if found is not None or reached > stuck:
                    tree, stuck, trial = found, reached, other
                    break
                if left <= 0:
                    break
            else:
                break
        if tree is None:
            return None
        self.note(places, trial)
        self.finish(tree)
        return tree

    def parse(self, words: Sequence[Token], chosen: dict[int, Fill], head: str) -> tuple[exp.Expression | None, int]:
        """The tree of some words with their holes filled; where they cannot be read so, the index that was reached."""
        self.chunks = []
        texts = [head]
        length = len(head)
        for word in words:
            said = self.said(word, chosen)
            if said == word.text:
                self.chunks.append((length, word.start, len(said)))
            elif said:
                self.chunks.append((length, word.start, -len(said)))
            texts.append(said)
            length += len(said)
        text = "".join(texts)
        reached = -1
        for dialect in (self.dialect,) if self.dialect else DIALECTS:
            try:
                tree = parse_one(text, dialect=dialect)
            except ParseError as error:
                reached = max(reached, self.reached(text, error))
                continue
            except Exception:  # what else sqlglot raises on odd texts
                continue
            if isinstance(tree, exp.Expression) and (self.dialect or not isinstance(tree, exp.Command)):
                if not self.dialect:
                    tree.meta["dialect"] = dialect
                return tree, length
        return None, reached

    def reached(self, text: str, error: ParseError) -> int:
        """The index in the written text at which the parser stopped."""
        first = error.errors[0] if error.errors else {}
        line, column = first.get("line"), first.get("col")
        if not line or column is None:
            return 0
        offset = sum(len(part) + 1 for part in text.split("\n")[: line - 1]) + column
        known = [here for there, here, _ in self.chunks if there < offset]
        return known[-1] if known else 0

    def said(self, word: Token, chosen: dict[int, Fill]) -> str:
        """What is parsed for a word."""
        if word.kind == "comment":
            return " "
        if word.start in self.placeholders and word.kind in STYLES:
            return f":place_{word.start}_"
        text = word.text
        if word.kind == "word" and text.upper() == "REPLACE" and self.dialect == "sqlite" and self.opens(word):
            return "INSERT OR REPLACE"  # which is the same there
        if word.kind == "literal":
            return text[1:]
        if word.kind == "percent_sign":
            return "%"
        if word.kind in ("string", "escaped", "quoted") and self.styles & {"format", "pyformat"}:
            text = text.replace("%%", "%")
        if HOLE not in text:
            return text
        first = self.hole_at[word.start + word.text.index(HOLE)]
        if word.kind in ("string", "escaped", "quoted", "body"):
            quote = text[0] if word.kind == "quoted" else "'"
            return f"{quote}hole_{first}_{quote}"
        if isinstance(self.form.holes[first], Bound) and text == HOLE:
            return f":bound_{first}_"
        return FILLS[chosen.get(word.start, "value")].format(first)

    def opens(self, word: Token) -> bool:
        """Whether a word is the first of a statement that goes on with ``INTO``."""
        text = self.form.text
        into = re.compile(r"replace\s+into\b", re.IGNORECASE).match(text, word.start)
        return into is not None and not text[: word.start].rstrip().upper().endswith("OR")

    def note(self, places: Sequence[tuple[Token, Around]], trial: Sequence[Fill]) -> None:
        """Remember what the holes are, and the clauses that they leave open."""
        for (word, around), fill in zip(places, trial, strict=True):
            first = self.hole_at[word.start + word.text.index(HOLE)]
            if isinstance(self.form.holes[first], Bound) and word.text == HOLE:
                continue
            self.open |= opened(around, fill)
            role: Literal["name", "value", "clause"] = "clause"
            if fill == "name":
                role = "name"
            elif fill in ("value", "list") and not opened(around, fill):
                role = "value"
            for offset, letter in enumerate(word.text):
                if letter == HOLE:
                    self.inset(word.start + offset, role)

    def inset(self, index: int, role: Literal["name", "value", "string", "clause"]) -> None:
        number = self.hole_at[index]
        value = self.form.holes[number]
        if not isinstance(value, Bound):
            self.insets.setdefault(number, Inset(value, role, self.form.hole_at(index)))

    # What is made of a tree

    def finish(self, tree: exp.Expression) -> None:
        """Give the nodes of a tree their places, placeholders their values, and put holes where run time decides."""
        for node in list(tree.walk()):
            if isinstance(node, exp.Identifier):
                self.finish_name(node)
            elif isinstance(node, exp.Placeholder):
                self.finish_placeholder(node)
            elif isinstance(node, exp.Anonymous):
                match = MARKER.fullmatch(node.name)
                if match is not None:
                    number = int(match[2] or match[1])
                    node.set("this", RUNTIME)
                    self.mark(node, number)
                else:
                    self.place(node)
            elif isinstance(node, exp.Expression) and isinstance(node, exp.Func) and "start" in node.meta:
                self.place(node, named=True)
            elif isinstance(node, exp.Literal):
                match = MARKER.fullmatch(node.name) if node.is_string else None
                if match is not None:
                    made = hole("")
                    self.mark(made, int(match[1] or match[2]))
                    swap(tree, node, made)
                else:
                    self.place(node)

    def finish_name(self, node: exp.Identifier) -> None:
        match = MARKER.fullmatch(node.name)
        if match is None:
            self.place(node)
            return
        number = int(match[1] or match[2])
        parent = node.parent
        if isinstance(parent, exp.Table) and node.arg_key == "this":
            made = hole("")
            self.mark(made, number)
            parent.set("this", made)
        elif isinstance(parent, exp.Column) and node.arg_key == "this":
            if isinstance(parent.parent, exp.EQ) and self.stands_for(parent.parent.expression, number):
                self.mark(node, number)  # an assignment as a whole
                node.set("this", RUNTIME)
                return
            made = hole("")
            self.mark(made, number)
            if parent.parent is not None:
                parent.replace(made)
        else:
            self.mark(node, number)
            node.set("this", RUNTIME)

    def stands_for(self, node: exp.Expression, number: int) -> bool:
        """Whether a node is what was put in the place of a hole."""
        if not isinstance(node, exp.Anonymous):
            return False
        return node.name == f"RUNTIME_{number}" or node.meta.get("number") == number

    def mark(self, node: exp.Expression, number: int) -> None:
        """Say of a node that it stands for a hole."""
        value = self.form.holes[number]
        node.meta.clear()
        node.meta["hole"] = reason_of(value)
        node.meta["number"] = number
        placed(node, value.origin)

    def place(self, node: exp.Expression, *, named: bool = False) -> None:
        """Say of a node where it is written; ``named``: and the word itself, which its kind does not tell."""
        start, end = node.meta.pop("start", None), node.meta.pop("end", None)
        node.meta.pop("line", None)
        node.meta.pop("col", None)
        if start is None or end is None:
            return
        index = bisect_right(self.chunks, start, key=itemgetter(0)) - 1
        if index < 0:
            return
        there, here, length = self.chunks[index]
        if start >= there + abs(length):
            return
        if length < 0:
            placed(node, self.form.at(here, here + 1))
            return
        begin, stop = here + start - there, here + min(end + 1 - there, length)
        placed(node, self.form.at(begin, stop))
        if named:
            node.meta["word"] = self.form.text[begin:stop]

    def finish_placeholder(self, node: exp.Placeholder) -> None:
        name = node.name
        if name.startswith("bound_"):
            sent = self.form.holes[int(name[6:-1])]
            if isinstance(sent, Bound):
                self.bind(node, sent.value, sent.origin, "value")
            return
        match = PLACE.fullmatch(name)
        if match is None:
            return
        start = int(match[1])
        found = self.placeholders[start]
        title = found.name if found.name and not found.name.isdecimal() else "value"
        value = value_for(found, self.numbers.get(start, 0), self.given) if self.given is not None else None
        node.set("this", title)
        node.meta["sent"] = found.name or str(start)
        placed(node, found.at)
        if value is not None:
            if start not in self.used:
                self.used[start] = len(self.bindings.values)
                self.bindings.values.append(value)
            node.meta["value"] = self.used[start]

    def bind(self, node: exp.Placeholder, value: Value, origin: Origin | None, title: str) -> None:
        node.set("this", title)
        node.meta["value"] = len(self.bindings.values)
        self.bindings.values.append(value)
        placed(node, origin)

    def spills(self, tree: exp.Expression, role: Role) -> bool:
        """Whether a fragment reaches beyond the part of a statement that it should be."""
        allowed = {"condition": {"where"}, "order": {"order"}, "from": {"from_", "from", "joins"}}.get(role, set())
        return any(
            tree.args.get(part)
            for part in ("from_", "from", "joins", "where", "group", "having", "order", "limit", "offset")
            if part not in allowed
        )

    def statement(self, tree: exp.Expression, number: int, of: int) -> Statement:
        """What a tree and what was noted of it make together."""
        words = self.words
        own = next(islice(self.statements(), number, None)) if of > 1 else words
        solid = [word for word in own if word.kind not in ("space", "comment")]
        begin, stop = (solid[0].start, solid[-1].end) if solid else (0, 0)
        for word in own:
            if HOLE in word.text and word.kind in ("string", "escaped", "quoted", "body"):
                for offset, letter in enumerate(word.text):
                    if letter == HOLE:
                        self.inset(word.start + offset, "name" if word.kind == "quoted" else "string")
        marks = tuple(
            found._replace(value=self.used.get(start))
            for start, found in sorted(self.placeholders.items())
            if begin <= start < stop
        )
        insets = tuple(self.insets[key] for key in sorted(self.insets))
        wording = Wording(
            text=self.form.text,
            at=self.form.at(begin, stop) or self.form.whole,
            number=number,
            of=of,
            placeholders=marks,
            insets=insets,
            styles=self.styles,
            given=self.given,
        )
        reasons = tuple(dict.fromkeys(reason_of(inset.value) for inset in insets))
        return Statement(tree, tuple(self.bindings.values), frozenset(self.open), reasons, wording)


def swap(tree: exp.Expression, node: exp.Expression, made: exp.Expression) -> None:
    """Put a node in the place of another one."""
    if node is not tree:
        node.replace(made)


def quiet() -> None:
    """sqlglot says of each statement that it does not know that it takes it as it is."""
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
