"""Something is read from the application under a key that nothing sets.

`request.app[SERVICES]` raises `KeyError: <AppKey(SERVICES)>` where no code has stored anything under the key: each
request that comes by is answered with 500.

Set it where the application is made: `app[SERVICES] = Services(...)`.

The rule speaks of keys that are made by `web.AppKey` and bound to a name of their own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, is_test, regex, rule

MADE = regex(rb"^([A-Za-z_]\w*)(?:\s*:[^=\n]++)?\s*=\s*(?:[\w.]+\.)?AppKey(?:\[[^\n]*?\])?\(", re.MULTILINE)
# A name, with those that it is read of.
CHAIN = regex(rb"(?<![\w.])\w+(?:\.\w+)*+")
READ = regex(rb"(?:app|config_dict|application)\[$")
BEHIND = regex(rb"\](?!\s*(?::[^=\n]+)?=(?!=))")
APART = regex(rb"\s*(?:from|import|#)\b|\s*#")
LONGEST_IMPORT = 4_000  # bytes


@rule(Category.BUSINESS_LOGIC_DEFECT)
def key_never_set(facts: Facts) -> Iterator[Problem]:
    """Yield each read of the application by a key that is never set."""
    files = {path: file.data for path, file in facts.project.files.items() if file.language == "python"}
    making = {path: list(MADE.finditer(data)) for path, data in files.items() if b"AppKey" in data}
    made = Counter(found[1] for matches in making.values() for found in matches)
    places: dict[bytes, list[tuple[str, int, int]] | None] = {name: [] for name, count in made.items() if count == 1}
    for path, data in files.items() if places else ():
        lines = {found.start() for found in making.get(path, ())}
        for chain in CHAIN.finditer(data):
            for word in dict.fromkeys(chain[0].split(b".")):
                found = places.get(word)
                if found is None or is_apart(data, chain.start(), lines):
                    continue
                end = chain.start() + (b"." + chain[0] + b".").rfind(b"." + word + b".") + len(word)
                if not is_read(data, chain.start(), end):
                    places[word] = None
                elif not is_test(path):
                    found.append((path, chain.start(), end))
    for name, reads in places.items():
        for path, start, end in reads or ():
            yield Problem(
                facts.project.files[path].span(start, end),
                f"Nothing is stored in the application under `{name.decode()}`",
                symptom=f"500: KeyError: <AppKey({name.decode()})>",
                remedy=f"Set `app[{name.decode()}]` where the application is made",
                identity=name.decode(),
            )


def is_apart(data: bytes, place: int, lines: set[int]) -> bool:
    """Whether a place stands in an import or a comment, or on one of the lines that make a key."""
    first = max(0, place - LONGEST_IMPORT)
    start = data.rfind(b"\n", first, place) + 1 or first
    if start in lines or APART.match(data, start) is not None:
        return True
    opened = data.rfind(b"import (", first, place)
    return opened >= 0 and b")" not in data[opened:place]


def is_read(data: bytes, start: int, end: int) -> bool:
    """Whether the application is read by the key that stands at a place."""
    return READ.search(data, max(0, start - 40), start) is not None and BEHIND.match(data, end, end + 40) is not None
