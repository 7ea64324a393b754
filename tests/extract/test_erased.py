"""Imports of TypeScript whose names only types use: the compiler leaves them out, so they make no circle."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Write
from tests.frameworks.harness import facts_of
from verifier.extract import extract
from verifier.model import SourceFile

PARSERS = Path(__file__).parent.parent / "node" / "parsers"
SCRIPT = """
const ts = require('typescript')
const sources = JSON.parse(require('fs').readFileSync(0, 'utf8'))
const options = { module: 'esnext', target: 'esnext', jsx: 'preserve', experimentalDecorators: true }
console.log(JSON.stringify(sources.map((source) =>
  ts.transpileModule(source, { fileName: 'a.tsx', compilerOptions: options }).outputText)))
"""
SOURCES = [
    "import { A } from './m'\nlet a: A\n",
    "import { A } from './m'\nlet a: A[] | null = null\nconst b = a as unknown as A\n",
    "import { A } from './m'\nconst a = new A()\n",
    "import { A } from './m'\nclass B extends A {}\n",
    "import { A } from './m'\nclass B implements A {}\n",
    "import { A } from './m'\ninterface B extends A {}\n",
    "import A from './m'\nfunction f(this: A, b?: A): A | undefined { return b }\n",
    "import A from './m'\ntype B = typeof A\n",
    "import A from './m'\ntype B = typeof A.inner\nconst b = typeof A\n",
    "import * as M from './m'\nlet a: M.Inner.A\n",
    "import * as M from './m'\nlet a: M.Inner.A = M.make()\n",
    "import { A } from './m'\nexport { A }\n",
    "import { A } from './m'\nexport default A\n",
    "import { A } from './m'\nlet a: A\nconst b = { A }\n",
    "import { A } from './m'\nlet a: A\nconst b = { A: 1 }\nb.A = 2\n",
    "import { A } from './m'\nlet a: A\nconst b = 'A' + `A`\n/* A */ // A\n",
    "import { A } from './m'\nlet a: A\nconst b = `${A.name}`\n",
    "import { A } from './m'\nconst a = <A x={1} />\n",
    "import { A } from './m'\nconst a = <b>A</b>\nlet c: A\n",
    "import { A } from './m'\nconst a = f<A>(1)\n",
    "import { A as B } from './m'\nlet a: B\nlet A = 1\nA\n",
    "import { A } from './m'\nenum B { A = 1 }\nlet a: A\n",
    "import { A } from './m'\nlet a: A\nclass B { #A = 1; A = 2 }\n",
    "import { type A, B } from './m'\nlet a: A, b: B\n",
    "import './m'\n",
    "let a: A\nimport { A } from './m'\n",
    "let a: A = new A()\nimport { A } from './m'\n",
    "import { A } from './m'\nlet a: A\nconst b = 'see A(1)'\nconst makeA = 1, c = makeA\n",
    "import { A } from './m'\nconst a = [<A.B />, f<A>()]\n",
    "import { A } from './m'\nconst a = useState<A>()\nconst b = (c: Array<A>) => <c.d e='A' />\n",
    "import { A } from './m'\ntype B = (typeof A)['x'] | typeof A.inner.most[]\n",
    "import { A } from './m'\nconst a = {} satisfies A\nconst b = 'mail a@A.org'\n",
    "import { A, B as C } from './m'\nlet a: A\nlet b: C.D<A>\n",
]


def test_as_the_compiler_leaves_them() -> None:
    if shutil.which("node") is None or not (PARSERS / "node_modules" / "typescript").is_dir():
        pytest.skip("needs node, and `npm ci` in tests/node/parsers")
    done = subprocess.run(
        ["node", "-e", SCRIPT], cwd=PARSERS, input=json.dumps(SOURCES), capture_output=True, text=True, check=True
    )
    for source, output in zip(SOURCES, json.loads(done.stdout), strict=True):
        kinds = [found.kind for found in extract(SourceFile("a.tsx", source.encode(), "tsx")).imports]
        assert ("runtime" in kinds) == ("'./m'" in output), source


def test_a_name_in_very_many_places_is_not_followed_to_the_end() -> None:
    kinds = []
    for uses in (900, 1_100):
        source = "import { A } from './m'\n" + "let a: A\n" * uses
        kinds += [found.kind for found in extract(SourceFile("a.ts", source.encode(), "typescript")).imports]
    assert kinds == ["type-only", "runtime"]


def test_what_a_decorator_may_need_is_kept() -> None:
    source = b"import { Books } from './m'\n@injectable()\nclass A { constructor(private books: Books) {} }\n"
    assert [found.kind for found in extract(SourceFile("a.ts", source, "typescript")).imports] == ["runtime"]


def test_plain_javascript_has_no_types() -> None:
    source = b"import { A } from './m'\n/** @type {A} */\nlet a\n"
    assert [found.kind for found in extract(SourceFile("a.js", source, "javascript")).imports] == ["runtime"]


def test_types_make_no_circle(write: Write) -> None:
    files = {
        "a.ts": "import { B } from './b'\nexport class A { other?: B }\n",
        "b.ts": "import { A } from './a'\nexport class B { other = new A() }\n",
    }
    graph = facts_of(write(files)).imports
    assert {(edge.source, edge.kind) for edge in graph.edges} == {("a.ts", "type-only"), ("b.ts", "runtime")}
    assert graph.cycles() == ()
