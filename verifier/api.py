"""All that a pack may import, beside sqlglot's expressions and its own files."""

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from verifier import syntax
from verifier.connections import Connection, SchemaCreation, dialect_of
from verifier.datamodel import (
    UNKNOWN_TYPE,
    Argument,
    Column,
    ColumnType,
    Constraint,
    DataModel,
    Declaration,
    Default,
    Defect,
    Direction,
    Entity,
    Inheritance,
    Reference,
    Relationship,
    Table,
    TypeKind,
    Unread,
    Zone,
)
from verifier.ddl.drivers import Databases, marked
from verifier.ddl.statements import apply_text
from verifier.ddl.tables import Dangling, Database, Draft, Kind, Repeated, Schema, TableName, table_of
from verifier.ddl.types import is_serial, kind_of, sql_type
from verifier.ddl.words import Statement, Word, statements
from verifier.evaluate.addresses import entry, from_url, parts_in, parts_of, written
from verifier.evaluate.calling import run_callbacks, with_decorator
from verifier.evaluate.inherited import attributes_of, inherited
from verifier.evaluate.inputs import Input
from verifier.evaluate.interpreter import BudgetError, Engine, Frame, Watcher
from verifier.evaluate.library import Call, LibraryFunction, LibraryObject, attribute, decorator, method, stands_for
from verifier.evaluate.middleware import file_name, only_call, only_provides, puts_on, run_quietly
from verifier.evaluate.migrations import migration_folders, migration_of, run_migration
from verifier.evaluate.modules import as_value
from verifier.evaluate.passing import always_calls, calls_first, errors_only, may_call, never
from verifier.evaluate.path_to_regexp import Dialect, read_path, read_regexp
from verifier.evaluate.paths import relative as project_path
from verifier.evaluate.patterns import Hole, Piece, UnreadableExpressionError, assemble, crosses, read_expression
from verifier.evaluate.refusing import may_refuse
from verifier.evaluate.routing import (
    DynamicEntry,
    DynamicPathError,
    Entry,
    GuardEntry,
    MountEntry,
    RouteEntry,
    Router,
    braces,
    describe,
    functions_in,
    handler_in,
    innermost,
    library_name,
    mentions,
    middleware_in,
    middleware_name,
    routers_in,
    segment,
    split,
)
from verifier.evaluate.sql_texts import Places, Written, apply_written, statement_parts, written_sql
from verifier.evaluate.standard import path_text
from verifier.evaluate.surroundings import Surroundings, read_variables
from verifier.evaluate.texts_javascript import safe_expression
from verifier.evaluate.values import (
    NOTHING,
    Bound,
    Choice,
    Class,
    Const,
    Environment,
    External,
    Field,
    Function,
    Generator,
    Instance,
    Joined,
    ModuleValue,
    Native,
    Origin,
    OwnName,
    Parametrized,
    Partial,
    Record,
    Scope,
    Sequence,
    Term,
    Text,
    Typed,
    Unknown,
    Value,
    Way,
    choice,
    join_text,
    options,
    reason_of,
    text_of,
    texts_of,
)
from verifier.lift.nouns import Action, Clause, Given, Inset, Load, Placeholder, Query, Site, Style, Wording
from verifier.lift.nouns import Statement as Lifted
from verifier.lift.reading import Lifting
from verifier.lift.variants import feasible, selections
from verifier.link import Facts
from verifier.link.calls import Call as CallSite
from verifier.link.layers import DataSite
from verifier.link.matching import (
    answerer,
    answers,
    covers,
    covers_prefix,
    full_match,
    repeats,
    same_shape,
    serves,
    shadowed,
    slash_matters,
    takes,
)
from verifier.link.program import is_test
from verifier.link.routes import UNMOUNTED
from verifier.link.startup import reachable
from verifier.link.unreached import unreached
from verifier.link.uses import Miss, RowRead, Use
from verifier.model import (
    Category,
    Command,
    Confidence,
    Evidence,
    FunctionRef,
    Import,
    Operation,
    PathPattern,
    Problem,
    Project,
    Related,
    Route,
    Segment,
    Severity,
    Slash,
    SourceFile,
    Span,
)
from verifier.packs import DataAccess, Pack
from verifier.parse.python_expressions import lower_annotation
from verifier.rule import rule
from verifier.syntax import Opaque
from verifier.versions import Versions, version_range

if TYPE_CHECKING:  # they import sqlglot: loaded when a reader of queries first asks for one
    from verifier.lift import building as building
    from verifier.lift import pieces as pieces
    from verifier.lift import tagged as tagged
    from verifier.lift import texts as texts


def __getattr__(name: str) -> Any:
    if name in ("building", "pieces", "tagged", "texts"):
        from importlib import import_module

        return import_module(f"verifier.lift.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "NOTHING",
    "UNKNOWN_TYPE",
    "UNMOUNTED",
    "Action",
    "Argument",
    "Bound",
    "BudgetError",
    "Call",
    "CallSite",
    "Category",
    "Choice",
    "Class",
    "Clause",
    "Column",
    "ColumnType",
    "Command",
    "Confidence",
    "Connection",
    "Const",
    "Constraint",
    "Dangling",
    "DataAccess",
    "DataModel",
    "DataSite",
    "Database",
    "Databases",
    "Declaration",
    "Default",
    "Defect",
    "Dialect",
    "Direction",
    "Draft",
    "DynamicEntry",
    "DynamicPathError",
    "Engine",
    "Entity",
    "Entry",
    "Environment",
    "Evidence",
    "External",
    "Facts",
    "Field",
    "Frame",
    "Function",
    "FunctionRef",
    "Generator",
    "Given",
    "GuardEntry",
    "Hole",
    "Import",
    "Inheritance",
    "Input",
    "Inset",
    "Instance",
    "Joined",
    "Kind",
    "LibraryFunction",
    "LibraryObject",
    "Lifted",
    "Lifting",
    "Load",
    "Miss",
    "ModuleValue",
    "MountEntry",
    "Native",
    "Opaque",
    "Operation",
    "Origin",
    "OwnName",
    "Pack",
    "Parametrized",
    "Partial",
    "PathPattern",
    "Piece",
    "Placeholder",
    "Places",
    "Problem",
    "Project",
    "Query",
    "Record",
    "Reference",
    "Related",
    "Relationship",
    "Repeated",
    "Route",
    "RouteEntry",
    "Router",
    "RowRead",
    "Schema",
    "SchemaCreation",
    "Scope",
    "Segment",
    "Sequence",
    "Severity",
    "Site",
    "Slash",
    "SourceFile",
    "Span",
    "Statement",
    "Style",
    "Surroundings",
    "Table",
    "TableName",
    "Term",
    "Text",
    "TypeKind",
    "Typed",
    "Unknown",
    "Unread",
    "UnreadableExpressionError",
    "Use",
    "Value",
    "Versions",
    "Watcher",
    "Way",
    "Word",
    "Wording",
    "Written",
    "Zone",
    "always_calls",
    "answerer",
    "answers",
    "apply_text",
    "apply_written",
    "as_value",
    "assemble",
    "attribute",
    "attributes_of",
    "braces",
    "building",
    "calls_first",
    "choice",
    "covers",
    "covers_prefix",
    "crosses",
    "decorator",
    "describe",
    "dialect_of",
    "entry",
    "errors_only",
    "feasible",
    "file_name",
    "from_url",
    "full_match",
    "functions_in",
    "handler_in",
    "inherited",
    "innermost",
    "is_serial",
    "is_test",
    "join_text",
    "kind_of",
    "library_name",
    "lower_annotation",
    "marked",
    "may_call",
    "may_refuse",
    "mentions",
    "method",
    "middleware_in",
    "middleware_name",
    "migration_folders",
    "migration_of",
    "never",
    "only_call",
    "only_provides",
    "options",
    "parts_in",
    "parts_of",
    "path_text",
    "pieces",
    "project_path",
    "puts_on",
    "reachable",
    "read_expression",
    "read_path",
    "read_regexp",
    "read_variables",
    "reason_of",
    "repeats",
    "replace",
    "routers_in",
    "rule",
    "run_callbacks",
    "run_migration",
    "run_quietly",
    "safe_expression",
    "same_shape",
    "segment",
    "selections",
    "serves",
    "shadowed",
    "slash_matters",
    "split",
    "sql_type",
    "stands_for",
    "statement_parts",
    "statements",
    "syntax",
    "table_of",
    "tagged",
    "takes",
    "text_of",
    "texts",
    "texts_of",
    "unreached",
    "version_range",
    "with_decorator",
    "written",
    "written_sql",
]
