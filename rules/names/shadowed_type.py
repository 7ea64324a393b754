"""A method has the name of a built-in type, and an annotation below it means the type.

In the body of a class, names of the class come first: behind `def list(self)`, the annotation `-> list[str]` finds that
method, and Python evaluates it as soon as the class is made: `TypeError: 'function' object is not subscriptable`. The
file cannot be imported, and the server does not start. Type checkers only hint at it.

Give the method another name, or put `from __future__ import annotations` at the head of the file, which leaves
annotations unevaluated.

Annotations above the method are fine, and so are those in methods. From Python 3.14 on, annotations are evaluated when
somebody asks for them: projects that say that they need it are left alone. Files that the start was not seen to load
get a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, Related, Severity, rule, shadowed_types


@rule(Category.SERVER_STARTUP_FAILURE)
def shadowed_type(facts: Facts) -> Iterator[Problem]:
    """Yield the first annotation of each class that finds a method."""
    for found in shadowed_types(facts):
        yield Problem(
            found.span,
            f"`{found.name}` is the method of this class here, not the type",
            related=(Related(found.method, "the method"),),
            symptom=f"the start fails: TypeError: '{found.kind}' object is not subscriptable",
            remedy=f"Name the method otherwise, for instance `{found.name}_all`",
            routes=() if found.started else None,
            severity=None if found.started else Severity.WARNING,
        )
