"""What a pack's reader of queries is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from verifier.evaluate.frames import BudgetError
from verifier.lift.nouns import Query
from verifier.trouble import OURS, told

if TYPE_CHECKING:
    from verifier.datamodel import DataModel, Entity
    from verifier.evaluate.interpreter import Engine
    from verifier.evaluate.values import Origin, Value
    from verifier.lift.nouns import Site
    from verifier.model import Project, Span

Found = TypeVar("Found")
MOST_STOPPED = 20
STEPS_AFTER_STOP = 20_000
MOST_PARTS = 50_000  # of what is read at one site
TOO_LARGE = "a very large statement"
TOO_DEEP = "code that nests too deeply"
TOO_LONG = "code that takes too long to follow"


class TooLargeError(Exception):
    """A statement has more parts than are read."""


def once(work: Callable[[], Found]) -> Iterator[Found]:
    """What a function gives, asked for when it is taken."""
    yield work()


class Lifting:
    """The calls of a pack's libraries, and what is known of the data behind them.

    Attributes:
        engine: what has run the project.
        project: its files.
        models: what it declares of its data.
        sites: the calls of the pack's libraries, in the order in which they were run.
        dialects: the kinds of database that the running application uses, in sqlglot's words; empty if not known.
        entity_of: the mapped class that a value is, or of which it is an object.
    """

    def __init__(
        self,
        engine: Engine,
        project: Project,
        models: DataModel,
        sites: tuple[Site, ...],
        dialects: frozenset[str],
        entity_of: Callable[[Value | None], Entity | None],
    ) -> None:
        self.engine = engine
        self.project = project
        self.models = models
        self.sites = sites
        self.dialects = dialects
        self.entity_of = entity_of
        self.options_read: dict[str, bool] = {}  # names that a pack has looked for in the project's text
        self.stopped = 0
        self.parts = 0

    def spend(self) -> None:
        """Count a part of a statement.

        Raises:
            TooLargeError: what is read at this site is put together from itself, again and again.
        """
        self.parts += 1
        if self.parts > MOST_PARTS:
            raise TooLargeError

    def each(self, site: Site, library: str, found: Iterable[Found]) -> Iterator[Found | Query]:
        """What a pack reads at one site; where that cannot be finished, it is said, and the other sites are read.

        Raises:
            BudgetError: it happened at too many sites.
        """
        self.parts = 0
        try:
            yield from found
        except TooLargeError:
            yield Query(site.start, site.caller, "orm", library, self.dialect, (), TOO_LARGE, site=site)
        except RecursionError:
            yield Query(site.start, site.caller, "orm", library, self.dialect, (), TOO_DEEP, site=site)
        except OURS as error:
            why = told(error, "what it asks could not be told")
            yield Query(site.start, site.caller, "orm", library, self.dialect, (), why, site=site)
        except BudgetError:
            self.stopped += 1
            if self.stopped > MOST_STOPPED:
                raise
            self.engine.limit = self.engine.steps + STEPS_AFTER_STOP
            yield Query(site.start, site.caller, "orm", library, self.dialect, (), TOO_LONG, site=site)

    @property
    def dialect(self) -> str:
        """The one kind of database that is used; empty where there are several, or none is known."""
        return next(iter(self.dialects)) if len(self.dialects) == 1 else ""

    def span(self, origin: Origin) -> Span:
        """An origin in lines and columns."""
        return self.engine.span(origin)
