"""A function that asks the database does not use what it is given.

The function takes a value that its callers must give it (`of_article(article_id)`, `unfollow(follower_id,
followed_id)`), sends a statement, and never names the value: a condition is missing. It reads or changes the rows of
everybody: all comments instead of those of one article, all follows instead of one.

Use it in the statement (`.where(Comment.article_id == article_id)`), or take the parameter away.

Methods that another class has with the same parameters, or that a library may call, have a signature that is not
theirs, and are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Category, Confidence, Facts, Problem, Severity, rule

# What is handed through without being a condition.
CONTEXT = re.compile(
    r"self|cls|this|request|req|res|response|reply|next|ctx|context|session|db|database|conn\w*|transaction|tx|trx|"
    r"event|info|parent|root|args|kwargs|options|logger|app|settings|config|\w*_?(?:service|repository|repo|factory)",
    re.IGNORECASE,
)


@rule(Category.INCORRECT_QUERY_LOGIC, Severity.WARNING, confidence=Confidence.MEDIUM)
def unused_argument(facts: Facts) -> Iterator[Problem]:
    """Yield each parameter of a function that asks the database which its statements and all else leave out."""
    asking = {query.function for query in facts.queries.queries if query.lifted}
    asking |= {site.inside for sites in facts.data_access.values() for site in sites}
    told = {lost.parameter for read in facts.inputs for lost in read.lost}  # another rule speaks of these
    handlers = {function for _, function in facts.calls.entries}
    for function in facts.calls.reaching:
        if function not in asking or function in handlers or function in facts.calls.before:
            continue
        last = function.name.rpartition(".")[2]
        for name, span in facts.unused_parameters(function):
            if CONTEXT.fullmatch(name) or span in told:
                continue
            yield Problem(
                span,
                f"`{last}` asks the database and never uses `{name}`",
                symptom="rows that were not asked for, or that are not the caller's to change",
                remedy=f"Use `{name}` in the statement, or take the parameter away",
                identity=f"{last} {name}",
            )
