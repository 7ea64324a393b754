"""What the rules on the contract say of parameters, missing operations and routes that are said twice."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from verifier.check import check
from verifier.model import Finding
from verifier.session import Options, open_session

CONTRACT = """\
openapi: 3.1.0
info: { title: Readers, version: "1" }
servers: [{ url: / }]
paths:
  /readers/{name}:
    parameters: [{ name: name, in: path, required: true, schema: { type: string } }]
    get: { operationId: getReader, responses: { "200": { description: ok } } }
    delete: { operationId: removeReader, responses: { "200": { description: ok } } }
"""


def findings(folder: Path, text: str, rule: str, contract: str = CONTRACT) -> list[Finding]:
    """What a rule finds in an application of one file."""
    (folder / "app.py").write_text(dedent(text), "utf-8")
    (folder / "openapi.yml").write_text(contract, "utf-8")
    options = Options(path=folder, contract=folder / "openapi.yml", cache=False, quiet=True, isolated=True)
    return [finding for finding in check(open_session(options).facts).findings if finding.rule == rule]


def served(pattern: str, methods: str) -> str:
    """An application that restricts the parameter."""
    return f"""\
        from aiohttp import web

        async def reader(request):
            return web.Response()

        app = web.Application()
        for method in {methods}:
            app.router.add_route(method, r"/readers/{{name:{pattern}}}", reader)
        """


def test_one_finding_for_all_operations_of_a_restricted_path(tmp_path: Path) -> None:
    [found] = findings(tmp_path, served(r"\d+", '("GET", "DELETE")'), "contract/parameter-mismatch")
    assert (found.severity, found.endpoints) == ("error", ("GET /readers/{name}", "DELETE /readers/{name}"))
    assert found.symptom == "404 on GET /readers/{name}, DELETE /readers/{name}"


def test_refusing_only_unusual_values_is_a_warning(tmp_path: Path) -> None:
    [found] = findings(tmp_path, served(r"\w+", '("GET", "DELETE")'), "contract/parameter-mismatch")
    assert found.severity == "warning"
    assert found.symptom.endswith("for values such as `two-words`")


def test_refusing_nothing_usual_is_none(tmp_path: Path) -> None:
    assert findings(tmp_path, served(r"[\w-]+", '("GET", "DELETE")'), "contract/parameter-mismatch") == []


def test_a_path_that_is_served_for_other_methods(tmp_path: Path) -> None:
    [found] = findings(tmp_path, served(r"[^/]+", '("GET",)'), "contract/missing-operation")
    assert found.symptom == "404 or 405 on DELETE /readers/{name}"
    assert [related.message for related in found.related] == ["`/readers/{name}` is served for GET only"]


def test_a_route_that_is_said_twice_hides_nothing(tmp_path: Path) -> None:
    text = """\
        from aiohttp import web

        async def home(request):
            return web.Response()

        async def other(request):
            return web.Response()

        app = web.Application()
        app.router.add_route("GET", "", home)
        app.router.add_route("GET", "/", {})
        """
    assert findings(tmp_path, text.format("home"), "aiohttp/shadowed-route") == []
    assert len(findings(tmp_path, text.format("other"), "aiohttp/shadowed-route")) == 1


def test_a_slash_is_one_finding_for_all_operations_of_a_path(tmp_path: Path) -> None:
    text = served("[^/]+", '("GET", "DELETE")').replace('[^/]+}"', '[^/]+}/"')
    [found] = findings(tmp_path, text, "contract/trailing-slash")
    assert found.endpoints == ("GET /readers/{name}/", "DELETE /readers/{name}/")
    assert found.symptom == "404 on GET /readers/{name}, DELETE /readers/{name}"


@pytest.mark.parametrize(
    ("paths", "mounted"),
    [
        (("/loans/{id}/notes",), "/loans/{id}/notes"),
        (("/notes/{id}/notes", "/loans/{id}/notes"), None),
        (("/loans/{id}/remarks",), None),
        (("/loans/{id}/notes/all",), None),
    ],
)
def test_a_route_below_another_word(tmp_path: Path, paths: tuple[str, ...], mounted: str | None) -> None:
    text = f"""\
        from fastapi import FastAPI

        app = FastAPI()
        for path in {paths}:
            app.get(path)(lambda: None)
        """
    contract = CONTRACT.partition("  /readers")[0] + "  /readers/{name}/notes: { get: { responses: {} } }\n"
    contract += "  /readers: { get: { responses: {} } }\n  /shelves: { get: { responses: {} } }\n"
    text += '        app.get("/readers")(lambda: None)\n'
    found = findings(tmp_path, text, "contract/wrong-mount", contract)
    served_at = [f"`GET /readers/{{name}}/notes` of the contract is served at `{mounted}`"] if mounted else []
    assert [finding.message for finding in found] == served_at
