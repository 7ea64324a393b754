"""The dependencies of a project, installed once for what its manifests say and kept for the next run.

Installing runs code of strangers (build scripts, npm's hooks), so it happens in the sandbox too, with the network open;
it may write to its own folder alone. The registries and certificates that this machine is set up for are passed on.
"""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from verifier.regex import regex
from verifier.run import interpreters
from verifier.run.detect import Plan
from verifier.run.sandbox import Job, Limits, Rung, start

FORMAT = "3"
LONGEST_INSTALL = 900.0
# What tells package managers of registries, proxies and certificates; other variables stay outside.
PASSED = regex(
    r"^(?:PIP_(?:INDEX_URL|EXTRA_INDEX_URL|TRUSTED_HOST|CERT|FIND_LINKS|DEFAULT_TIMEOUT)|UV_(?:INDEX|DEFAULT_INDEX|"
    r"INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|NATIVE_TLS|HTTP_TIMEOUT)|"
    r"NPM_CONFIG_(?:REGISTRY|\w+_(?:BINARY_HOST|BINARY_HOST_MIRROR|LOCAL_PREBUILDS))|HTTPS?_PROXY|ALL_PROXY|NO_PROXY|"
    r"SSL_CERT_(?:FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NODE_EXTRA_CA_CERTS)$",
    re.IGNORECASE,
)


class Installed(Struct, frozen=True):
    """An environment with a project's dependencies.

    Attributes:
        folder: what is bound into the sandbox, at the same path.
        path: folders for ``PATH``.
        modules: the ``node_modules`` that belongs beside the project's package.json.
        tools: further folders that its programs need.
        cached: whether it was there already.
    """

    folder: Path
    path: tuple[Path, ...]
    modules: Path | None
    tools: tuple[Path, ...]
    version: str
    cached: bool


class InstallError(Exception):
    """The dependencies could not be installed. ``exit`` is the status of the command, None where it ran too long."""

    def __init__(self, message: str, command: str, code: int | None) -> None:
        super().__init__(message)
        self.command = command
        self.exit = code


def install(plan: Plan, rung: Rung, cache: Path, log: Path, *, python: str | None = None) -> Installed:
    """The environment of a project, made where it is not there yet.

    Args:
        cache: the folder where environments are kept.
        log: where the output of the package manager goes.
        python: a version of Python, before what the project asks for.

    Raises:
        InstallError: a package manager failed.
        RunError: this machine lacks what is needed to begin.
    """
    cache.mkdir(parents=True, exist_ok=True)
    made = Python(plan, python) if plan.language == "python" else Npm(plan)
    folder = cache / plan.digest(FORMAT, made.version, sys.platform)
    done = folder / "complete"
    with Locked(folder.with_suffix(".lock")):
        cached = done.exists()
        if cached:
            os.utime(done)
        else:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            try:
                run(made.command(folder), plan, rung, folder, log, made)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            shutil.rmtree(folder / "cache", ignore_errors=True)
            done.touch()
    return made.installed(folder, cached)


class Python:
    """A virtual environment, by uv where it is there, else by pip."""

    def __init__(self, plan: Plan, wanted: str | None) -> None:
        self.plan = plan
        self.interpreter = interpreters.python(wanted or plan.python)
        self.version = f"python {self.interpreter.version}"
        self.uv = uv()
        self.tools = (self.interpreter.prefix, *([self.uv.parent] if self.uv is not None else []))
        # Before 3.12 an environment comes with setuptools, and old packages take `pkg_resources` for granted. What is
        # made by uv has none, so projects that are locked by it do without.
        old = tuple(map(int, self.interpreter.version.split(".")[:2])) < (3, 12)
        self.seeded = old and "uv.lock" not in plan.manifests and self.interpreter.seeds()

    def command(self, folder: Path) -> str:
        """The commands that install."""
        place, asked = folder / "venv", self.wanted(folder)
        if self.uv is None:
            make, add = [self.interpreter.path, "-m", "venv", place], [place / "bin" / "pip", "install", *asked]
        else:
            make = [self.uv, "venv", "--no-project", "--python", self.interpreter.path, place]
            if self.seeded:
                make = [self.interpreter.path, "-m", "venv", place]
            add = [self.uv, "pip", "install", "--python", place / "bin" / "python", *asked]
            if "uv.lock" in self.plan.manifests:
                add = [self.uv, "sync", "--frozen", "--no-dev", "--no-install-project"]
        return " && ".join(shlex.join(map(str, words)) for words in (make, add))

    def wanted(self, folder: Path) -> list[str]:
        """What is installed: requirements, or what the project as a package needs."""
        first = self.plan.manifests[0]
        if self.plan.packages:
            (folder / "requirements.txt").write_text("\n".join(self.plan.packages))
            (folder / "pins.txt").write_text("\n".join(self.plan.pins))
            return ["-r", str(folder / "requirements.txt"), "-c", str(folder / "pins.txt")]
        if first.startswith("requirements") or (first == "pyproject.toml" and self.uv is not None):
            return ["-r", first]
        return ["."]

    def environment(self, folder: Path) -> dict[str, str]:
        """Variables of the package manager."""
        return {
            "UV_CACHE_DIR": str(folder / "cache"),
            "UV_LINK_MODE": "copy",
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_PROJECT_ENVIRONMENT": str(folder / "venv"),
            "PIP_CACHE_DIR": str(folder / "cache"),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            **pip_registry(),
        }

    def installed(self, folder: Path, cached: bool) -> Installed:
        """The environment that was made."""
        place = folder / "venv"
        return Installed(folder, (place / "bin",), None, (self.interpreter.prefix,), self.version, cached)


class Npm:
    """A ``node_modules``, exactly as the lock file says where there is one."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.node = interpreters.node()
        self.version = f"node {self.node.version}"
        self.tools = (self.node.prefix,)

    def command(self, folder: Path) -> str:
        """The commands that install; npm writes beside package.json, so that is copied."""
        names = [name for name in self.plan.manifests if "/" not in name]
        copy = ["cp", *names, folder]
        locked = any(name in names for name in ("package-lock.json", "npm-shrinkwrap.json"))
        # Hooks of the project itself (husky, a build) need files that are not there: they are left to its start.
        add = ["npm", "ci" if locked else "install", "--no-audit", "--no-fund", "--loglevel=error"]
        steps = [shlex.join(map(str, copy)), f"cd {shlex.quote(str(folder))}", UNHOOKED, shlex.join(add)]
        return " && ".join(steps)

    def environment(self, folder: Path) -> dict[str, str]:
        """Variables of npm, with the headers of this Node, so that addons need not download them."""
        known = {"npm_config_cache": str(folder / "cache"), "npm_config_update_notifier": "false", "JOBS": "max"}
        if self.node.headers is not None:
            known["npm_config_nodedir"] = str(self.node.headers)
        return {**known, **npm_registry()}

    def installed(self, folder: Path, cached: bool) -> Installed:
        """The environment that was made."""
        modules = folder / "node_modules"
        modules.mkdir(exist_ok=True)
        return Installed(
            folder, (modules / ".bin", self.node.path.parent), modules, (self.node.prefix,), self.version, cached
        )


# Takes the project's own installation hooks out of the copy of package.json.
UNHOOKED = (
    'node -e \'const fs = require("fs"); const data = JSON.parse(fs.readFileSync("package.json", "utf8"));'
    ' for (const name of ["preinstall", "install", "postinstall", "prepare", "prepublish"])'
    ' if (data.scripts) delete data.scripts[name]; fs.writeFileSync("package.json", JSON.stringify(data))\''
)


def run(command: str, plan: Plan, rung: Rung, folder: Path, log: Path, made: Python | Npm) -> None:
    """Run a package manager in the sandbox."""
    passed = {name: value for name, value in os.environ.items() if PASSED.match(name)}
    path = [str(tool / "bin") if (tool / "bin").is_dir() else str(tool) for tool in made.tools]
    environment = {
        "PATH": os.pathsep.join([*path, "/usr/local/bin", "/usr/bin", "/bin"]),
        "LANG": "C.UTF-8",
        **passed,
        **made.environment(folder),
    }
    job = Job(
        command=("sh", "-c", command),
        environment=environment,
        source=plan.root,
        log=log,
        read_only={str(place): str(place) for place in (*made.tools, *certificates(passed))},
        writable={str(folder): str(folder)},
        network=True,
        limits=Limits(memory_mb=4096, file_mb=1024, disk_mb=1024, processor_seconds=3600),
    )
    with start(job, rung) as process:
        ended = process.wait(LONGEST_INSTALL)
    if ended is None:
        raise InstallError(f"installing took longer than {LONGEST_INSTALL:.0f} seconds", command, None)
    if process.resources.killed:
        raise InstallError(f"installing was stopped: {process.resources.killed}", command, process.exit)
    if process.exit != 0:
        raise InstallError(f"the dependencies could not be installed: {cause(log)}", command, process.exit)


TOLD = (r"^\W*(Failed to .+|No solution .+)", r"^error: (.+)", r"^ERROR: (.+)", r"(gyp ERR! .*not found.*)")
TOLD_BY_NPM = r"^npm (?:error|ERR!) (?!code |path |command |A complete|gyp info|npm)(\S.*)"


def cause(log: Path) -> str:
    """The line of a package manager's output that says the most."""
    text = log.read_text("utf-8", "replace")
    for pattern in (*TOLD, TOLD_BY_NPM):
        match = re.search(pattern, text, re.MULTILINE)
        if match is not None:
            return match.group(1).strip()[:300]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "the package manager said nothing"


def certificates(passed: Mapping[str, str]) -> Iterator[Path]:
    """Files and folders that passed variables name."""
    for value in passed.values():
        place = Path(value)
        if place.is_absolute() and place.exists() and place != Path("/"):
            yield place


def uv() -> Path | None:
    """The program uv, of the wheel or the machine."""
    try:
        from uv import find_uv_bin

        return Path(find_uv_bin())
    except (ImportError, FileNotFoundError):
        found = shutil.which("uv")
        return Path(found).resolve() if found is not None else None


def pip_registry() -> dict[str, str]:
    """The registry that pip is set up for, told to pip and uv alike; the environment's own goes first."""
    if any(name in os.environ for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL")):
        return {}
    home = Path.home()
    for place in (home / ".config/pip/pip.conf", home / ".pip/pip.conf", Path("/etc/pip.conf")):
        held = configparser.RawConfigParser()
        try:
            held.read(place)
            url = held.get("global", "index-url", fallback=None)
        except (OSError, configparser.Error, UnicodeDecodeError):
            continue
        if url:
            return {"PIP_INDEX_URL": url, "UV_DEFAULT_INDEX": url}
    return {}


def npm_registry() -> dict[str, str]:
    """The registry that npm is set up for."""
    try:
        done = subprocess.run(
            ["npm", "config", "get", "registry"],
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
            cwd=Path.home(),
        )
    except (OSError, subprocess.SubprocessError):
        return {}
    url = done.stdout.strip()
    return {"npm_config_registry": url} if url.startswith("http") else {}


class Locked:
    """Holds a lock file, so that two runs do not install the same at once."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        import fcntl

        self.handle = self.path.open("w")
        fcntl.flock(self.handle, fcntl.LOCK_EX)

    def __exit__(self, *error: object) -> None:
        self.handle.close()
