"""parse: SourceFile -> tree, and tree -> the neutral form of ``verifier.syntax``.

The grammars are the official tree-sitter wheels. A tree is made, used and dropped: facts and lowered trees are
what is kept.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tree_sitter import Language as Grammar
from tree_sitter import Parser

from verifier.model import Language, ParsedFile, SourceFile
from verifier.regex import regex

if TYPE_CHECKING:
    from tree_sitter import Tree

    from verifier import syntax

# What the grammar misreads so that names of types look like those of values: `typeof import(...)`, type arguments
# inside those of the first call of a block, `{ use(get<Row, Key>(id))`, and several types before a template, as in
# ``sql<Row | string>`select` ``.
MISREAD = regex(
    rb"typeof import\(|\{\s*[\w$]+\([^{};]{0,200}?[\w$]<[^(){};]{1,200},[^(){};]{1,200}>\("
    rb"|[\w$]<[^(){};`]{1,100}[|&,][^(){};`]{1,100}>\s{0,9}`"
)


@cache
def parser(language: Language) -> Parser:
    """The parser of a language, made once."""
    if language == "python":
        import tree_sitter_python

        return Parser(Grammar(tree_sitter_python.language()))
    if language == "javascript":
        import tree_sitter_javascript

        return Parser(Grammar(tree_sitter_javascript.language()))
    import tree_sitter_typescript

    capsule = (
        tree_sitter_typescript.language_tsx() if language == "tsx" else tree_sitter_typescript.language_typescript()
    )
    return Parser(Grammar(capsule))


def parse(source: SourceFile) -> Tree:
    """The concrete tree of a source file. Never fails: what cannot be read is an ERROR node in it."""
    assert source.language is not None, f"{source.path} is in no language that Buttress parses"
    tree = parser(source.language).parse(source.data)
    return mended(source, tree) if tree.root_node.has_error or MISREAD.search(source.data) else tree


def mended(source: SourceFile, tree: Tree) -> Tree:
    """The tree without the misreadings of its grammar that are known. Imports and definitions seldom need it."""
    if source.language in ("typescript", "tsx"):
        from verifier.parse.typescript_gaps import mend

        return mend(source.data, tree)
    return tree


def lower(source: SourceFile, tree: Tree | None = None) -> syntax.Module:
    """The neutral form of a file's tree."""
    tree = mended(source, tree or parse(source))
    if source.language == "python":
        from verifier.parse import python

        return python.lower(source, tree)
    from verifier.parse import javascript

    return javascript.lower(source, tree)


def parse_file(source: SourceFile) -> ParsedFile:
    """Parse and lower a file, with the places that its grammar could not read."""
    from verifier.parse.faults import faults

    tree = parse(source)
    return ParsedFile(source, lower(source, tree), faults(source, tree))
