"""A progress display, on a terminal only, and only when work takes longer than a second."""

from __future__ import annotations

import sys
from threading import Lock, Timer
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

PATIENCE = 1.0


class Progress:
    """Shows the stage of a long run on standard error. Does nothing where that is no terminal."""

    def __init__(self, *, enabled: bool = True) -> None:
        self.enabled = enabled and sys.stderr.isatty()
        self.stage_name = "reading"
        self.total: int | None = None
        self.done = 0
        self.lock = Lock()
        self.display: RichProgress | None = None
        self.task: TaskID | None = None
        self.timer: Timer | None = None

    def __enter__(self) -> Progress:
        if self.enabled:
            self.timer = Timer(PATIENCE, self.show)
            self.timer.daemon = True
            self.timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.timer is not None:
            self.timer.cancel()
        with self.lock:
            self.enabled = False
            if self.display is not None:
                self.display.stop()

    def show(self) -> None:
        """Begin to draw."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

        with self.lock:
            if not self.enabled:
                return
            columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
            self.display = Progress(*columns, console=Console(stderr=True), transient=True)
            self.task = self.display.add_task(self.stage_name, total=self.total, completed=self.done)
            self.display.start()

    def stage(self, name: str, total: int | None = None) -> None:
        """A new stage begins."""
        with self.lock:
            self.stage_name, self.total, self.done = name, total, 0
            if self.display is not None and self.task is not None:
                self.display.update(self.task, description=name, total=total, completed=0)

    def advance(self) -> None:
        """A step of the stage is done."""
        with self.lock:
            self.done += 1
            if self.display is not None and self.task is not None:
                self.display.advance(self.task)
