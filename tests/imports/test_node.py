"""Where JavaScript and TypeScript imports lead, held against Node and, where it is installed, oxc-resolver.

``BUTTRESS_PROJECTS`` may name further folders, separated as in ``PATH``, that are compared with oxc-resolver as well.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.imports.layouts import LAYOUTS, text
from tests.imports.projects import edges, facts_of, found, graph, modules, project, write
from verifier.imports import Modules

HERE = Path(__file__).parent
NODE = shutil.which("node")
INSTALLED = [HERE.parent / "node" / "parsers" / "node_modules", *os.environ.get("NODE_PATH", "").split(os.pathsep)]

PROBE = """
const { createRequire } = require('node:module')
const path = require('node:path')
const answers = JSON.parse(require('node:fs').readFileSync(0, 'utf8')).map(([file, specifier]) => {
  try {
    const found = createRequire(path.resolve(file)).resolve(specifier)
    return path.isAbsolute(found) ? path.relative(process.cwd(), found) : null
  } catch { return null }
})
process.stdout.write(JSON.stringify(answers))
"""


@pytest.mark.parametrize("name", LAYOUTS)
def test_answers(name: str) -> None:
    layout = LAYOUTS[name]
    made = modules(project(layout.files))
    assert {pair: made.find(*pair).file for pair in layout.answers} == layout.answers


@pytest.mark.skipif(NODE is None, reason="node is not installed")
@pytest.mark.parametrize("name", ["plain", "packages"])
def test_node_agrees(tmp_path: Path, name: str) -> None:
    layout = LAYOUTS[name]
    write(tmp_path, layout.files)
    pairs = list(layout.answers)
    ran = subprocess.run(
        [str(NODE), "-e", PROBE], cwd=tmp_path, input=json.dumps(pairs), capture_output=True, text=True, check=True
    )
    assert dict(zip(pairs, json.loads(ran.stdout), strict=True)) == layout.answers


def oxc(root: Path, pairs: list[tuple[str, str]]) -> dict[tuple[str, str], str | None]:
    """What oxc-resolver says."""
    if NODE is None:
        pytest.skip("node is not installed")
    ran = subprocess.run(
        [NODE, str(HERE / "oxc.cjs")],
        input=json.dumps({"root": str(root.resolve()), "requests": pairs}),
        capture_output=True,
        text=True,
        env={**os.environ, "NODE_PATH": os.pathsep.join(map(str, INSTALLED))},
        check=False,
    )
    if ran.returncode == 3:
        pytest.skip("oxc-resolver is not installed")
    assert ran.returncode == 0, ran.stderr
    return dict(zip(pairs, json.loads(ran.stdout), strict=True))


@pytest.mark.parametrize("name", LAYOUTS)
def test_oxc_agrees(tmp_path: Path, name: str) -> None:
    layout = LAYOUTS[name]
    write(tmp_path, layout.files)
    assert oxc(tmp_path, list(layout.answers)) == layout.answers


@pytest.mark.skipif("BUTTRESS_PROJECTS" not in os.environ, reason="BUTTRESS_PROJECTS names no folders")
@pytest.mark.parametrize("folder", os.environ.get("BUTTRESS_PROJECTS", "").split(os.pathsep))
def test_oxc_agrees_on_real_projects(folder: str) -> None:
    """They may differ on what oxc-resolver cannot know: workspaces not linked, builds not made, types of packages."""
    from verifier.read import read

    made = read(Path(folder))
    facts = facts_of(made)
    search = Modules(made, facts)
    pairs = sorted(
        {(path, each.module) for path, fact in facts.items() if fact.language != "python" for each in fact.imports}
    )
    theirs = oxc(Path(folder), pairs)
    different = {}
    for pair in pairs:
        ours = search.find(*pair)
        linked = ours.file is not None and theirs[pair] is None and not pair[1].startswith(".")
        types_alone = ours.package is not None and (theirs[pair] or "").endswith(".d.ts")
        if ours.file != theirs[pair] and not linked and not types_alone:
            different[pair] = (ours.file, theirs[pair])
    assert different == {}


@pytest.mark.parametrize(
    ("specifier", "package"),
    [
        ("express", "express"),
        ("express/lib/router", "express"),
        ("@koa/router", "@koa/router"),
        ("@koa/router/lib/x", "@koa/router"),
        ("fs", "fs"),
        ("node:fs", "fs"),
        ("node:fs/promises", "fs"),
        ("fs/promises", "fs"),
        ("npm:chalk@5", "chalk"),
        ("npm:@scope/name@1/x", "@scope/name"),
        ("jsr:@std/path", "@std/path"),
        ("https://esm.sh/hono@4/x", "https://esm.sh"),
        ("bun:test", "bun:test"),
        ("virtual:pwa", "virtual:pwa"),
        ("data:text/javascript,1", "data"),
        ("../node_modules/express/index.js", "express"),
        ("lodash.get", "lodash.get"),
        ("JSONStream", "JSONStream"),
    ],
)
def test_outside(specifier: str, package: str) -> None:
    assert found(project({"src/a.ts": ""}), "src/a.ts", specifier) == f"<{package}>"


@pytest.mark.parametrize(
    ("specifier", "reason"),
    [
        ("./user", "src/User.ts differs from it in upper and lower case"),
        ("./models/index", "src/Models/index.ts differs from it in upper and lower case"),
        ("./models", "src/Models/index.ts differs from it in upper and lower case"),
        ("./gone", "there is no file src/gone, with any ending"),
        ("../../x", "it leads out of the project"),
        ("@/x", "`@` is no package, and no tsconfig.json says what it stands for"),
        ("~/x", "`~` is no package, and no tsconfig.json says what it stands for"),
        ("#x", "no package.json above it has `imports`"),
        ("", "the module's name is empty"),
        ("/x", "an absolute path depends on the machine"),
    ],
)
def test_reasons(specifier: str, reason: str) -> None:
    made = project({"src/a.ts": "", "src/User.ts": "", "src/Models/index.ts": ""})
    assert found(made, "src/a.ts", specifier) == f"! {reason}"


def test_reasons_of_aliases() -> None:
    files = {
        "tsconfig.json": text(compilerOptions={"paths": {"@app/*": ["./src/*"], "*": ["./types/*"]}}),
        "package.json": text(imports={"#a": "./gone.js"}, dependencies={"@app/real": "1"}),
        "main.ts": "",
        "src/Layout.vue": "",
    }
    made = project(files)
    assert found(made, "main.ts", "@app/x") == "! the path `@app/*` of tsconfig.json leads to no file"
    assert found(made, "main.ts", "@app/layout") == "! src/Layout.vue differs from it in upper and lower case"
    assert found(made, "main.ts", "@app/real") == "<@app/real>"
    assert found(made, "main.ts", "express") == "<express>"
    assert found(made, "main.ts", "#a") == "! `#a` of the `imports` of package.json leads to no file"
    assert found(made, "main.ts", "#b") == "! the `imports` of package.json do not name it"


def test_queries_and_loaders() -> None:
    made = project({"a.ts": "", "b.svg": "", "c#d.ts": "", "e.ts": ""})
    assert found(made, "a.ts", "./b.svg?raw") == "b.svg"
    assert found(made, "a.ts", "raw-loader!./b.svg") == "b.svg"
    assert found(made, "a.ts", "./c#d") == "c#d.ts"
    assert found(made, "a.ts", "./e?worker") == "e.ts"


WORKSPACES = {
    "package.json": text(name="root", workspaces=["packages/*"]),
    "packages/models/package.json": text(name="@corp/models", main="dist/index.js"),
    "packages/models/tsconfig.json": text(compilerOptions={"rootDir": "src", "outDir": "dist"}),
    "packages/models/src/index.ts": "export class User {}\n",
    "packages/models/src/order.ts": "",
    "packages/tools/package.json": text(
        name="tools", exports={".": {"types": "./dist/index.d.ts", "default": "./dist/index.js"}, "./*": "./dist/*.js"}
    ),
    "packages/tools/src/index.ts": "",
    "packages/tools/src/log.ts": "",
    "packages/bare/package.json": text(name="bare"),
    "packages/bare/index.js": "",
    "packages/app/package.json": text(name="app", dependencies={"@corp/models": "workspace:*", "vendored": "^1.0.0"}),
    "packages/app/main.ts": "import { User } from '@corp/models'\n",
    "examples/vendored/package.json": text(name="vendored"),
    "examples/vendored/index.js": "",
}


@pytest.mark.parametrize(
    ("specifier", "place"),
    [
        ("@corp/models", "packages/models/src/index.ts"),
        ("@corp/models/dist/order.js", "packages/models/src/order.ts"),
        ("@corp/models/dist/order", "packages/models/src/order.ts"),
        ("@corp/models/src/order", "packages/models/src/order.ts"),
        ("../models/dist/order", "packages/models/src/order.ts"),
        ("../models/dist", "packages/models/src/index.ts"),
        ("tools", "packages/tools/src/index.ts"),
        ("tools/log", "packages/tools/src/log.ts"),
        ("bare", "packages/bare/index.js"),
        ("vendored", "<vendored>"),
        ("tools/gone", "! packages/tools/package.json names `tools`, but does not lead to `gone`"),
    ],
)
def test_workspaces(specifier: str, place: str) -> None:
    assert found(project(WORKSPACES), "packages/app/main.ts", specifier) == place


def test_workspace_edge() -> None:
    assert edges(project(WORKSPACES)) == [("packages/app/main.ts", "packages/models/src/index.ts", "User")]


def test_built_output() -> None:
    files = {
        "tsconfig.json": text(compilerOptions={"outDir": "dist"}),
        "src/server.ts": "",
        "src/lib/a.ts": "",
        "bin/start.js": "require('../dist/server'); require('../dist/lib/a.js'); require('../dist/gone')\n",
    }
    made = project(files)
    assert [target for _, target, _ in edges(made)] == ["src/server.ts", "src/lib/a.ts"]
    assert [each.module for each in graph(made).unresolved] == ["../dist/gone"]


def test_root_folders() -> None:
    files = {
        "tsconfig.json": text(compilerOptions={"rootDirs": ["src", "generated"]}),
        "src/a.ts": "",
        "src/deep/b.ts": "",
        "generated/c.ts": "",
        "generated/deep/d.ts": "",
    }
    made = project(files)
    assert found(made, "src/a.ts", "./c") == "generated/c.ts"
    assert found(made, "src/deep/b.ts", "./d") == "generated/deep/d.ts"
    assert found(made, "src/deep/b.ts", "../c") == "generated/c.ts"
    assert found(made, "generated/c.ts", "./a") == "src/a.ts"


def test_a_path_to_the_types_of_a_package() -> None:
    """`config` is installed; the tsconfig only says where its types are."""
    files = {
        "tsconfig.json": text(
            compilerOptions={"paths": {"config": ["./types/config.d.ts"], "own": ["./types/own.d.ts"]}}
        ),
        "package.json": text(dependencies={"config": "^3"}),
        "types/config.d.ts": "",
        "types/own.d.ts": "",
        "main.ts": "",
    }
    assert found(project(files), "main.ts", "config") == "<config>"
    assert found(project(files), "main.ts", "own") == "types/own.d.ts"


def test_a_folder_of_a_packages_name() -> None:
    """With a baseUrl, TypeScript takes `config/` for `config`; what runs is the package that is declared."""
    files = {
        "tsconfig.json": text(compilerOptions={"baseUrl": "."}),
        "package.json": text(dependencies={"config": "^3"}),
        "config/index.ts": "",
        "helpers/index.ts": "",
        "fs/index.ts": "",
        "main.ts": "",
    }
    made = project(files)
    assert found(made, "main.ts", "config") == "<config>"
    assert found(made, "main.ts", "helpers") == "helpers/index.ts"
    assert found(made, "main.ts", "fs") == "<fs>"


def test_a_config_beside_the_main_one() -> None:
    """As with project references: tsconfig.json holds nothing, tsconfig.app.json the paths."""
    files = {
        "tsconfig.json": text(files=[]),
        "tsconfig.app.json": text(compilerOptions={"paths": {"@/*": ["./src/*"]}}),
        "src/a.ts": "",
    }
    assert found(project(files), "src/a.ts", "@/a") == "src/a.ts"


def test_packages_that_name_themselves() -> None:
    files = {
        "a/package.json": text(name="a", main="."),
        "b/package.json": text(name="b", main="../b"),
        "c/package.json": text(name="c", main="../../../x"),
        "d/package.json": text(name="d", exports={"./x": 1, "./y": [], "./z": {"a": {"b": None}}}),
        "main.js": "",
    }
    made = project(files)
    for specifier in ("./a", "./b", "./c", "a", "b", "c", "d/x", "d/y", "d/z"):
        assert found(made, "main.js", specifier).startswith("! ")
