"""The drawing, as its reader has it: what is in it, that nothing covers anything, and that no name can do harm."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.conftest import Buttress, Write
from tests.frameworks.harness import facts_of
from verifier.config import Config
from verifier.draw import Form, draw
from verifier.draw.fold import fold
from verifier.draw.graph import read_graph
from verifier.link import Facts

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
SVG = "{http://www.w3.org/2000/svg}"
FORMS: tuple[Form, ...] = ("svg", "html", "mermaid", "dot")
HOSTILE = (
    "</svg><script>alert(1)</script>.py",
    'a"]; click b0 call alert() .py',
    "`x` --> y|z|.py",
    "end.py",
    '\\n\\".py',
    "&amp;#quot;.py",
    "tab\tand\x1b[31m.py",
    "n\udce9.py",
)


def clean(folder: Path) -> Facts:
    """A project held against the clean architecture."""
    return facts_of(folder, Config(architecture="clean"))


@pytest.fixture(scope="module")
def upward() -> Facts:
    return clean(FIXTURES / "layers" / "upward_import" / "bad")


@pytest.fixture(scope="module")
def application() -> Facts:
    return clean(FIXTURES / "apps" / "fastapi")


def elements(drawing: str, name: str) -> list[ElementTree.Element]:
    """The groups of an SVG drawing that carry a data attribute."""
    return [found for found in ElementTree.fromstring(drawing).iter() if f"data-{name}" in found.attrib]


def rectangle(found: ElementTree.Element) -> tuple[float, float, float, float]:
    """Left, top, right, bottom."""
    x, y, width, height = (float(found.attrib[key]) for key in ("x", "y", "width", "height"))
    return x, y, x + width, y + height


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def boxes(drawing: str) -> dict[str, tuple[float, float, float, float]]:
    """The rectangles of the boxes, by key."""
    return {found.attrib["data-box"]: rectangle(found.findall(f"{SVG}rect")[-1]) for found in elements(drawing, "box")}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_facts_give_the_same_text(upward: Facts, form: Form) -> None:
    assert draw(upward, form) == draw(clean(FIXTURES / "layers" / "upward_import" / "bad"), form)


def test_layers_are_bands_from_top_to_bottom(application: Facts) -> None:
    root = ElementTree.fromstring(draw(application, "svg"))
    tops = {
        found.attrib["data-band"]: rectangle(found.findall(f"{SVG}rect")[0])[1]
        for found in root.iter(f"{SVG}g")
        if "data-band" in found.attrib and found.find(f"{SVG}rect[@class='ground']") is not None
    }
    order = [name for name in sorted(tops, key=tops.__getitem__) if name in application.layers.order]
    assert order == list(application.layers.order)


def test_every_file_is_in_one_box(application: Facts) -> None:
    shown = [path for found in elements(draw(application, "svg"), "box") for path in found.attrib["data-files"].split()]
    assert len(shown) == len(set(shown))
    missing = set(application.project.files) - set(shown)
    assert all(not application.project.files[path].data.strip() for path in missing), "only empty files are left out"


def test_nothing_covers_anything(application: Facts) -> None:
    drawing = draw(application, "svg")
    for one, other in combinations(boxes(drawing).values(), 2):
        assert not overlap(one, other)
    cards = [rectangle(found) for found in elements(drawing, "card")]
    for one, other in combinations(cards, 2):
        assert not overlap(one, other)
    page = ElementTree.fromstring(drawing)
    wide, high = float(page.attrib["width"]), float(page.attrib["height"])
    assert all(left >= 0 and right <= wide and top >= 0 and bottom <= high for left, top, right, bottom in cards)


def test_a_violation_is_an_arrow_of_its_own_colour(upward: Facts) -> None:
    drawing = draw(upward, "svg")
    arrows = [found for found in elements(drawing, "arrow") if "data-violations" in found.attrib]
    assert arrows
    for found in arrows:
        assert "bad" in found.attrib["class"].split()
        title = found.find(f"{SVG}title")
        assert title is not None
        assert "imports the layer above" in (title.text or "")
    assert "2 violations" in drawing
    plain = [found for found in elements(drawing, "arrow") if "data-violations" not in found.attrib]
    assert plain
    assert not any("bad" in found.attrib["class"].split() for found in plain)


def test_arrows_lead_from_box_to_box(application: Facts) -> None:
    drawing = draw(application, "svg")
    keys = set(boxes(drawing)) | {found.attrib["data-card"] for found in elements(drawing, "card")}
    arrows = elements(drawing, "arrow")
    assert arrows
    assert all({found.attrib["data-from"], found.attrib["data-to"]} <= keys for found in arrows)


@pytest.mark.parametrize("rule", sorted(path.name for path in (FIXTURES / "layers").iterdir()))
def test_each_rule_of_the_layers_is_seen(rule: str) -> None:
    folder = FIXTURES / "layers" / rule / "bad"
    ending = rule.replace("_", "-")
    config = Config() if (folder / "buttress.toml").exists() else Config(architecture="clean")
    if not (folder / "buttress.toml").exists():
        drawing = draw(facts_of(folder, config), "svg")
        assert re.search(r'class="[^"]*\b(bad|warn)\b', drawing)
        assert f"layers/{ending}" in drawing or "data-violations" in drawing or "data-violation" in drawing


def test_light_and_dark(upward: Facts) -> None:
    for form in ("svg", "html"):
        assert "@media (prefers-color-scheme:dark)" in draw(upward, form)


def test_a_picture_loads_and_runs_nothing(upward: Facts) -> None:
    drawing = draw(upward, "svg")
    assert not re.search(r"<script|<image|<foreignObject|href=|@import|url\(|\son\w+=", drawing)
    page = draw(upward, "html")
    assert not re.search(r"\ssrc=|href=|@import|url\(|fetch\(|XMLHttpRequest|innerHTML", page)
    assert "default-src 'none'" in page


def test_the_page_holds_the_picture(upward: Facts) -> None:
    assert draw(upward, "svg") in draw(upward, "html")


@pytest.fixture
def hostile(tmp_path: Path) -> Facts:
    folder = tmp_path / "routes" / "<b>&'\""
    folder.mkdir(parents=True)
    for name in HOSTILE:
        (folder / name.replace("/", "\u2215")).write_text("import os\n")
    (tmp_path / "routes" / "a.py").write_text("from routes import end\n")
    return clean(tmp_path)


def test_names_are_texts_and_nothing_else(hostile: Facts) -> None:
    drawing = draw(hostile, "svg")
    assert ElementTree.fromstring(drawing).tag == f"{SVG}svg"
    assert len(boxes(drawing)) >= len(HOSTILE)
    page = draw(hostile, "html")
    assert page.count("<script>") == 1
    for form in FORMS:
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", draw(hostile, form))
        draw(hostile, form).encode()


def test_mermaid(application: Facts, upward: Facts, hostile: Facts) -> None:
    for facts in (application, upward, hostile):
        lines = draw(facts, "mermaid").splitlines()
        assert lines[0] == "flowchart TB"
        depth = 0
        for line in lines[1:]:
            text = line.strip()
            assert re.fullmatch(
                r'subgraph [lc]\d+\["[^"`<>&\\;]*(?:#\d+;[^"`<>&\\;]*)*"\]|end'
                r'|[be]\d+\["[^"`<>&\\;]*(?:#\d+;[^"`<>&\\;]*)*"\](?::::\w+)?'
                r'|[bc]\d+ (?:-->|-\.->)(?:\|"[\w/, -]+"\|)? [bc]\d+'
                r"|linkStyle \d+ stroke:#\w{6},color:#\w{6},stroke-width:3px|classDef \w+ [\w:#,-]+",
                text,
            ), text
            depth += text.startswith("subgraph") - (text == "end")
        assert depth == 0
    red = [line for line in draw(upward, "mermaid").splitlines() if "layers/upward-import" in line]
    assert red
    assert "linkStyle" in draw(upward, "mermaid")


def test_dot(application: Facts, upward: Facts, hostile: Facts) -> None:
    string = r'"(?:[^"\\\n]|\\.)*"'
    for facts in (application, upward, hostile):
        text = draw(facts, "dot")
        bare = re.sub(string, "S", text)
        assert '"' not in bare
        assert bare.count("{") == bare.count("}")
        known = set(re.findall(rf"^ +({string}) \[", text, re.MULTILINE))
        for source, target in re.findall(rf"^ +({string}) -> ({string}) \[", text, re.MULTILINE):
            assert {source, target} <= known
    assert 'label="layers/upward-import"' in draw(upward, "dot")


@pytest.mark.parametrize(
    "files",
    [
        {"main.py": ""},
        {"main.py": "import os\n"},
        {"a.py": "import b\n", "b.py": "import a\n"},
        {"routes/a.py": "import b\n", "b.py": "import routes.a\n"},
        {"a.py": "import a\n"},
    ],
)
@pytest.mark.parametrize("form", FORMS)
def test_small_projects(write: Write, files: dict[str, str], form: Form) -> None:
    drawing = draw(clean(write(files)), form)
    if form == "svg":
        ElementTree.fromstring(drawing)


def test_a_large_project_is_folded(write: Write) -> None:
    files = {
        f"{layer}/part{part}/file{number}.py": f"from {below}.part{part} import file{number}\n" if below else "x = 1\n"
        for layer, below in (("routes", "services"), ("services", "repositories"), ("repositories", None))
        for part in range(20)
        for number in range(30)
    }
    facts = clean(write(files))
    picture = fold(read_graph(facts))
    assert len(picture.boxes) <= 160
    assert sum(len(box.files) for box in picture.boxes) == len(files)
    drawing = draw(facts, "svg")
    for one, other in combinations(boxes(drawing).values(), 2):
        assert not overlap(one, other)
    assert "1,800 files" in drawing


def test_the_ending_chooses_the_form(buttress: Buttress, tmp_path: Path) -> None:
    project = FIXTURES / "layers" / "upward_import" / "bad"
    for name, start in {"a.svg": "<svg", "a.html": "<!doctype html>", "a.dot": "digraph", "a.mmd": "flowchart"}.items():
        assert buttress("graph", project, "-o", tmp_path / name).code == 0
        assert (tmp_path / name).read_text("utf-8").startswith(start)
    assert buttress("graph", project).out.startswith("flowchart TB\n")
    assert buttress("graph", project, "--format", "svg").out.startswith("<svg")
