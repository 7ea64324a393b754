"""Which file defines a name. Python and Node say themselves where the same classes come from."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.imports.projects import Files, edges, graph, modules, project, write

NODE = shutil.which("node")

PYTHON = {
    "app/__init__.py": "from .services import Users\nfrom . import models\nfrom .star import *\n",
    "app/models/__init__.py": (
        "from .user import User\nfrom .order import Order as Purchase, Line\nimport app.models.base\n"
    ),
    "app/models/base.py": "class Base: pass\n",
    "app/models/user.py": "from .base import Base\nclass User(Base): pass\nBase = Base\n",
    "app/models/order.py": "class Order: pass\nclass Line: pass\n",
    "app/services/__init__.py": "from app.services.users import Users as Users\nfrom app.models import *\n",
    "app/services/users.py": "from app.models import User\nclass Users: pass\n",
    "app/star.py": "from app.listed import *\nfrom app.unlisted import *\nclass _Hidden: pass\nclass Own: pass\n",
    "app/listed.py": "__all__ = ['_Listed']\nclass _Listed: pass\nclass NotListed: pass\n",
    "app/unlisted.py": "class Open: pass\nclass _Closed: pass\n",
    "app/guarded.py": (
        "try:\n    from app.gone import Fast as Speed\nexcept ImportError:\n"
        "    from app.models.order import Order as Speed\n"
    ),
    "app/shadow/__init__.py": "from .tool import tool\n",
    "app/shadow/tool.py": "class tool: pass\n",
    "app/typed.py": "from __future__ import annotations\nfrom typing import TYPE_CHECKING\nclass Typed: pass\n",
}

PYTHON_QUESTIONS = [
    ("app/__init__.py", "Users"),
    ("app/__init__.py", "Own"),
    ("app/__init__.py", "_Listed"),
    ("app/__init__.py", "NotListed"),
    ("app/__init__.py", "Open"),
    ("app/__init__.py", "_Closed"),
    ("app/__init__.py", "_Hidden"),
    ("app/models/__init__.py", "User"),
    ("app/models/__init__.py", "Purchase"),
    ("app/models/__init__.py", "Order"),
    ("app/models/__init__.py", "Line"),
    ("app/models/user.py", "User"),
    ("app/services/__init__.py", "User"),
    ("app/services/__init__.py", "Purchase"),
    ("app/services/__init__.py", "Users"),
    ("app/services/users.py", "User"),
    ("app/guarded.py", "Speed"),
    ("app/shadow/__init__.py", "tool"),
    ("app/typed.py", "Typed"),
    ("app/typed.py", "Missing"),
]

PYTHON_PROBE = """
import importlib, json, os, sys
answers = []
for path, name in json.load(sys.stdin):
    module = importlib.import_module(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    found = getattr(module, name, None)
    origin = sys.modules[found.__module__] if isinstance(found, type) else None
    answers.append(origin and [os.path.relpath(origin.__file__), found.__name__])
print(json.dumps(answers))
"""


def test_python_agrees(tmp_path: Path) -> None:
    write(tmp_path, PYTHON)
    ran = subprocess.run(
        [sys.executable, "-c", PYTHON_PROBE],
        cwd=tmp_path,
        input=json.dumps(PYTHON_QUESTIONS),
        capture_output=True,
        text=True,
        check=True,
    )
    made = modules(project(PYTHON))
    for question, answer in zip(PYTHON_QUESTIONS, json.loads(ran.stdout), strict=True):
        ours = made.definer(*question)
        assert (list(ours[:2]) if ours else None) == answer, question


COMMONJS = {
    "index.js": "module.exports = require('./lib')\n",
    "lib/index.js": (
        "const { User } = require('./user')\nconst order = require('./order')\n"
        "module.exports = { User, Order: order.Order, Line: require('./order').Line, order, "
        "...require('./more'), Own: class Own {} }\n"
    ),
    "lib/user.js": "class User {}\nexports.User = User\nexports.Alias = User\n",
    "lib/order.js": "class Order {}\nmodule.exports.Order = Order\nmodule.exports.Line = class Line {}\n",
    "lib/more.js": "const deep = require('./deep')\nmodule.exports = deep\n",
    "lib/deep.js": "class Deep {}\nconst all = { Deep, Other: class Other {} }\nmodule.exports = all\n",
    "lib/merged.js": "class Local {}\nObject.assign(module.exports, { Local }, require('./user'))\n",
    "lib/single.js": "class Single {}\nmodule.exports = Single\n",
    "lib/passed.js": "module.exports = require('./single')\n",
    "lib/held.js": "const Single = require('./passed')\nmodule.exports = Single\n",
}

COMMONJS_QUESTIONS = [
    ("index.js", "User"),
    ("index.js", "Line"),
    ("index.js", "Deep"),
    ("index.js", "Other"),
    ("index.js", "Own"),
    ("lib/index.js", "User"),
    ("lib/index.js", "Deep"),
    ("lib/user.js", "User"),
    ("lib/order.js", "Order"),
    ("lib/order.js", "Line"),
    ("lib/more.js", "Deep"),
    ("lib/merged.js", "Local"),
    ("lib/merged.js", "User"),
    ("lib/single.js", "*"),
    ("lib/passed.js", "*"),
    ("lib/held.js", "*"),
]

MODULES = {
    "package.json": '{"type": "module"}',
    "index.js": (
        "export * from './models/index.js'\nexport { default } from './models/user.js'\n"
        "export * as orders from './models/order.js'\n"
    ),
    "models/index.js": (
        "export { default as User, Role } from './user.js'\nexport * from './order.js'\n"
        "import { Deep as Deeper } from './deep.js'\nexport { Deeper, Deeper as Renamed }\nexport class Own {}\n"
    ),
    "models/user.js": "export default class User {}\nexport class Role {}\n",
    "models/order.js": "class Order {}\nexport { Order, Order as Purchase }\nexport default Order\n",
    "models/deep.js": "export const Deep = class {}\n",
    "models/assigned.js": "import { Role } from './user.js'\nexport default Role\n",
}

MODULES_QUESTIONS = [
    ("index.js", "User"),
    ("index.js", "Role"),
    ("index.js", "default"),
    ("index.js", "Order"),
    ("index.js", "Purchase"),
    ("index.js", "Renamed"),
    ("index.js", "Own"),
    ("index.js", "Missing"),
    ("models/index.js", "Deeper"),
    ("models/index.js", "default"),
    ("models/order.js", "default"),
    ("models/assigned.js", "default"),
]

# Every class is marked with its file when that file runs, by a copy of the source with a line per class.
NODE_PROBE = """
const { pathToFileURL } = require('node:url')
const questions = JSON.parse(require('node:fs').readFileSync(0, 'utf8'))
;(async () => {
  const answers = []
  for (const [file, name] of questions) {
    const found = file.endsWith('.js') && process.argv[1] === 'commonjs'
      ? require(require('node:path').resolve(file)) : await import(pathToFileURL(file))
    const value = name === '*' ? found : found[name]
    answers.push(value === undefined ? null : globalThis.places.get(value) ?? null)
  }
  process.stdout.write(JSON.stringify(answers))
})()
"""


def marked(files: Files) -> dict[str, str]:
    """The same files, where each class notes which file it stands in."""
    found = {}
    for path, text in files.items():
        if not path.endswith(".js"):
            found[path] = text
            continue
        mark = f"static {{ (globalThis.places ??= new Map()).set(this, {json.dumps(path)}) }}"
        found[path] = text.replace("{}", f"{{ {mark} }}")
    return found


@pytest.mark.skipif(NODE is None, reason="node is not installed")
@pytest.mark.parametrize(
    ("kind", "files", "questions"),
    [("commonjs", COMMONJS, COMMONJS_QUESTIONS), ("module", MODULES, MODULES_QUESTIONS)],
)
def test_node_agrees(tmp_path: Path, kind: str, files: Files, questions: list[tuple[str, str]]) -> None:
    write(tmp_path, marked(files))
    ran = subprocess.run(
        [str(NODE), "-e", NODE_PROBE, kind],
        cwd=tmp_path,
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        check=True,
    )
    made = modules(project(files))
    for question, answer in zip(questions, json.loads(ran.stdout), strict=True):
        ours = made.definer(*question)
        assert (ours[0] if ours else None) == answer, question


def test_the_way_is_named() -> None:
    assert modules(project(PYTHON)).definer("app/__init__.py", "User") is None
    assert modules(project(PYTHON)).definer("app/services/__init__.py", "Purchase") == (
        "app/models/order.py",
        "Order",
        ("app/services/__init__.py", "app/models/__init__.py"),
    )
    assert modules(project(MODULES)).definer("index.js", "User") == (
        "models/user.js",
        "User",
        ("index.js", "models/index.js"),
    )
    assert modules(project(COMMONJS)).definer("index.js", "User") == (
        "lib/user.js",
        "User",
        ("index.js", "lib/index.js"),
    )


def test_modules_as_names() -> None:
    files = {
        "app/__init__.py": "from . import models, missing\n",
        "app/models/__init__.py": "",
        "app/models/user.py": "",
        "app/plain/user.py": "",
    }
    made = modules(project(files))
    assert made.definer("app/__init__.py", "models") == ("app/models/__init__.py", "*", ())
    assert made.definer("app/models/__init__.py", "user") == ("app/models/user.py", "*", ())
    assert made.definer("app/plain", "user") == ("app/plain/user.py", "*", ())
    assert made.definer("app/models/user.py", "*") == ("app/models/user.py", "*", ())


def test_names_from_outside_are_defined_where_they_enter() -> None:
    files = {
        "app/__init__.py": "from .db import Session\n",
        "app/db.py": "from sqlalchemy.orm import Session\n",
        "web/index.ts": "export { Hono } from 'hono'\nimport { z } from 'zod'\nexport { z }\n",
    }
    made = modules(project(files))
    assert made.definer("app/__init__.py", "Session") == ("app/db.py", "Session", ("app/__init__.py",))
    assert made.definer("web/index.ts", "Hono") == ("web/index.ts", "Hono", ())
    assert made.definer("web/index.ts", "z") == ("web/index.ts", "z", ())


def test_circles_of_re_exports_end() -> None:
    files = {
        "a.py": "from b import x, y\nfrom b import *\n",
        "b.py": "from a import x\nfrom a import *\ny = 1\n",
        "a.ts": "export * from './b'\nexport { q } from './b'\n",
        "b.ts": "export * from './a'\nexport { q } from './a'\nexport const y = 1\n",
        "c.js": "module.exports = require('./d')\n",
        "d.js": "module.exports = { ...require('./c'), z: 1 }\n",
    }
    made = modules(project(files))
    assert made.definer("a.py", "x") is None or made.definer("a.py", "x") == ("b.py", "x", ("a.py",))
    assert made.definer("a.py", "y") == ("b.py", "y", ("a.py",))
    assert made.definer("a.ts", "y") == ("b.ts", "y", ("a.ts",))
    assert made.definer("a.ts", "none") is None
    assert made.definer("c.js", "z") == ("d.js", "z", ("c.js",))
    assert made.definer("c.js", "*") is not None


def test_a_long_chain_does_not_exhaust_the_stack() -> None:
    files = {f"m{index}.ts": f"export * from './m{index + 1}'\n" for index in range(3000)}
    files["m3000.ts"] = "export const x = 1\n"
    files |= {f"p{index}.py": f"from p{index + 1} import *\n" for index in range(3000)}
    files["p3000.py"] = "x = 1\n"
    made = modules(project(files))
    assert made.definer("m2990.ts", "x") == ("m3000.ts", "x", tuple(f"m{index}.ts" for index in range(2990, 3000)))
    made.definer("m0.ts", "x")
    made.definer("p0.py", "x")


def test_many_ways_to_no_name_end() -> None:
    files = {"x60.ts": "export const x = 1\n", "y60.ts": "export const y = 1\n"}
    for index in range(60):
        for side in "xy":
            files[f"{side}{index}.ts"] = f"export * from './x{index + 1}'\nexport * from './y{index + 1}'\n"
    made = modules(project(files))
    assert made.definer("x20.ts", "none") is None
    assert made.definer("x30.ts", "y") is not None
    circular = {path: text + "export * from './x0'\nexport * from './y0'\n" for path, text in files.items()}
    assert modules(project(circular)).definer("x0.ts", "none") is None


def test_edges_lead_through_barrels() -> None:
    files = {
        "tsconfig.json": '{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}',
        "src/routes.ts": (
            "import { UserService, type UserDto } from '@/services'\nimport * as all from './services'\n"
            "import UserRepository from './repositories'\nimport './services'\nimport data from './data.json'\n"
        ),
        "src/services/index.ts": (
            "export * from './user.service'\nexport { default as Repo } from '../repositories/user'\n"
        ),
        "src/services/user.service.ts": "export class UserService {}\nexport interface UserDto {}\n",
        "src/repositories/index.ts": "export { default } from './user'\n",
        "src/repositories/user.ts": "export default class UserRepository {}\n",
        "src/data.json": "{}",
    }
    linked = graph(project(files))
    from_routes = [
        (edge.target, edge.name, edge.kind, edge.via, edge.span.line) for edge in linked.imports_of("src/routes.ts")
    ]
    assert from_routes == [
        ("src/services/user.service.ts", "UserService", "runtime", ("src/services/index.ts",), 1),
        ("src/services/user.service.ts", "UserDto", "type-only", ("src/services/index.ts",), 1),
        ("src/services/index.ts", "*", "runtime", (), 2),
        ("src/repositories/user.ts", "default", "runtime", ("src/repositories/index.ts",), 3),
        ("src/services/index.ts", "*", "runtime", (), 4),
        ("src/data.json", "default", "runtime", (), 5),
    ]
    assert {edge.source for edge in linked.imported_by("src/services/user.service.ts")} == {
        "src/routes.ts",
        "src/services/index.ts",
    }


def test_an_interface_is_imported_for_its_type_alone() -> None:
    files = {"a.ts": "import { A, B } from './b'\n", "b.ts": "export interface A {}\nexport class B {}\n"}
    assert [(edge.name, edge.kind) for edge in graph(project(files)).edges] == [("A", "type-only"), ("B", "runtime")]


def test_python_edges() -> None:
    files = {
        "app/__init__.py": "",
        "app/main.py": (
            "from app.services import Users\nfrom app.services import orders\nfrom app.star import *\n"
            "import app.models.user as u\n"
        ),
        "app/services/__init__.py": "from app.services.users import Users\n",
        "app/services/users.py": "class Users: pass\n",
        "app/services/orders.py": "",
        "app/star.py": "",
        "app/models/user.py": "",
    }
    linked = graph(project(files))
    assert [(edge.target, edge.name, edge.via) for edge in linked.imports_of("app/main.py")] == [
        ("app/services/users.py", "Users", ("app/services/__init__.py",)),
        ("app/services/orders.py", "orders", ()),
        ("app/star.py", "*", ()),
        ("app/models/user.py", "*", ()),
    ]


def test_names_that_are_not_exported() -> None:
    files = {
        "a.ts": (
            "import { gone, here } from './b'\nimport nothing from './b'\nimport { x } from './c'\n"
            "import { y } from './d'\nimport { z } from './e'\nimport { w } from './f'\n"
        ),
        "b.ts": "export const here = 1\nconst gone_ = 2\n",
        "c.ts": "export * from 'library'\n",
        "d.js": "module.exports = make()\n",
        "e.ts": "const = 1\nexport const other = 1\n",
        "f.d.ts": "export const other: 1\n",
    }
    assert [each.reason for each in graph(project(files)).unresolved] == [
        "`gone` is not defined in b.ts, which has no such name",
        "`default` is not defined in b.ts, which has no such name",
    ]


def test_commonjs_edges() -> None:
    files = {
        "app.js": (
            "const { User } = require('./models')\nconst models = require('./models')\n"
            "const one = require('./one')\nrequire('./boot')(one)\n"
        ),
        "models/index.js": "module.exports = { User: require('./user') }\n",
        "models/user.js": "module.exports = class User {}\n",
        "one/index.js": "module.exports = require('./two')\n",
        "one/two.js": "module.exports = function () {}\n",
        "boot.js": "module.exports = () => {}\n",
    }
    assert edges(project(files))[:4] == [
        ("app.js", "models/user.js", "User"),
        ("app.js", "models/index.js", "*"),
        ("app.js", "one/two.js", "*"),
        ("app.js", "boot.js", "*"),
    ]
