"""Objects of models that are made out of what a request brought."""

from __future__ import annotations

from copy import copy

from verifier.api import Call, Class, External, Instance, Value

MAKING = "model_validate model_validate_json parse_obj parse_raw from_orm validate".split()


def made(call: Call) -> Value:
    """What ``Model.model_validate(...)`` gives: an object of the model."""
    receiver = call.callee.receiver if isinstance(call.callee, External) else None
    found = call.engine.symbolic_object(receiver) if isinstance(receiver, Class) else None
    if isinstance(found, Instance):
        found = copy(found)
        found.made_by = call
        return found
    path = call.callee.path if isinstance(call.callee, External) else ""
    result = Instance(None, f"{path}()", origin=call.origin)
    result.made_by = call
    return result


FUNCTIONS = {f"pydantic.BaseModel.{name}": made for name in MAKING}
