"""Node's manifests: packages, locked versions, workspaces and TypeScript configurations."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from verifier.model import Manifests, NodePackage, SourceFile, TypeScriptConfig
from verifier.read import read

Make = Callable[[Mapping[str, str | bytes]], Path]


def manifests(root: Path) -> Manifests:
    return read(root).manifests


def package(root: Path, path: str = "package.json") -> NodePackage:
    return next(one for one in manifests(root).node if one.path == path)


def config(root: Path, path: str = "tsconfig.json") -> TypeScriptConfig:
    return next(one for one in manifests(root).typescript if one.path == path)


def locked(root: Path) -> dict[tuple[str, str], str | None]:
    return {(one.span.path, one.name): one.locked for one in manifests(root).requirements}


def test_a_package(project: Make) -> None:
    root = project(
        {
            "api/package.json": json.dumps(
                {
                    "name": "@shop/api",
                    "type": "module",
                    "main": "./dist/index.js",
                    "typings": "./dist/index.d.ts",
                    "exports": {".": {"import": "./a.js"}, "./*": "./src/*.js"},
                    "imports": {"#db": "./src/db.js"},
                    "scripts": {"start": "node ."},
                    "workspaces": ["packages/*"],
                }
            )
        }
    )
    found = package(root, "api/package.json")
    assert (found.name, found.type, found.main, found.types) == (
        "@shop/api",
        "module",
        "./dist/index.js",
        "./dist/index.d.ts",
    )
    assert found.exports == {".": {"import": "./a.js"}, "./*": "./src/*.js"}
    assert found.imports == {"#db": "./src/db.js"}
    assert found.scripts == {"start": "node ."}
    assert found.workspaces == ("packages/*",)
    assert found.directory == "api"


@pytest.mark.parametrize(
    ("files", "workspaces"),
    [
        ({"package.json": '{"workspaces": {"packages": ["a", "b/*"], "nohoist": ["x"]}}'}, ("a", "b/*")),
        ({"package.json": "{}", "pnpm-workspace.yaml": "packages:\n  - 'apps/*'\n  - \"!x\"\n"}, ("apps/*", "!x")),
        ({"package.json": "{}", "pnpm-workspace.yaml": "catalog: {}\n"}, ()),
        ({"package.json": '{"workspaces": 5, "type": 3, "main": [], "imports": [], "scripts": [1]}'}, ()),
    ],
)
def test_workspaces(project: Make, files: dict[str, str], workspaces: tuple[str, ...]) -> None:
    found = package(project(files))
    assert found.workspaces == workspaces
    assert found.type == "commonjs"


PACKAGE = """\
{
  "dependencies": {
    "express": "^4.18.0",
    "pg": "8.11.3"
  },
  "devDependencies": { "typescript": "~5.4.0" },
  "peerDependencies": { "react": "*" },
  "optionalDependencies": { "fsevents": "^2" },
  "scripts": { "express": "no" }
}
"""


def test_dependencies_of_every_kind_with_their_lines(project: Make) -> None:
    root = project({"package.json": PACKAGE})
    found = manifests(root).requirements
    assert [(one.name, one.specifier, one.locked, one.development, one.span.line) for one in found] == [
        ("express", "^4.18.0", None, False, 3),
        ("pg", "8.11.3", "8.11.3", False, 4),
        ("typescript", "~5.4.0", None, True, 6),
        ("react", "*", None, False, 7),
        ("fsevents", "^2", None, False, 8),
    ]
    source = SourceFile("package.json", PACKAGE.encode())
    assert [source.line(one.span.line)[one.span.column - 1 : one.span.end_column - 1] for one in found][:2] == [
        '"express": "^4.18.0"',
        '"pg": "8.11.3"',
    ]


NEEDS = '{"dependencies": {"express": "^4.18.0", "@types/node": "^20"}}'
LOCKS = {
    "npm 2": (
        "package-lock.json",
        json.dumps(
            {
                "packages": {
                    "": {"version": "1.0.0", "dependencies": {"express": "^4.18.0"}},
                    "node_modules/express": {"version": "4.19.2"},
                    "node_modules/@types/node": {"version": "20.1.0"},
                    "node_modules/x/node_modules/express": {"version": "3.0.0"},
                }
            }
        ),
    ),
    "npm 1": (
        "package-lock.json",
        json.dumps({"dependencies": {"express": {"version": "4.19.2"}, "@types/node": {"version": "20.1.0"}}}),
    ),
    "yarn 1": (
        "yarn.lock",
        '# yarn lockfile v1\n\n\n"@types/node@*", "@types/node@^20":\n  version "20.1.0"\n  resolved "x"\n\n'
        'express@^4.18.0:\n  version "4.19.2"\n  dependencies:\n    accepts "~1.3.8"\n\n'
        'express@^3:\n  version "3.0.0"\n',
    ),
    "yarn berry": (
        "yarn.lock",
        "__metadata:\n  version: 8\n\n"
        '"@types/node@npm:*, @types/node@npm:^20":\n  version: 20.1.0\n  resolution: "x"\n\n'
        '"express@npm:^4.18.0":\n  version: 4.19.2\n  dependencies:\n    version: 9\n',
    ),
    "pnpm 9": (
        "pnpm-lock.yaml",
        "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      express:\n        specifier: ^4.18.0\n"
        "        version: 4.19.2(supports-color@8)\n"
        "    devDependencies:\n      '@types/node':\n        specifier: ^20\n"
        "        version: 20.1.0\n      local:\n        version: link:../x\n\npackages:\n  : broken: [\n",
    ),
    "pnpm 5": (
        "pnpm-lock.yaml",
        "lockfileVersion: 5.4\nspecifiers:\n  express: ^4.18.0\ndependencies:\n  express: 4.19.2_abc\n"
        "devDependencies:\n  '@types/node': 20.1.0\npackages:\n",
    ),
    "bun": (
        "bun.lock",
        '{\n  "lockfileVersion": 1,\n  "packages": {\n    "express": ["express@4.19.2", "", {}, "x"],\n'
        '    "@types/node": ["@types/node@20.1.0", "", {}, "x"],\n  },\n}\n',
    ),
}


@pytest.mark.parametrize("kind", LOCKS)
def test_locked_versions(project: Make, kind: str) -> None:
    name, text = LOCKS[kind]
    assert locked(project({"package.json": NEEDS, name: text})) == {
        ("package.json", "express"): "4.19.2",
        ("package.json", "@types/node"): "20.1.0",
    }


def test_a_workspace_takes_its_own_version_of_the_lock_above(project: Make) -> None:
    needs = '{"dependencies": {"a": "*", "b": "*"}}'
    packages = {"node_modules/a": "1.0.0", "node_modules/b": "1.0.0", "apps/web/node_modules/a": "2.0.0"}
    lock = json.dumps({"packages": {key: {"version": version} for key, version in packages.items()}})
    root = project({"package.json": "{}", "package-lock.json": lock, "apps/web/package.json": needs})
    assert locked(root) == {("apps/web/package.json", "a"): "2.0.0", ("apps/web/package.json", "b"): "1.0.0"}
    pnpm = "importers:\n  .: {}\n  apps/web:\n    dependencies:\n      a:\n        version: 3.0.0\n"
    root = project({"package-lock.json": "{}", "apps/web/package.json": needs, "pnpm-lock.yaml": pnpm})
    (root / "package-lock.json").unlink()
    assert locked(root)["apps/web/package.json", "a"] == "3.0.0"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("package-lock.json", "{"),
        ("package-lock.json", "[" * 100_000),
        ("pnpm-lock.yaml", "importers: ["),
        ("bun.lock", "["),
    ],
)
def test_a_broken_lock_is_a_note(project: Make, name: str, text: str) -> None:
    root = project({"package.json": NEEDS, name: text})
    assert set(locked(root).values()) == {None}
    assert any(note.path == name and "versions are not known" in note.reason for note in read(root).left_out.notes)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a":' * 100_000, "{'name': 'x'}"])
def test_a_broken_package_is_a_note(project: Make, text: str) -> None:
    found = read(project({"app.js": "", "package.json": text}))
    assert not found.manifests.node
    assert [note.path for note in found.left_out.notes] == ["package.json"]


def test_a_configuration_with_comments(project: Make) -> None:
    root = project(
        {
            "web/tsconfig.json": """\
\ufeff{ // the paths
  "compilerOptions": {
    "baseUrl": "./src", /* here */
    "paths": { "@/*": ["./*", "../lib/*"], "x": "no" },
    "rootDirs": ["src", "gen"], "outDir": "../dist/", "rootDir": ".",
  },
}
""",
        }
    )
    assert config(root, "web/tsconfig.json") == TypeScriptConfig(
        "web/tsconfig.json",
        "web/src",
        {"@/*": ("./*", "../lib/*"), "x": ()},
        "web/src",
        ("web/src", "web/gen"),
        "dist",
        "web",
    )


def test_extends_in_a_chain(project: Make) -> None:
    root = project(
        {
            "tsconfig.base.json": '{"compilerOptions": {"baseUrl": "shared", "paths": {"a": ["./a"]}, '
            '"outDir": "out"}}',
            "config/strict.json": '{"compilerOptions": {"outDir": "strict", "rootDir": "."}}',
            "web/tsconfig.json": '{"extends": ["../tsconfig.base", "../config/strict.json"], '
            '"compilerOptions": {"paths": {"b": ["./b"]}}}',
        }
    )
    found = config(root, "web/tsconfig.json")
    assert found.base_url == "shared"
    assert found.paths == {"b": ("./b",)}
    assert found.paths_base == "shared"
    assert found.out_dir == "config/strict"
    assert found.root_dir == "config"


def test_paths_without_a_base_are_those_of_their_file(project: Make) -> None:
    base = '{"compilerOptions": {"paths": {"a": ["./a"]}}}'
    root = project({"config/base.json": base, "web/tsconfig.json": '{"extends": "../config/base.json"}'})
    found = config(root, "web/tsconfig.json")
    assert (found.base_url, found.paths, found.paths_base) == (None, {"a": ("./a",)}, "config")


def test_the_folder_of_the_last_configuration(project: Make) -> None:
    base = '{"compilerOptions": {"outDir": "${configDir}/dist", "paths": {"a": ["${configDir}/src/a"]}}}'
    root = project({"base.json": base, "web/tsconfig.json": '{"extends": "../base"}'})
    found = config(root, "web/tsconfig.json")
    assert (found.out_dir, found.paths, found.paths_base) == ("web/dist", {"a": ("./src/a",)}, "web")


def test_extends_a_package_of_the_project(project: Make) -> None:
    root = project(
        {
            "packages/config/package.json": '{"name": "@shop/config", "exports": {"./node": "./node.json"}}',
            "packages/config/tsconfig.json": '{"compilerOptions": {"rootDir": "a"}}',
            "packages/config/node.json": '{"compilerOptions": {"rootDir": "b"}}',
            "one/tsconfig.json": '{"extends": "@shop/config"}',
            "two/tsconfig.json": '{"extends": "@shop/config/node"}',
            "three/tsconfig.json": '{"extends": "@tsconfig/node20/tsconfig.json"}',
        }
    )
    assert config(root, "one/tsconfig.json").root_dir == "packages/config/a"
    assert config(root, "two/tsconfig.json").root_dir == "packages/config/b"
    assert config(root, "three/tsconfig.json").root_dir is None
    assert [(note.path, note.reason) for note in read(root).left_out.notes] == [
        ("three/tsconfig.json", "it extends `@tsconfig/node20/tsconfig.json`, which is not in the project")
    ]


@pytest.mark.parametrize(
    "files",
    [
        {"tsconfig.json": '{"extends": "./tsconfig.json"}'},
        {"tsconfig.json": '{"extends": "./a.json"}', "a.json": '{"extends": ["./b"]}', "b.json": '{"extends": "./a"}'},
    ],
)
def test_a_circle_of_extends_is_a_note(project: Make, files: dict[str, str]) -> None:
    root = project(files)
    assert config(root).paths == {}
    assert any("which extends it" in note.reason for note in read(root).left_out.notes)


def test_extends_that_double_take_no_time(project: Make) -> None:
    files = {f"{n}.json": f'{{"extends": ["./{n + 1}.json", "./{n + 1}.json"]}}' for n in range(45)}
    last = '{"compilerOptions": {"outDir": "x"}}'
    assert config(project({**files, "45.json": last, "tsconfig.json": '{"extends": "./0.json"}'})).out_dir == "x"


@pytest.mark.parametrize("text", ["{", "[]", "[" * 10_000, '{"a": }'])
def test_a_broken_configuration_is_a_note(project: Make, text: str) -> None:
    found = read(project({"app.ts": "", "tsconfig.json": text}))
    assert not found.manifests.typescript
    assert [note.path for note in found.left_out.notes] == ["tsconfig.json"]


def test_an_empty_configuration_is_one(project: Make) -> None:
    assert config(project({"tsconfig.json": ""})).base_url is None


def test_a_place_outside_the_project_is_not_known(project: Make) -> None:
    root = project({"tsconfig.json": '{"compilerOptions": {"baseUrl": "../up", "outDir": "/abs"}}'})
    assert (config(root).base_url, config(root).out_dir) == (None, None)
