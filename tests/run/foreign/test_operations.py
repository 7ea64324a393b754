"""Which operation a request belongs to."""

from __future__ import annotations

import pytest

from verifier.link.contract import Contract, read_contract
from verifier.run.foreign.exchange import Exchange, requests_of

PATHS = ["/articles", "/articles/feed", "/articles/{slug}", "/articles/{slug}/comments/{id}", "/files/{name}.json", "/"]


def contract(servers: str = "", paths: list[str] = PATHS, prefix: str = "") -> Contract:
    lines = ["openapi: 3.1.0", *([f"servers: [{{url: '{servers}'}}]"] if servers else []), "paths:"]
    for path in paths:
        lines += [f"  '{prefix}{path}':", "    get: {}"]
    return read_contract("\n".join(lines), "openapi.yml", None, ())


def named(contract: Contract | None, *urls: str, base: str | None = None) -> list[tuple[str | None, str]]:
    exchanges = [Exchange(name="", method="GET", url=url, status=200) for url in urls]
    return [(request.operation, request.path) for request in requests_of(exchanges, contract, base)]


@pytest.mark.parametrize(
    ("path", "operation"),
    [
        ("/articles", "GET /articles"),
        ("/articles/", "GET /articles"),
        ("/articles?limit=1", "GET /articles"),
        ("/articles/feed", "GET /articles/feed"),
        ("/articles/fee", "GET /articles/{slug}"),
        ("/articles/null", "GET /articles/{slug}"),
        ("/articles//comments/1", "GET /articles/{slug}/comments/{id}"),
        ("/articles/a%2Fb", "GET /articles/{slug}"),
        ("/files/a.b.json", "GET /files/{name}.json"),
        ("/files/a.txt", None),
        ("/articles/a/b/c/d", None),
        ("/articles//", "GET /articles/{slug}"),
        ("/articles/" + "a" * 5000, None),
    ],
)
@pytest.mark.parametrize("servers", ["/api", "http://somewhere.example/api/"])
def test_templates(servers: str, path: str, operation: str | None) -> None:
    (found,) = named(contract(servers), f"http://localhost:1/api{path}")

    assert found[0] == operation


def test_below_what_the_servers_say() -> None:
    assert named(contract("/api"), "http://localhost/api/articles?a=b", "http://localhost/other") == [
        ("GET /articles", "/articles?a=b"),
        (None, "/other"),
    ]


def test_a_prefix_in_front_of_every_path_is_no_part_of_the_name() -> None:
    assert named(contract(prefix="/api/v1"), "http://localhost/api/v1/articles/a") == [
        ("GET /articles/{slug}", "/articles/a")
    ]


def test_without_servers_the_requests_show_the_prefix() -> None:
    urls = ["http://localhost/api/articles", "http://localhost/api/articles/a", "http://localhost/api/nothing/at/all"]

    assert named(contract(), *urls) == [
        ("GET /articles", "/articles"),
        ("GET /articles/{slug}", "/articles/a"),
        (None, "/nothing/at/all"),
    ]


def test_the_requests_go_before_what_the_servers_say() -> None:
    assert named(contract("https://api.somewhere.example/v2"), "http://localhost/api/articles/feed") == [
        ("GET /articles/feed", "/articles/feed")
    ]


def test_a_prefix_ends_at_a_slash() -> None:
    assert named(contract("/api"), "http://localhost/api/articles", "http://localhost/apiary/articles") == [
        ("GET /articles", "/articles"),
        (None, "/apiary/articles"),
    ]


def test_a_resource_is_no_prefix() -> None:
    assert named(contract("/", ["/articles", "/articles/{slug}"]), "http://localhost/articles/a") == [
        ("GET /articles/{slug}", "/articles/a")
    ]


def test_another_method_is_another_operation() -> None:
    (request,) = requests_of([Exchange(name="", method="DELETE", url="http://localhost/articles")], contract())

    assert request.operation is None


def test_without_a_contract_nothing_is_guessed() -> None:
    assert named(None, "http://localhost/api/articles", "not a url", "http://[::1/x") == [
        (None, "/api/articles"),
        (None, "not a url"),
        (None, "/x"),
    ]


def test_what_the_tool_calls_the_operation_is_kept_without_a_contract() -> None:
    exchange = Exchange(
        name="", url="http://localhost/api/articles/a", operation="get /api/articles/{slug}", status=200
    )

    (request,) = requests_of([exchange], base="/api")

    assert (request.operation, request.path) == ("GET /articles/{slug}", "/api/articles/a")


def test_what_the_tool_calls_the_operation_is_spelled_as_the_contract_does() -> None:
    exchange = Exchange(name="", url="http://localhost/articles/a", operation="GET /articles/{id}", status=200)

    (request,) = requests_of([exchange], contract())

    assert request.operation == "GET /articles/{slug}"
