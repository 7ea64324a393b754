"""What an agent did, and the two things that are told from it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from verifier.classify import FailedRun, InputError, classify
from verifier.classify.lines import read_lines
from verifier.classify.trajectory import looped, never_tried, read_trajectory

WRITE = "cat > src/app.js <<'EOF'\nimport express from 'express'\nEOF\nchmod +x run.sh"
DONE = "echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT"


def said(*commands: str, status: str = "Submitted") -> bytes:
    """A trajectory of messages that hold one command each."""
    messages = [{"role": "system", "content": "You are helpful."}]
    for command in commands:
        messages.append({"role": "assistant", "content": f"THOUGHT: next.\n\n```bash\n{command}\n```"})
        messages.append({"role": "user", "content": "<returncode>0</returncode>\n```bash\nnode x\n```"})
    return json.dumps({"status": status, "trajectories": messages}).encode()


def calls(*given: dict[str, Any]) -> bytes:
    """A trajectory of JSON lines with tool calls."""
    lines = []
    for one in given:
        function = {"name": one.pop("tool", "bash"), "arguments": json.dumps(one)}
        lines.append({"role": "assistant", "content": None, "tool_calls": [{"function": function}]})
    return "\n".join(json.dumps(line) for line in lines).encode()


def test_commands_edits_and_the_end_are_told_apart() -> None:
    made = read_trajectory(said("ls", WRITE, "./run.sh & curl localhost:3000", DONE), "t")
    assert [step.kind for step in made.steps] == ["command", "edit", "command", "end", "end"]


def test_tool_calls_in_json_lines() -> None:
    edit = {"tool": "editor", "path": "a.js", "old_str": "a", "new_str": "b"}
    made = read_trajectory(calls({"command": "ls"}, edit, {"tool": "finish"}) + b"\n{broken\n", "t")
    assert [step.kind for step in made.steps] == ["command", "edit", "end"]
    assert made.odd == 1


def test_events_of_actions() -> None:
    events = [{"source": "agent", "action": {"command": "npm test"}}, {"source": "user", "action": {"command": "no"}}]
    assert [step.text for step in read_trajectory(json.dumps(events).encode(), "t").steps] == ["npm test"]


@pytest.mark.parametrize(
    ("commands", "loops"),
    [
        (["ls", *["node src/app.js"] * 4], True),
        (["ls", *["node src/app.js"] * 3], False),
        ([*["node src/app.js", "cat log"] * 4], True),
        ([*["node src/app.js", "cat log"] * 3], False),
        ([*["node src/app.js"] * 9, "curl localhost"], False),
    ],
)
def test_the_same_steps_to_the_end_are_a_loop(commands: list[str], loops: bool) -> None:
    made = read_trajectory(said(*commands, status="LimitsExceeded"), "t")
    assert (looped(made) is not None) is loops


def test_who_finishes_is_in_no_loop() -> None:
    assert looped(read_trajectory(said(*["npm test"] * 9, DONE), "t")) is None


@pytest.mark.parametrize(
    ("commands", "tried"),
    [
        ([WRITE, DONE], False),
        ([WRITE, "cat src/app.js", DONE], False),
        ([WRITE, "./run.sh & sleep 2; curl localhost:3000/api/tags", DONE], True),
        ([f"{WRITE}\nnode src/app.js", DONE], True),
        ([WRITE], True),
        (["ls", DONE], True),
    ],
)
def test_who_finishes_without_a_start_never_tried(commands: list[str], tried: bool) -> None:
    status = "Submitted" if DONE in commands else "LimitsExceeded"
    assert (never_tried(read_trajectory(said(*commands, status=status), "t")) is None) is tried


def test_a_loop_is_the_cause_and_the_code_comes_second() -> None:
    requests = read_lines("Register POST → 500: 6 failed\n").requests
    trajectory = read_trajectory(said(*["npm test"] * 5, status="LimitsExceeded"), "t")
    made = classify(FailedRun(requests=requests, trajectory=trajectory))
    assert made.cause is not None
    assert (made.cause.category, made.cause.paper_label) == ("stuck_in_loop", "stuck_in_loop")
    assert "unexplained-error" in [one.defect for one in made.alternatives]


@pytest.mark.parametrize(
    ("line", "first"),
    [("Register POST → 500: 6 failed", "never-tried"), ("Register POST → 422: 6 failed", "request-body-refused")],
)
def test_who_never_tried_left_ordinary_defects(line: str, first: str) -> None:
    run = FailedRun(requests=read_lines(line).requests, trajectory=read_trajectory(said(WRITE, DONE), "t"))
    made = classify(run)
    assert made.cause is not None
    assert made.cause.defect == first
    assert "never-tried" in [made.cause.defect, *(one.defect for one in made.alternatives)]


def test_a_trajectory_does_not_make_a_run_fail() -> None:
    run = FailedRun(requests=(), trajectory=read_trajectory(said(*["npm test"] * 5, status="LimitsExceeded"), "t"))
    assert not classify(run).failed


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"", b"not json\n", b"3", b"[" * 100_000])
def test_what_is_no_trajectory_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="trajectory"):
        read_trajectory(data, "t")


def test_odd_entries_are_counted(tmp_path: Path) -> None:
    assert read_trajectory(json.dumps([1, None, {"role": "assistant", "content": 5}]).encode(), "t").odd == 2
