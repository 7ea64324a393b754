"""The two names of each cause: the defects that a run alone can show, and the labels of the paper.

A cause that a static finding explains is called by the rule's id. Where no finding does, it is called by one of the
words here, which say what was seen and not more. Either has a category, and the paper's label is that of the category,
but for the choices below, where the paper's own labels disagree with each other or with that.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from verifier.model import Category

START = Category.SERVER_STARTUP_FAILURE
PARTIAL = Category.INCOMPLETE_IMPLEMENTATION
SCHEMA = Category.SCHEMA_FORMAT_ERROR
AUTH = Category.AUTH_MISCONFIGURATION
QUERY = Category.INCORRECT_QUERY_LOGIC
STATE = Category.STATE_PROPAGATION_FAILURE
DATABASE = Category.DATABASE_RUNTIME_ERROR
FRAMEWORK = Category.FRAMEWORK_IDIOSYNCRASY
BUSINESS = Category.BUSINESS_LOGIC_DEFECT
CONSTRAINT = Category.CONSTRAINT_VIOLATION


class Word(Struct, frozen=True):
    """A defect that a run alone shows. ``title`` says what was seen."""

    defect: str
    category: Category
    title: str


WORDS: tuple[Word, ...] = (
    # What keeps a server from starting
    Word("entry-missing", START, "What starts the server is not there"),
    Word("wrong-folder", START, "The start script goes to a folder, or runs a file, that is not there"),
    Word("command-missing", START, "The start script calls a program that is not installed"),
    Word("install-failed", START, "The dependencies cannot be installed"),
    Word("syntax-error", START, "A file cannot be parsed"),
    Word("package-missing", START, "A package is imported that is not installed"),
    Word("import-unresolved", START, "A module of the project, or a name in one, is imported and not there"),
    Word("settings-wrong", START, "A setting is missing or refused"),
    Word("port-taken", START, "The port is in use already"),
    Word("database-unreachable", START, "The database cannot be reached or opened"),
    Word("start-crash", START, "The start ends in an exception"),
    Word("never-ready", START, "The server runs, and never answers that it is ready"),
    Word("never-answered", START, "No request was answered, and nothing says why"),
    # What a request meets before the project's own code
    Word("operation-missing", PARTIAL, "An operation of the contract is not there: each request of it finds nothing"),
    Word("operations-missing", PARTIAL, "Most operations of the contract are not there"),
    Word("method-refused", FRAMEWORK, "The path is there, and the method is refused with 405"),
    Word("route-shadowed", FRAMEWORK, "Another route, with a parameter in its path, takes the request"),
    Word("redirected", FRAMEWORK, "The request is sent to another address, as for a slash at the end of the path"),
    Word("empty-body-refused", FRAMEWORK, "A request without a body is refused, though it needs none"),
    Word("forgery-refused", FRAMEWORK, "A protection against forged requests refuses the API's clients"),
    Word("framework-misused", FRAMEWORK, "The framework itself raises the error, or fails to call the handler"),
    Word("answer-never-sent", FRAMEWORK, "The operation never answers"),
    Word("process-death", FRAMEWORK, "The server ends at a request, and nothing after it is answered"),
    # Who may do what
    Word("token-refused", AUTH, "A valid token is refused"),
    Word("public-refused", AUTH, "A public operation wants a token"),
    Word("credentials-refused", AUTH, "Who registered cannot log in"),
    Word("credentials-unchecked", AUTH, "Wrong credentials are accepted"),
    Word("protection-missing", AUTH, "A protected operation is done without a valid token"),
    Word("user-not-attached", AUTH, "Behind a valid token, the code has no user to work with"),
    Word("wrong-account", AUTH, "A token leads to somebody else's account"),
    Word("token-library-error", AUTH, "Making or reading a token or a hash ends in an exception"),
    Word("owner-unchecked", BUSINESS, "What belongs to somebody else can be changed"),
    Word("owner-refused", BUSINESS, "Owners are refused what is theirs"),
    # The form of requests and answers
    Word("request-body-refused", SCHEMA, "A right request body is refused: another form is expected"),
    Word("envelope-missing", SCHEMA, "The answer lacks the object that everything else is in"),
    Word("field-missing", SCHEMA, "The answer lacks a field"),
    Word("field-type", SCHEMA, "A field of the answer has another type"),
    Word("field-unwanted", SCHEMA, "The answer has a field that it should not have"),
    # Queries
    Word("query-invalid", QUERY, "The database refuses a statement as it is written"),
    Word("column-unknown", QUERY, "A statement names a column that is not there"),
    Word("value-mistyped", QUERY, "A statement is given a value of another type"),
    Word("rows-multiplied", QUERY, "Tables are joined without a condition"),
    Word("list-wrong", QUERY, "A list holds other items than it should"),
    Word("list-detail-wrong", QUERY, "Lists alone come with success and fail a check or two; nothing says which"),
    Word("order-wrong", QUERY, "A list has another order than it should"),
    Word("count-wrong", QUERY, "A count is wrong"),
    Word("flag-wrong", QUERY, "A flag that is computed for the viewer is wrong"),
    Word("scope-unchecked", QUERY, "Something is found or changed by way of something that it does not belong to"),
    # What one request does and the next should see
    Word("effect-lost", STATE, "A change is answered with success, and is not there afterwards"),
    Word("answer-stale", STATE, "The answer to a change shows how things were before it"),
    Word("part-undefined", STATE, "An object is used that was never put together"),
    Word("time-wrong", STATE, "A time is not kept, or not set"),
    # The database and its mapper
    Word("table-missing", DATABASE, "A table is not there"),
    Word("mapped-column-missing", DATABASE, "A mapped column or attribute is not in the table"),
    Word("attribute-unknown", DATABASE, "A model is asked for an attribute that it does not have"),
    Word("mapping-wrong", DATABASE, "Models, associations or loading are declared or used in a way that is refused"),
    Word("session-misused", DATABASE, "A session, connection or object is used outside of its life"),
    Word("connections-exhausted", DATABASE, "Connections are never given back: requests wait until no answer comes"),
    Word("constraint-violated", DATABASE, "A row is refused that breaks a constraint of its table"),
    Word("transaction-misused", DATABASE, "A transaction waits for itself, or is not ended"),
    Word("column-value-refused", DATABASE, "A column refuses a value that the mapper sends"),
    Word("promise-as-value", DATABASE, "A coroutine or promise is used as if it were its result"),
    Word("value-of-other-kind", DATABASE, "What a call gave is used as something that it is not"),
    Word("name-undefined", DATABASE, "A name is read that nothing binds"),
    Word("answer-not-serializable", DATABASE, "The answer cannot be made into JSON, or not by its declared form"),
    Word("database-error", DATABASE, "The database or its mapper raises an error"),
    # What the project's own logic does
    Word("nothing-dereferenced", BUSINESS, "What was not found is used as if it were there"),
    Word("member-unknown", BUSINESS, "A member is used that the object does not have"),
    Word("record-misread", BUSINESS, "A record is read in a way that its kind does not allow"),
    Word("optional-field-demanded", BUSINESS, "A change is refused because it does not give everything"),
    Word("validation-missing", BUSINESS, "What should be refused is accepted"),
    Word("status-wrong", BUSINESS, "A request is rightly refused, with another status than the contract's"),
    Word("value-wrong", BUSINESS, "A value of the answer is wrong"),
    Word("unexplained-error", DATABASE, "The server fails with 500, and no log says why"),
    Word("request-refused", BUSINESS, "A right request is refused"),
    Word("checks-failed", BUSINESS, "Answers came with success, and checks of them failed; nothing says which"),
    # Beside the code
    Word("constraint-broken", CONSTRAINT, "A constraint of the task is broken"),
    Word("repeated-steps", Category.STUCK_IN_LOOP, "The agent repeats the same command or edit to the end"),
    Word("never-tried", Category.PREMATURE_TERMINATION, "The agent finished without ever starting what it wrote"),
    Word("environment-failed", Category.OTHER, "What Buttress offers the project (its database) could not be made"),
)
BY_DEFECT: Mapping[str, Word] = {word.defect: word for word in WORDS}


class Choice(Struct, frozen=True):
    """A label that was chosen where the paper's rows disagree.

    Attributes:
        name: what kind of defect it is about.
        defects: rules (``*`` for any pack) and words that it is about.
        label: what is given.
        others: labels that the paper's rows carry too.
        why: the choice in a sentence.
    """

    name: str
    defects: tuple[str, ...]
    label: Category
    others: tuple[Category, ...]
    why: str


CHOICES: tuple[Choice, ...] = (
    Choice(
        "a server that never answers",
        (),
        START,
        (AUTH, DATABASE, FRAMEWORK, STATE),
        "Whatever keeps a server from ever answering is a start-up failure: so the paper defines it, and its rows on"
        " one and the same adapter are half start-up and half framework only by whether a request was ever answered.",
    ),
    Choice(
        "route shadowing",
        ("*/shadowed-route", "route-shadowed"),
        FRAMEWORK,
        (QUERY, BUSINESS, PARTIAL),
        "Which of two routes is taken is the framework's doing: the same table is right on Flask and Fastify.",
    ),
    Choice(
        "paths split by method",
        ("django/duplicate-path", "method-refused"),
        FRAMEWORK,
        (CONSTRAINT, BUSINESS, QUERY, PARTIAL),
        "The paper's definition names 405 by wrong handling of methods as framework behaviour.",
    ),
    Choice(
        "empty bodies",
        ("fastify/empty-json-body", "*/absent-body", "empty-body-refused"),
        FRAMEWORK,
        (QUERY, AUTH, PARTIAL, DATABASE),
        "Named in the paper's definition; the lists that are wrong because the favorite was refused merely follow.",
    ),
    Choice(
        "wrappers of requests",
        ("contract/bare-request-body", "request-body-refused"),
        SCHEMA,
        (AUTH, DATABASE),
        "The body has another form than the contract's; that nobody can log in then follows from it.",
    ),
    Choice(
        "wrappers of answers",
        ("contract/missing-envelope", "envelope-missing"),
        SCHEMA,
        (STATE, AUTH),
        "The answer has another form than the contract's; that later paths hold `null` follows from it.",
    ),
    Choice(
        "fields missing in lists",
        ("contract/missing-field", "contract/renamed-field", "field-missing"),
        SCHEMA,
        (QUERY, BUSINESS, STATE),
        "The rows are found and told without a field. The paper's judge calls most runs in which only the list"
        " requests fail query errors, without having seen which check failed.",
    ),
    Choice(
        "errors that no log shows",
        ("unexplained-error",),
        DATABASE,
        (QUERY, BUSINESS, FRAMEWORK),
        "A guess, of low confidence: of our own mutants whose first failure is a 500, more than half are errors of the"
        " database or its mapper.",
    ),
    Choice(
        "lists that are nearly right",
        ("list-detail-wrong",),
        QUERY,
        (SCHEMA, BUSINESS, STATE),
        "Without the names of the checks a missing field cannot be told from a wrong value; most of the paper's rows in"
        " which the lists alone fail are query errors.",
    ),
    Choice(
        "values of another JSON type",
        ("contract/wrong-type", "contract/unconverted-value", "field-type"),
        SCHEMA,
        (QUERY, AUTH),
        "What a driver gives for a count or a flag is told as it is: the query is right.",
    ),
    Choice(
        "response schemas that strip",
        ("fastify/stripping-schema",),
        FRAMEWORK,
        (SCHEMA,),
        "The framework's serializer drops what the handler gave; without the source the field is just missing.",
    ),
    Choice(
        "stubs",
        ("contract/stubbed-handler",),
        PARTIAL,
        (SCHEMA, QUERY, BUSINESS, STATE),
        "A handler that never asks the database was not written yet.",
    ),
    Choice(
        "operations mounted elsewhere",
        ("contract/wrong-mount", "contract/missing-operation", "operation-missing"),
        PARTIAL,
        (AUTH, SCHEMA, DATABASE, BUSINESS, QUERY),
        "The contract's path is answered with 404, whether the handler is missing or stands under another path.",
    ),
    Choice(
        "slashes at the end of paths",
        ("contract/trailing-slash", "redirected"),
        FRAMEWORK,
        (START, PARTIAL),
        "Redirects of this kind are named in the paper's definition; where the answer is a plain 404, only the source"
        " tells it from an operation that is missing.",
    ),
    Choice(
        "names that nothing binds",
        ("names/undefined-name", "names/used-before-assignment", "names/assigned-constant", "name-undefined"),
        DATABASE,
        (BUSINESS, START),
        "Six of the paper's nine rows, as the missing name is most often a model.",
    ),
    Choice(
        "members that an object lacks",
        ("names/unknown-member", "member-unknown"),
        BUSINESS,
        (AUTH, DATABASE, STATE),
        "The rows are spread evenly; nothing of the database or of authentication needs to be involved.",
    ),
    Choice(
        "promises taken for values",
        ("awaiting/missing-await", "promise-as-value", "value-of-other-kind"),
        DATABASE,
        (AUTH, BUSINESS),
        "What is not awaited is a database call in nearly all of them; where it decides who is let in, the rule says"
        " so.",
    ),
    Choice(
        "rejections that end the process",
        ("express/unhandled-rejection", "awaiting/floating-promise", "awaiting/async-executor", "process-death"),
        FRAMEWORK,
        (DATABASE, AUTH, QUERY, BUSINESS),
        "What ends the process is how the framework and Node treat a rejection, whatever was rejected.",
    ),
    Choice(
        "columns that a statement names and no table has",
        ("sql/unknown-column", "sql/alias-not-in-scope", "column-unknown"),
        QUERY,
        (DATABASE,),
        "A written statement is wrong. Where the mapper wrote it, models and tables have drifted apart, which is a"
        " database error.",
    ),
    Choice(
        "incompatible password libraries",
        ("auth/bcrypt-too-new", "token-library-error"),
        AUTH,
        (BUSINESS, DATABASE),
        "Half of the rows, and the only category that is about passwords.",
    ),
    Choice(
        "parts that are never put together",
        ("startup/undefined-part", "part-undefined"),
        STATE,
        (START, DATABASE, AUTH, BUSINESS),
        "One row of each; an object that should have been handed on was not.",
    ),
    Choice(
        "changes answered with the state before them",
        ("contract/stale-answer", "contract/same-flag-when-undone", "answer-stale"),
        STATE,
        (BUSINESS, QUERY, AUTH),
        "More than half of the rows, and the paper's definition names flags and counts that are not updated.",
    ),
    Choice(
        "wrong statuses",
        ("status-wrong",),
        BUSINESS,
        (SCHEMA,),
        "The paper's definition names incorrect status codes here; the form of the answer is right.",
    ),
    Choice(
        "what was not found and is used",
        ("names/unchecked-lookup", "nothing-dereferenced"),
        BUSINESS,
        (QUERY, STATE, AUTH),
        "The rows are spread; what lacks is a branch of the project's own logic.",
    ),
)


def label_of(defect: str, category: Category, *, started: bool = True) -> Category:
    """The paper's label of a cause.

    Args:
        started: whether the server ever answered.
    """
    if category in (Category.STUCK_IN_LOOP, Category.PREMATURE_TERMINATION, Category.OTHER):
        return category
    if not started:
        return START
    choice = choice_of(defect)
    return choice.label if choice is not None else category


def choice_of(defect: str) -> Choice | None:
    """The choice that is about a defect."""
    name = defect.rpartition("/")[2]
    return next((one for one in CHOICES if defect in one.defects or f"*/{name}" in one.defects), None)


def labels_in_use(defect: str, category: Category, *, started: bool = True) -> frozenset[str]:
    """The label that is given, and those that the paper's rows of such a defect carry too."""
    choice = choice_of(defect) if started else CHOICES[0]
    others = choice.others if choice is not None else ()
    return frozenset({str(label_of(defect, category, started=started)), *map(str, others)})
