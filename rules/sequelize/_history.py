"""sequelize-temporal: ``Temporal(User, sequelize)`` defines ``UserHistory``, a table of what rows were before."""

from __future__ import annotations

from verifier.api import Call, External, Span, Value

from ._notes import Change, identity, notes
from ._plain import Options, copied
from ._schema import Model, Registry, initialise

KEPT = "temporal"
NOT_COPIED = ("unique", "primaryKey", "autoIncrement", "set", "get")
NOT_SHARED = ("name", "tableName", "hooks", "scopes", "defaultScope")


def temporal(call: Call) -> Value:
    """The function of the package: it gives the model back."""
    model = call.argument(0)
    if model is None:
        return External("sequelize-temporal")
    notes(call.engine).changes.setdefault((identity(model), KEPT), Change(KEPT, model, (), call.origin))
    return model


def keep_history(registry: Registry, model: Model, span: Span) -> None:
    """Define the table of the past of a model, as its attributes are before it is associated."""
    home = model.home
    name = f"{model.name}History"
    if home is None or name in home.models:
        return
    attributes: dict[str, object] = {}
    for key, given in model.attributes.items():
        made = copied(given)
        assert isinstance(made, Options)
        for dropped in NOT_COPIED:
            made.pop(dropped, None)
        attributes[key] = made
    attributes["hid"] = Options(
        {
            "type": External("sequelize.DataTypes.BIGINT"),
            "primaryKey": True,
            "autoIncrement": True,
            "unique": True,
        }
    )
    attributes["archivedAt"] = Options(
        {
            "type": External("sequelize.DataTypes.DATE"),
            "allowNull": False,
            "defaultValue": External("sequelize.DataTypes.NOW"),
        }
    )
    given = Options({key: value for key, value in model.options.items() if key not in NOT_SHARED})
    given["timestamps"] = False
    indexes = given.get("indexes")
    if isinstance(indexes, list):
        given["indexes"] = [
            index
            for index in indexes
            if isinstance(index, Options) and not index.get("unique") and not index.get("type")
        ]
    history = Model(None, name, given, span, model.depth)
    history.spans = dict(model.spans)
    history.open = list(model.open)
    initialise(registry, history, attributes, home)
