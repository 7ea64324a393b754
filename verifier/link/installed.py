"""What is installed: what manifests declare, what comes along with it, and which distribution brings which module.

The table beside this file holds what is known of distributions; ``tests/link/packages.py`` writes it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from verifier.model import Project, Span
from verifier.regex import regex

# What installs packages outside of manifests: their names are taken for declared.
INSTALLING = regex(
    r"\b(?:pip3?|uv\s+pip|uv|poetry|pdm|pipenv|conda|mamba)\s+(?:install|add)\b([^\n&|;]*(?:\\\n[^\n&|;]*)*)"
    r"|\b(?:npm|yarn|pnpm|bun)\s+(?:install|i|add|global\s+add)\b([^\n&|;]*(?:\\\n[^\n&|;]*)*)"
)
WORD = regex(r"(?:@[\w.-]+/)?[A-Za-z][\w.-]*")
UNREAD = regex(
    r"(?:^|/)(?:environment|conda)[^/]*\.ya?ml$|(?:^|/)(?:BUILD|BUILD\.bazel|pants\.toml|flake\.nix|deno\.jsonc?)$"
)
# Distributions that bring dozens of others.
BRINGING = frozenset(
    """apache-airflow autogluon chainlit chromadb crewai fastai gradio gensim haystack-ai jupyter jupyterlab keras
    langchain langchain-community langgraph librosa llama-index lightgbm matplotlib mlflow notebook nltk
    opencv-python opencv-python-headless openai-whisper paddleocr pandas polars prefect pyspark pytorch-lightning
    sagemaker scikit-image scikit-learn seaborn sentence-transformers spacy statsmodels streamlit tensorflow
    tensorflow-cpu torch torchvision transformers ultralytics xgboost""".split()
)
SHORT = 3  # letters of a name that is too short to be told by being part of another


class Installed(Struct, frozen=True):
    """The packages of a language that are there where the project is installed.

    Attributes:
        names: what manifests and installing commands name.
        everything: those, and what comes along with them as far as is known, and what lock files hold.
        sure: whether that is all: what comes along is known of each, or a lock file says it.
        known: whether anything is declared at all, in manifests that we read.
        folders: where the manifests lie, with what lies below them.
        places: the first requirement of each manifest.
    """

    language: str
    names: frozenset[str]
    everything: frozenset[str]
    sure: bool
    known: bool
    folders: tuple[str, ...] = ()
    places: tuple[Span, ...] = ()

    def governs(self, path: str) -> bool:
        """Whether a manifest speaks of a file: it lies beside it, or above."""
        return self.known and any(not folder or path.startswith(f"{folder}/") for folder in self.folders)

    def manifest(self, path: str) -> tuple[Span, ...]:
        """Where the nearest manifest that speaks of a file declares its requirements."""
        own = [one for one in self.places if path.startswith(folder_of(one.path))]
        return (max(own, key=lambda one: len(folder_of(one.path))),) if own else ()

    def has(self, *names: str) -> bool:
        """Whether one of some distributions is there."""
        return any((normal(name) if self.language == "python" else name) in self.everything for name in names)

    def brings(self, module: str) -> bool:
        """Whether a distribution that is there brings a top-level module of Python, by the table or by its name."""
        if self.has(*providers(module)) or related(module, self.everything if self.sure else self.names):
            return True
        return not self.sure and may_come_along(module, self.names)


def link_installed(project: Project, language: str) -> Installed:
    """What is installed of a language."""
    names, extras = declared(project, language)
    known = bool(names) and not any(UNREAD.search(path) for path in project.paths)
    everything, complete = comes_along(names, extras, language)
    locked = project.manifests.locked.get(language, frozenset())
    places: dict[str, Span] = {}
    for one in project.manifests.requirements:
        if one.span.path.endswith("package.json") == (language == "javascript"):
            places.setdefault(one.span.path, one.span)
    folders = {folder_of(path).rstrip("/") for path in places}
    return Installed(
        language,
        names,
        everything | locked,
        complete or bool(locked),
        known,
        tuple(sorted(folders)),
        tuple(places.values()),
    )


def folder_of(manifest: str) -> str:
    """The folder that a manifest speaks of, with a slash at its end; nothing for the root."""
    folder = re.sub(r"(?:^|/)(?:requirements|reqs|deps)$", "", manifest.rpartition("/")[0])
    return f"{folder}/" if folder else ""


@cache
def table() -> Mapping[str, Any]:
    """The table, read once."""
    content: Mapping[str, Any] = json.loads(Path(__file__).with_name("packages.json").read_text("utf-8"))
    return content


def normal(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def providers(module: str) -> tuple[str, ...]:
    """The distributions that bring a top-level module, those that are known best first; its own name is always one."""
    known = table()["imports"].get(module, ())
    requires = table()["requires"]
    return tuple(dict.fromkeys((*sorted(known, key=lambda name: name not in requires), normal(module))))


def is_known(module: str) -> bool:
    """Whether it was seen which distribution brings a module, rather than told."""
    return any(name in table()["requires"] for name in table()["imports"].get(module, ()))


def is_seen(name: str) -> bool:
    """Whether it was seen what a distribution brings and requires."""
    return normal(name) in table()["requires"]


def declared(project: Project, language: str) -> tuple[frozenset[str], Mapping[str, tuple[str, ...]]]:
    """What manifests and installing commands name, with the extras of each."""
    found: dict[str, tuple[str, ...]] = {}
    for one in project.manifests.requirements:
        if one.span.path.endswith("package.json") == (language == "javascript"):
            name = normal(one.name) if language == "python" else one.name
            found[name] = (*found.get(name, ()), *one.extras)
    for source in project.others.values() if found else ():
        if source.path.endswith((".json", ".sql", ".toml", ".txt", ".in", ".cfg")):
            continue
        for match in INSTALLING.finditer(source.text) if b"nstall" in source.data or b" add" in source.data else ():
            for word in WORD.findall(match[1] or match[2] or ""):
                found.setdefault(normal(word) if language == "python" else word, ())
    return frozenset(found), found


def comes_along(
    names: Iterable[str], extras: Mapping[str, tuple[str, ...]], language: str
) -> tuple[frozenset[str], bool]:
    """All that is installed with some packages, and whether that is known for each of them."""
    requires: Mapping[str, list[str]] = table()["requires" if language == "python" else "node"]
    seen = set(names)
    waiting = list(seen)
    complete = True
    while waiting:
        name = waiting.pop()
        if name not in requires:
            complete = complete and name not in extras
            continue
        inner = list(requires[name])
        if language == "python" and extras.get(name):
            told = table()["extras"].get(name, {})
            wanted = [normal(extra) for extra in extras[name]]
            inner += [other for extra in wanted for other in told.get(extra, ())]
            complete = complete and all(extra in told for extra in wanted)
        for other in inner:
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return frozenset(seen), complete


def may_come_along(module: str, names: Iterable[str]) -> bool:
    """Whether a distribution of which it is not known what it requires is likely to require what brings a module.

    It is called after it (``asyncpgsa`` after ``asyncpg``), or is one that brings very much.
    """
    requires = table()["requires"]
    unknown = [name for name in names if name not in requires]
    own = [normal(name) for name in providers(module)]
    return any(name in BRINGING for name in unknown) or any(
        len(one) > SHORT and name.startswith(one) for one in own for name in unknown
    )


def related(module: str, names: Iterable[str]) -> bool:
    """Whether a distribution among some is likely to bring a module, by its name: ``dotenv`` of ``python-dotenv``."""
    own = normal(module)
    plain = own.replace("-", "")
    for name in names:
        if name == own or name.startswith(f"{own}-") or name.endswith(f"-{own}") or name.replace("-", "") == plain:
            return True
        if name in (f"py{own}", f"python{own}") or own in (f"py{name}", f"python{name}"):
            return True
    if is_known(module):
        return False
    shorter = (name.replace("-", "") for name in names)
    return any(len(min(plain, name, key=len)) > SHORT and (name in plain or plain in name) for name in shorter)
