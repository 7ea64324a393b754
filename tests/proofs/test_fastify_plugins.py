"""What Fastify says to plugins of another major version."""

from __future__ import annotations

import pytest

from tests.frameworks.harness import NODE
from tests.proofs.node import run_fixture
from tests.proofs.test_fastify_handlers import FIXTURES

REGISTER = """
import { createRequire } from 'node:module'
const own = createRequire(import.meta.url), other = createRequire('PLACE')
const app = own('fastify')()
app.register(other('@fastify/auth'))
const said = await app.ready().then(() => 'ready', (error) => error.code)
console.log(JSON.stringify(said))
process.exit(0)
"""


@pytest.mark.parametrize(
    ("fastify", "plugin", "said"),
    [
        ("previous", "current", "FST_ERR_PLUGIN_VERSION_MISMATCH"),
        ("current", "previous", "FST_ERR_PLUGIN_VERSION_MISMATCH"),
        ("previous", "previous", "ready"),
        ("current", "current", "ready"),
    ],
)
def test_plugins_expect_a_major_version(fastify: str, plugin: str, said: str) -> None:
    place = NODE / plugin / "package.json"
    if not (NODE / plugin / "node_modules" / "@fastify" / "auth").is_dir():
        pytest.skip(f"needs `npm ci` in tests/node/{plugin}")
    folder = FIXTURES / "plugin_of_another_major" / "bad"
    assert run_fixture(folder, REGISTER.replace("PLACE", str(place)), packages=fastify) == [said]
