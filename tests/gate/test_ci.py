"""The action, the hooks and the examples of CI: valid by the schemas of their hosts, and run as these run them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.gate.shop import SHOP, Repository
from tests.gate.test_examples import commands

ROOT = Path(__file__).parent.parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS = {step.get("id") or step["name"]: step for step in ACTION["runs"]["steps"]}


def example(page: str) -> str:
    """The YAML of a page."""
    found = re.search(
        r"^```yaml\n(.*?)^```$", (ROOT / "docs" / f"{page}.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    assert found is not None
    return found[1]


def valid(schema: str, file: Path) -> None:
    """Hold a file against a schema that check-jsonschema brings along."""
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(file)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_action_is_valid() -> None:
    valid("github-actions", ROOT / "action.yml")


@pytest.mark.parametrize(("page", "schema"), [("github", "github-workflows"), ("gitlab", "gitlab-ci")])
def test_examples_are_valid(tmp_path: Path, page: str, schema: str) -> None:
    file = tmp_path / f"{page}.yml"
    file.write_text(example(page))
    valid(schema, file)


def test_inputs_never_become_text_of_a_script() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", ""), step["name"]


def test_the_page_lists_the_inputs() -> None:
    page = (ROOT / "docs" / "github.md").read_text("utf-8")
    assert set(re.findall(r"^\| `([\w-]+)` \|", page, re.MULTILINE)) == set(ACTION["inputs"])
    used = yaml.safe_load(example("github"))["jobs"]["buttress"]["steps"][1]["with"]
    assert set(used) <= set(ACTION["inputs"])


class Runner:
    """Runs the steps of the action that are scripts, as the runner of GitHub does."""

    def __init__(self, folder: Path, repository: Path, inputs: dict[str, str]) -> None:
        self.folder, self.repository = folder, repository
        self.inputs = {name: str(one.get("default", "")) for name, one in ACTION["inputs"].items()} | inputs
        self.outputs: dict[str, str] = {}
        self.temp = folder / "temp"
        place = self.temp / "buttress" / "bin"
        place.mkdir(parents=True)
        found = commands(folder)
        self.environment = found | {"PATH": found["PATH"]}
        # What the step `Install Buttress` makes.
        (place / "buttress").symlink_to(folder / "bin" / "buttress")
        (place / "python").symlink_to(sys.executable)

    def value(self, text: str) -> str:
        """A text with its expressions."""
        known = {f"inputs.{name}": value for name, value in self.inputs.items()}
        known |= {f"steps.check.outputs.{name}": value for name, value in self.outputs.items()}
        known |= {
            "runner.temp": str(self.temp), "github.event.pull_request.number": "7", "github.token": "secret",
            "github.action_path": str(ROOT), "steps.python.outputs.python-path": sys.executable,
        }  # fmt: skip
        return re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda found: known.get(found[1], ""), text)

    def run(self, name: str) -> subprocess.CompletedProcess[str]:
        """Run a step; what it writes to its outputs is remembered."""
        step: dict[str, Any] = STEPS[name]
        assert step["shell"] == "bash"
        output, summary = self.folder / "output", self.folder / "summary"
        output.write_text("")
        environment = self.environment | {key: self.value(value) for key, value in step.get("env", {}).items()}
        environment |= {
            "GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_REPOSITORY": "owner/shop"
        }  # fmt: skip
        script = self.folder / "step.sh"
        script.write_text(step["run"])
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)], cwd=self.repository, env=environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        self.outputs |= dict(line.split("=", 1) for line in output.read_text().splitlines())
        return done


@pytest.fixture
def shop(tmp_path: Path) -> Repository:
    """The shop, below a folder of its repository, with a change."""
    repository = Repository(tmp_path / "shop")
    repository.write({f"back end/{name}": text for name, text in SHOP.items()})
    repository.commit()
    repository.change("back end/app/prices.py", "+ surcharge", "+ surcharge + more")
    repository.commit()
    return repository


def test_the_action_checks_and_reports(shop: Repository, tmp_path: Path) -> None:
    runner = Runner(tmp_path, shop.root, {"path": "back end", "diff-base": "HEAD^1", "arguments": "--select 'names'"})
    done = runner.run("check")
    assert done.returncode == 0, done.stderr
    assert [line.partition("::`")[0] for line in done.stdout.splitlines()] == [
        "::error file=back end/app/prices.py,line=14,endLine=14,col=38,endColumn=42,"
        "title=buttress%3A names/undefined-name"
    ]
    assert runner.outputs == {"exit-code": "1", "sarif-file": str(runner.temp / "buttress.sarif")}
    assert Path(runner.outputs["sarif-file"]).read_text("utf-8").count('"ruleIndex"') == 1
    assert (tmp_path / "summary").read_text("utf-8").startswith("<!-- buttress -->\n\n### Buttress: 1 error\n")
    assert runner.run("Result").returncode == 1


def test_the_action_passes_where_nothing_is_new(shop: Repository, tmp_path: Path) -> None:
    runner = Runner(tmp_path, shop.root, {"path": "back end", "diff-base": "HEAD"})
    assert runner.run("check").returncode == 0
    assert runner.outputs["exit-code"] == "0"
    assert runner.run("Result").returncode == 0


def test_the_action_fails_with_wrong_inputs(shop: Repository, tmp_path: Path) -> None:
    runner = Runner(tmp_path, shop.root, {"diff-base": "nowhere"})
    done = runner.run("check")
    assert "knows no commit `nowhere`" in done.stderr
    assert runner.outputs == {"exit-code": "2"}
    assert not (tmp_path / "summary").exists()
    assert runner.run("Result").returncode == 2


@pytest.mark.parametrize("name", ["path", "arguments", "diff-base", "baseline"])
def test_inputs_are_no_commands(shop: Repository, tmp_path: Path, name: str) -> None:
    mark = tmp_path / "ran"
    runner = Runner(tmp_path, shop.root, {name: f"$(touch {mark}) `touch {mark}` ; touch {mark} && x"})
    runner.run("check")
    assert runner.outputs["exit-code"] == "2"
    assert not mark.exists()


GH = """\
#!/bin/sh
echo "$@" >> {log}
case "$*" in
  *--paginate*) echo '{answer}' | "{python}" -c 'import sys; print(sys.stdin.read().strip())' ;;
esac
"""


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("", "--method POST repos/owner/shop/issues/7/comments -F body=@{file}"),
        ("31", "--method PATCH repos/owner/shop/issues/comments/31 -F body=@{file}"),
    ],
)
def test_the_comment_is_made_once(shop: Repository, tmp_path: Path, answer: str, expected: str) -> None:
    runner = Runner(tmp_path, shop.root, {"path": "back end"})
    log, program = tmp_path / "gh.log", tmp_path / "bin" / "gh"
    program.write_text(GH.format(log=log, answer=answer, python=sys.executable))
    program.chmod(0o755)
    done = runner.run("Comment")
    assert done.returncode == 0, done.stderr
    asked = log.read_text().splitlines()
    assert len(asked) == 2
    assert asked[1] == "api --silent " + expected.format(file=runner.temp / "buttress.md")


def test_the_action_installs_this_checkout(tmp_path: Path) -> None:
    """The script of the step, with a pip that tells what it was asked for."""
    runner = Runner(tmp_path, tmp_path, {})
    program = tmp_path / "python"
    program.write_text(
        '#!/bin/sh\nmkdir -p "$3/bin"\nprintf \'#!/bin/sh\\necho "$@"\\n\' > "$3/bin/pip"\nchmod +x "$3/bin/pip"\n'
    )
    program.chmod(0o755)
    step = STEPS["Install Buttress"]
    environment = (
        os.environ | {key: runner.value(value) for key, value in step["env"].items()} | {"PYTHON": str(program)}
    )
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", step["run"]], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split()[-1] == str(ROOT)


def test_the_gitlab_job_runs(shop: Repository, tmp_path: Path) -> None:
    job = yaml.safe_load(example("gitlab"))["buttress"]
    assert job["script"][0] == "pip install --quiet buttress"
    (shop.root / "back end").rename(shop.root / "backend")
    done = subprocess.run(
        ["bash", "-c", job["script"][1]], cwd=shop.root, capture_output=True, text=True, check=False,
        env=commands(tmp_path) | {"CI_MERGE_REQUEST_DIFF_BASE_SHA": shop.git("rev-parse", "HEAD^1")},
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    for name in job["artifacts"]["reports"].values():
        assert "backend/app/prices.py" in (shop.root / name).read_text("utf-8")


def test_the_command_of_the_github_page_runs(shop: Repository, tmp_path: Path) -> None:
    found = re.search(r"^(buttress check backend .*)$", (ROOT / "docs" / "github.md").read_text("utf-8"), re.MULTILINE)
    assert found is not None
    (shop.root / "back end").rename(shop.root / "backend")
    done = subprocess.run(
        ["bash", "-c", found[1]], cwd=shop.root, env=commands(tmp_path), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert (shop.root / "buttress.sarif").is_file()


@pytest.fixture
def hooked(tmp_path: Path) -> tuple[Repository, dict[str, str]]:
    """The shop with the hook of this checkout, by the configuration of the page.

    pre-commit clones the checkout and installs it as it installs any hook; only the dependencies are those that are
    here already, so that nothing is fetched.
    """
    source = Repository(tmp_path / "buttress")
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        if re.match(
            r"(?:verifier|rules)/|cli\.py$|pyproject\.toml$|README\.md$|LICENSE$|CHANGELOG\.md$|\.pre-commit-h", name
        ):
            target = source.root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
    source.commit()
    source.git("tag", "v0.1.0")
    shop = Repository(tmp_path / "shop")
    config = example("pre-commit").replace("https://github.com/OWNER/buttress", str(source.root))
    shop.write({**SHOP, ".pre-commit-config.yaml": config})
    shop.commit()
    import site

    variables = commands(tmp_path) | {
        "PRE_COMMIT_HOME": str(tmp_path / "home"), "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "false",
        "PIP_NO_INDEX": "1", "PYTHONPATH": os.pathsep.join(site.getsitepackages()), "VIRTUALENV_NO_DOWNLOAD": "1",
    }  # fmt: skip
    return shop, variables


def test_the_hook_through_pre_commit(hooked: tuple[Repository, dict[str, str]]) -> None:
    shop, variables = hooked

    def commit(message: str) -> tuple[int, str]:
        shop.git("add", "-A")
        done = subprocess.run(
            [sys.executable, "-m", "pre_commit", "run"], cwd=shop.root, env=variables, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        if done.returncode == 0:
            shop.git("commit", "-q", "-m", message)
        return done.returncode, done.stdout + done.stderr

    shop.change("app/prices.py", "class Prices:", "LIMIT = 1\n\n\nclass Prices:")
    code, said = commit("nothing new")
    assert code == 0, said
    assert re.search(r"buttress\.+Passed", said)
    shop.change("app/prices.py", "def total(", "def sum_of(")
    code, said = commit("its caller fails")
    assert code == 1, said
    assert "--> app/main.py:3:" in said
    assert "2 findings were there before." in said
    shop.write({"app/main.py": SHOP["app/main.py"].replace("total", "sum_of")})
    assert commit("mended")[0] == 0


def test_the_manifest_of_hooks_is_valid() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
