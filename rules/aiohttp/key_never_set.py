"""Something is read from the application under a key that nothing sets.

`request.app[SERVICES]` raises `KeyError: <AppKey(SERVICES)>` where no code has stored anything under the key: each
request that comes by is answered with 500.

Set it where the application is made: `app[SERVICES] = Services(...)`.

The rule speaks of keys that are made by `web.AppKey` and bound to a name of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, is_test, regex, rule

MADE = regex(rb"^([A-Za-z_]\w*)(?:\s*:[^=\n]+)?\s*=\s*(?:[\w.]+\.)?AppKey(?:\[[^\n]*?\])?\(", re.MULTILINE)


@rule(Category.BUSINESS_LOGIC_DEFECT)
def key_never_set(facts: Facts) -> Iterator[Problem]:
    """Yield each read of the application by a key that is never set."""
    files = {path: file for path, file in facts.project.files.items() if file.language == "python"}
    for file in files.values():
        for made in MADE.finditer(file.data):
            name = made[1]
            if sum(found[1] == name for other in files.values() for found in MADE.finditer(other.data)) != 1:
                continue
            yield from reads(facts, name)


def reads(facts: Facts, name: bytes) -> Iterator[Problem]:
    """The places that read a key, where all others only import it."""
    word = re.compile(rb"(?<![\w.])(?:\w+\.)*%s\b" % re.escape(name))
    found = []
    for path, file in facts.project.files.items():
        if file.language != "python":
            continue
        data = file.data
        for place in word.finditer(data):
            line_start = data.rfind(b"\n", 0, place.start()) + 1
            line = data[line_start : data.find(b"\n", place.start()) % (len(data) + 1)]
            if re.match(rb"\s*(?:from|import|#)\b|\s*#", line) or is_listed(data, place.start()):
                continue
            if MADE.match(data, line_start) is not None:
                continue
            before, after = data[line_start : place.start()], data[place.end() : place.end() + 40]
            if not re.search(rb"(?:app|config_dict|application)\[$", before) or not re.match(
                rb"\](?!\s*(?::[^=\n]+)?=(?!=))", after
            ):
                return
            if not is_test(path):
                found.append((path, place.start(), place.end()))
    for path, start, end in found:
        yield Problem(
            facts.project.files[path].span(start, end),
            f"Nothing is stored in the application under `{name.decode()}`",
            symptom=f"500: KeyError: <AppKey({name.decode()})>",
            remedy=f"Set `app[{name.decode()}]` where the application is made",
            identity=name.decode(),
        )


def is_listed(data: bytes, place: int) -> bool:
    """Whether a place stands in the brackets of an import."""
    opened = data.rfind(b"import (", 0, place)
    return opened >= 0 and b")" not in data[opened:place]
