"""How long it takes to lift queries and hold them against the model, and whether that grows as their number does.

    python -m tests.benchmarks.queries [PROJECT ...]

Without projects, backends of 100, 1,000 and 10,000 query sites are generated for each mapper; the last column is the
time a site as a ratio to that of the smallest. With projects, it says what a site of each took.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from time import process_time

from verifier.check import check
from verifier.session import Options, open_session

SIZES = (100, 1_000, 10_000)
SITES_A_FILE = 20

SQLALCHEMY_MODEL = """from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Owner(Base):
    __tablename__ = "owners"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))


class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    rank: Mapped[int]
    owner_id: Mapped[int] = mapped_column(ForeignKey("owners.id"))
    owner: Mapped[Owner] = relationship()
"""
SQLALCHEMY_HEAD = """from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Item, Owner


class Items:
    def __init__(self, session: Session) -> None:
        self.session = session

    def base(self):
        return select(Item).join(Item.owner)
"""
SQLALCHEMY_SITE = """
    def find_{place}(self, key: int, name: str):
        query = self.base().where(Item.rank > {place}, Owner.name == name).order_by(Item.id)
        if key:
            query = query.where(Item.id == key)
        return self.session.scalars(query).all()
"""
DJANGO_MODEL = """from django.db import models


class Owner(models.Model):
    name = models.CharField(max_length=50)


class Item(models.Model):
    rank = models.IntegerField()
    owner = models.ForeignKey(Owner, on_delete=models.CASCADE)
"""
DJANGO_HEAD = """from shop.models import Item


class Items:
    def base(self):
        return Item.objects.select_related("owner")
"""
DJANGO_SITE = """
    def find_{place}(self, key, name):
        query = self.base().filter(rank__gt={place}, owner__name=name).order_by("id")
        if key:
            query = query.filter(pk=key)
        return list(query)
"""
SEQUELIZE_MODEL = """const { Sequelize, DataTypes } = require('sequelize');
const sequelize = new Sequelize('sqlite::memory:');
const Owner = sequelize.define('Owner', { name: DataTypes.STRING });
const Item = sequelize.define('Item', { rank: DataTypes.INTEGER });
Item.belongsTo(Owner, { as: 'owner' });
module.exports = { sequelize, Owner, Item };
"""
SEQUELIZE_HEAD = """const { Op } = require('sequelize');
const { Item, Owner } = require('./models');

const include = () => [{ model: Owner, as: 'owner', required: true }];
"""
SEQUELIZE_SITE = """
exports.find{place} = async (key, name) => {{
  const where = {{ rank: {{ [Op.gt]: {place} }} }};
  if (key) where.id = key;
  return Item.findAll({{ where, include: include(), order: [['id', 'ASC']] }});
}};
"""
KINDS = {
    "sqlalchemy": ("models.py", "items_{number}.py", SQLALCHEMY_MODEL, SQLALCHEMY_HEAD, SQLALCHEMY_SITE),
    "django": ("shop/models.py", "shop/items_{number}.py", DJANGO_MODEL, DJANGO_HEAD, DJANGO_SITE),
    "sequelize": ("models.js", "items_{number}.js", SEQUELIZE_MODEL, SEQUELIZE_HEAD, SEQUELIZE_SITE),
}


def generate(kind: str, sites: int, folder: Path) -> Path:
    """A backend with some query sites."""
    model, part, declared, head, site = KINDS[kind]
    files = {model: declared}
    if kind == "django":
        files["shop/__init__.py"] = ""
        files["settings.py"] = (
            "INSTALLED_APPS = ['shop']\nDATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3'}}\n"
        )
        files["manage.py"] = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'settings')\n"
    for number in range(max(1, sites // SITES_A_FILE)):
        bodies = "".join(site.format(place=place) for place in range(SITES_A_FILE))
        files[part.format(number=number)] = head + bodies
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def measured(folder: Path) -> tuple[int, float, float, float]:
    """Query sites of a project; seconds to run its functions, to lift its queries, and to run all rules on them."""
    facts = open_session(Options(path=folder, cache=False, quiet=True)).facts
    facts.models, facts.routes  # noqa: B018
    started = process_time()
    facts.calls, facts.calls_elsewhere  # noqa: B018
    ran = process_time()
    found = len(facts.queries.queries)
    lifted = process_time()
    check(facts)
    return found, ran - started, lifted - ran, process_time() - lifted


def line(name: str, figures: tuple[int, float, float, float], first: float | None = None) -> float:
    """Print a row; milliseconds a site."""
    sites, *seconds = figures
    each = [1000 * value / max(1, sites) for value in seconds]
    total = sum(each)
    ratio = f"{total / first:6.2f}" if first else ""
    print(f"{name:34} {sites:7,}  {each[0]:7.2f}  {each[1]:7.2f}  {each[2]:7.2f}  {total:7.2f}  {ratio}")
    return total


def main(projects: list[str]) -> None:
    """Print the figures."""
    print(f"{'':34} {'sites':>7}  {'run':>7}  {'lift':>7}  {'rules':>7}  {'all':>7}  ratio   (milliseconds a site)")
    for project in projects:
        line(Path(project).name, measured(Path(project)))
    if projects:
        return
    for kind in KINDS:
        first: float | None = None
        with tempfile.TemporaryDirectory() as folder:
            measured(generate(kind, SITES_A_FILE, Path(folder) / "warm"))  # what is imported late
            for size in SIZES:
                found = line(f"{kind}, {size:,}", measured(generate(kind, size, Path(folder) / str(size))), first)
                first = first or found


if __name__ == "__main__":
    main(sys.argv[1:])
