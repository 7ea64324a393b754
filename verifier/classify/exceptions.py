"""What an error means, by its text and by whose code raised it: which word of the vocabulary it stands for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from verifier.regex import regex

if TYPE_CHECKING:
    from verifier.run.record import Signature

# The first that fits is taken. The text is `exception: message`, then what it was raised from.
AT_START: tuple[tuple[str, str], ...] = (
    (
        "entry-missing",
        r"run\.sh: (?:not found|No such file|Permission denied)|entrypoint\S*: (?:not found|No such)",
    ),
    (
        "wrong-folder",
        r"can't cd to|cd: .*No such file|can't open file|Cannot find module '/[^']*'\n?(?:Require|$)",
    ),
    (
        "install-failed",
        r"^(?:npm|pip|uv): |No matching (?:version|distribution)|could not be installed",
    ),
    (
        "syntax-error",
        r"^(?:\w+\.)*(?:Syntax|Indentation|Tab)Error\b|TransformError|^esbuild Error|Transform failed|[Ss]yntax error|"
        r"Unexpected token|Invalid or unexpected token|: error TS1\d{3}:",
    ),
    (
        "port-taken",
        r"EADDRINUSE|[Aa]ddress already in use|Errno 98|Connection in use|port is already in use",
    ),
    (
        "command-missing",
        r"^shell: .*(?:not found|No such file or directory|Permission denied|cannot execute)",
    ),
    (
        "package-missing",
        r"email-validator is not installed|python-multipart|Please install (?:\w+ )?package manually|"
        r"Cannot find package|"
        r"No module named '(?:psycopg2?|asyncpg|aiosqlite|greenlet|jwt|bcrypt|passlib|email_validator|dotenv|jose|"
        r"sqlalchemy)['.]|"
        r"requires? .* to be installed",
    ),
    (
        "import-unresolved",
        r"Cannot find module|ModuleNotFoundError|No module named|cannot import name|MODULE_NOT_FOUND|"
        r"does not provide an export named|ERR_UNSUPPORTED_DIR_IMPORT|Could not import|"
        r'is not defined by "exports"|Error loading ASGI|Failed to find attribute|While importing',
    ),
    (
        "settings-wrong",
        r"ImproperlyConfigured|SystemCheckError|CommandError|Failed to find Flask|settings are not config|"
        r"ValidationError.*Settings|environment variable",
    ),
    (
        "database-unreachable",
        r"unable to open database|SQLITE_CANTOPEN|ECONNREFUSED|[Cc]onnection refused|could not connect|"
        r"could not translate host|getaddrinfo|password authentication failed|server closed the conn|"
        r"Errno -[235]\b|connection to server",
    ),
)

IN_REQUEST: tuple[tuple[str, str], ...] = (
    (
        "rows-multiplied",
        r"cartesian product",
    ),
    (
        "connections-exhausted",
        r"QueuePool limit|non-checked-in connection|TimeoutError: .*(?:pool|acquir)|too many clients|"
        r"ResourceRequest timed out|SequelizeConnectionAcquireTimeout|timeout exceeded when trying to connect|"
        r"too many connections",
    ),
    (
        "promise-as-value",
        r"never awaited|'coroutine' object|coroutine object|\[object Promise\]|#<Promise>|a Promise\b|"
        r"""has invalid "undefined" value|can't be used in 'await' expression|'await' expression""",
    ),
    (
        "name-undefined",
        r"^(?:\w+\.)*(?:NameError|ReferenceError|UnboundLocalError)\b|Assignment to constant variable",
    ),
    (
        "token-library-error",
        r"^(?:jwt|jose|josepy)\.|InvalidSubject|Subject must be a string|JsonWebTokenError|JWTError|"
        r"secretOrPrivateKey|Invalid salt|password cannot be longer than 72|Invalid hash|UnknownHash|"
        r"^argon2\.|hash could not be identified|bcrypt|data and (?:hash|salt) (?:must|arguments)|"
        r'Could not deserialize key|The "key" argument|'
        r"first argument must be of type string or an instance of Buffer|pbkdf2|scrypt",
    ),
    (
        "answer-not-serializable",
        r"not JSON serializable|ResponseValidationError|circular structure|PydanticSerialization|"
        r"Unable to serialize|Error serializing|Do not know how to serialize|serializ\w+ unknown|"
        r"validation errors? for \w*(?:Response|Out|Answer|Envelope|Schema|Read)\b|"
        r"not a valid (?:response|view function)|did not return a valid response",
    ),
    (
        "framework-misused",
        r"Context is not finalized|FST_ERR|ERR_HTTP_HEADERS_SENT|headers? (?:already|after they are) sent|"
        r"Reply (?:was )?already sent|RawPostDataException|APPEND_SLASH|got an unexpected keyword argument|"
        r"missing \d+ required positional argument|duplex option is required|GET/HEAD method cannot have body|"
        r"It is redundant to specify|`request` argument must be an instance|"
        r"view .* didn't return an HttpResponse|\.accepted_renderer not set|ImproperlyConfigured|"
        r"DisallowedHost|should be instance of Response|Missing return|Unsupported Media Type",
    ),
    (
        "empty-body-refused",
        r"JSONDecodeError|Unexpected end of JSON input|EMPTY_JSON_BODY|Malformed JSON",
    ),
    (
        "table-missing",
        r"""no such table|relation "[^"]+" does not exist|UndefinedTable|table .* does(?:n't| not) exist|"""
        r"doesn't exist, table",
    ),
    (
        "session-misused",
        r"DetachedInstance|MissingGreenlet|greenlet_spawn|not bound to a Session|another operation \(?is in|"
        r"connection (?:is|was) closed|connection has been released|closed database|released back to the pool|"
        r"threads can only be started once|PendingRollback|already attached to session|"
        r"attached to a different loop|Event loop is closed|cannot perform operation|"
        r"Cannot operate on a closed|cursor (?:already )?closed|Client has already been|"
        r"Cannot use a pool after|pool is closed|This session",
    ),
    (
        "mapping-wrong",
        r"[Mm]appers?\b.*(?:initialize|no property|no column)|Mapper '|NoForeignKeysError|"
        r"AmbiguousForeignKeys|is not associated to|[Aa]ssociation with alias|EagerLoading|"
        r"unique\(\) method must be invoked|Unmapped|Unrecognized datatype|SequelizeAssociationError|"
        r"NoReferencedTable|back_populates|loader strategy|does not (?:link|exist on)|MultipleObjectsReturned|"
        r"No such scope",
    ),
    (
        "transaction-misused",
        r"database is locked|SQLITE_BUSY|[Dd]eadlock|TransactionManagement|no transaction is active|"
        r"transaction is (?:already|aborted|closed)|within a transaction|cannot start a transaction|"
        r"select_for_update cannot|finished with state|SequelizeTimeoutError|a transaction is already",
    ),
    (
        "column-unknown",
        r"no such column|column .* does not exist|UndefinedColumn|no column named|has no column|"
        r"FROM-clause entry|Unknown column",
    ),
    (
        "query-invalid",
        r"syntax error|unrecognized token|no such function|function .* does not exist|operator does not exist|"
        r"could not determine data type|GROUP BY clause|argument of LIMIT|ambiguous|"
        r"more than one row returned|Incorrect number of bindings|SQLITE_RANGE|bind message supplies|"
        r"lookup is not supported|\$\d+ ?parameter|could not determine polymorphic|SELECT DISTINCT, ORDER BY|"
        r"Invalid value \{|Neither '.*' object nor|Don't know how to join|column expression.*expected|"
        r"Incorrect number of arguments|inconsistent types|values\.map|incomplete input|"
        r"A value is required for bind parameter|"
        r"not enough arguments for format|not all arguments converted|wrong number of (?:arguments|parameters)|"
        r"ArgumentError: .*(?:SQL|column) expression|there is no parameter|"
        r"expects? \d+ arguments? for this query|parameters? (?:were|was) (?:passed|given)|Undefined binding|"
        r"must have at least|sub-?select returns|aggregate functions are not allowed|misuse of aggregate",
    ),
    (
        "column-value-refused",
        r"offset-naive|offset-aware|timezone|DateTime type only accepts|NotImplementedError|"
        r"not implemented for the base ARRAY|can't (?:render|compare)|Compiler .* can't render",
    ),
    (
        "value-mistyped",
        r"invalid input syntax for|invalid input for query argument|type mismatch|Error binding parameter|"
        r"can't adapt type|cannot be cast|expected str, got|can only bind|expected a number but got|"
        r"out of range for type|is of type .* but expression",
    ),
    (
        "constraint-violated",
        r"IntegrityError|UNIQUE constraint|duplicate key|violates .{0,60}constraint|NOT NULL constraint|"
        r"FOREIGN KEY constraint|UniqueConstraintError|ForeignKeyConstraintError|notNull Violation|"
        r"cannot be null|UniqueViolation|SequelizeValidationError|may not be NULL",
    ),
    (
        "attribute-unknown",
        r"FieldError|Cannot resolve keyword|type object '\w+' has no attribute|Unsupported lookup|"
        r"is an invalid keyword argument for|has no property|Entity namespace for|Unknown (?:field|arg)|"
        r"unexpected keyword arguments: |Invalid field name|Cannot find field",
    ),
    (
        "part-undefined",
        r"Cannot (?:read|set) propert(?:y|ies) of undefined|of 'undefined' as it is undefined|"
        r"undefined is not (?:iterable|an object)",
    ),
    (
        "nothing-dereferenced",
        r"'NoneType' object|of null\b|as it is null|null is not|NoneType\b|DoesNotExist|NoResultFound",
    ),
    (
        "value-of-other-kind",
        r"(?<!this\.)\b\w+\.(?:map|get|filter|forEach|find|reduce|some|every|slice|split|trim|join|push|toISOString|"
        r"toJSON|includes|entries|keys|values|has) is not a function|"
        r"is not iterable|object of type '\w+' has no len",
    ),
    (
        "value-of-other-kind",
        r"'(?:QuerySet|Query|Select|\w*Result|\w*Manager|InstrumentedList|AppenderQuery|list|tuple)' object has no "
        r"attribute",
    ),
    (
        "record-misread",
        r"not subscriptable|string indices must be|does not support item|list indices must be|KeyError|"
        r"tuple indices|'dict' object has no attribute|'Row' object|'Record' object",
    ),
    (
        "member-unknown",
        r"AttributeError|has no attribute|is not a function|is not a constructor|is not callable",
    ),
)

STARTING = tuple((defect, regex(pattern)) for defect, pattern in AT_START)
ASKING = tuple((defect, regex(pattern, re.DOTALL)) for defect, pattern in IN_REQUEST)

OF_DATABASE = regex(
    r"^(?:sqlalchemy|sqlite3|aiosqlite|asyncpg|psycopg2?|django[./]db|peewee|tortoise)[./]|^Sequelize|(?:^|/)(?:sequelize|pg|"
    r"sqlite3|better-sqlite3|pg-protocol|knex|typeorm|drizzle-orm|@prisma)/"
)
OF_FRAMEWORK = regex(
    r"^(?:flask|fastapi|starlette|django|rest_framework|aiohttp|werkzeug|uvicorn|express|router|fastify|@fastify|hono|@hono|"
    r"koa|@koa|koa-\w+)/"
)
# Where a mapper writes a statement, rather than pass on one that the project wrote.
OF_MAPPER = regex(r"^sqlalchemy/orm|^django/db/models|(?:^|/)sequelize/(?:lib|src)/(?:model|associations)")
BY_MAPPER = regex(r" \n(?:FROM|WHERE|JOIN|LEFT|ORDER|LIMIT)\b|^SELECT \"\w+\"\.\"\w+\",|AS [`\"]\w+\.\w+[`\"]")
STATES = {"08": "database-unreachable", "40": "transaction-misused", "23": "constraint-violated"}


def said_by(error: Signature) -> str:
    """All that an error says, in one text."""
    own = f"{error.exception or ''}: {error.message}".removeprefix(": ")
    return f"{own}\n{error.cause}" if error.cause else own


def meaning_at_start(error: Signature) -> str | None:
    """What an error of the start means."""
    text = said_by(error)
    return next((defect for defect, pattern in STARTING if pattern.search(text)), None)


def meant(text: str, *, started: bool) -> tuple[str, str] | None:
    """What a text about an error means, and the words in it that say so."""
    for defect, pattern in ASKING if started else STARTING:
        found = pattern.search(text)
        if found is not None:
            return defect, found.group().lower()
    return None


def meaning_of_text(text: str, *, started: bool) -> str | None:
    """What a text about an error means, by its words alone."""
    return next((defect for defect, pattern in (ASKING if started else STARTING) if pattern.search(text)), None)


def meaning(error: Signature) -> str | None:
    """What an error at a request means; None for one that says nothing."""
    text = said_by(error)
    own = f"{error.exception or ''}: {error.message}"
    found = next((defect for defect, pattern in ASKING if pattern.search(own)), None)
    found = found or next((defect for defect, pattern in ASKING if pattern.search(text)), None)
    if found == "column-unknown" and written_by_mapper(error):
        return "mapped-column-missing"
    if found in (None, "member-unknown") and library_of(error, OF_DATABASE):
        return "database-error" if found is None else "attribute-unknown"
    if found is None and not error.frames and library_of(error, OF_FRAMEWORK):
        return "framework-misused"
    if found is None and error.exception == "AssertionError" and library_of(error, OF_FRAMEWORK):
        return "framework-misused"
    if found is None and error.sqlstate is not None:
        return STATES.get(error.sqlstate[:2], "database-error")
    if found is None and (error.exception or error.source == "database log"):
        return "database-error" if error.source == "database log" else "unexplained-error"
    return found


def library_of(error: Signature, pattern: re.Pattern[str]) -> bool:
    """Whether a library of some kind raised the error."""
    where = error.library.path if error.library is not None else ""
    name = (error.exception or "").replace(".", "/") if "." in (error.exception or "") else error.exception or ""
    return pattern.search(where) is not None or pattern.search(name) is not None


def written_by_mapper(error: Signature) -> bool:
    """Whether a mapper wrote the statement that failed."""
    where = error.library.path if error.library is not None else ""
    name = error.exception or ""
    return (
        OF_MAPPER.search(where) is not None
        or name.startswith(("Sequelize", "django."))
        or (error.sql is not None and BY_MAPPER.search(error.sql) is not None)
    )
