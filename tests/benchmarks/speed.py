"""How long a cold check takes, as a ratio: to tree-sitter alone parsing the same files, and to a bare Python start.

    python tests/benchmarks/speed.py [PROJECT ...]

Without projects, a large one is generated, and the backend of fixtures/apps is the small one. Figures are processor
seconds of whole processes (user and system, children too), the median of several runs, all sides in turn; a ratio
holds on any machine. The last figure is by the clock, with as many processes as `check` takes by itself.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).parent.parent.parent
RUNS = 5

PARSE = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from verifier.parse import parser
from verifier.read import read
files = list(read(Path(sys.argv[2])).files.values())
import time
start = time.process_time()
for file in files:
    parser(file.language).parse(file.data)
print(time.process_time() - start, len(files), sum(len(file.data) for file in files))
"""


def seconds(command: list[str]) -> float:
    """Processor seconds of a whole command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def clock_seconds(command: list[str]) -> float:
    """Seconds of a whole command by the clock."""
    started = perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return perf_counter() - started


def parse_seconds(project: Path) -> tuple[float, int, int]:
    """Seconds that tree-sitter needs for the files of a project, how many they are, and their bytes."""
    done = subprocess.run(
        [sys.executable, "-c", PARSE, str(ROOT), str(project)], capture_output=True, text=True, check=True
    )
    spent, files, size = done.stdout.split()
    return float(spent), int(files), int(size)


def in_turn(*measures: Callable[[], float]) -> list[float]:
    """The median of each measure, taken in turn."""
    rows = [[measure() for measure in measures] for _ in range(RUNS)]
    return [median(column) for column in zip(*rows, strict=True)]


def generated(folder: Path, modules: int = 600) -> Path:
    """A large FastAPI project: routers, services, repositories and models, each importing the next."""
    app = ["from fastapi import FastAPI", "", "app = FastAPI()"]
    for number in range(modules):
        name = f"part_{number}"
        app.insert(0, f"from app.routes import {name}")
        app.append(f"app.include_router({name}.router, prefix='/api/{name}')")
        methods = "\n".join(
            f"    def find_{place}(self, key: int, limit: int = 20) -> list[Item]:\n"
            f"        query = select(Item).where(Item.id == key, Item.rank > {place}).order_by(Item.id).limit(limit)\n"
            f"        return list(self.session.scalars(query))\n"
            for place in range(20)
        )
        routes = "\n".join(
            f"@router.get('/items/{place}/{{key}}')\n"
            f"def read_{place}(key: int, service: Service = Depends(make)) -> list[dict]:\n"
            f"    found = service.find_{place}(key)\n"
            f"    return [dict(id=item.id, title=item.title) for item in found]\n\n"
            for place in range(10)
        )
        services = "\n".join(
            f"    def find_{place}(self, key: int):\n        return self.repository.find_{place}(key)\n"
            for place in range(20)
        )
        texts = {
            f"app/routes/{name}.py": "from fastapi import APIRouter, Depends\n"
            f"from app.services.{name} import Service, make\n\nrouter = APIRouter()\n\n\n{routes}",
            f"app/services/{name}.py": f"from app.repositories.{name} import Repository\n\n\nclass Service:\n"
            f"    def __init__(self, repository):\n        self.repository = repository\n\n{services}\n\n"
            "def make() -> Service:\n    return Service(Repository(None))\n",
            f"app/repositories/{name}.py": f"from sqlalchemy import select\nfrom app.models.{name} import Item\n\n\n"
            f"class Repository:\n    def __init__(self, session):\n        self.session = session\n\n{methods}",
            f"app/models/{name}.py": "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\n\n\n"
            "class Base(DeclarativeBase):\n    pass\n\n\nclass Item(Base):\n    __tablename__ = 'items'\n"
            "    id: Mapped[int] = mapped_column(primary_key=True)\n    title: Mapped[str]\n    rank: Mapped[int]\n",
        }
        for path, text in texts.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
    (folder / "app" / "main.py").write_text("\n".join(app) + "\n")
    return folder


def report(project: Path) -> None:
    """Measure one project and print its figures."""
    check = [sys.executable, str(ROOT / "cli.py"), "check", str(project), "--no-cache", "-q", "--format", "concise"]
    _, files, size = parse_seconds(project)
    parsed, alone, clock, bare = in_turn(
        lambda: parse_seconds(project)[0],
        lambda: seconds([*check, "--jobs", "1"]),
        lambda: clock_seconds(check),
        lambda: seconds([sys.executable, "-c", "pass"]),
    )
    print(
        f"{project.name}: {files} files, {size / 1e6:.1f} MB; parse {parsed:.2f} s, whole check in one process "
        f"{alone:.2f} s: {alone / parsed:.2f} times the parse, {alone / bare:.0f} times a bare Python start; "
        f"as it is called {clock:.2f} s by the clock: {clock / parsed:.2f} times"
    )


def main() -> None:
    """Measure what is named, or our own examples."""
    named = [Path(argument) for argument in sys.argv[1:]]
    if named:
        for project in named:
            report(project)
        return
    with tempfile.TemporaryDirectory() as folder:
        large = Path(folder) / "generated"
        report(generated(large))
    report(ROOT / "fixtures" / "apps" / "fastapi")


if __name__ == "__main__":
    main()
