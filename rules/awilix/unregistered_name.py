"""A container is asked for a name under which nothing is registered.

`container.resolve('bookService')`, `container.cradle.bookService`, and a constructor that takes `{ bookRepository }`
each need a registration of exactly that name. Where there is none, awilix raises `AwilixResolutionError: Could not
resolve 'bookRepository'` as soon as the object is made: at the start, or 500 on each request that needs it.

Register it, `bookRepository: asClass(BookRepository)`, or ask by the name that is registered.

The rule speaks of objects that are surely made. It is silent where modules are loaded by their files' names, where
something is registered that only run time knows, and where the code asks whether a name is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from verifier.api import Category, Facts, Origin, Problem, Related, is_test, regex, rule

from . import CRADLE, OF_CRADLE, Container, Cradle

PACKAGES = ("awilix", "@fastify/awilix")
# Names that are registered by the text, whether that was seen to run or not.
NAMED = regex(
    rb"\b(\w+)['\"]?\s*:\s*(?:\w+\s*\.\s*)?(?:as(?:Class|Function|Value)|aliasTo)\b|\bregister\(\s*['\"`](\w+)['\"`]"
)
# What registers names that the text does not tell.
COMPUTED = regex(rb"\]\s*:\s*(?:\w+\s*\.\s*)?(?:as(?:Class|Function|Value)|aliasTo)\b|\.register\(\s*(?![\s{'\"`])")
FURTHER = regex(rb"\b(?:loadModules|loadControllers|hasRegistration|getRegistration|registrations)\b")


@rule(Category.STATE_PROPAGATION_FAILURE)
def unregistered_name(facts: Facts) -> Iterator[Problem]:
    """Yield each place that asks a container for what it does not have."""
    if not any(found.module in PACKAGES for own in facts.files.values() for found in own.imports):
        return
    engine = facts.program.engine
    facts.calls  # noqa: B018 -- handlers ask as well
    containers = [found for found in engine.objects if isinstance(found, Container)]
    registered = names_registered(facts, containers)
    if registered is None:
        return
    excused = OF_CRADLE.union(registered, *(found.excused for found in containers))
    made = next((found.origin for found in containers if not found.symbolic and found.origin is not None), None)
    for place, name in sorted(asked(facts, containers), key=lambda one: (one[0].path, one[0].start)):
        if name in excused or is_test(place.path):
            continue
        near = get_close_matches(name, registered, 1)
        instead = f", or ask for `{near[0]}`" if near else ""
        span = engine.span(place)
        yield Problem(
            span,
            f"The container has nothing under the name `{name}`",
            related=(Related(engine.span(made), "the container is made here"),) if made is not None else (),
            symptom=f"AwilixResolutionError: Could not resolve '{name}'",
            remedy=f"Register `{name}`{instead}",
            routes=facts.routes_at(span) or None,
            identity=name,
        )


def asked(facts: Facts, containers: list[Container]) -> Iterator[tuple[Origin, str]]:
    """Where names are asked for that were not there when they were."""
    for container in containers:
        yield from container.asked.items()
    for (place, owner, name), value in facts.program.engine.member_reads.items():
        if owner == CRADLE and isinstance(value, Cradle) and not value.loose and not value.container.symbolic:
            yield place, name


def names_registered(facts: Facts, containers: list[Container]) -> set[str] | None:
    """All names that may be registered with any container; None where there may be others."""
    ran = [place for container in containers for place in container.ran]
    if not ran or any(container.open for container in containers):
        return None
    names = {name for container in containers for name in container.resolvers}
    for path, source in facts.project.files.items():
        if source.language == "python" or path not in facts.files or is_test(path):
            continue
        data = source.data
        for first, second in NAMED.findall(data):
            names.add((first or second).decode())
        if FURTHER.search(data):
            return None
        for match in COMPUTED.finditer(data) if b"awilix" in data or b"ontainer" in data else ():
            if not any(place.path == path and place.start <= match.end() <= place.end for place in ran):
                return None
    return names
