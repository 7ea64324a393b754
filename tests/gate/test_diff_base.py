"""What a change brought: committed or not, in its own lines or elsewhere, and nothing that was there before."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Buttress
from tests.gate.conftest import Rules
from tests.gate.shop import Repository
from verifier.gate.history import base_of, checked_out

BASE = ("--diff-base", "main")


def test_what_was_there_does_not_fail(buttress: Buttress, shop: Repository) -> None:
    ran = buttress("check", shop.root, *BASE)
    assert ran.code == 0
    assert "No new findings" in ran.out
    assert "2 findings were there before." in ran.out


def test_a_change_counts_before_it_is_committed_and_after(found: Rules, shop: Repository) -> None:
    shop.git("switch", "-q", "-c", "topic")
    shop.change("app/prices.py", "return sum(prices)", "return rate * sum(prices)")
    expected = [("app/prices.py", "names/undefined-name")]
    assert [one[:2] for one in found(*BASE)] == expected
    shop.commit()
    assert [one[:2] for one in found(*BASE)] == expected
    assert found("--diff-base", "HEAD") == []


def test_a_file_that_git_does_not_know_yet_counts(found: Rules, shop: Repository) -> None:
    shop.write({"app/new.py": "def new():\n    return nowhere\n"})
    assert [one[:2] for one in found(*BASE)] == [("app/new.py", "names/undefined-name")]


def test_moved_lines_and_new_names_bring_nothing(found: Rules, shop: Repository) -> None:
    shop.change("app/prices.py", "class Prices:", "FIRST = 1\nSECOND = 2\n\n\nclass Prices:")
    shop.change("app/prices.py", "def of(self, name: str)", "def of(self, item: str)")
    shop.change("app/prices.py", "known_prices[name]", "known_prices[item]")
    assert found(*BASE) == []


def test_a_renamed_file_brings_nothing(found: Rules, shop: Repository) -> None:
    shop.git("mv", "app/prices.py", "app/tariffs.py")
    shop.change("app/main.py", "app.prices", "app.tariffs")
    shop.change("app/tariffs.py", "class Prices:", "LIMIT = 3\n\n\nclass Prices:")
    assert found(*BASE) == []
    shop.change("app/tariffs.py", "+ surcharge", "+ surcharge + discount")
    assert [one[:2] for one in found(*BASE)] == [("app/tariffs.py", "names/undefined-name")]


def test_a_deleted_method_makes_its_caller_fail(found: Rules, shop: Repository) -> None:
    shop.change(
        "app/prices.py",
        '    def of(self, name: str) -> int:\n        """The price of one thing."""\n'
        "        return known_prices[name]\n",
        "    CURRENCY = 1\n",
    )
    (only,) = found(*BASE)
    assert only[:2] == ("app/main.py", "names/unknown-member")


def test_a_removed_column_makes_its_query_fail(found: Rules, shop: Repository) -> None:
    shop.change("schema.sql", ", name TEXT NOT NULL", "")
    (only,) = found(*BASE)
    assert only[:2] == ("app/store.py", "sql/unknown-column")


def test_what_others_brought_in_the_meantime_is_not_the_changes(found: Rules, shop: Repository) -> None:
    shop.git("switch", "-q", "-c", "topic")
    shop.change("app/main.py", "total([1, 2])", "total([1, 2, 3])")
    shop.commit()
    shop.git("switch", "-q", "main")
    shop.change("app/prices.py", " + surcharge", "")
    shop.commit("main is mended in the meantime")
    shop.git("switch", "-q", "topic")
    assert found(*BASE) == []  # `surcharge` was there where the branch began


def test_a_folder_of_the_repository(buttress: Buttress, shop: Repository) -> None:
    for name in ("app", "schema.sql", "requirements.txt", "run.sh"):
        (shop.root / "backend").mkdir(exist_ok=True)
        shop.git("mv", name, f"backend/{name}")
    shop.commit()
    backend = shop.root / "backend"
    assert buttress("check", backend, *BASE).code == 0
    shop.change("backend/app/prices.py", "+ surcharge", "+ surcharge + more")
    data = json.loads(buttress("check", backend, *BASE, "--format", "json").out)
    assert [one["path"] for one in data["findings"]] == ["app/prices.py"]
    assert data["gate"]["base"] == shop.git("rev-parse", "main")
    assert data["gate"]["known"] == 2


def test_a_folder_that_was_not_there(found: Rules, shop: Repository) -> None:
    shop.write({"other/app.py": "def new():\n    return nowhere\n"})
    assert [one[:2] for one in found(*BASE, path=shop.root / "other")] == [("app.py", "names/undefined-name")]


def test_one_file(found: Rules, shop: Repository) -> None:
    file = shop.root / "app" / "prices.py"
    assert found(*BASE, path=file) == []
    shop.change("app/prices.py", "+ surcharge", "+ surcharge + more")
    assert len(found(*BASE, path=file)) == 1


def test_a_patch_on_a_folder(buttress: Buttress, shop: Repository, tmp_path: Path) -> None:
    shop.change("app/prices.py", "+ surcharge", "+ surcharge + more")
    patch = tmp_path / "change.patch"
    patch.write_text(shop.git("diff") + "\n")
    shop.git("checkout", "-q", ".")
    data = json.loads(buttress("check", shop.root, "--patch", patch, *BASE, "--format", "json").out)
    assert len(data["findings"]) == 1
    patch.write_text("--- /dev/null\n+++ b/a.py\n@@ -0,0 +1 @@\n+x = 1\n")
    ran = buttress("check", "--patch", patch, *BASE)
    assert (ran.code, ran.out) == (2, "")
    assert "name the folder too" in ran.err


def test_settings_are_those_of_now(found: Rules, shop: Repository) -> None:
    shop.write({"buttress.toml": 'ignore = ["names"]\n'})
    shop.commit()
    shop.write({"buttress.toml": 'select = ["names"]\n'})
    assert found(*BASE) == []


CONTRACT = """\
openapi: 3.0.0
info: {title: shop, version: "1"}
paths:
  /total: {get: {responses: {"200": {description: ok}}}}
"""


def test_a_contract_is_read_as_it_was(buttress: Buttress, shop: Repository) -> None:
    shop.write({"openapi.yml": CONTRACT})
    shop.commit()
    given = ("check", shop.root, "--contract", shop.root / "openapi.yml", *BASE)
    assert buttress(*given).code == 0
    shop.write({"openapi.yml": CONTRACT + '  /refunds: {get: {responses: {"200": {description: ok}}}}\n'})
    data = json.loads(buttress(*given, "--format", "json").out)
    assert [one["rule"].partition("/")[0] for one in data["findings"]] == ["contract"]
    assert "/refunds" in data["findings"][0]["message"]
    assert [one["before"] for one in data["constraints"] if one["compliant"] is False] == [False]


def test_a_broken_clause_is_told_and_does_not_fail(buttress: Buttress, shop: Repository) -> None:
    shop.write({"app/routes/x.py": "from app.models.y import Y\n", "app/models/y.py": "from app.routes import x\n"})
    shop.commit()
    ran = buttress("check", shop.root, "--architecture", "clean", *BASE)
    assert "broken    dependencies point down only (as before)" in ran.out
    assert ran.code == 0
    shop.write({"app/models/z.py": "from app.routes import x\n"})
    ran = buttress("check", shop.root, "--architecture", "clean", *BASE)
    assert ran.code == 1
    assert "broken    dependencies point down only\n            app/models/z.py:1:1" in ran.out


def test_with_a_baseline_too(buttress: Buttress, shop: Repository, tmp_path: Path) -> None:
    known = tmp_path / "known.json"
    shop.change("app/prices.py", "+ surcharge", "+ surcharge + more")
    buttress("check", shop.root, "--baseline", known, "--write-baseline")
    shop.change("app/prices.py", "+ more", "+ more + less")
    data = json.loads(buttress("check", shop.root, "--baseline", known, *BASE, "--format", "json").out)
    assert ["less" in one["message"] for one in data["findings"]] == [True]
    assert data["gate"]["gone"] == []


def test_what_is_accepted_before_and_not_now_counts(found: Rules, shop: Repository) -> None:
    shop.change("app/prices.py", "+ surcharge", "+ surcharge  # buttress: ignore[names/undefined-name] -- later")
    shop.commit()
    assert found(*BASE) == []
    shop.change("app/prices.py", "  # buttress: ignore[names/undefined-name] -- later", "")
    assert len(found(*BASE)) == 1


def test_ignored_files_are_read_in_neither(found: Rules, shop: Repository) -> None:
    shop.write({".gitignore": "generated.py\n", "app/generated.py": "def more():\n    return nowhere\n"})
    shop.git("add", "-f", "app/generated.py")
    shop.commit()
    assert found(*BASE) == []
    shop.change(
        "app/main.py", "from app.store import rows", "from app.generated import more\nfrom app.store import rows"
    )
    assert found(*BASE) == found("--diff-base", "HEAD")


def test_folders_of_their_own_repository_are_left_alone(found: Rules, shop: Repository, tmp_path: Path) -> None:
    other = Repository(tmp_path / "other")
    other.write({"vend.py": "def vend():\n    return nowhere\n"})
    other.commit()
    shop.git("submodule", "add", "-q", str(other.root), "module")
    shop.commit()
    assert len(found()) == 3
    assert found(*BASE) == []


def test_the_working_tree_stays_as_it_is(buttress: Buttress, shop: Repository) -> None:
    shop.git("switch", "-q", "-c", "topic")
    shop.change("app/prices.py", "+ surcharge", "+ surcharge + more")
    shop.write({"untracked.py": "x = 1\n"})

    def state() -> object:
        return {
            path.relative_to(shop.root).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
            for path in shop.root.rglob("*")
            if path.is_file()
        }

    before = state()
    assert buttress("check", shop.root, *BASE).code == 1
    assert state() == before


HOSTILE = """
[core]
    fsmonitor = {mark}
    hooksPath = {hooks}
    pager = {mark}
    sshCommand = {mark}
[diff]
    external = {mark}
[diff "odd"]
    textconv = {mark}
    command = {mark}
[filter "odd"]
    clean = {mark}
    smudge = {mark}
    process = {mark}
    required = true
[alias]
    ls-tree = !{mark}
    rev-parse = !{mark}
[remote "origin"]
    url = ext::{mark}
    promisor = true
    partialclonefilter = blob:none
    uploadpack = {mark}
[protocol]
    allow = always
[protocol "ext"]
    allow = always
"""


def test_nothing_that_the_repository_names_is_run(buttress: Buttress, shop: Repository, tmp_path: Path) -> None:
    ran, script = tmp_path / "ran", tmp_path / "mark.sh"
    script.write_text(f'#!/bin/sh\necho $0 "$@" >> {ran}\ncat\n')
    script.chmod(0o755)
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("post-checkout", "post-index-change", "reference-transaction"):
        (hooks / name).write_text(script.read_text())
        (hooks / name).chmod(0o755)
    shop.write({".gitattributes": "*.py filter=odd diff=odd\n"})
    shop.commit()
    shop.change("app/prices.py", "+ surcharge", "+ surcharge + more")
    config = shop.root / ".git" / "config"
    config.write_text(config.read_text() + HOSTILE.format(mark=script, hooks=hooks))
    assert buttress("check", shop.root, "--diff-base", "HEAD").code == 1
    assert not ran.exists(), ran.read_text()
    # The same repository does run it where git is asked for a difference, so the test can fail.
    subprocess.run(["git", "diff", "--stat"], cwd=shop.root, capture_output=True, check=False)
    assert ran.exists()


def test_an_object_that_is_not_there_is_not_fetched(buttress: Buttress, shop: Repository, tmp_path: Path) -> None:
    ran, script = tmp_path / "ran", tmp_path / "mark.sh"
    script.write_text(f"#!/bin/sh\necho $0 >> {ran}\nexit 1\n")
    script.chmod(0o755)
    name = shop.git("rev-parse", "HEAD:app/prices.py")
    shop.change("app/prices.py", "+ surcharge", "+ surcharge + more")
    config = shop.root / ".git" / "config"
    config.write_text(
        config.read_text().replace("repositoryformatversion = 0", "repositoryformatversion = 1")
        + HOSTILE.format(mark=script, hooks=tmp_path)
        + "[extensions]\n    partialClone = origin\n"
    )
    (shop.root / ".git" / "objects" / name[:2] / name[2:]).unlink()
    done = buttress("check", shop.root, "--diff-base", "HEAD")
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert done.err.startswith("buttress: Git cannot ")
    assert not ran.exists(), ran.read_text()


def test_variables_that_point_git_elsewhere_are_not_heeded(
    found: Rules, shop: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Repository(tmp_path / "other")
    other.write({"a.py": "x = 1\n"})
    other.commit()
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.root))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert found(*BASE) == []


ODD = ["we ird.py", 'quo"te.py', "new\nline.py", "ta\tb.py", "-dash.py", "ümlaut.py", "\x1b[31m.py"]


@pytest.mark.parametrize("name", ODD, ids=repr)
def test_odd_names(found: Rules, shop: Repository, name: str) -> None:
    shop.write({name: "def odd():\n    return nowhere\n"})
    assert len(found(*BASE)) == 1
    shop.commit()
    assert found(*BASE) == []


def test_names_that_are_no_unicode(found: Rules, shop: Repository) -> None:
    odd = shop.root / os.fsdecode(b"odd\xff.py")
    try:
        odd.write_text("def odd():\n    return nowhere\n")
    except (OSError, UnicodeError):
        pytest.skip("this file system takes no such name")
    assert len(found(*BASE)) == 1
    shop.commit()
    assert found(*BASE) == []


def test_trees_that_lead_out_of_their_folder(found: Rules, shop: Repository) -> None:
    blob = shop.git("rev-parse", "HEAD:app/prices.py")
    made = subprocess.run(
        ["git", "hash-object", "-w", "-t", "tree", "--literally", "--stdin"], cwd=shop.root, check=True,
        input=b"100644 evil.py\0" + bytes.fromhex(blob), capture_output=True,
    ).stdout.decode().strip()  # fmt: skip
    outer = (
        b"100644 plain.py\0"
        + bytes.fromhex(blob)
        + b"40000 ..\0"
        + bytes.fromhex(made)
        + b"40000 .git\0"
        + bytes.fromhex(made)
    )
    tree = subprocess.run(
        ["git", "hash-object", "-w", "-t", "tree", "--literally", "--stdin"], cwd=shop.root, check=True, input=outer,
        capture_output=True,
    ).stdout.decode().strip()  # fmt: skip
    commit = shop.git("commit-tree", tree, "-m", "odd")
    shop.git("update-ref", "refs/heads/odd", commit)
    shop.git("merge", "-q", "--allow-unrelated-histories", "-s", "ours", "-m", "m", "odd")
    assert found("--diff-base", "odd") == []
    with checked_out(base_of(shop.root, "odd")) as made_tree:
        assert sorted(path.name for path in made_tree.top.parent.rglob("*")) == [".git", "plain.py", "shop"]


def test_a_link_is_not_followed(found: Rules, shop: Repository, tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("def secret():\n    return nowhere\n")
    (shop.root / "link.py").symlink_to(tmp_path / "secret.py")
    shop.commit()
    assert found(*BASE) == []


@pytest.mark.parametrize(
    "revision", ["nothing", "HEAD~9", "", "--help", "-h", "a b", "HEAD:app/prices.py", "main..topic"]
)
def test_an_unknown_revision(buttress: Buttress, shop: Repository, revision: str) -> None:
    ran = buttress("check", shop.root, f"--diff-base={revision}")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"buttress: The repository {shop.root} knows no commit `{revision}`.\n"


def test_no_repository(buttress: Buttress, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "a.py").write_text("x = 1\n")
    ran = buttress("check", tmp_path / "plain", *BASE)
    said = f"buttress: {tmp_path / 'plain'} is in no git repository, so there is no change to look at.\n"
    assert (ran.code, ran.out, ran.err) == (2, "", said)


def test_no_commit(buttress: Buttress, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "empty")
    repository.write({"a.py": "x = 1\n"})
    ran = buttress("check", repository.root, *BASE)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "has no commit yet" in ran.err


def test_nothing_in_common(buttress: Buttress, shop: Repository) -> None:
    shop.git("switch", "-q", "--orphan", "other")
    shop.write({"a.py": "def a():\n    return nowhere\n"})
    shop.commit()
    ran = buttress("check", shop.root, *BASE)
    assert (ran.code, ran.err) == (2, "buttress: HEAD and `main` have no commit in common.\n")


def test_a_shallow_clone(buttress: Buttress, shop: Repository, tmp_path: Path) -> None:
    first = shop.git("rev-parse", "HEAD")
    shop.change("app/main.py", "total([1, 2])", "total([1])")
    shop.commit()
    clone = tmp_path / "clone"
    shop.git("clone", "-q", "--depth", "1", f"file://{shop.root}", str(clone))
    ran = buttress("check", clone, "--diff-base", first)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        f"buttress: The repository {clone} knows no commit `{first}`; "
        "this clone is shallow: fetch more of its history (`git fetch --unshallow`).\n"
    )


def test_no_git(buttress: Buttress, shop: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = buttress("check", shop.root, *BASE)
    assert (ran.code, ran.err) == (2, "buttress: There is no git to read the history with.\n")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a folder away")
def test_a_repository_of_somebody_else(buttress: Buttress, shop: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    os.chown(shop.root, 12345, 12345)
    os.chown(shop.root / ".git", 12345, 12345)
    ran = buttress("check", shop.root, *BASE)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "safe.directory" in ran.err
    for name, value in {"COUNT": "1", "KEY_0": "safe.directory", "VALUE_0": "*"}.items():
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    assert buttress("check", shop.root, *BASE).code == 0


def test_a_linked_worktree(found: Rules, shop: Repository, tmp_path: Path) -> None:
    shop.git("worktree", "add", "-q", str(tmp_path / "linked"), "-b", "topic")
    prices = tmp_path / "linked" / "app" / "prices.py"
    prices.write_text(prices.read_text().replace("+ surcharge", "+ surcharge + more"))
    assert len(found(*BASE, path=tmp_path / "linked")) == 1
