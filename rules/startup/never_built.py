"""The start command runs build output, and nothing builds it.

`node dist/server.js` runs what a build has written. Build folders are not delivered with the sources, so where neither
the start script nor an npm script, a container or a pipeline runs the build, the file is missing: `Cannot find module`.

Run the build before the start, in the start script itself (`npm run build && node dist/server.js`), or run the sources
with a loader such as tsx.

Where package.json has a script that builds, somebody may run it beforehand; the rule then speaks only where a task is
given, which starts the project by its start script alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.api import Category, Facts, Problem, is_there, output_of, place_of, regex, rule

from ._scripts import BUILDS, NO_OUTPUT, containers

PIPELINES = regex(r"(?:^|/)(?:Makefile|Procfile|Jenkinsfile|\.gitlab-ci\.yml|app\.json|render\.yaml|fly\.toml)$")
BY_ITSELF = ("prestart", "postinstall", "install", "preinstall", "prepare", "heroku-postbuild", "gcp-build")


@rule(Category.SERVER_STARTUP_FAILURE)
def never_built(facts: Facts) -> Iterator[Problem]:
    """Yield each file of the build that the start runs without a build."""
    project = facts.project
    for name in facts.launch.named:
        place = place_of(name) if name.kind == "file" else None
        if place is None or is_there(project, place) or not output_of(place, project):
            continue
        if name.text.endswith((".sh", ".py")) or builds(facts):
            continue
        yield Problem(
            name.span,
            f"Nothing builds `{name.text}` before this command runs it",
            symptom=f"Error: Cannot find module '{name.text}'",
            remedy="Build before the start, or run the sources with a loader such as tsx",
            routes=(),
            identity=name.text,
        )


def builds(facts: Facts) -> bool:
    """Whether something runs a build: the start, an npm script that npm runs by itself, a container, a pipeline."""
    scripts = {name: text for package in facts.project.manifests.node for name, text in package.scripts.items()}
    quiet = {name for name, text in scripts.items() if no_output(facts, text)}
    wanted = dict(scripts) if facts.config.task is None else {n: t for n, t in scripts.items() if n in BY_ITSELF}
    texts = [text for name, text in wanted.items() if name not in quiet]
    texts += [" ".join(command.argv) for command in facts.launch.commands]
    if facts.config.task is None:
        texts += containers(facts)
        texts += [source.text for path, source in facts.project.others.items() if PIPELINES.search(path)]
        if any(PIPELINES.search(path) or path.startswith(".github/workflows/") for path in facts.project.paths):
            return True
    return any(BUILDS.search(text) and not NO_OUTPUT.search(text) for text in texts)


def no_output(facts: Facts, text: str) -> bool:
    """Whether a script only runs a compiler that is told to write nothing."""
    if not re.fullmatch(r"\s*(?:npx\s+)?tsc(?:\s+(?:-p|--project)\s+\S+|\s+--?\w+)*\s*", text):
        return False
    return all(config.out_dir is None for config in facts.project.manifests.typescript)
