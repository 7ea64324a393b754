"""How long code is followed that wires nothing, and that wiring is given all the time it needs."""

from __future__ import annotations

from tests.conftest import Write
from tests.frameworks.harness import facts_of

# Each call of `busy` takes some thousand steps, and its value is known.
BUSY = """
def busy(name):
    for left in range(30):
        for right in range(20):
            total = left + right
    return "/" + name
"""
MAIN = """
from fastapi import FastAPI
import table

app = FastAPI()

def handler(): ...

for path in table.paths:
    app.add_api_route(path, handler)
app.add_api_route("/last", handler)
"""


def test_data_that_takes_long_is_unknown_and_the_rest_goes_on(write: Write) -> None:
    table = f"{BUSY}\nfirst = busy('first')\nsecond = '/second'\npaths = [first, second]\n"
    facts = facts_of(write({"main.py": MAIN, "table.py": table}))
    assert [route.path for route in facts.routes] == ["/second", "/last"]
    assert [found.reason for found in facts.dynamic_routes] == [
        "the path depends on code that runs too long to be followed"
    ]
    assert facts.program.engine.steps < 10_000


def test_a_file_of_the_framework_is_given_time(write: Write) -> None:
    table = f"from fastapi import APIRouter\n{BUSY}\npaths = [busy('first'), busy('second')]\n"
    facts = facts_of(write({"main.py": MAIN, "table.py": table}))
    assert [route.path for route in facts.routes] == ["/first", "/second", "/last"]


def test_wiring_inside_a_callback_is_never_given_up(write: Write) -> None:
    routes = "\n".join(f"    busy('x')\n    app.add_api_route('/r{number}', handler)" for number in range(8))
    text = (
        f"from fastapi import FastAPI\nfrom elsewhere import started\n{BUSY}\n"
        f"app = FastAPI()\n\ndef handler(): ...\n\ndef wire():\n{routes}\n\nstarted(wire)\n"
    )
    facts = facts_of(write({"main.py": text}))
    assert [route.path for route in facts.routes] == [f"/r{number}" for number in range(8)]


def test_a_callback_that_wires_nothing_is_given_up(write: Write) -> None:
    endless = "\n".join("    busy('x')" for _ in range(50))
    text = (
        f"from fastapi import FastAPI\nfrom elsewhere import started\n{BUSY}\n"
        f"app = FastAPI()\n\ndef work():\n{endless}\n\nstarted(work)\n\n@app.get('/up')\ndef up(): ...\n"
    )
    facts = facts_of(write({"main.py": text}))
    assert [route.path for route in facts.routes] == ["/up"]
    assert facts.program.engine.steps < 40_000


SERVER = """
import express from "express";
import { path } from "./data";

const app = express();
app.get(path, (request, response) => response.json({}));
"""


def test_a_constant_that_nothing_asks_for_is_not_made(write: Write) -> None:
    data = """
        function unasked() { return "/unasked"; }
        function asked() { return "/asked"; }
        export const other = unasked();
        export const path = asked();
    """
    facts = facts_of(write({"main.ts": SERVER, "data.ts": data, "package.json": '{"dependencies": {"express": "5"}}'}))
    assert [route.path for route in facts.routes] == ["/asked"]
    assert {code.name for code in facts.program.engine.ran} & {"asked", "unasked"} == {"asked"}


def test_a_constant_is_made_once(write: Write) -> None:
    data = """
        let count = 0;
        function next() { count += 1; return "/" + count; }
        export const path = next();
        export { path as again };
    """
    server = SERVER.replace("{ path }", "{ path, again }").replace("app.get(path", "app.get(path + again")
    facts = facts_of(write({"main.ts": server, "data.ts": data, "package.json": '{"dependencies": {"express": "5"}}'}))
    assert [route.path for route in facts.routes] == ["/1/1"]


def test_what_a_module_takes_is_not_charged_to_the_callback_that_asks_for_it(write: Write) -> None:
    main = """
        import express from "express";
        import { started } from "elsewhere";
        import { path } from "./data";

        const app = express();
        started(() => { app.get(path, (request, response) => response.json({})); });
    """
    slow = "const all = [];\n" + "for (const part of [1, 2, 3, 4, 5, 6, 7, 8]) { all.push(part); }\n" * 200
    data = f"{slow}\nexport const path = '/after';\n"
    facts = facts_of(write({"main.ts": main, "data.ts": data, "package.json": '{"dependencies": {"express": "5"}}'}))
    assert [route.path for route in facts.routes] == ["/after"]
