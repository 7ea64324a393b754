"""extract: SourceFile -> FileFacts, what one file says by itself.

Imports, exports, top-level names, suppression comments and the places that the grammar cannot read. Nothing here
looks at another file, so the result can be kept by the file's content, and files can be taken in any order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from verifier.extract import comments
from verifier.model import FileFacts, SourceFile
from verifier.parse import parse
from verifier.parse.faults import faults

if TYPE_CHECKING:
    from tree_sitter import Tree


def extract(source: SourceFile, tree: Tree | None = None) -> FileFacts:
    """The facts of one file. Never fails: what the grammar cannot read is among the faults.

    ``tree`` spares the parsing where the caller has it already.
    """
    assert source.language is not None, f"{source.path} is in no language that Buttress parses"
    tree = tree or parse(source)
    found, suppressions = faults(source, tree), comments.suppressions(source, tree)
    if source.language == "python":
        from verifier.extract import names_python, python

        facts = python.extract(source, tree, found, suppressions)
        loose = names_python.loose_names(source, tree)
    else:
        from verifier.extract import javascript, names_javascript

        facts = javascript.extract(source, tree, found, suppressions)
        loose = names_javascript.loose_names(source, tree)
    return replace(facts, loose=loose) if loose else facts
