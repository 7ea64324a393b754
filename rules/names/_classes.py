"""Which attributes a class of the project has: those that it binds, that its known bases have, that code gives it."""

from __future__ import annotations

import re
from functools import cache

from verifier.api import Class, External, Facts, Instance, found_near, regex, syntax

PYDANTIC = frozenset(
    "construct copy dict from_orm json model_computed_fields model_config model_construct model_copy model_dump "
    "model_dump_json model_extra model_fields model_fields_set model_json_schema model_parametrized_name "
    "model_post_init model_rebuild model_validate model_validate_json model_validate_strings parse_file parse_obj "
    "parse_raw schema schema_json update_forward_refs validate fields Config settings_customise_sources".split()
)
TUPLE = frozenset("_asdict _field_defaults _fields _make _replace count index".split())
ERROR = frozenset("add_note args with_traceback".split())
OBJECT = frozenset("constructor hasOwnProperty isPrototypeOf toString toLocaleString valueOf name length".split())
# What bases from outside bring; classes with any other are left alone.
BASES = {
    "object": frozenset[str](),
    "abc.ABC": frozenset[str](),
    "typing.Generic": frozenset[str](),
    "pydantic.BaseModel": PYDANTIC,
    "pydantic.main.BaseModel": PYDANTIC,
    "pydantic_settings.BaseSettings": PYDANTIC,
    "typing.NamedTuple": TUPLE,
    "Exception": ERROR,
    "ValueError": ERROR,
    "RuntimeError": ERROR,
    "LookupError": ERROR,
    "Error": frozenset("message stack cause".split()),
}
DECORATORS = frozenset(
    "dataclass final total_ordering runtime_checkable injectable singleton Injectable Service autoInjectable".split()
)
DYNAMIC = ("__getattr__", "__getattribute__", "__class_getitem__", "__init_subclass__")
# Attributes come to be that no name is written for.
TRICKS = regex(
    rb"\bsetattr\(|__dict__|\bvars\(|\bObject\.(?:assign|definePropert(?:y|ies)|setPrototypeOf)\(|\bnew Proxy\("
    rb"|\bthis\[|\bthis as any\b|\bextra\s*=|[\"']extra[\"']|\blocals\(|\beval\(|__slots__|\bmixin|\bMixin"
)


def is_closed(facts: Facts, kind: Class) -> bool:
    """Whether all that objects of a class have is told by what was read of it."""
    for found in kind.lineage():
        if isinstance(found, Class):
            if found.code.kind != "class" or not all(map(is_known, found.code.decorators)):
                return False
            if found.keywords.keys() - {"frozen", "total"} or any(name in found.members for name in DYNAMIC):
                return False
            if TRICKS.search(text_of(facts, found)) is not None:
                return False
        elif not isinstance(found, External | Instance) or found.path not in BASES:
            return False
    return True


def is_known(decorator: syntax.Expression) -> bool:
    """Whether a decorator of a class gives its objects no attributes."""
    while isinstance(decorator, syntax.Call):
        decorator = decorator.callee
    name = decorator.name if isinstance(decorator, syntax.Member) else getattr(decorator, "id", "")
    return name in DECORATORS


def text_of(facts: Facts, kind: Class) -> bytes:
    """The source of a class."""
    return facts.project.files[kind.module.path].data[kind.code.start : kind.code.end]


def has(facts: Facts, kind: Class, name: str) -> bool:
    """Whether a closed class has an attribute, or may be meant to have it."""
    for found in kind.lineage():
        if isinstance(found, External | Instance):
            if name in BASES.get(found.path or "", ()):
                return True
        elif isinstance(found, Class) and (name in found.members or is_spoken_of(text_of(facts, found), name)):
            return True
    return kind.module.javascript and name in OBJECT


def is_spoken_of(text: bytes, name: str) -> bool:
    """Whether the source of a class has a word other than where it only reads it of its own objects."""
    word = re.escape(name.encode("utf-8", "replace"))
    places = list(re.finditer(rb"(?<![\w$])%s(?![\w$])" % word, text))
    reads = re.findall(rb"\.%s(?![\w$])(?!\s*(?::[^=\n]+)?=(?!=))" % word, text)
    return len(places) > len(reads)


def may_be_other(facts: Facts, kind: Class, name: str) -> bool:
    """Whether a class below this one has an attribute: an object that is known by its type only may be of that."""
    return any(
        other is not kind and kind in other.lineage() and name in other.members
        for other in facts.program.engine.classes
    )


def is_given(facts: Facts, name: str, language: str) -> bool:
    """Whether some code gives objects an attribute of this name, or asks whether they have it."""
    known: dict[tuple[str, str], bool] = facts.__dict__.setdefault("given_names", {})
    key = name, language
    if key not in known:
        word = name.encode("utf-8", "replace")
        given = giving(word)
        python = language == "python"
        known[key] = any(
            found_near(given, file.data, word)
            for file in facts.project.files.values()
            if (file.language == "python") == python
        )
    return known[key]


@cache
def giving(word: bytes) -> re.Pattern[bytes]:
    """What code looks like that gives an attribute of a name, or asks for one."""
    return re.compile(
        rb"\.%s\s*(?::[^=\n]+)?(?:[-+*/|&?]{0,2})=(?![=>])|(?:setattr|hasattr|getattr|defineProperty|patch\.object)"
        rb"\([^()]*[\"']%s[\"']|\[\s*[\"']%s[\"']\s*\]\s*=(?!=)|[\"']%s[\"']\s+in\b|\.%s\?\.|\bmock\w*\.%s\b"
        % ((re.escape(word),) * 6)
    )
