"""What reads settings out of the environment, in both languages: environment files, settings classes, schemas.

All of it is told for the start of an application alone (``Pack.starting_objects``), where the environment is known.
"""

from __future__ import annotations

from verifier.api import Pack

from . import _files, _pydantic, _readers, _schemas

PACK = Pack(
    starting_objects=(*_pydantic.OBJECTS, *_readers.OBJECTS, *_schemas.OBJECTS),
    starting_functions={
        **_files.FUNCTIONS,
        **_pydantic.FUNCTIONS,
        **_readers.FUNCTIONS,
        **_schemas.FUNCTIONS,
    },
)
