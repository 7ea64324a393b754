"""The schemas of a contract: what is marked for answers alone is not of requests, and the other way round."""

from __future__ import annotations

import json

from verifier.link.contract import read_contract


def test_properties_of_one_direction() -> None:
    boat = {
        "type": "object",
        "required": ["id", "name", "secret", "owner"],
        "properties": {
            "id": {"type": "integer", "readOnly": True},
            "name": {"type": "string"},
            "secret": {"type": "string", "writeOnly": True},
            "owner": {"$ref": "#/components/schemas/Owner"},
        },
    }
    content = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Boat"}}}}
    document = {
        "openapi": "3.1.0",
        "paths": {"/boats": {"post": {"requestBody": content, "responses": {"201": content}}}},
        "components": {"schemas": {"Boat": boat, "Owner": {"type": "string", "readOnly": True}}},
    }
    (operation,) = read_contract(json.dumps(document), "openapi.json", "", ()).operations
    assert operation.body is not None
    assert list(operation.body.properties) == ["name", "secret"]
    assert operation.body.required == {"name", "secret"}
    answer = operation.answers["201"]
    assert answer is not None
    assert list(answer.properties) == ["id", "name", "owner"]
    assert answer.required == {"id", "name", "owner"}
