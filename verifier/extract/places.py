"""Where a byte of a file stands in its tree.

Whole trees are never walked here: a search for a word in the bytes says where something may be, and one way down
from the root says what it is. That costs a few microseconds for a place, and nothing for the rest of the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node, TreeCursor

WORDS = frozenset(bytes([code]) for code in b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$")

# Nobody writes deeper nesting; what lies deeper is not looked at, so that hostile input costs no time.
DEEPEST = 400

# How often a word of a broken file is looked at: what the grammar gave up is one flat node, and each way down into it
# takes as long as that node is wide.
MOST_IN_BROKEN = 2000


def way_down(cursor: TreeCursor, offset: int) -> list[Node]:
    """The nodes around a byte, from the root to the leaf; the cursor may stand anywhere in its tree."""
    while cursor.goto_parent():
        pass
    found: list[Node] = []
    node = cursor.node
    while node is not None and len(found) < DEEPEST:
        found.append(node)
        if cursor.goto_first_child_for_byte(offset) is None:
            break
        node = cursor.node
        if node is None or node.start_byte > offset:
            break
    return found


def words(data: bytes, word: bytes, without: Sequence[tuple[int, int]] = (), *, broken: bool = False) -> Iterator[int]:
    """Where a word stands by itself, outside of some ranges, which are in order; of broken files not everywhere."""
    return islice(everywhere(data, word, without), MOST_IN_BROKEN if broken else None)


def everywhere(data: bytes, word: bytes, without: Sequence[tuple[int, int]]) -> Iterator[int]:
    """Where a word stands by itself, outside of some ranges, which are in order."""
    start = 0
    for skip, resume in (*without, (len(data), len(data))):
        at = start - 1
        while (at := data.find(word, at + 1, skip)) != -1:
            end = at + len(word)
            if data[end : end + 1] not in WORDS and data[at - 1 : at] not in WORDS:
                yield at
        start = resume


def text_of(data: bytes, node: Node) -> str:
    """The source text of a node."""
    return data[node.start_byte : node.end_byte].decode("utf-8", "replace")
