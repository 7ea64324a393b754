"""What may be asked. The fields of these structs are the arguments of the tools, and their schema."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

LONGEST_NAME = 4_096
LONGEST_TEXT = 20_000_000

Folder: TypeAlias = Annotated[
    str, Meta(max_length=LONGEST_NAME, description="The project's folder, below the root of the server.")
]
File: TypeAlias = Annotated[str, Meta(max_length=LONGEST_NAME)]
Names: TypeAlias = Annotated[list[Annotated[str, Meta(max_length=200)]], Meta(max_length=200)]
Most: TypeAlias = Annotated[int, Meta(ge=1, le=200, description="How many to tell.")]
Skip: TypeAlias = Annotated[int, Meta(ge=0, le=1_000_000, description="How many to pass over, to see what was left.")]
Diff: TypeAlias = Annotated[
    str,
    Meta(
        max_length=LONGEST_TEXT,
        description="A unified diff. Without a folder, the files that it adds are the project; with one, it is put on "
        "it in mind.",
    ),
]


class Project(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The project that a question is about: a folder, a patch, or a patch on a folder."""

    folder: Folder | None = None
    patch: Diff | None = None


class Constrained(Project, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A project with what it was asked to keep to."""

    task: Annotated[
        File | None, Meta(description="A benchmark's task, by name or JSON file: sets framework and constraints.")
    ] = None
    framework: Annotated[
        Annotated[str, Meta(max_length=200)] | None,
        Meta(description="The framework that it must use, such as `fastapi`."),
    ] = None
    architecture: Annotated[Literal["clean"] | None, Meta(description="The architecture to hold it against.")] = None
    database: Annotated[Literal["sqlite", "postgres"] | None, Meta(description="The database that it must use.")] = None
    orm: Annotated[
        Literal["sqlalchemy", "sequelize", "django"] | None, Meta(description="The ORM that it must use.")
    ] = None
    contract: Annotated[
        File | None, Meta(description="An OpenAPI document or a Postman collection, below the root.")
    ] = None
    select: Annotated[Names, Meta(description="Only these rules or packs.")] = []
    ignore: Annotated[Names, Meta(description="Not these rules or packs.")] = []


class Check(Constrained, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The arguments of ``check``."""

    most: Most = 10
    skip: Skip = 0


class Fix(Constrained, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The arguments of ``fix``."""

    apply: Annotated[bool, Meta(description="Write the changed files. Without it, nothing is written.")] = False


class Explain(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The arguments of ``explain``."""

    about: Annotated[
        str,
        Meta(
            max_length=200,
            description="A rule (`sql/unknown-column`), a pack (`sql`), or a finding by the name that check gave it.",
        ),
    ]


class Facts(Project, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The arguments of ``facts``."""

    kind: Annotated[
        Literal["routes", "models", "queries", "imports", "layers", "calls", "startup"],
        Meta(description="What to tell."),
    ]
    contains: Annotated[
        Annotated[str, Meta(max_length=500)] | None,
        Meta(description="Only rows with this text in them: a path, a name, a table; any case."),
    ] = None
    most: Most = 40
    skip: Skip = 0


class Trace(Project, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The arguments of ``trace``."""

    request: Annotated[str, Meta(max_length=LONGEST_NAME, description="The request: `GET /api/articles/some-slug`.")]


class Sql(Project, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The arguments of ``sql``."""

    file: Annotated[str, Meta(max_length=LONGEST_NAME, description="The file, below the project's folder.")]
    line: Annotated[int, Meta(ge=1, le=10_000_000, description="The line, from 1.")]


class Classify(Constrained, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The arguments of ``classify``: what is known of a run, and the project where it may be looked at."""

    record: Annotated[
        File | None, Meta(description="The record that `buttress test` wrote, below the root, or its folder.")
    ] = None
    log: Annotated[
        Annotated[str, Meta(max_length=LONGEST_TEXT)] | None, Meta(description="The server's log, as text.")
    ] = None
    log_file: Annotated[File | None, Meta(description="The same as a file below the root.")] = None
    requests: Annotated[
        Annotated[str, Meta(max_length=LONGEST_TEXT)] | None,
        Meta(
            description="A report of requests, as text: Newman's JSON or CSV, Hurl's JSON, JUnit XML, or lines such as "
            "`Feed GET -> 404: 5 failed`."
        ),
    ] = None
    requests_file: Annotated[File | None, Meta(description="The same as a file below the root.")] = None
