"""What the rules on Express's handlers, bodies and members claim, shown on the real framework."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.frameworks.harness import NODE
from tests.frameworks.missing import tables
from tests.proofs.node import Request, serve_fixture
from verifier.evaluate.path_to_regexp import is_refused

FIXTURES = Path(__file__).parent.parent.parent / "fixtures" / "express"
EXPRESS = pytest.mark.parametrize("packages", ["current", "previous"])  # 5 and 4


def of(
    rule: str, kind: str, *requests: Request, packages: str = "current", **variables: str
) -> tuple[list[object], str]:
    """The status of each request to a fixture, and what its program wrote."""
    statuses, _, written = serve_fixture(FIXTURES / rule / kind, list(requests), packages, variables)
    return statuses, written


def test_express_five_refuses_the_paths() -> None:
    statuses, written = of("refused_path", "bad", ("GET", "/shelves/1"))
    assert statuses == ["gone"]
    assert "Unexpected ? at index" in written or "PathError" in written


def test_express_four_takes_them() -> None:
    statuses, _ = of("refused_path", "bad", ("GET", "/shelves/1"), ("GET", "/nowhere"), packages="previous")
    assert statuses == [200, 404]


def test_express_five_takes_its_own() -> None:
    requests = [("GET", path) for path in ("/shelves/1", "/shelves/1/2", "/files/a/b", "/pallets/7", "/lifts/a", "/no")]
    assert of("refused_path", "good", *requests)[0] == [200, 200, 200, 200, 200, 404]


@pytest.mark.parametrize("path", ["*", "/a/*", "(.*)", "/:slug?", "/:id(\\d+)", "/*rest", "/{*rest}", "/a{/:b}"])
def test_what_is_refused_is_what_the_router_refuses(tmp_path: Path, path: str) -> None:
    folder = tmp_path / "path" / "bad"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "app.js").write_text(
        f"const app = require('express')()\napp.get({path!r}, (req, res) => res.end())\napp.listen(process.env.PORT)\n"
    )
    statuses, _, _ = serve_fixture(folder, [("GET", "/somewhere/else")])
    assert (statuses == ["gone"]) == is_refused(path, "8")


@EXPRESS
def test_nobody_answers(packages: str) -> None:
    requests: list[Request] = [("GET", path) for path in ("/wards", "/patients/2", "/beds/2", "/doctors")]
    assert of("never_answers", "bad", *requests, packages=packages)[0] == ["hangs"] * 4
    answered: list[Request] = [("GET", "/patients/1"), ("GET", "/beds/1"), ("GET", "/wards", None, {"x-ward-key": "a"})]
    assert of("never_answers", "bad", *answered, packages=packages)[0] == [200, 200, 200]
    assert of("never_answers", "good", *requests, packages=packages)[0] == [401, 500, 404, 200]


def test_a_rejection_ends_the_process_of_express_four() -> None:
    asked: list[Request] = [("GET", "/health"), ("GET", "/ships/eve"), ("GET", "/health")]
    statuses, written = of("unhandled_rejection", "bad", *asked, packages="previous")
    assert statuses == [200, "gone", "gone"]
    assert "no such ship" in written
    assert of("unhandled_rejection", "bad", ("GET", "/berths"), ("GET", "/health"), packages="previous")[0] == [
        "gone",
        "gone",
    ]


def test_it_does_not_where_it_is_caught_or_with_express_five() -> None:
    asked: list[Request] = [("GET", path) for path in ("/ships/eve", "/berths", "/tides", "/health")]
    assert of("unhandled_rejection", "good", *asked, packages="previous")[0] == [500, 500, 200, 200]
    five: list[Request] = [("GET", "/ships/eve"), ("GET", "/health")]
    assert of("unhandled_rejection", "bad", *five)[0] == [500, 200]


@EXPRESS
def test_three_parameters_handle_no_errors(packages: str) -> None:
    statuses, texts, written = serve_fixture(
        FIXTURES / "error_middleware_of_three" / "bad", [("GET", "/loaves/2"), ("GET", "/nowhere")], packages
    )
    assert statuses == [500, 500]
    assert "<!DOCTYPE html>" in texts[0]
    assert "res.status is not a function" in written
    good = serve_fixture(FIXTURES / "error_middleware_of_three" / "good", [("GET", "/loaves/2")], packages)
    assert good[:2] == ([500], ['{"error":"no such loaf"}'])


def test_the_second_answer_throws() -> None:
    statuses, written = of("answered_twice", "bad", ("GET", "/books/1"), ("GET", "/books/2"))
    assert statuses == [200, 404]
    assert "ERR_HTTP_HEADERS_SENT" in written
    statuses, written = of(
        "answered_twice", "good", *(("GET", path) for path in ("/books/2", "/shelves/2", "/loans?late=1", "/readers/2"))
    )
    assert statuses == [404, 404, 200, 404]
    assert "ERR_HTTP_HEADERS_SENT" not in written


@EXPRESS
def test_bodies_are_not_there(packages: str) -> None:
    asked: list[Request] = [("POST", "/trees", '{"kind": "pear"}'), ("POST", "/harvests", '{"kilos": 3}')]
    statuses, written = of("body_not_parsed", "bad", *asked, packages=packages)
    assert statuses == [500, 201]
    assert "TypeError" in written
    assert of("body_not_parsed", "good", *asked, packages=packages)[0] == [201, 201]


@EXPRESS
def test_parameters_of_the_path_around_are_left_out(packages: str) -> None:
    asked: list[Request] = [("GET", "/shops/south/cakes"), ("GET", "/shops/south/cakes/1"), ("GET", "/offers/south/")]
    statuses, written = of("lost_parameter", "bad", *asked, packages=packages)
    assert statuses == [500, 500, 500]
    assert "Cannot read properties of undefined" in written
    assert of("lost_parameter", "good", *asked, packages=packages)[0] == [200, 200, 200]


def test_bodies_are_not_there_without_any_parser(tmp_path: Path) -> None:
    folder = tmp_path / "no_parser" / "bad"
    shutil.copytree(FIXTURES / "body_not_parsed" / "bad", folder)
    app = folder / "src" / "app.js"
    app.write_text("\n".join(line for line in app.read_text().split("\n") if "express.json" not in line))
    assert serve_fixture(folder, [("POST", "/harvests", '{"kilos": 3}')])[0] == [500]


def test_members_are_not_there(tmp_path: Path) -> None:
    statuses, written = of("unknown_member", "bad", ("GET", "/rooms/1"))
    assert statuses == ["gone"]
    assert "app.del is not a function" in written
    folder = tmp_path / "members" / "bad"
    shutil.copytree(FIXTURES / "unknown_member" / "bad", folder)
    app = folder / "src" / "app.js"
    app.write_text(app.read_text().replace("app.del(", "app.delete("))
    statuses, _, written = serve_fixture(folder, [("GET", "/rooms/1"), ("GET", "/map"), ("GET", "/tours")])
    assert statuses == [500, 500, 500]
    for name in ("param", "sendfile", "code"):
        assert f"{name} is not a function" in written
    good: list[Request] = [("DELETE", "/tickets/1"), ("GET", "/rooms/1"), ("GET", "/tours")]
    assert of("unknown_member", "good", *good)[0] == [204, 200, 200]


def test_the_tables_are_those_of_the_libraries() -> None:
    """What objects lack, in all packs, is read from the installed versions."""
    if not (NODE / "current" / "node_modules").is_dir():
        pytest.skip("needs `npm ci` in tests/node")
    for framework, text in tables().items():
        assert (FIXTURES.parent.parent / "rules" / framework / "_missing.json").read_text() == text
