"""Commands: from scripts, package.json, Procfile, Dockerfile and compose files, with where they run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.model import Command, SourceFile
from verifier.read import positions, read

Make = Callable[[Mapping[str, str | bytes]], Path]


def commands(root: Path) -> list[Command]:
    return list(read(root).manifests.commands)


def short(root: Path) -> list[tuple[str, str]]:
    """Directory and words of each command."""
    return [(one.directory, " ".join(one.argv)) for one in commands(root)]


def of_script(project: Make, text: str) -> list[tuple[str, str]]:
    return short(project({"run.sh": text, "src/main.py": ""}))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("cd src && python main.py\n", [("src", "python main.py")]),
        ('cd "$(dirname "$0")"/src || exit 1\nexec uvicorn main:app &\n', [("src", "uvicorn main:app")]),
        ('D="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" &>/dev/null && pwd)"\ncd "$D/src"\nx\n', [("src", "x")]),
        ("cd $SOMEWHERE\npython main.py\n", [("?", "python main.py")]),
        ("cd ..\npython main.py\n", [("?", "python main.py")]),
        ("cd /srv/app\npython main.py\n", [("?", "python main.py")]),
        ("cd\nx\n", [("?", "x")]),
        ("(cd src; a)\nb\n", [("src", "a"), ("", "b")]),
        ("cd src & wait\nb\n", [("", "b")]),
        ("if [ -d src ]; then cd src; fi\nx\n", [("?", "x")]),
        ("if [ -d src ]; then cd src; else exit 1; fi\nx\n", [("src", "x")]),
        ("[ -d src ] && cd src\nx\n", [("?", "x")]),
        ("[ -d src ] || exit 1\nx\n", [("", "x")]),
        ("npm ci && cd src && node main.js\n", [("", "npm ci"), ("src", "node main.js")]),
        ("for d in src lib; do (cd $d && x); done\ny\n", [("?", "x"), ("", "y")]),
        ("for i in 1 2; do cd src; x; done\ny\n", [("?", "x"), ("?", "y")]),
        ("pushd src; a; popd; b\n", [("src", "a"), ("", "b")]),
        ("cd src; cd -; b\n", [("", "b")]),
        ("exec gunicorn app:app\nnever\n", [("", "gunicorn app:app")]),
        ("exit 0\nnever\n", []),
        ("f() { cd src; x \"$@\"; }\nf one 'two'\ny\n", [("src", "x one two"), ("src", "y")]),
        ("case $1 in start) a;; *) b;; esac\n", [("", "a"), ("", "b")]),
        ("M=start\ncase $M in start|go) a;; *) b;; esac\n", [("", "a")]),
        ("nohup node x.js > log 2>&1 &\n", [("", "node x.js")]),
        ("env -i A=b C='d e' node x.js\n", [("", "node x.js")]),
        ('bash -lc "cd src && python main.py"\n', [("src", "python main.py")]),
        ("echo hello; printf x; set -e; trap x EXIT; wait; [ -f x ]; true\n", []),
        ("cat <<EOF\ncd src\nEOF\nx\n", [("", "cat"), ("", "x")]),
        ("uvicorn a:b --port ${P:-80} --host '0.0.0.0'\n", [("", "uvicorn a:b --port ${P:-80} --host 0.0.0.0")]),
        ("P=9\nx --port=$P \"$Q\" a\\ b\n", [("", "x --port=9 $Q a b")]),
        ("A='one two'\nx $A \"$A\"\n", [("", "x one two one two")]),
        ("while ! nc -z db 5432; do sleep 1; done\nx\n", [("", "nc -z db 5432"), ("", "x")]),
        ("a | b\n", [("", "a"), ("", "b")]),
        ("python -c 'import os\nprint(1)'\n", [("", "python -c import os\nprint(1)")]),
    ],
)  # fmt: skip
def test_directories(project: Make, text: str, found: list[tuple[str, str]]) -> None:
    assert of_script(project, text) == found


def test_environment(project: Make) -> None:
    text = "export A=1 B='x y'\nC=no\nD=2 E=$A F=${G:-h} run one\nunset A\nexport C\nrun two\n"
    found = commands(project({"run.sh": text}))
    assert found[0].environment == {"A": "1", "B": "x y", "D": "2", "E": "1", "F": "${G:-h}"}
    assert found[1].environment == {"B": "x y", "C": "no"}


def test_spans_point_at_the_command(project: Make) -> None:
    found = commands(project({"run.sh": "#!/bin/sh\n\n  cd src && \\\n   python main.py   # go\n"}))
    assert [(one.span.line, one.span.column, one.span.end_column) for one in found] == [(4, 4, 18)]


def test_a_script_that_another_starts_runs_where_that_one_is(project: Make) -> None:
    root = project(
        {
            "run.sh": "cd server\n./bin/start.sh web\nsh ../lost.sh\n",
            "server/bin/start.sh": '#!/bin/sh\necho "$1"\nnode "$1.js"\ncd "$(dirname "$0")"\nnode x\n',
            "tools/other.sh": "make\n",
            "lost.sh": "here\n",
        }
    )
    assert sorted(short(root)) == [
        ("", "here"),
        ("?", "make"),
        ("server", "./bin/start.sh web"),
        ("server", "here"),
        ("server", "node web.js"),
        ("server", "sh ../lost.sh"),
        ("server/bin", "node x"),
    ]
    assert {one.where for one in commands(root)} == {"run.sh", "start.sh", "other.sh", "lost.sh"}


def test_scripts_that_start_each_other_end(project: Make) -> None:
    root = project({"a.sh": "./b.sh\n. ./a.sh\nx\n", "b.sh": "./a.sh\ny\n", "run.sh": "./run.sh\nbash -c ./run.sh\n"})
    assert {argv for _, argv in short(root)} == {"./b.sh", "x", "./a.sh", "y", "./run.sh"}


@pytest.mark.parametrize(
    "text",
    [
        "(" * 20_000,
        "{ " * 20_000,
        "if a; then " * 5000,
        "$(" * 20_000,
        "f() { g; g; g; }\n" + "".join(f"g{n}() {{ g{n + 1}; g{n + 1}; }}\n" for n in range(60)) + "g0\n",
        "f() { f; f; }\nf\n",
        'X=\'eval "$X"\'\neval "$X"\n',
        "X=abcdefghij\n" + "X=$X$X$X$X$X$X$X$X$X$X\n" * 30 + "run $X\n",
        "for a in b; do " * 60 + "x" + "; done" * 60,
        "a && " * 20_000 + "b",
        "\0\xff<<<>>>",
    ],
    ids=range(11),
)
def test_hostile_scripts_end(project: Make, text: str) -> None:
    assert "app.py" in read(project({"app.py": "", "run.sh": text})).files


def test_a_line_that_is_no_shell_is_noted(project: Make) -> None:
    root = project({"run.sh": "a\nif then fi fi\ncd src )\nb\n", "app.py": ""})
    assert any("cannot be read as shell" in note.reason for note in read(root).left_out.notes)
    assert ("", "b") not in short(root)


def test_package_scripts(project: Make) -> None:
    start = 'npm run build && PORT=8080 node \\"dist/a b.js\\"'
    text = '{\n  "scripts": {\n    "start": "' + start + '",\n    "dev": "cd src && tsx x"\n  }\n}\n'
    found = commands(project({"api/package.json": text}))
    assert [(one.name, one.directory, one.argv, dict(one.environment), one.span.line) for one in found] == [
        ("start", "api", ("npm", "run", "build"), {}, 3),
        ("start", "api", ("node", "dist/a b.js"), {"PORT": "8080"}, 3),
        ("dev", "api/src", ("tsx", "x"), {}, 4),
    ]
    assert {one.where for one in found} == {"package.json"}


def test_a_procfile(project: Make) -> None:
    text = "web: gunicorn app:app -b 0.0.0.0:$PORT\n# no\nworker: cd jobs && env Q=1 python run.py\r\nbroken\n"
    found = commands(project({"Procfile": text}))
    assert [(one.name, one.directory, one.argv, dict(one.environment), one.where) for one in found] == [
        ("web", "", ("gunicorn", "app:app", "-b", "0.0.0.0:$PORT"), {}, "Procfile"),
        ("worker", "jobs", ("python", "run.py"), {"Q": "1"}, "Procfile"),
    ]
    assert [(one.span.line, one.span.column) for one in found] == [(1, 6), (3, 20)]


def docker(project: Make, text: str, files: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    return short(
        project({"Dockerfile": text, "app/main.py": "", "server/app.py": "", "package.json": "{}", **(files or {})})
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('FROM x\nWORKDIR /srv\nCOPY . .\nCMD ["python", "app/main.py"]\n', [("", "python app/main.py")]),
        ("FROM x\nWORKDIR /srv\nCOPY . /srv/\nCMD cd app && python main.py\n", [("app", "python main.py")]),
        ("FROM x\nCOPY . /srv\nWORKDIR /srv/app\nCMD python main.py\n", [("app", "python main.py")]),
        ("FROM x\nWORKDIR /srv\nCOPY server .\nCMD python app.py\n", [("server", "python app.py")]),
        ("FROM x\nWORKDIR /srv\nCOPY app app\nCMD python -m app.main\n", [("", "python -m app.main")]),
        ("FROM x\nWORKDIR /srv\nCOPY package*.json ./\nCMD node x\n", [("", "node x")]),
        ("FROM x\nWORKDIR /srv\nCMD python app.py\n", [("?", "python app.py")]),
        ("FROM x\nWORKDIR $HOME\nCOPY . .\nCMD y\n", [("", "y")]),
        ("FROM x AS b\nWORKDIR /w\nCOPY . .\nRUN y\nFROM z\nWORKDIR /srv\nCOPY --from=b /w .\nCMD a\n", [("", "a")]),
        ("FROM x AS b\nWORKDIR /w\nCOPY . .\nFROM b\nCMD a\n", [("", "a")]),
        (
            'FROM x\nCOPY . /s\nWORKDIR /s\nENTRYPOINT ["uv", "run"]\nCMD ["python", "a.py"]\n',
            [("", "uv run python a.py")],
        ),
        ('FROM x\nCOPY . /s\nWORKDIR /s\nENTRYPOINT ["sh", "-c"]\nCMD ["cd app && a"]\n', [("app", "a")]),
        ("FROM x\nCOPY . /s\nWORKDIR /s\nENTRYPOINT python a.py\nCMD b\n", [("", "python a.py")]),
        ("# escape=`\nFROM x\nWORKDIR /s\nCOPY . .\nCMD a `\n  b\n", [("", "a b")]),
        ("FROM x\nWORKDIR /s\nCOPY . .\nCMD a && \\\n# note\n  b\n", [("", "a"), ("", "b")]),
        ("FROM x\nWORKDIR /s\nCOPY . .\nRUN <<EOF\nCMD no\nEOF\nCMD a\n", [("", "a")]),
        ("FROM x\nWORKDIR a\nWORKDIR b\nCOPY server .\nCMD y\n", [("server", "y")]),
        ("FROM x\nCOPY docker/start.sh .\nCMD ./start.sh\n", [("?", "./start.sh")]),
    ],
)
def test_dockerfiles(project: Make, text: str, found: list[tuple[str, str]]) -> None:
    assert docker(project, text) == found


def test_an_entry_point_script_is_followed(project: Make) -> None:
    root = project(
        {
            "Dockerfile": "FROM x\nWORKDIR /app\nCOPY . .\nENV MODE=web\n"
            'ENTRYPOINT ["/app/bin/entry"]\nCMD ["serve", "8080"]\n',
            "bin/entry": '#!/usr/bin/env bash\nset -e\nalembic upgrade head\ncd app\nexec "$@"\n',
            "app/main.py": "",
        }
    )
    found = commands(root)
    assert [(one.where, one.directory, " ".join(one.argv)) for one in found] == [
        ("Dockerfile", "", "/app/bin/entry serve 8080"),
        ("entry", "", "alembic upgrade head"),
        ("entry", "app", "serve 8080"),
    ]
    assert all(one.environment == {"MODE": "web"} for one in found)


def test_a_build_context_above_the_dockerfile(project: Make) -> None:
    text = "FROM x\nWORKDIR /s\nCOPY server ./server\nCMD python server/app.py\n"
    assert short(project({"docker/Dockerfile": text, "server/app.py": ""})) == [("", "python server/app.py")]
    text = "FROM x\nWORKDIR /s\nCOPY . .\nCMD python app.py\n"
    assert short(project({"docker/Dockerfile": text, "server/app.py": ""})) == [("?", "python app.py")]
    root = project(
        {
            "docker/Dockerfile": text,
            "compose.yml": "services: {a: {build: {context: server, dockerfile: ../docker/Dockerfile}}}\n",
        }
    )
    assert short(root) == [("server", "python app.py")]


COMPOSE = """\
x-base: &base
  build: .
  environment: &env {A: "1"}
services:
  web:
    <<: *base
    command: >-
      sh -c "cd app && exec uvicorn main:app --port $${PORT}"
    environment: [B=2, C]
  job:
    <<: *base
    command: ["python", "-m", "jobs"]
    working_dir: /srv/server
    environment: {<<: *env, D: 4, E: }
  dev:
    image: python
    working_dir: /code
    volumes:
      - ./server:/code
      - data:/data
    entrypoint: python app.py
  db:
    image: postgres
    command: postgres -c fsync=off
  idle: {build: .}
"""


def test_compose(project: Make) -> None:
    root = project(
        {
            "docker-compose.yml": COMPOSE,
            "Dockerfile": "FROM x\nWORKDIR /srv\nCOPY . .\nENV Z=9\nCMD image\n",
            "server/app.py": "",
            "app/main.py": "",
        }
    )
    found = [one for one in commands(root) if one.where == "docker-compose"]
    assert [(one.name, one.directory, " ".join(one.argv), dict(one.environment)) for one in found] == [
        ("web", "app", "uvicorn main:app --port ${PORT}", {"Z": "9", "B": "2"}),
        ("job", "server", "python -m jobs", {"Z": "9", "D": "4"}),
        ("dev", "server", "python app.py", {}),
        ("db", "?", "postgres -c fsync=off", {}),
    ]
    assert [one.span.line for one in found] == [7, 12, 21, 24]
    assert [" ".join(one.argv) for one in commands(root) if one.where == "Dockerfile"] == ["image"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("services: [", "cannot be read as YAML"),
        ("services:\n\t- x\n", "cannot be read as YAML"),
        ("[" * 100_000, "nested or repeats"),
        ("- " * 50_000, "nested or repeats"),
        ("a: *nothing\n", "is not defined"),
        ('services: {a: {command: "sh -c \'x"}}\n', "cannot be split into words"),
    ],
)
def test_a_broken_compose_file_is_a_note(project: Make, text: str, said: str) -> None:
    found = read(project({"app.py": "", "compose.yml": text}))
    assert [note.path for note in found.left_out.notes] == ["compose.yml"]
    assert said in found.left_out.notes[0].reason


def test_repeated_aliases_and_merges_take_no_time(project: Make) -> None:
    lists = "a0: &a0 [x]\n" + "".join(f"a{n + 1}: &a{n + 1} [*a{n}, *a{n}, *a{n}]\n" for n in range(60))
    maps = "m0: &m0 {k: v}\n" + "".join(f"m{n + 1}: &m{n + 1}\n  <<: [*m{n}, *m{n}, *m{n}]\n" for n in range(60))
    text = f"{lists}{maps}services:\n  web:\n    <<: *m60\n    command: *a60\n  me: &me\n    <<: *me\n"
    assert "app.py" in read(project({"app.py": "", "compose.yml": text})).files


SCALARS = st.sampled_from(["a", "'b c'", '"d"', "1", "true", "", "~", "|\n    e\n    f"])
YAML_TEXTS = st.recursive(
    SCALARS.map(lambda text: f" {text}"),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(
            lambda several: "\n" + indented("\n".join(f"-{one}" for one in several))
        ),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda several: "\n" + indented("\n".join(f"k{n}:{one}" for n, one in enumerate(several)))
        ),
    ),
    max_leaves=8,
)


def indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.split("\n"))


@settings(max_examples=200, deadline=None)
@given(YAML_TEXTS)
def test_yaml_values_are_those_of_pyyaml(text: str) -> None:
    text = f"root:{text}\n"
    try:
        theirs = yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError:
        with pytest.raises(ValueError, match=r"."):
            positions.yaml_value(SourceFile("x", text.encode()))
        return

    def plain(value: positions.Yaml) -> object:
        if isinstance(value.value, list):
            return [plain(item) for item in value.value]
        if isinstance(value.value, dict):
            return {key: plain(item) for key, item in value.value.items()}
        return value.value

    def bare(value: object) -> object:
        if isinstance(value, list):
            return [bare(item) for item in value]
        if isinstance(value, dict):
            return {key: bare(item) for key, item in value.items()}
        return None if value in ("", "~") else value

    assert plain(positions.yaml_value(SourceFile("x", text.encode()))) == bare(theirs)
