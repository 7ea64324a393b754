"""Verdicts: each constraint that is set, clause by clause, with the lines that it rests on."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from verifier.check.verdicts.architecture import ARCHITECTURE, CONFIGURED
from verifier.check.verdicts.clauses import by_findings
from verifier.check.verdicts.contract import CONTRACT
from verifier.check.verdicts.database import database
from verifier.check.verdicts.framework import framework
from verifier.check.verdicts.orm import orm
from verifier.model import Finding, Verdict

if TYPE_CHECKING:
    from verifier.link import Facts


def decide(facts: Facts, findings: list[Finding], chosen: Collection[str]) -> tuple[Verdict, ...]:
    """The verdicts on all constraints that are set.

    Args:
        chosen: the ids of the rules that were run.
    """
    config = facts.config
    verdicts: list[Verdict] = []
    if config.framework is not None:
        verdicts.append(framework(facts, config.framework))
    if config.architecture is not None or config.layers:
        clauses = ARCHITECTURE if config.architecture is not None else CONFIGURED
        if config.architecture is not None and config.layers:
            clauses = (*ARCHITECTURE, CONFIGURED[1])
        verdicts.extend(by_findings(facts, "architecture", clause, findings, chosen) for clause in clauses)
    if config.database is not None:
        verdicts.extend(database(facts, config.database, findings))
    if config.orm is not None:
        verdicts.extend(orm(facts, config.orm))
    if facts.contract is not None:
        verdicts.extend(by_findings(facts, "contract", clause, findings, chosen) for clause in CONTRACT)
    return tuple(verdicts)
