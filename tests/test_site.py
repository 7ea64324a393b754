"""The site of the documentation is made, holds all pages, and a link that leads nowhere ends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from verifier.site import SiteError, broken, build

ROOT = Path(__file__).parent.parent
pytest.importorskip("zensical")


def test_the_site(tmp_path: Path) -> None:
    site = tmp_path / "site"
    build(ROOT, site)
    for page in (ROOT / "docs").rglob("*.md"):
        place = site / page.relative_to(ROOT / "docs").with_suffix("")
        assert (place.parent if place.name == "index" else place).joinpath("index.html").is_file(), page.name
    home = (site / "index.html").read_text("utf-8")
    for section in ("Start from a problem", "Check", "Gate", "Run and study", "Rules", "Contribute"):
        assert section in home
    rule = (site / "rules" / "sql" / "unknown-column" / "index.html").read_text("utf-8")
    assert "sql/unknown-column" in rule
    assert 'href="../../fastapi/' in rule or 'href="../ambiguous-column/"' in rule, "rules are reached from each other"
    assert "https://fonts." not in home, "nothing is fetched from elsewhere"


def small(root: Path, text: str) -> Path:
    """A repository with little to say."""
    (root / "docs").mkdir(parents=True)
    (root / "docs" / "page.md").write_text(text)
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        (root / name).write_text("# Title\n\n[A page](docs/page.md)\n")
    (root / "zensical.toml").write_text((ROOT / "zensical.toml").read_text("utf-8"))
    return root


@pytest.mark.parametrize("link", ["nowhere.md", "index.md#nowhere", "picture.svg"])
def test_a_broken_link_ends_it(tmp_path: Path, link: str) -> None:
    root = small(tmp_path / "root", f"# Page\n\n![A link]({link}) [A link]({link})\n")
    with pytest.raises(SiteError, match=link.partition("#")[2] or link):
        build(root, tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_a_page_that_nobody_named_is_there(tmp_path: Path) -> None:
    build(small(tmp_path / "root", "# Page\n\n[Home](index.md)\n"), tmp_path / "site")
    assert 'href="page/"' in (tmp_path / "site" / "index.html").read_text("utf-8")


def test_links_are_followed(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "index.html").write_text(
        '<a href="inner/">1</a><a href="inner/#here">2</a><a href="inner/#there">3</a><img src="no.svg">'
        '<a href="https://elsewhere.example/">4</a><a href="#top">5</a>'
    )
    (tmp_path / "inner" / "index.html").write_text('<h1 id="here">x</h1><a href="../">1</a><a href="../no/">2</a>')
    assert broken(tmp_path) == [
        "index.html: inner/#there", "index.html: no.svg", "index.html: #top", "inner/index.html: ../no/",
    ]  # fmt: skip
