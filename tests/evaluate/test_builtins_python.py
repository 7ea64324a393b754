"""What Python's own functions give, as seen in the routes that loops over them register."""

from __future__ import annotations

import pytest

from tests.conftest import Write
from tests.frameworks.harness import facts_of

APP = """
import itertools, os, functools
from collections import namedtuple
from typing import NewType
from fastapi import FastAPI

app = FastAPI()

def handler(): ...

for path in {items}:
    app.add_api_route("/" + str(path), handler)
"""


@pytest.mark.parametrize(
    "items",
    [
        'sorted(["b", "a", "c"])',
        'sorted({"b": 1, "a": 2})',
        'reversed(["a", "b"])',
        '[name.lower() for name in ("A", "B") if name != "A"]',
        '[f"{left}-{right}" for left, right in zip("ab", "cd")]',
        '[f"{place}{name}" for place, name in enumerate(["a", "b"], start=1)]',
        '{"a": 1, "b": 2}.keys()',
        '[name for name, _ in {"a": 1, "b": 2}.items()]',
        'map(str.upper, ["a", "b"])',
        'filter(lambda name: name != "a", ["a", "b"])',
        'itertools.chain(["a"], ["b"])',
        '[left + right for left, right in itertools.product("ab", ["c", "d"])]',
        'itertools.chain.from_iterable([["a"], ["b"]])',
        "range(3)",
        "[2**31 - 1, 2**-1, 10**3 // 7]",
        'list(dict.fromkeys(["b", "a", "b"]))',
        '["a", *("b", "c")][1:]',
        '"a,b".split(",")',
        '"a:b:c".split(":", 1)',
        '"a:b:c".rsplit(":", maxsplit=1)',
        '"a:b:c".partition(":")[::2]',
        '"a:b:c".rpartition(":")[0:1]',
        '[point.name for point in [namedtuple("Point", "name")("a")]]',
        '["/".join(["a", "b"]), "%s.json" % "c", "{}-{x}".format("d", x="e")]',
        '[os.path.join("a", "b")]',
        '[kind("a") for kind in [NewType("Kind", str)]]',
    ],
)
def test_loops_over_what_is_known(write: Write, items: str) -> None:
    text = APP.replace("{items}", items)
    scope: dict[str, object] = {}
    exec(
        compile(
            "import itertools, os\nfrom collections import namedtuple\nfrom typing import NewType\n"
            f"found = list({items})",
            "app",
            "exec",
        ),
        scope,
    )
    wanted = [f"/{item}" for item in scope["found"]]  # type: ignore[attr-defined]
    facts = facts_of(write({"main.py": text}))
    assert [route.path for route in facts.routes] == wanted
    assert facts.dynamic_routes == ()


@pytest.mark.parametrize("items", ['os.listdir("/srv")', 'os.environ["PATHS"].split(":")', "unknown()"])
def test_loops_over_what_run_time_gives(write: Write, items: str) -> None:
    facts = facts_of(write({"main.py": APP.replace("{items}", items)}))
    assert facts.routes == ()
    assert len(facts.dynamic_routes) == 1
