"""The site that is made of docs/: ``python -m verifier.site [FOLDER]``.

Zensical makes it, with the settings of zensical.toml. The README is its first page, the rules get a section for each
pack, and whatever the settings do not name comes last, so that no page is lost. A link that leads nowhere ends it.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from verifier.packs import shipped

# Pages that stand at the top of the repository, and their names in the site.
TOP = {"README.md": "index.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
NAV = re.compile(r"^nav = \[\n.*?^\]\n", re.MULTILINE | re.DOTALL)
COLOR = re.compile(r"\x1b\[[0-9;]*m")
LINK = re.compile(r"\]\((?!\w+:)([^)#\s]+)")
RULES = "rules/"
SHOWN = ("href", "src")


class SiteError(Exception):
    """The site cannot be made; the text says why."""


def source(root: Path, folder: Path) -> None:
    """Put together what the site is made of: all pages, and the settings with the whole navigation."""
    docs = folder / "docs"
    shutil.copytree(root / "docs", docs)
    for name, page in TOP.items():
        text = (root / name).read_text("utf-8")
        (docs / page).write_text(LINK.sub(lambda found: f"]({moved(found.group(1))}", text), "utf-8")
    settings = (root / "zensical.toml").read_text("utf-8")
    table = tomllib.loads(settings)
    made = NAV.sub(lambda _: f"nav = {toml(navigation(table['project']['nav'], docs))}\n", settings)
    (folder / "zensical.toml").write_text(made, "utf-8")


def moved(target: str) -> str:
    """Where a link of a page at the top of the repository leads to in the site."""
    return TOP.get(target, target.removeprefix("docs/"))


def navigation(named: list[Any], docs: Path) -> list[Any]:
    """The navigation: what is named and there, in its order, the rules by pack, and then the rest."""
    pages = {path.relative_to(docs).as_posix() for path in docs.rglob("*.md")}
    rules = packs(page for page in pages if page.startswith(RULES))
    made = [{"Rules": rules} if entry == {"Rules": RULES} else entry for entry in there(named, pages)]
    rest = sorted(page for page in pages - set(paths(made)))
    return [*made, {"More": rest}] if rest else made


def there(entries: Iterable[Any], pages: set[str]) -> Iterator[Any]:
    """Entries whose pages are there."""
    for entry in entries:
        ((title, target),) = entry.items()
        if isinstance(target, list):
            kept = list(there(target, pages))
            if kept:
                yield {title: kept}
        elif target in pages or (target == RULES and f"{RULES}index.md" in pages):
            yield entry


def packs(pages: Iterable[str]) -> list[Any]:
    """The pages of rules: the list of all, and a section for each pack."""
    sections: dict[str, list[dict[str, str]]] = {}
    for page in sorted(pages):
        pack, _, rule = page.removeprefix(RULES).partition("/")
        if rule:
            sections.setdefault(pack, []).append({rule.removesuffix(".md"): page})
    return [{"All rules": f"{RULES}index.md"}, *({pack: rules} for pack, rules in sections.items())]


def paths(entries: Iterable[Any]) -> Iterator[str]:
    """All pages that a navigation names."""
    for entry in entries:
        for target in entry.values() if isinstance(entry, dict) else [entry]:
            if isinstance(target, list):
                yield from paths(target)
            else:
                yield target


def toml(value: Any) -> str:
    """A navigation as TOML."""
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{json.dumps(key)} = {toml(inner)}' for key, inner in value.items())} }}"
    return json.dumps(value)


class Links(HTMLParser):
    """Collects where a page leads to, and what can be led to in it."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Read a tag."""
        for name, value in attributes:
            if value and name in SHOWN:
                self.targets.append(value)
            elif value and name in ("id", "name"):
                self.anchors.add(value)


def broken(site: Path) -> list[str]:
    """Links of a site that lead to nothing in it: page and target."""
    pages = {path: Links() for path in sorted(site.rglob("*.html")) if path.name != "404.html"}
    for path, links in pages.items():
        links.feed(path.read_text("utf-8"))
    wrong: dict[str, None] = {}
    for path, links in pages.items():
        for target in links.targets:
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            place = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            place = place / "index.html" if place.is_dir() else place
            missing = parts.fragment and place in pages and unquote(parts.fragment) not in pages[place].anchors
            if not place.is_file() or missing:
                wrong[f"{path.relative_to(site)}: {target}"] = None
    return list(wrong)


def build(root: Path, site: Path) -> None:
    """Make the site.

    Raises:
        SiteError: Zensical refuses it, or a link leads nowhere.
    """
    program = Path(sys.executable).parent / "zensical"
    with tempfile.TemporaryDirectory(prefix="buttress-site-") as scratch:
        folder = Path(scratch)
        source(root, folder)
        try:
            ran = subprocess.run(
                [program, "build", "--strict"], cwd=folder, capture_output=True, text=True, check=False
            )
        except FileNotFoundError:
            raise SiteError("Zensical is not installed: install `buttress[docs]`.") from None
        if ran.returncode:
            raise SiteError(COLOR.sub("", f"{ran.stdout}{ran.stderr}"))
        wrong = broken(folder / "site")
        if wrong:
            raise SiteError("\n".join(["These links lead nowhere:", *wrong]))
        shutil.rmtree(site, ignore_errors=True)
        shutil.copytree(folder / "site", site)


def main() -> None:
    """Make the site in a folder, `site` by default."""
    site = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("site")
    try:
        build(shipped("rules").parent, site)
    except SiteError as error:
        sys.exit(str(error))
    sys.stdout.write(f"wrote {sum(1 for _ in site.rglob('*.html'))} pages to {site}\n")


if __name__ == "__main__":
    main()
