"""The same batch on a Ray cluster: a real one, of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.batch.looks import odd
from tests.batch.test_batch import NUMBER, batch, content, small_tree
from tests.batch.tree import write
from tests.conftest import Buttress
from verifier.batch.cluster import work_through
from verifier.batch.nouns import Settings, Work

cluster_utils = pytest.importorskip("ray.cluster_utils")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A cluster with one node, of its own."""
    cluster: Any = cluster_utils.Cluster(
        initialize_head=True, head_node_args={"num_cpus": 2, "include_dashboard": False}
    )
    try:
        yield cluster.address
    finally:
        cluster.shutdown()


def test_the_same_result_as_on_this_machine(address: str, tmp_path: Path) -> None:
    tree = tmp_path / "results"
    write(small_tree(), tree)
    here, there = tmp_path / "here.duckdb", tmp_path / "there.duckdb"
    assert batch(tree, here)["done"] == NUMBER
    ray = ("--engine", "ray", "--ray-address", address)
    assert batch(tree, there, *ray)["done"] == NUMBER
    assert content(here) == content(there)
    assert batch(tree, there, *ray)["known"] == NUMBER
    assert batch(tree, there)["known"] == NUMBER, "the engine is no part of a run's key"


def test_a_run_that_hangs_or_dies_ends_no_other(address: str) -> None:
    names = ["one", "sleeps", "two", "dies", "three", "raises", "four"]
    asked = [(Work(run=name, source="tree"), None) for name in names]
    found = {work.run: outcome for work, outcome in work_through(asked, Settings(timeout=5), address, odd)}
    errors = {run: outcome.row.error or "" for run, outcome in found.items() if outcome is not None}
    assert set(errors) == set(names)
    assert "took longer than 5 seconds" in errors["sleeps"]
    assert "was ended" in errors["dies"] and "no reason" in errors["raises"]
    assert all(errors[name].isdecimal() for name in ("one", "two", "three", "four"))


def test_no_cluster_is_one_sentence(buttress: Buttress, tmp_path: Path) -> None:
    write(list(small_tree())[:1], tmp_path / "results")
    given = ("batch", tmp_path / "results", "--store", tmp_path / "runs.duckdb", "--engine", "ray")
    ran = buttress(*given, "--ray-address", "nonsense://nowhere")
    assert ran.code == 2 and ran.err.count("\n") == 1 and "There is no Ray cluster" in ran.err
