"""A name that a changed file has to import: by libcst in Python, by the tree in JavaScript and TypeScript."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from verifier.fix.resolve import CannotFixError, Edit, Texts, member, spelt
from verifier.model import NewImport
from verifier.regex import regex

if TYPE_CHECKING:
    from tree_sitter import Node

DIRECTIVES = ("'use strict'", '"use strict"')
QUOTES = regex(r"""^['"]|['"]$""")


def import_name(change: NewImport, texts: Texts) -> Iterator[Edit]:
    """The edit that imports a name; none where it is imported already.

    Raises:
        CannotFixError: the name means something else in this file.
    """
    source = texts.get(change.path)
    if source.language == "python":
        yield from in_python(change, source.text)
    else:
        yield from in_javascript(change, texts)


def in_python(change: NewImport, text: str) -> Iterator[Edit]:
    """``from module import name``; libcst knows where, and what is there already."""
    import libcst
    from libcst.codemod import CodemodContext
    from libcst.codemod.visitors import AddImportsVisitor

    try:
        tree = libcst.parse_module(text)
    except (libcst.ParserSyntaxError, RecursionError) as error:
        raise CannotFixError("libcst cannot read the file") from error
    context = CodemodContext()
    AddImportsVisitor.add_needed_import(context, change.module, change.name)
    after = AddImportsVisitor(context).transform_module(tree).code
    if after != text:
        yield difference(change.path, text, after)


def difference(path: str, before: str, after: str) -> Edit:
    """The one edit that makes one text of another."""
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    left = len(before[:start].encode())
    return Edit(
        path, left, len(before.encode()) - len(before[len(before) - end :].encode()), after[start : len(after) - end]
    )


def in_javascript(change: NewImport, texts: Texts) -> Iterator[Edit]:
    """``import { name } from "module"``, or ``const { name } = require("module")`` where the file does that."""
    root = texts.root(change.path)
    first: Node | None = None
    last: Node | None = None
    commonjs = False
    for statement in root.named_children:
        taken = taken_from(statement)
        if taken is None:
            continue
        first, last = first or statement, statement
        commonjs = commonjs or statement.type != "import_statement"
        if taken[0] == change.module and taken[1] is not None:
            names = [spelt(item) for item in taken[1].named_children]
            if change.name in names:
                return
            yield member(change.path, taken[1], change.name)
            return
    if any(spelt(name) == change.name for name in bound_names(root)):
        raise CannotFixError(f"`{change.name}` means something else here")
    if last is None:
        yield first_import(change, texts)
        return
    quote = '"' if '"' in spelt(last) else "'"
    stop = ";" if spelt(last).rstrip().endswith(";") else ""
    module = f"{quote}{change.module}{quote}"
    line = (
        f"const {{ {change.name} }} = require({module}){stop}"
        if commonjs
        else f"import {{ {change.name} }} from {module}{stop}"
    )
    yield Edit(change.path, last.end_byte, last.end_byte, f"\n{line}")


def first_import(change: NewImport, texts: Texts) -> Edit:
    """The import at the top of a file that has none, behind what is said of the file as a whole."""
    source = texts.get(change.path)
    commonjs = b"module.exports" in source.data or b"exports." in source.data or b"require(" in source.data
    at = 0
    for statement in texts.root(change.path).named_children:
        directive = statement.type == "expression_statement" and spelt(statement).strip("; ") in DIRECTIVES
        if not directive and statement.type not in ("comment", "hash_bang_line"):
            break
        at = statement.end_byte
    module = f"'{change.module}'"
    line = (
        f"const {{ {change.name} }} = require({module});" if commonjs else f"import {{ {change.name} }} from {module};"
    )
    return Edit(change.path, at, at, f"\n\n{line}" if at else f"{line}\n\n")


def taken_from(statement: Node) -> tuple[str, Node | None] | None:
    """The module of an import or of a ``require`` at the top of a file, and the braces with the names taken from it."""
    if statement.type == "import_statement":
        module = statement.child_by_field_name("source")
        if module is None:
            return None
        clause = next((part for part in statement.named_children if part.type == "import_clause"), None)
        if any(part.type == "type" for part in statement.children):
            clause = None
        braces = (
            next((part for part in clause.named_children if part.type == "named_imports"), None) if clause else None
        )
        return QUOTES.sub("", spelt(module)), braces
    if statement.type in ("lexical_declaration", "variable_declaration") and len(statement.named_children) == 1:
        value = statement.named_children[0].child_by_field_name("value")
        name = statement.named_children[0].child_by_field_name("name")
        if value is None or value.type != "call_expression":
            return None
        callee, given = value.child_by_field_name("function"), value.child_by_field_name("arguments")
        if callee is None or spelt(callee) != "require" or given is None or len(given.named_children) != 1:
            return None
        braces = name if name is not None and name.type == "object_pattern" else None
        return QUOTES.sub("", spelt(given.named_children[0])), braces
    return None


def bound_names(root: Node) -> Iterator[Node]:
    """The names that the top level of a file binds."""
    for statement in root.named_children:
        inner = statement.child_by_field_name("declaration") if statement.type == "export_statement" else statement
        for part in (inner, *inner.named_children) if inner is not None else ():
            name = part.child_by_field_name("name")
            if name is not None:
                yield from [name] if not name.named_children else name.named_children
