"""Which operation of a contract a request belongs to."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from verifier.regex import regex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verifier.link.contract import Contract

PREFIX = regex(r"(?:/(?:api|rest|v\d+(?:\.\d+)*))+(?=/|$)", re.IGNORECASE)
PARAMETER = regex(r"\{[^{}/]*\}")
LABEL = regex(r"([A-Za-z]+) (/\S*)")
TRIED = 20  # prefixes of the requests' paths that are tried as the address of the API
LONGEST = 2_000  # characters of a path that may be an operation's
LOOKED_AT = 500  # requests that are looked at for it


class Sent(NamedTuple):
    """A request, as far as its operation is concerned. ``label`` is what the tool itself calls the operation."""

    method: str
    path: str
    label: str | None = None


class Template(NamedTuple):
    """A path with parameters: a pattern for each segment, and which of the segments are plain text."""

    method: str
    name: str
    segments: tuple[re.Pattern[str], ...]
    plain: tuple[bool, ...]


class Operations:
    """The operations of a contract, and the prefix below which the requests found them.

    A name is the method and the path of the contract without what the API stands below (``/api``), be it said in the
    contract's servers or in front of each of its paths.
    """

    def __init__(self, contract: Contract | None, sent: Sequence[Sent], base: str | None = None) -> None:
        operations = () if contract is None else contract.operations
        labels = [found[2] for at in sent if at.label is not None and (found := LABEL.fullmatch(at.label)) is not None]
        self.shared = shared_prefix([operation.own for operation in operations] or labels)
        self.templates = [template(operation.method, operation.own, self.shared) for operation in operations]
        self.known: dict[tuple[str, str], str | None] = {}
        declared = None if contract is None else contract.base.rstrip("/") + self.shared
        self.base = self.best(declared or "", sent) if base is None else base.rstrip("/") + self.shared

    def name(self, sent: Sent) -> str | None:
        """The operation of a request; None where it is none of the contract's, or the report tells too little."""
        label = None if sent.label is None else LABEL.fullmatch(sent.label)
        if label is not None and not self.templates:
            return f"{label[1].upper()} {label[2].removeprefix(self.shared) or '/'}"
        if label is not None and (found := self.find(label[1], label[2].removeprefix(self.shared) or "/")) is not None:
            return found
        if not self.templates or not sent.path or len(sent.path) > LONGEST:
            return None
        key = sent.method, sent.path
        if key not in self.known:
            self.known[key] = self.find(sent.method, self.below(sent.path))
        return self.known[key]

    def below(self, path: str) -> str:
        """The path below the address of the API; a path that is not below it stays whole."""
        inner = path.removeprefix(self.base)
        return inner if inner.startswith("/") else path

    def find(self, method: str, path: str) -> str | None:
        """The operation of a path below the address of the API."""
        parts = segments(path)
        found = [
            known
            for known in self.templates
            if known.method == method.upper()
            and len(known.segments) == len(parts)
            and all(pattern.fullmatch(part) for pattern, part in zip(known.segments, parts, strict=True))
        ]
        # Plain text goes before a parameter: `/articles/feed` is not the article `feed`.
        return max(found, key=lambda known: known.plain).name if found else None

    def best(self, declared: str, sent: Sequence[Sent]) -> str:
        """The prefix of the paths below which most requests are operations; of equals, what the contract declares."""
        if not self.templates:
            return ""
        sample = Counter((at.method, at.path) for at in sent[:LOOKED_AT] if 0 < len(at.path) <= LONGEST)
        prefixes: Counter[str] = Counter()
        for (_, path), count in sample.items():
            parts = segments(path)
            for length in range(min(3, len(parts)) + 1):
                prefixes["".join(f"/{part}" for part in parts[:length])] += count
        candidates = [declared, *(prefix for prefix, _ in prefixes.most_common(TRIED) if prefix != declared)]

        def matched(prefix: str) -> int:
            return sum(
                count
                for (method, path), count in sample.items()
                if (path + "/").startswith(prefix + "/") and self.find(method, path[len(prefix) :] or "/") is not None
            )

        return max(candidates, key=lambda prefix: (matched(prefix), prefix == declared, -len(prefix)))


def segments(path: str) -> list[str]:
    """The parts of a path between slashes. One slash at the end says nothing; an empty part inside does."""
    inner = path.removeprefix("/").removesuffix("/")
    return inner.split("/") if inner else []


def template(method: str, own: str, shared: str) -> Template:
    """An operation, without the prefix that all paths share."""
    path = own.removeprefix(shared) or "/"
    parts = segments(path)
    patterns = tuple(re.compile(".*".join(re.escape(text) for text in PARAMETER.split(part))) for part in parts)
    return Template(method, f"{method} {path}", patterns, tuple(PARAMETER.search(part) is None for part in parts))


def shared_prefix(paths: Sequence[str]) -> str:
    """The prefix, such as ``/api/v1``, that stands in front of every path of a contract; empty where there is none."""
    found = {match[0] if (match := PREFIX.match(path)) is not None else "" for path in paths}
    return found.pop() if len(found) == 1 else ""
