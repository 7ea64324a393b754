"""Postman collections as contracts: what their requests and tests say of operations."""

from __future__ import annotations

import json

import pytest

from verifier.link.contract import ContractError, read_contract
from verifier.model import Operation

SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"


def item(method: str, url: object, *tests: str, body: object = None, token: bool = False) -> dict[str, object]:
    request: dict[str, object] = {"method": method, "url": url}
    if body is not None:
        request["body"] = {"mode": "raw", "raw": body if isinstance(body, str) else json.dumps(body)}
    if token:
        request["header"] = [{"key": "Authorization", "value": "Token {{TOKEN}}"}]
    return {"name": "x", "request": request, "event": [{"listen": "test", "script": {"exec": list(tests)}}]}


def operations(*items: object) -> dict[str, Operation]:
    text = json.dumps({"info": {"name": "x", "schema": SCHEMA}, "item": list(items)})
    contract = read_contract(text, "x.json", "/api", [])
    assert not contract.tells_protected
    return {f"{operation.method} {operation.path}": operation for operation in contract.operations}


def test_variables_are_parameters_and_folders_are_opened() -> None:
    found = operations(
        {"name": "boats", "item": [item("GET", "{{URL}}/boats/{{id}}?deep=1"), item("GET", "{{URL}}/boats/7")]},
        item("PUT", {"raw": "https://boats.example/api/boats/:id/name"}),
    )
    assert list(found) == ["GET /api/boats/{id}", "GET /api/boats/7", "PUT /api/api/boats/{id}/name"]
    assert found["GET /api/boats/{id}"].query == ("deep",)


@pytest.mark.parametrize(
    "tests",
    [
        ["let responseJSON = JSON.parse(x)", "tests['a'] = responseJSON.hasOwnProperty('boats')",
         "const boat = responseJSON.boats?.[0] ?? {}", "tests['b'] = boat.hasOwnProperty('sails')",
         "tests['c'] = Number.isInteger(boat.sails)"],
        ["const given = pm.response.json();", "pm.expect(given.boats[0]).to.have.property('sails');",
         "pm.test('x', () => Number.isInteger(given.boats[0].sails))", "pm.expect(given).to.have.property('boats')"],
    ],
)  # fmt: skip
def test_fields_and_types_are_asserted(tests: list[str]) -> None:
    (operation,) = operations(item("GET", "{{URL}}/boats", *tests)).values()
    schema = operation.answers["2XX"]
    assert schema is not None
    assert schema.required == {"boats"}
    items = schema.properties["boats"].items
    assert items is not None
    assert items.required == {"sails"}
    assert items.properties["sails"].types == {"integer"}


def test_requests_to_one_operation_are_put_together() -> None:
    (operation,) = operations(
        item("PUT", "{{URL}}/boats/{{a}}", body={"boat": {"name": "x", "sails": 1}}, token=True),
        item("PUT", "{{URL}}/boats/{{b}}", body='{"boat": {"name": "{{NAME}}"}}', token=True),
    ).values()
    assert operation.body is not None
    assert operation.body.required == {"boat"}
    assert operation.body.properties["boat"].required == {"name"}
    assert set(operation.body.properties["boat"].properties) == {"name", "sails"}
    assert operation.security


def test_one_request_without_a_token_shows_that_none_is_needed() -> None:
    (operation,) = operations(item("GET", "{{URL}}/boats", token=True), item("GET", "{{URL}}/boats")).values()
    assert not operation.security


def test_what_is_neither_is_refused() -> None:
    with pytest.raises(ContractError):
        read_contract('{"info": {"name": "x"}, "item": []}', "x.json", None, [])
