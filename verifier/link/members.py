"""What libraries offer by version, and what code asks them for: names that none of the admitted versions has.

A pack keeps a table of the names that each version of its library has, made by asking the versions themselves. The
attributes that code reads of the library's objects and modules are noted while the project is run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from verifier.link.program import is_test
from verifier.model import Confidence, Import, Problem, Span
from verifier.versions import Versions, version_range

if TYPE_CHECKING:
    from verifier.link import Facts


class Names(NamedTuple):
    """The names of a module or of an object: those of all versions, and those of some, with these."""

    always: frozenset[str]
    sometimes: Mapping[str, str]


class Offer(NamedTuple):
    """What the versions of a library have; ``versions`` are those that were asked, the oldest first."""

    versions: tuple[str, ...]
    modules: Mapping[str, Names]
    classes: Mapping[str, Names]


# What lists the columns or fields of a class.
LISTING = (
    *(b"__table__", b"__mapper__", b"__fields__", b"__annotations__", b"__dict__", b"_meta"),
    *(b"columns", b"column_attrs", b"model_fields", b"mapper", b"attrs", b"dir", b"vars", b"inspect"),
)


BEGINNING = re.compile(r">=([\d.]+)")


class Lack(NamedTuple):
    """A name that the installed version of a library will not have.

    Attributes:
        library: as PyPI calls it; ``holder`` is the module or object that is asked.
        having: the versions that have the name, as a specifier; None where none has.
    """

    library: str
    holder: str
    name: str
    span: Span
    having: str | None
    confidence: Confidence


@cache
def read_offers(path: Path) -> Mapping[str, Offer]:
    """The table of a pack, by library."""
    found: dict[str, Offer] = {}
    for library, table in json.loads(path.read_text("utf-8")).items():
        if isinstance(table, dict):
            parts = [
                {
                    name: Names(frozenset(names["always"].split()), names["sometimes"])
                    for name, names in table[kind].items()
                }
                for kind in ("modules", "classes")
            ]
            found[library] = Offer(tuple(table["versions"]), *parts)
    return found


def lacking(offer: Offer, names: Names, name: str, admitted: Versions | None) -> Confidence | None:
    """How sure it is that the version that will be installed lacks a name; None where it may have it.

    Where some admitted versions have it and newer ones do not, a fresh installation takes a newer one.
    """
    if name in names.always:
        return None
    if admitted is not None and not admitted.maybe(f">={offer.versions[0]}"):
        return None  # older than what was asked
    having = names.sometimes.get(name)
    if having is None:
        return Confidence.HIGH if admitted is None or not admitted.maybe(f"<{offer.versions[0]}") else Confidence.MEDIUM
    last = re.search(r"<([\d.]+)$", having)
    if admitted is None:
        return Confidence.HIGH if last is not None else None
    if not admitted.maybe(BEGINNING.sub(lambda found: may_begin(offer, found[1]), having)):
        return Confidence.HIGH
    return Confidence.MEDIUM if last is not None and admitted.maybe(f">={last.group(1)}") else None


def may_begin(offer: Offer, version: str) -> str:
    """From where on a name may be there that a version was seen to have: not every version between was asked."""
    place = offer.versions.index(version) if version in offer.versions else 0
    return f">{offer.versions[place - 1]}" if place else f">={version}"


def missing_imports(facts: Facts, offers: Mapping[str, Offer]) -> Iterator[Lack]:
    """Names and modules of libraries that the program imports, and that will not be there.

    What only type checkers import, and what is imported under a condition or ``try``, is left alone.
    """
    modules = {module: library for library, offer in offers.items() for module in offer.modules}
    for path, own in facts.files.items():
        if own.language != "python" or is_test(path):
            continue
        for found in own.imports:
            if (
                found.level
                or found.guarded
                or found.kind == "type-only"
                or found.module.partition(".")[0] not in modules
            ):
                continue
            if found.kind == "runtime" and facts.project.files[path].position(found.start)[1] > 1:
                continue  # under a condition, perhaps on the version
            if facts.modules.resolve(path, found).package is None:
                continue  # a module of the project's own that has the name
            for module, name in asked_by(found):
                library = modules.get(module)
                if library is None:
                    continue
                offer = offers[library]
                confidence = lacking(offer, offer.modules[module], name, version_range(facts.project, library))
                if confidence is not None and is_spoken_of(name, offer.modules[module]):
                    having = offer.modules[module].sometimes.get(name)
                    yield Lack(library, module, name, word_of(facts, path, found, name), having, confidence)


def asked_by(found: Import) -> Iterator[tuple[str, str]]:
    """Each module that an import passes through, with what is taken from it."""
    parts = found.module.split(".")
    for place in range(1, len(parts)):
        yield ".".join(parts[:place]), parts[place]
    for name, _ in found.names:
        if name != "*":
            yield found.module, name


def is_spoken_of(name: str, names: Names) -> bool:
    """Whether a table knows of a name, or would if there were one: those with an underscore are mostly left out."""
    return not name.startswith("_") or name in names.sometimes


def word_of(facts: Facts, path: str, found: Import, name: str) -> Span:
    """Where an import writes a name."""
    source = facts.project.files[path]
    text = source.data[found.start :]
    written = re.search(rb"(?<![\w])%s(?!\w)" % re.escape(name.encode()), text)
    start = found.start + (written.start() if written is not None else 0)
    return source.span(start, start + len(name.encode()) if written is not None else start + 1)


def missing_attributes(facts: Facts, offers: Mapping[str, Offer], holders: Mapping[str, str]) -> Iterator[Lack]:
    """Attributes that code reads of a library's objects and modules, and that these will not have.

    ``holders`` leads from paths under which code finds something to its name in the tables. What the project itself
    sets, or asks for by ``hasattr``, is left alone, wherever that is.
    """
    facts.started, facts.calls  # noqa: B018 -- what they run is noted, too
    engine = facts.program.engine
    for path, name, origin in list(engine.asked):
        holder = holders.get(path)
        if holder is None or name.startswith("__") or is_test(origin.path):
            continue
        for library, offer in offers.items():
            names = offer.classes.get(holder) or offer.modules.get(holder)
            if names is None or not is_spoken_of(name, names):
                continue
            confidence = lacking(offer, names, name, version_range(facts.project, library))
            if confidence is not None and not is_added(facts, name):
                having = names.sometimes.get(name)
                yield Lack(library, holder, name, engine.span(origin), having, confidence)


def known_names(paths: Iterable[Path]) -> frozenset[str]:
    """All names that objects have of the libraries of some tables."""
    found: set[str] = set()
    for path in paths:
        for offer in read_offers(path).values():
            for names in offer.classes.values():
                found.update(names.always, names.sometimes)
    return frozenset(found)


def lack_problem(lack: Lack, symptom: str, remedy: str) -> Problem:
    """The finding on a name that will not be there."""
    if lack.having is None:
        reason = f"no version of {lack.library} has one"
    else:
        reason = f"only versions {lack.having} of {lack.library} have it"
    return Problem(
        lack.span,
        f"`{lack.holder}` has no `{lack.name}`: {reason}",
        symptom=symptom,
        remedy=remedy,
        confidence=lack.confidence,
        identity=f"{lack.holder}.{lack.name}",
    )


def application_lacks(
    facts: Facts, table: Path, holders: Mapping[str, str], own: frozenset[str], instead: Mapping[str, str]
) -> Iterator[Problem]:
    """Findings on what start-up reads of a framework's application or module, and what that will not have.

    Args:
        table: names by version.
        holders: paths under which code finds something, and its name in the table.
        own: names that some framework has; of an application, others are not spoken of.
        instead: what to do, by name.
    """
    for lack in missing_attributes(facts, read_offers(table), holders):
        kind = lack.holder.rpartition(".")[2]
        module = kind[0].islower()
        if lack.having is None and not module and lack.name not in own:
            continue
        what = f"module '{lack.holder}'" if module else f"'{kind}' object"
        remedy = instead.get(lack.name, f"Use what `{kind}` has in this version")
        yield lack_problem(lack, f"AttributeError: {what} has no attribute '{lack.name}'", remedy)


def request_lacks(
    facts: Facts,
    table: Path,
    holders: Mapping[str, str],
    own: frozenset[str],
    instead: Mapping[str, str],
    *,
    otherwise: str,
) -> Iterator[Problem]:
    """Findings on what handlers read of a request or response, and what that will not have.

    Args as for `application_lacks`; ``instead`` are expressions, and ``otherwise`` is what to do where there is none.
    """
    for lack in missing_attributes(facts, read_offers(table), holders):
        if lack.having is None and lack.name not in own:
            continue
        kind = lack.holder.rpartition(".")[2].capitalize()
        remedy = f"Use {instead[lack.name]}" if lack.name in instead else otherwise
        yield lack_problem(lack, f"500: AttributeError: '{kind}' object has no attribute '{lack.name}'", remedy)


def is_added(facts: Facts, name: str) -> bool:
    """Whether some code of the project sets an attribute of a name, or asks whether there is one."""
    known: dict[str, bool] = facts.__dict__.setdefault("added", {})
    if name not in known:
        word = re.escape(name.encode())
        sets = re.compile(
            rb"\.%s\s*(?::[^=\n]+)?(?:,[^=\n(]*)?=(?!=)|(?:setattr|hasattr|getattr)\([^()]*[\"']%s[\"']" % (word, word)
        )
        known[name] = any(sets.search(source.data) for source in facts.project.files.values())
    return known[name]


def is_looked_for(facts: Facts, path: str, name: str) -> bool:
    """Whether code of a file looks whether some class or table has a column or field of a name, before it uses it."""
    word = re.escape(name.encode())
    asks = re.compile(rb"[\"']%s[\"']\s+(?:not\s+)?in\s[^\n]*\b(?:%s)\b" % (word, b"|".join(LISTING)))
    return asks.search(facts.project.files[path].data) is not None
