"""Fastify does not resolve routes by their order: nothing is shadowed there, and no rule says so."""

from __future__ import annotations

import pytest

from tests.frameworks.harness import APPS, facts_of
from tests.proofs.node import run_fixture
from verifier.packs import load_book

NEWS = APPS / "fastify" / "news"

ASK = """
import { createRequire } from 'node:module'
const fastify = createRequire(import.meta.url)('./app.js')
for (const url of ['latest', 'other', 'a/b'].map((path) => '/stories/' + path).concat('/desks/sports/today')) {
  const response = await fastify.inject({ method: 'GET', url })
  console.log(JSON.stringify(response.json().found))
}
process.exit(0)
"""


@pytest.mark.parametrize("packages", ["current", "previous", "older"])  # Fastify 5, 4 and 3
def test_the_order_does_not_decide(packages: str) -> None:
    assert run_fixture(NEWS, ASK, packages) == ["the latest", "other", "anything", "sports of today"]


def test_no_rule_speaks_of_it() -> None:
    facts = facts_of(NEWS)
    assert [route.path for route in facts.routes][:3] == ["/stories/{wild}", "/stories/{slug}", "/stories/latest"]
    rules = [rule for name, rule in load_book().rules.items() if name.endswith("/shadowed-route")]
    assert rules
    assert not [problem for rule in rules for problem in rule.check(facts)]
