"""Reads all SQL of a project: each schema file, folder of migrations and program file into tables of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable

from verifier.api import (
    Databases,
    Declaration,
    Engine,
    Places,
    Project,
    Schema,
    Written,
    apply_text,
    apply_written,
    is_test,
    marked,
    regex,
)

from ._defects import defects
from ._files import Script, placing, scripts, texts_of
from ._history import Applied, History
from ._texts import LARGEST, MENTIONS, texts_in

# What migrates by functions of its own is read by the pack of the tool that runs it.
MIGRATES = regex(
    rb"^down_revision\b|^class\s+Migration\b|\bexports\.up\b|\bfunction\s+up\b"
    rb"|\bconst\s+up\b|\bup\s*(?:\(|:\s*(?:async|function|\())",
    re.MULTILINE,
)
ALTERS = regex(r"\A\s*ALTER\s", re.IGNORECASE)


def read(engine: Engine, project: Project) -> Iterable[Declaration]:
    """All tables that SQL declares."""
    found = histories(engine, project)
    for history in found:
        yield from history.schema.result("migration" if history.migrations else "ddl")
        yield from history.schema.unread
    yield from defects(found, project)


def histories(engine: Engine, project: Project) -> list[History]:
    """Everything that declares tables in SQL, each apart."""
    databases = Databases({path: facts for path, facts in engine.table.facts.items() if not is_test(path)}, project)
    found = [from_script(script, databases) for script in scripts(project)]
    later: list[Written] = []
    own: list[History] = []
    for path in sorted(engine.table.facts):
        source = project.files[path]
        if is_test(path) or len(source.data) > LARGEST or not MENTIONS.search(source.data):
            continue
        if MIGRATES.search(source.data) is not None:
            continue
        written = list(texts_in(engine, path))
        alterations = [text for text in written if ALTERS.match(text.text)]
        if len(alterations) < len(written):
            own.append(from_program(engine, path, written, databases))
        else:
            later.extend(alterations)
    for text in later:
        for history in own:
            apply_written(engine, history.schema, text)
    return [*found, *own]


def from_script(script: Script, databases: Databases) -> History:
    """What files of SQL declare."""
    path = script.parts[0].source.path if script.parts else ""
    texts = texts_of(script.parts)
    certain, handed = databases.of_script(path, texts)
    schema = Schema(script.database or certain or marked(texts))
    history = History(schema, certain=script.database or certain, migrations=script.migrations, path=path)
    history.handed = handed
    for part in script.parts:
        place = placing(part.source)
        apply_text(schema, part.source.text, place, start=part.start, end=part.end)
        history.texts.append(Applied(part.source.text, place, part.start, part.end))
    history.settle()
    return history


def from_program(engine: Engine, path: str, written: list[Written], databases: Databases) -> History:
    """What the texts of a program file declare."""
    schema = Schema(databases.meant(path, (text.text for text in written)))
    history = History(schema, certain=databases.certain(path), migrations=False, path=path)
    for text in written:
        apply_written(engine, schema, text)
        history.texts.append(Applied(text.text, Places(engine, text), 0, len(text.text)))
        history.settle()
    return history
