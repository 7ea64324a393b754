"""What each kind of change makes of a source, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from verifier.fix.resolve import CannotFixError, Texts, applied, edits_of
from verifier.model import Change, Fix, Move, NewImport, NewLine, NewOption, NewStatement, Replacement, Span, Wrapping
from verifier.read import read


def span_of(text: str, piece: str, path: str, nth: int = 1) -> Span:
    """Where a piece of a text stands."""
    at = -1
    for _ in range(nth):
        at = text.index(piece, at + 1)
    line, end = text.count("\n", 0, at) + 1, at + len(piece)
    return Span(path, line, at - text.rfind("\n", 0, at), text.count("\n", 0, end) + 1, end - text.rfind("\n", 0, end))


Changed = Callable[..., str]


@pytest.fixture
def changed(tmp_path: Path) -> Changed:
    """Makes changes in a file, and gives its text."""

    def run(name: str, text: str, *changes: Change) -> str:
        (tmp_path / name).write_bytes(text.encode())
        texts = Texts(read(tmp_path))
        edits = [edit for change in changes for edit in edits_of(change, texts)]
        return applied(texts.get(name).data, edits).decode()

    return run


@pytest.mark.parametrize(
    ("text", "piece", "result"),
    [
        ("x = run(1)\n", "run(1)", "x = await run(1)\n"),
        ("x = run(1).name\n", "run(1)", "x = (await run(1)).name\n"),
        ("x = run(1)[0]\n", "run(1)", "x = (await run(1))[0]\n"),
        ("x = (run(1)).name\n", "run(1)", "x = (await run(1)).name\n"),
        ("x = f(run(1))\n", "run(1)", "x = f(await run(1))\n"),
        ("run(1)\n", "run(1)", "await run(1)\n"),
        ("x = a + run(1)\n", "run(1)", "x = a + await run(1)\n"),
        ("x = run(1)(2)\n", "run(1)", "x = (await run(1))(2)\n"),
    ],
)
@pytest.mark.parametrize("name", ["a.py", "a.js", "a.ts"])
def test_an_operator_in_front(changed: Changed, name: str, text: str, piece: str, result: str) -> None:
    assert changed(name, text, Wrapping(span_of(text, piece, name), "await ")) == result


@pytest.mark.parametrize(
    ("text", "piece", "result"),
    [
        ("x = rows.all()\n", "rows", "x = rows.unique().all()\n"),
        ("x = (await rows).all()\n", "await rows", "x = (await rows).unique().all()\n"),
        ("x = rows()\n", "rows()", "x = rows().unique()\n"),
        ("x = await rows\n", "await rows", "x = (await rows).unique()\n"),
        ("x = await rows()\n", "rows()", "x = (await rows()).unique()\n"),
        ("x = (await rows())\n", "rows()", "x = ((await rows()).unique())\n"),
        ("x = ä + rows.all()\n", "rows", "x = ä + rows.unique().all()\n"),
    ],
)
def test_a_method_behind(changed: Changed, text: str, piece: str, result: str) -> None:
    assert changed("a.py", text, Wrapping(span_of(text, piece, "a.py"), after=".unique()")) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("run()\n", "run(limit=1)\n"),
        ("run(a)\n", "run(a, limit=1)\n"),
        ("run(a, )\n", "run(a, limit=1, )\n"),
        ("run(a, limit=9, b=2)\n", "run(a, limit=1, b=2)\n"),
        ("run(\n    a,\n    b=2,\n)\n", "run(\n    a,\n    b=2,\n    limit=1,\n)\n"),
        ("run(**more)\n", "run(**more, limit=1)\n"),
    ],
)
def test_a_keyword_more(changed: Changed, text: str, result: str) -> None:
    assert changed("a.py", text, NewOption(span_of(text, "run", "a.py"), "limit", "1")) == result


@pytest.mark.parametrize(
    ("text", "place", "result"),
    [
        ("run();\n", 0, "run({ limit: 1 });\n"),
        ("run({});\n", 0, "run({ limit: 1 });\n"),
        ("run(a);\n", 1, "run(a, { limit: 1 });\n"),
        ("run({ a: 2 });\n", 0, "run({ a: 2, limit: 1 });\n"),
        ("run({ 'limit': 2, b });\n", 0, "run({ 'limit': 1, b });\n"),
        ("run({\n  a,\n  ...b,\n});\n", 0, "run({\n  a,\n  ...b,\n  limit: 1,\n});\n"),
        ("new run({ a });\n", 0, "new run({ a, limit: 1 });\n"),
    ],
)
def test_a_property_more(changed: Changed, text: str, place: int, result: str) -> None:
    assert changed("a.js", text, NewOption(span_of(text, "run", "a.js"), "limit", "1", place)) == result


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.js", "run(options);\n"),
        ("a.js", "run(...all);\n"),
        ("a.py", "run(x for x in y)\n"),
        ("a.py", "run\n"),
    ],
)
def test_no_room_for_an_option(changed: Changed, name: str, text: str) -> None:
    with pytest.raises(CannotFixError):
        changed(name, text, NewOption(span_of(text, "run", name), "limit", "1"))


OF_X = "// Of it.\n'use strict';\nx = exports.a;\n"


@pytest.mark.parametrize(
    ("name", "text", "result"),
    [
        ("a.py", "import os\n\nx = 1\n", "import os\nfrom lib import Op\n\nx = 1\n"),
        ("a.py", '"""Page."""\n\nfrom lib import A\n\nx = 1\n', '"""Page."""\n\nfrom lib import Op, A\n\nx = 1\n'),
        ("a.py", "from lib import Op\n", "from lib import Op\n"),
        ("a.js", "import { A } from 'lib';\nrun();\n", "import { A, Op } from 'lib';\nrun();\n"),
        ("a.js", "const { A } = require('lib')\n", "const { A, Op } = require('lib')\n"),
        (
            "a.js",
            'const x = require("x");\nrun();\n',
            'const x = require("x");\nconst { Op } = require("lib");\nrun();\n',
        ),
        ("a.ts", "import x from 'x'\nrun()\n", "import x from 'x'\nimport { Op } from 'lib'\nrun()\n"),
        ("a.ts", "import type { A } from 'lib'\n", "import type { A } from 'lib'\nimport { Op } from 'lib'\n"),
        ("a.js", "import {\n  A,\n  B,\n} from 'lib';\n", "import {\n  A,\n  B,\n  Op,\n} from 'lib';\n"),
        ("a.js", "import { Op } from 'lib';\n", "import { Op } from 'lib';\n"),
        ("a.js", "import lib from 'lib';\n", "import lib from 'lib';\nimport { Op } from 'lib';\n"),
        ("a.js", "module.exports = run;\n", "const { Op } = require('lib');\n\nmodule.exports = run;\n"),
        ("a.js", "export const x = 1;\n", "import { Op } from 'lib';\n\nexport const x = 1;\n"),
        ("a.js", OF_X, OF_X.replace("x = ", "\nconst { Op } = require('lib');\nx = ", 1)),
    ],
)
def test_an_import_more(changed: Changed, name: str, text: str, result: str) -> None:
    assert changed(name, text, NewImport(name, "lib", "Op")) == result


def test_a_name_that_means_something_else_is_not_imported(changed: Changed) -> None:
    with pytest.raises(CannotFixError, match="means something else"):
        changed("a.js", "import x from 'x';\nconst Op = 1;\n", NewImport("a.js", "lib", "Op"))


PYTHON = """\
from app import app, need


@app.get("/a/{b}")
def a(b):
    return b


# Kept with its function.
@app.get("/a/c")
def c():
    return 1


@app.get("/d")
def d():
    return 2
"""


def test_a_function_is_moved_with_its_comments(changed: Changed) -> None:
    move = Move(span_of(PYTHON, "/a/c", "a.py"), span_of(PYTHON, "/a/{b}", "a.py"))
    first, second = (
        '@app.get("/a/{b}")\ndef a(b):\n    return b\n',
        '# Kept with its function.\n@app.get("/a/c")\ndef c():\n    return 1\n',
    )
    assert changed("a.py", PYTHON, move) == PYTHON.replace(f"{first}\n\n{second}", f"{second}\n\n{first}")


@pytest.mark.parametrize(
    "between",
    ["c = make()\n", "from lib import c\n", "def c(): ...\n", "app.use(guard)\n", "if x:\n    app.get('/z', z)\n"],
)
def test_a_statement_is_not_moved_over_what_it_needs(changed: Changed, between: str) -> None:
    text = f"app.get('/a/:b', a)\n{between}app.get('/a/c', c)\n"
    with pytest.raises(CannotFixError):
        changed("a.py", text, Move(span_of(text, "/a/c", "a.py"), span_of(text, "/a/:b", "a.py")))


def test_a_statement_is_moved_over_other_routes(changed: Changed) -> None:
    text = "app.get('/a/:b', a);\nconst z = () => c;\napp.post('/z', z);\napp.get('/a/c', (q) => z(q)); // last"
    result = "app.get('/a/c', (q) => z(q)); // last\napp.get('/a/:b', a);\nconst z = () => c;\napp.post('/z', z);\n"
    assert changed("a.js", text, Move(span_of(text, "/a/c", "a.js"), span_of(text, "/a/:b", "a.js"))) == result


def test_a_list_is_not_moved_over_what_it_reads(changed: Changed) -> None:
    text = 'router.register("a", A)\nroutes = [\n    path("", include(router.urls)),\n    path("a/new", new),\n]\n'
    with pytest.raises(CannotFixError, match="more than the route"):
        changed("a.py", text, Move(span_of(text, "a/new", "a.py"), span_of(text, "register", "a.py")))


def test_an_item_of_a_list_is_moved(changed: Changed) -> None:
    text = 'routes = [\n    path("<slug>/", a),\n    path("new/", b)\n]\n'
    result = 'routes = [\n    path("new/", b),\n    path("<slug>/", a),\n]\n'
    assert changed("a.py", text, Move(span_of(text, "new/", "a.py"), span_of(text, "<slug>", "a.py"))) == result


@pytest.mark.parametrize(
    "text",
    [
        "app.get('/a/:b', a).get('/a/c', c)\n",
        "app.get('/a/:b', a); app.get('/a/c', c)\n",
        "if x:\n    app.get('/a/:b', a)\napp.get('/a/c', c)\n",
        "app.get('/a/c', c)\napp.get('/a/:b', a)\n",
    ],
)
def test_what_cannot_be_moved(changed: Changed, text: str) -> None:
    with pytest.raises(CannotFixError):
        changed("a.py", text, Move(span_of(text, "/a/c", "a.py"), span_of(text, "/a/:b", "a.py")))


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("a==1\n", "a==1\nb\n"),
        ("a==1", "a==1\nb\n"),
        ("a==1\n\n\n", "a==1\nb\n\n\n"),
        ("", "b\n"),
        ("a\r\n", "a\r\nb\r\n"),
    ],
)
def test_a_line_more(changed: Changed, text: str, result: str) -> None:
    assert changed("requirements.txt", text, NewLine("requirements.txt", "b")) == result


PYTHON_APP = "def f():\n    app = make()  # now\n    return app\n"


@pytest.mark.parametrize(
    ("name", "text", "result"),
    [
        ("a.py", PYTHON_APP, PYTHON_APP.replace("now\n", "now\n    b(\n        1,\n    )\n")),
        ("a.js", "const app = make();\nrun();\n", "const app = make();\nb(\n    1,\n)\nrun();\n"),
        ("a.js", "const app = make()", "const app = make()\nb(\n    1,\n)"),
    ],
)
def test_a_statement_more(changed: Changed, name: str, text: str, result: str) -> None:
    assert changed(name, text, NewStatement(span_of(text, "make()", name), "b(\n    1,\n)")) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("x = 1  # gone\ny = 2\n", "x = 1\ny = 2\n"),
        ("x = 1\n    # gone\ny = 2\n", "x = 1\ny = 2\n"),
        ("x = 1\n# gone", "x = 1\n"),
    ],
)
def test_what_is_taken_away_leaves_no_blanks(changed: Changed, text: str, result: str) -> None:
    assert changed("a.py", text, Replacement(span_of(text, "# gone", "a.py"), "")) == result


def test_lines_keep_their_ends(changed: Changed) -> None:
    text = "run(\r\n    a,\r\n)\r\n"
    assert (
        changed("a.py", text, NewOption(span_of(text, "run", "a.py"), "b", "1"))
        == "run(\r\n    a,\r\n    b=1,\r\n)\r\n"
    )


def test_a_place_that_is_not_there(changed: Changed) -> None:
    with pytest.raises(CannotFixError):
        changed("a.py", "x = 1\n", Replacement(Span("a.py", 9, 1, 9, 2), "y"))
    with pytest.raises(CannotFixError):
        changed("a.py", "x = 1\n", Replacement(Span("b.py", 1, 1, 1, 2), "y"))


def test_a_fix_says_what_it_does() -> None:
    assert Fix("await the call", ()).safe
