"""The baseline: what is known does not fail, what is new does, and what is gone has to leave."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from tests.conftest import Buttress
from tests.gate.conftest import Rules
from tests.gate.shop import PRICES, Repository

ROOT = Path(__file__).parent.parent.parent
UPWARD = ROOT / "fixtures" / "layers" / "upward_import" / "bad"


@pytest.fixture
def known(buttress: Buttress, shop: Repository, tmp_path: Path) -> Path:
    """A baseline of the shop as it is."""
    file = tmp_path / "baseline.json"
    ran = buttress("check", shop.root, "--baseline", file, "--write-baseline")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"Wrote 2 findings and no broken clauses to {file}.\n"
    return file


def test_the_shop_fails_without(found: Rules, buttress: Buttress, shop: Repository) -> None:
    assert [rule for _, rule, _ in found()] == ["names/undefined-name"] * 2
    assert buttress("check", shop.root).code == 1


def test_what_is_known_does_not_fail(buttress: Buttress, shop: Repository, known: Path) -> None:
    ran = buttress("check", shop.root, "--baseline", known)
    assert ran.code == 0
    assert "No new findings" in ran.out
    assert "2 findings were there before." in ran.out


HEAD = '"""Prices of what is sold."""\n'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(HEAD, HEAD + "\nLINES = 1\nMORE = 2\n", id="moved lines"),
        pytest.param(
            "return sum(prices) + surcharge",
            "return (\n        sum(prices)\n        + surcharge\n    )",
            id="the line reformatted",
        ),
        pytest.param("def total(prices: list[int])", "def total(prices: list[float])", id="the line above"),
        pytest.param("class Prices:", "class Price:", id="the class renamed"),
        pytest.param("def of(self, name: str)", "def price_of(self, name: str)", id="the method renamed"),
        pytest.param("def total(", "def sum_of(", id="the function renamed"),
        pytest.param("return sum(prices) + surcharge", "return 2 * sum(prices) + surcharge", id="the line edited"),
    ],
)
def test_a_change_that_brings_nothing_new(
    buttress: Buttress, shop: Repository, known: Path, old: str, new: str
) -> None:
    shop.change("app/prices.py", old, new)
    data = json.loads(
        buttress("check", shop.root, "--select", "names/undefined-name", "--baseline", known, "--format", "json").out
    )
    assert data["findings"] == []
    assert (data["gate"]["known"], data["gate"]["gone"]) == (2, [])


def test_a_renamed_file_brings_nothing_new(buttress: Buttress, shop: Repository, known: Path) -> None:
    shop.git("mv", "app/prices.py", "app/tariffs.py")
    shop.change("app/main.py", "app.prices", "app.tariffs")
    assert buttress("check", shop.root, "--baseline", known).code == 0


def test_a_renamed_folder_brings_nothing_new(buttress: Buttress, shop: Repository, known: Path) -> None:
    shop.git("mv", "app", "shop")
    for name in ("shop/main.py", "run.sh"):
        text = (shop.root / name).read_text()
        (shop.root / name).write_text(text.replace("app.", "shop.").replace("shop.get", "app.get"))
    assert buttress("check", shop.root, "--baseline", known).code == 0


@pytest.mark.parametrize(
    "second",
    [
        pytest.param("return sum(prices) + surcharge + surcharge", id="the same name"),
        pytest.param("extra = surcharge\n    return sum(prices) + surcharge", id="in a line of its own"),
        pytest.param("return sum(prices) + surcharge + discount", id="another name"),
    ],
)
def test_a_second_one_beside_a_known_one_counts(
    found: Rules, buttress: Buttress, shop: Repository, known: Path, second: str
) -> None:
    shop.change("app/prices.py", "return sum(prices) + surcharge", second)
    assert len(found()) == 3
    assert len(found("--baseline", known)) == 1
    assert buttress("check", shop.root, "--baseline", known).code == 1


def test_one_for_another_counts(found: Rules, shop: Repository, known: Path) -> None:
    shop.change("app/prices.py", "return sum(prices) + surcharge", "return sum(prices)")
    shop.change("app/store.py", '"""Rows of the store."""', '"""Rows of the store."""\n\nLIMIT = surcharge')
    assert [path for path, _, _ in found("--baseline", known)] == ["app/store.py"]


def test_what_is_mended_has_to_leave(buttress: Buttress, shop: Repository, known: Path) -> None:
    shop.change("app/prices.py", " + surcharge", "")
    ran = buttress("check", shop.root, "--baseline", known)
    assert ran.code == 1
    assert "1 finding of the baseline is no longer found: take it out with --prune-baseline:" in ran.out
    assert "  app/prices.py: names/undefined-name: " in ran.out
    pruned = buttress("check", shop.root, "--baseline", known, "--prune-baseline")
    assert (pruned.code, pruned.err) == (0, f"Took 1 finding out of {known}.\n")
    assert "surcharge" not in known.read_text()
    assert buttress("check", shop.root, "--baseline", known).code == 0


def test_exit_zero_holds_for_a_baseline_too(buttress: Buttress, shop: Repository, known: Path) -> None:
    shop.change("app/prices.py", " + surcharge", "")
    assert buttress("check", shop.root, "--baseline", known, "--exit-zero").code == 0


def test_pruning_adds_nothing(buttress: Buttress, shop: Repository, known: Path) -> None:
    before = known.read_text()
    shop.change("app/prices.py", "return sum(prices)", "return sum(prices) * rate")
    assert buttress("check", shop.root, "--baseline", known, "--prune-baseline").code == 1
    assert "rate" not in known.read_text().replace(before, "")
    assert len(json.loads(known.read_text())["findings"]) == 2


def test_an_accepted_one_leaves_as_well(buttress: Buttress, shop: Repository, known: Path) -> None:
    shop.change("app/prices.py", "+ surcharge", "+ surcharge  # buttress: ignore[names/undefined-name] -- set later")
    ran = buttress("check", shop.root, "--baseline", known)
    assert ran.code == 1
    assert "1 finding of the baseline is no longer found" in ran.out


def test_a_deleted_file_leaves(buttress: Buttress, shop: Repository, known: Path) -> None:
    (shop.root / "app" / "prices.py").unlink()
    text = (shop.root / "app" / "main.py").read_text()
    text = text.replace("from app.prices import Prices, total\n", "").replace("total([1, 2])", "3")
    (shop.root / "app" / "main.py").write_text(text.replace('Prices().of("tea")', "3"))
    ran = buttress("check", shop.root, "--baseline", known, "--prune-baseline")
    assert (ran.code, json.loads(known.read_text())["findings"]) == (0, [])


@pytest.mark.parametrize(
    "arguments", [("--select", "layers"), ("--ignore", "names"), ("--min-confidence", "high", "--ignore", "names")]
)
def test_what_was_not_looked_for_is_not_gone(
    buttress: Buttress, shop: Repository, known: Path, arguments: tuple[str, ...]
) -> None:
    before = known.read_text()
    assert buttress("check", shop.root, "--baseline", known, *arguments).code == 0
    assert buttress("check", shop.root, "--baseline", known, "--prune-baseline", *arguments).code == 0
    assert known.read_text() == before


def test_one_file_says_nothing_of_the_others(buttress: Buttress, shop: Repository, known: Path) -> None:
    single = known.with_name("single.json")
    lines = json.loads(known.read_text())
    for line in lines["findings"]:
        line["path"] = line["path"].removeprefix("app/")
    lines["findings"].append({**lines["findings"][0], "path": "other.py"})
    single.write_text(json.dumps(lines))
    assert buttress("check", shop.root / "app" / "prices.py", "--baseline", single).code == 0


def test_the_file_is_sorted_and_knows_no_lines(buttress: Buttress, shop: Repository, known: Path) -> None:
    text = known.read_text()
    jsonschema.validate(json.loads(text), json.loads((ROOT / "docs" / "schema" / "baseline.json").read_text()))
    assert text.splitlines()[:3] == ["{", '  "schema_version": 1,', '  "findings": [']
    assert json.loads(text)["findings"] == [
        {
            "path": "app/prices.py",
            "rule": "names/undefined-name",
            "message": json.loads(text)["findings"][0]["message"],
            "scope": "Prices.of",
            "code": "known_prices",
        },
        {
            "path": "app/prices.py",
            "rule": "names/undefined-name",
            "message": json.loads(text)["findings"][1]["message"],
            "scope": "total",
            "code": "surcharge",
        },
    ]
    shop.write({"app/prices.py": '"""A text above."""\n' + PRICES})
    buttress("check", shop.root, "--baseline", known, "--write-baseline")
    assert known.read_text() == text


def test_the_settings_can_name_it(buttress: Buttress, shop: Repository, known: Path) -> None:
    (shop.root / "baseline.json").write_text(known.read_text())
    shop.write({"buttress.toml": 'baseline = "baseline.json"\n'})
    assert buttress("check", shop.root).code == 0
    assert buttress("check", shop.root, "--isolated").code == 1


def test_clauses_are_known_line_by_line(buttress: Buttress, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "books")
    for path in UPWARD.rglob("*.*"):
        if path.is_file() and "__pycache__" not in path.parts:
            repository.write({path.relative_to(UPWARD).as_posix(): path.read_text()})
    known = tmp_path / "known.json"
    given = ("check", repository.root, "--architecture", "clean", "--baseline", known)
    assert buttress(*given, "--write-baseline").err == f"Wrote 2 findings and 1 broken clause to {known}.\n"
    ran = buttress(*given)
    assert ran.code == 0
    assert "broken    dependencies point down only (as before)" in ran.out

    repository.write({"app/models/shelf.py": "from app.repositories.books import BookRepository\n"})
    data = json.loads(buttress(*given, "--format", "json").out)
    (broken,) = [verdict for verdict in data["constraints"] if verdict["compliant"] is False]
    assert not broken["before"]
    assert [line["path"] for line in broken["evidence"]] == ["app/models/shelf.py"]
    assert buttress(*given).code == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is no valid JSON"),
        ("<<<<<<< ours\n{}\n", "is no valid JSON"),
        ("[" * 100_000, "is no valid JSON"),
        ("[]", "is none: expected `object`, got `array`"),
        ("{}", "is none: object missing required field `schema_version`"),
        ('{"schema_version": 2, "findings": []}', "was written by a newer Buttress (schema_version 2)"),
        (
            '{"schema_version": 1, "findings": [{"path": 1}]}',
            "is none: expected `str`, got `int` at `findings[0].path`",
        ),
        ('{"schema_version": 1, "findings": [], "more": 1}', "is none: object contains unknown field `more`"),
    ],
)
def test_a_broken_file_is_one_sentence(
    buttress: Buttress, shop: Repository, tmp_path: Path, content: str, said: str
) -> None:
    file = tmp_path / "broken.json"
    file.write_text(content)
    ran = buttress("check", shop.root, "--baseline", file)
    assert (ran.code, ran.out) == (2, "")
    assert f"The baseline {file} {said}" in ran.err
    assert ran.err.count("\n") == 1


def test_files_that_cannot_be_used(buttress: Buttress, shop: Repository, tmp_path: Path) -> None:
    missing = tmp_path / "missing.json"
    ran = buttress("check", shop.root, "--baseline", missing)
    assert (ran.code, ran.err) == (2, f"buttress: There is no baseline {missing}; --write-baseline makes it.\n")
    assert "cannot be read: Is a directory." in buttress("check", shop.root, "--baseline", tmp_path).err
    ran = buttress("check", shop.root, "--baseline", tmp_path / "no" / "x.json", "--write-baseline")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "cannot be written: No such file or directory." in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--write-baseline",), "name it with --baseline"),
        (("--prune-baseline",), "name it with --baseline"),
        (("--baseline", "b", "--write-baseline", "--prune-baseline"), "give one of them"),
        (("--baseline", "b", "--write-baseline", "--diff-base", "main"), "give one"),
    ],
)
def test_contradictions(buttress: Buttress, shop: Repository, arguments: tuple[str, ...], said: str) -> None:
    ran = buttress("check", shop.root, *arguments)
    assert ran.code == 2
    assert said in ran.err
    assert ran.err.count("\n") == 1


def test_paths_that_are_no_unicode_come_back(buttress: Buttress, shop: Repository, tmp_path: Path) -> None:
    odd = shop.root / "app" / b"pric\xff.py".decode("utf-8", "surrogateescape")
    try:
        odd.write_text("def odd():\n    return nothing_of_the_kind\n")
    except (OSError, UnicodeError):
        pytest.skip("this file system takes no such name")
    file = tmp_path / "odd.json"
    assert buttress("check", shop.root, "--baseline", file, "--write-baseline").code == 0
    assert r"pric\udcff.py" in file.read_text("utf-8")
    assert buttress("check", shop.root, "--baseline", file).code == 0
