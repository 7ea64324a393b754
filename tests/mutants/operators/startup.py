"""Defects that keep a backend from starting."""

from __future__ import annotations

import re

from tests.mutants.operators.operator import operator
from tests.mutants.source import Edit, PlaceError, Project, Source, descendants
from verifier.model import Category

STARTUP = Category.SERVER_STARTUP_FAILURE


def word_of(source: Source, command: str, word: str | None) -> tuple[int, int]:
    """Where a word of a shell command is, or the whole command."""
    commands = [
        node
        for node in descendants(source.root)
        if node.type == "command" and source.text(node.named_children[0]) == command
    ]
    if len(commands) != 1:
        raise PlaceError(f"{source.path} has {len(commands)} commands `{command}`")
    if word is None:
        return commands[0].start_byte, commands[0].end_byte
    words = [child for child in commands[0].named_children if source.text(child) == word]
    if len(words) != 1:
        raise PlaceError(f"{source.path} has {len(words)} words `{word}` after `{command}`")
    return words[0].start_byte, words[0].end_byte


def replace_requirement(project: Project, path: str, name: str, by: str) -> None:
    """Write other lines for the line that requires a package."""
    source = project.source(path)
    lines = list(re.finditer(rf"^{re.escape(name)}(?:\[[^\]]*\])?==.*\n".encode(), source.data, re.MULTILINE))
    if len(lines) != 1:
        raise PlaceError(f"{path} requires {name} {len(lines)} times")
    source.edits.append(Edit(*lines[0].span(), by))


@operator("run-script-missing", STARTUP)
def drop_script(project: Project, path: str) -> None:
    """The start script was not delivered."""
    project.drop(path)


@operator("run-script-wrong-cwd", STARTUP)
def change_directory(project: Project, path: str, to: str) -> None:
    """The start script goes to the folder where its author worked."""
    source = project.source(path)
    source.edits.append(Edit(*word_of(source, "cd", None), f"cd {to}"))


@operator("run-script-wrong-cwd", STARTUP)
def wrong_entry(project: Project, path: str, command: str, word: str, to: str) -> None:
    """The start script names a file that is somewhere else."""
    source = project.source(path)
    source.edits.append(Edit(*word_of(source, command, word), to))


@operator("run-script-unavailable-command", STARTUP)
def unavailable_command(project: Project, path: str, before: str, line: str) -> None:
    """The start script calls a program that is not installed."""
    source = project.source(path)
    start, _ = word_of(source, before, None)
    source.edits.append(Edit(start, start, f"{line}\n"))


@operator("source-syntax-error", STARTUP, breaks_syntax=True)
def escape_template(project: Project, path: str, within: str) -> None:
    """Back-ticks are escaped, as they must be in a shell's here-document."""
    source = project.source(path)
    scope = source.scope(within)
    templates = [node for node in descendants(scope) if node.type == "template_string"]
    if len(templates) != 1:
        raise PlaceError(f"{path} has {len(templates)} templates in {within}")
    source.replace(templates[0], source.text(templates[0]).replace("`", "\\`"))


@operator("source-syntax-error", STARTUP, breaks_syntax=True)
def lose_bracket(project: Project, path: str, call: str, within: str | None = None) -> None:
    """The closing bracket of a call is missing."""
    source = project.source(path)
    node = source.one(call, within).node
    source.edits.append(Edit(node.end_byte - 1, node.end_byte, ""))


@operator("py-import-time-nameerror", STARTUP)
def lose_quotes(project: Project, path: str, text: str, within: str | None = None) -> None:
    """The quotes of a string got lost in a shell."""
    source = project.source(path)
    source.replace(source.string(text, within), text)


@operator("local-import-unresolved", STARTUP)
def misspell_import(project: Project, path: str, module: str, to: str) -> None:
    """An import of the project's own names a module that is not there."""
    source = project.source(path)
    if source.suffix != ".py":
        string = source.string(module)
        source.edits.append(Edit(string.start_byte + 1, string.end_byte - 1, to))
        return
    imports = [
        node
        for statement in descendants(source.root)
        if statement.type == "import_from_statement"
        and (node := statement.child_by_field_name("module_name")) is not None
        and source.text(node) == module
    ]
    if len(imports) != 1:
        raise PlaceError(f"{path} imports from {module} {len(imports)} times")
    source.replace(imports[0], to)


@operator("local-import-unresolved", STARTUP)
def import_missing_name(project: Project, path: str, statement: str, to: str) -> None:
    """An import of the project's own names something that its module does not have."""
    project.source(path).rewrite(statement, to)


@operator("undeclared-dependency", STARTUP)
def drop_requirement(project: Project, path: str, package: str) -> None:
    """A package that is imported is not in the requirements."""
    replace_requirement(project, path, package, "")


@operator("undeclared-dependency", STARTUP)
def import_undeclared(project: Project, path: str, before: str, statement: str) -> None:
    """A package is imported that the manifest does not name."""
    source = project.source(path)
    source.insert_before(source.one(before).node, statement)


@operator("missing-email-validator", STARTUP)
def email_without_validator(
    project: Project, path: str, definition: str, by: str, imports: str, importing: str
) -> None:
    """A schema has pydantic's own type of addresses, which needs a package that is not required."""
    source = project.source(path)
    source.rewrite(definition, by)
    source.rewrite(imports, importing)


@operator("npm-install-fails", STARTUP)
def impossible_version(project: Project, path: str, package: str, version: str) -> None:
    """The manifest asks for a version that does not exist, or that its lock file does not have."""
    source = project.source(path)
    places = list(re.finditer(rf'^\s*"{re.escape(package)}": "([^"]+)"'.encode(), source.data, re.MULTILINE))
    if len(places) != 1:
        raise PlaceError(f"{path} names {package} {len(places)} times")
    source.edits.append(Edit(*places[0].span(1), version))


@operator("hono-node-adapter-misuse", STARTUP)
def misuse_adapter(project: Project, path: str, call: str, by: str) -> None:
    """Hono is started as other frameworks are."""
    project.source(path).rewrite(call, by)


@operator("fetch-request-duplex", STARTUP)
def write_adapter(project: Project, path: str, call: str, by: str, imports: str, importing: str) -> None:
    """The way from Node's requests to those of the fetch standard is written by hand, with a body for each."""
    source = project.source(path)
    source.rewrite(call, by)
    source.rewrite(imports, importing)


@operator("unexported-package-subpath", STARTUP)
def unexported_subpath(project: Project, path: str, module: str, to: str) -> None:
    """An import reaches for a file that its package does not show."""
    source = project.source(path)
    node = source.string(module)
    source.edits.append(Edit(node.start_byte + 1, node.end_byte - 1, to))


@operator("flask-removed-before-first-request", STARTUP)
def removed_decorator(project: Project, path: str, decorator: str, to: str, within: str) -> None:
    """A decorator is used that its framework no longer has."""
    project.source(path).rewrite(decorator, to, within)


@operator("nonexistent-library-attribute", STARTUP)
def library_attribute(project: Project, path: str, expression: str, to: str, within: str | None = None) -> None:
    """Something is asked of a library that it does not have."""
    project.source(path).rewrite(expression, to, within)


@operator("path-to-regexp-wildcard", STARTUP)
def wildcard_route(project: Project, path: str, statement: str, to: str) -> None:
    """A pattern of an older router is given to a newer one."""
    project.source(path).rewrite(statement, to)


@operator("django-settings-misconfigured", STARTUP)
def drop_settings_module(project: Project, path: str) -> None:
    """Nothing on the way of the start command says where the settings are."""
    source = project.source(path)
    call = source.one('os.environ.setdefault("DJANGO_SETTINGS_MODULE", ANY)').node
    assert call.parent is not None
    source.remove(call.parent)


@operator("host-loopback-bind", STARTUP)
def listen_on_loopback(project: Project, path: str, call: str, by: str) -> None:
    """The server listens where only its own machine can reach it."""
    project.source(path).rewrite(call, by)


@operator("sqlite-path-unopenable", STARTUP)
def missing_folder(project: Project, path: str, string: str, to: str) -> None:
    """The file of the database lies in a folder that nobody makes."""
    source = project.source(path)
    node = source.string(string)
    source.edits.append(Edit(node.start_byte + 1, node.end_byte - 1, to))


@operator("uninitialised-dependency-object", STARTUP)
def drop_argument(project: Project, path: str, call: str, by: str, within: str | None = None) -> None:
    """Something is built with fewer of its parts than it uses."""
    project.source(path).rewrite(call, by, within)
