"""``buttress new``: the files of a rule that is yet to be written."""

from __future__ import annotations

from pathlib import Path

from verifier.packs import PackError
from verifier.regex import regex

ID = regex(r"([a-z][a-z0-9_]*)/([a-z][a-z0-9]*(?:-[a-z0-9]+)*)")

RULE = '''"""Say in one sentence what is wrong.

Say what goes wrong at run time, and for whom.

Say what to write instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, rule


@rule(Category.OTHER)
def {name}(facts: Facts) -> Iterator[Problem]:
    """Yield what is wrong."""
    yield from ()
'''
BAD = "{comment} The smallest wrong code. Mark the line to report:\n{comment} finding: {id}\n"
GOOD = "{comment} The same code, corrected.\n"
NODE = frozenset({"express", "fastify", "hono", "koa", "sequelize"})


def scaffold(rule: str, root: Path) -> list[Path]:
    """Write the rule file and its fixtures below a checkout's root.

    Raises:
        PackError: the id is not one, the folder is no checkout, or the rule exists.
    """
    match = ID.fullmatch(rule)
    if match is None:
        raise PackError(f"`{rule}` is no rule id; write `pack/defect-in-a-few-words`, such as `fastapi/untyped-body`.")
    pack, name = match.group(1), match.group(2).replace("-", "_")
    if not (root / "rules").is_dir():
        raise PackError(f"{root} holds no `rules/`; run this in a checkout of Buttress, or name it with --root.")
    file = root / "rules" / pack / f"{name}.py"
    ending, comment = (".js", "//") if pack in NODE else (".py", "#")
    texts = {
        file: RULE.format(name=name),
        root / "fixtures" / pack / name / "bad" / f"app{ending}": BAD.format(comment=comment, id=rule),
        root / "fixtures" / pack / name / "good" / f"app{ending}": GOOD.format(comment=comment),
    }
    existing = next((path for path in texts if path.exists()), None)
    if existing is not None:
        raise PackError(f"{existing} exists already.")
    made: list[Path] = []
    package = file.parent / "__init__.py"
    if not package.exists():
        texts = {package: f'"""The pack {pack}."""\n', **texts}
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        made.append(path)
    return made
