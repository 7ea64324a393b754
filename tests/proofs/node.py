"""Runs a fixture on the real packages of ``tests/node``."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.frameworks.harness import NODE


def run_fixture(folder: Path, script: str, packages: str = "current", beside: str | None = None) -> list[Any]:
    """Run a script in a copy of a folder, which sees a set of packages; what it prints as JSON, line by line.

    Packages of the set ``beside`` are seen as well, and themselves see those of the first by ``require``.
    """
    home = NODE / packages
    for needed in (packages, beside):
        if needed is not None and (shutil.which("node") is None or not (NODE / needed / "node_modules").is_dir()):
            pytest.skip(f"needs node, and `npm ci` in tests/node/{needed}")
    target = home / ".apps" / f"proof-{folder.parent.name}-{folder.name}-{os.getpid()}"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target)
    try:
        (target / "__ask__.mjs").write_text(script)
        around = dict(os.environ)
        if beside is not None:
            around["NODE_PATH"] = str(home / "node_modules")
            (target / "node_modules").mkdir()
            for package in (NODE / beside / "node_modules").iterdir():
                (target / "node_modules" / package.name).symlink_to(package)
        done = subprocess.run(
            ["node", "__ask__.mjs"], cwd=target, capture_output=True, text=True, timeout=120, check=False, env=around
        )
    finally:
        shutil.rmtree(target, ignore_errors=True)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith(("[", "{", '"'))]


# Starts the program of a fixture, sends it requests one after the other, and prints what came of each: the status and
# the text of the answer, `hangs` where none came, `gone` where the program has ended; at the end, what it wrote.
SERVE = """
import http from 'node:http'
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
const port = await new Promise((resolve) => {
  const probe = createServer().listen(0, () => { const { port } = probe.address(); probe.close(() => resolve(port)) })
})
const env = { ...process.env, ...VARIABLES, PORT: String(port) }
const program = spawn('node', ['--no-deprecation', 'src/app.js'], { env })
let written = ''
let ended = false
program.stdout.on('data', (text) => { written += text })
program.stderr.on('data', (text) => { written += text })
const over = new Promise((resolve) => program.on('exit', () => { ended = true; resolve() }))
const pause = (time) => new Promise((resolve) => setTimeout(resolve, time))
const ask = ([method, path, body, headers = {}]) => new Promise((resolve) => {
  const given = body === null || body === undefined ? headers : { 'content-type': 'application/json', ...headers }
  const request = http.request({ port, method, path, headers: given, agent: false }, (answer) => {
    let text = ''
    answer.on('data', (part) => { text += part })
    answer.on('end', () => resolve([answer.statusCode, text]))
  })
  request.on('error', () => resolve(['gone', '']))
  request.setTimeout(1500, () => { resolve(['hangs', '']); request.destroy() })
  if (body) request.setHeader('content-length', Buffer.byteLength(body))
  else if (method === 'POST') request.setHeader('content-length', 0)
  request.end(body || undefined)
})
const listens = () => new Promise((resolve) => {
  const socket = http.get({ port, path: '/__', agent: false }, (answer) => { answer.resume(); resolve(true) })
  socket.on('error', (error) => resolve(error.code !== 'ECONNREFUSED'))
  socket.setTimeout(1000, () => { resolve(true); socket.destroy() })
})
for (let tries = 0; tries < 100 && !ended && !(await listens()); tries++) await pause(50)
for (const request of REQUESTS) {
  const answer = ended ? ['gone', ''] : await ask(request)
  if (answer[0] === 'gone') await Promise.race([over, pause(500)])
  console.log(JSON.stringify(answer))
}
await pause(50)
program.kill('SIGKILL')
await over
console.log(JSON.stringify(written))
"""

Request = tuple[Any, ...]


def serve_fixture(
    folder: Path, requests: list[Request], packages: str = "current", variables: dict[str, str] | None = None
) -> tuple[list[Any], list[str], str]:
    """Start the program of a fixture and send it requests: method, path, body and headers.

    An empty text for a body is no body, of which the header says that it is JSON.

    Returns:
        the status of each answer (``hangs`` and ``gone`` are none), its text, and what the program wrote.
    """
    script = SERVE.replace("REQUESTS", json.dumps(requests)).replace("VARIABLES", json.dumps(variables or {}))
    *answers, written = run_fixture(folder, script, packages)
    return [status for status, _ in answers], [text for _, text in answers], written
