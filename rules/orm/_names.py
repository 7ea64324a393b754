"""Names that mapped classes have from their library; a test holds them against the libraries themselves."""

from __future__ import annotations

from verifier.api import Class, Entity, External, Instance, regex

SQLALCHEMY = frozenset("metadata registry query query_class awaitable_attrs".split())
SQLMODEL = frozenset(
    "construct copy dict from_orm json model_computed_fields model_config model_construct model_copy model_dump "
    "model_dump_json model_extra model_fields model_fields_set model_json_schema model_parametrized_name "
    "model_post_init model_rebuild model_validate model_validate_json model_validate_strings parse_file parse_obj "
    "parse_raw schema schema_json sqlmodel_update update_forward_refs validate".split()
)
DJANGO = frozenset(
    "DoesNotExist MultipleObjectsReturned NotUpdated objects pk adelete arefresh_from_db asave check clean "
    "clean_fields date_error_message delete from_db full_clean get_constraints get_deferred_fields "
    "prepare_database_save refresh_from_db save save_base serializable_value unique_error_message "
    "validate_constraints validate_unique".split()
)
MADE_BY_DJANGO = regex(r"get_\w+_display|get_(?:next|previous)_by_\w+")
DYNAMIC = ("__getattr__", "__getattribute__")


def has(entity: Entity, name: str) -> bool:
    """Whether a mapped class has an attribute, by its declaration or from its library."""
    if entity.mapped(name) is not None or entity.relationship(name) is not None or name in entity.attributes:
        return True
    if entity.orm == "django":
        return name in DJANGO or MADE_BY_DJANGO.fullmatch(name) is not None
    return name in SQLALCHEMY


def is_closed(entity: Entity, kind: Class) -> bool:
    """Whether all attributes of a mapped class are known."""
    if entity.open or any(not found.known for found in entity.relationships):
        return False
    members = [found.members for found in kind.lineage() if isinstance(found, Class)]
    return not any(name in found for name in DYNAMIC for found in members)


def from_pydantic(kind: Class, name: str) -> bool:
    """Whether a class has a name because SQLModel makes it a pydantic model, too."""
    bases = [found.path or "" for found in kind.lineage() if isinstance(found, External | Instance)]
    return name in SQLMODEL and any(path.startswith("sqlmodel") for path in bases)
