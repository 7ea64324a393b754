"""What an agent did, read from its trajectory; and the two things that only a trajectory shows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from verifier.classify.errors import InputError
from verifier.classify.nouns import Evidence, Step, Trajectory
from verifier.regex import regex

REPEATS = 4  # times that the same step is done in a row
ROUNDS = 4  # times that the same few steps follow each other
LONGEST_ROUND = 3
MOST_STEPS = 100_000
LONGEST = 20_000  # characters of a step that are looked at
DEEPEST = 12

BLOCK = regex(r"```(?:bash|sh|shell|console)?[^\S\n]*\n(.*?)```", flags=re.DOTALL)
FINISH = regex(r"COMPLETE_TASK_AND_SUBMIT|MINI_SWE_AGENT_FINAL_OUTPUT|^\s*(?:submit|finish|exit)\b", flags=re.MULTILINE)
WRITES = regex(r"<<\s*[-~]?\s*['\"]?\w+|\btee\b|>\s*[\w./-]+\.\w+|\bsed\s+-i|apply_patch|\bcat\s*>|str_replace|create")
TRIES = regex(
    r"\brun\.sh\b|\bcurl\b|\bwget\b|\buvicorn\b|\bgunicorn\b|\bflask run\b|"
    r"manage\.py (?:runserver|migrate|check|test)|\bnpx \S|"
    r"\bnpm (?:start|test|run)\b|\bnode \S|\btsx \S|\bpytest\b|\bpython3? (?:-m )?[\w./]+|\bnewman\b|\bhttpx?\b"
)
MAKES_RUN = regex(r"(?:>|chmod [+\w]+)\s*(?:\./)?run\.sh")


def read_trajectory(data: bytes, title: str) -> Trajectory:
    """Read what an agent did: JSON or JSON lines of messages, tool calls or events.

    Raises:
        InputError: it is neither.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"The trajectory {title} is not UTF-8.") from error
    held, odd = entries(text, title)
    steps: list[Step] = []
    for entry in held[:MOST_STEPS]:
        found = list(steps_of(entry, 0))
        odd += not isinstance(entry, dict)
        steps += found
    status = status_of(text) if held else ""
    if status and status.lower() in ("submitted", "finished", "completed"):
        steps.append(Step("end", status))
    return Trajectory(tuple(steps), odd)


def entries(text: str, title: str) -> tuple[list[Any], int]:
    """The messages or events of a trajectory, and how many lines were none."""
    try:
        held = json.loads(text)
    except RecursionError as error:
        raise InputError(f"The trajectory {title} is nested too deeply to be read.") from error
    except ValueError:
        return lines_of(text, title)
    if isinstance(held, dict):
        named = ("trajectories", "trajectory", "messages", "history", "events", "steps")
        held = next((held[name] for name in named if isinstance(held.get(name), list)), [held])
    if not isinstance(held, list):
        raise InputError(f"The trajectory {title} holds no list of steps.")
    return held, 0


def lines_of(text: str, title: str) -> tuple[list[Any], int]:
    """Entries of JSON lines."""
    found: list[Any] = []
    odd = 0
    for line in text.splitlines():
        if not line.strip():
            continue
        try:
            found.append(json.loads(line))
        except (ValueError, RecursionError):
            odd += 1
    if not found:
        raise InputError(f"The trajectory {title} is neither JSON nor JSON lines.")
    return found, odd


def status_of(text: str) -> str:
    """How the agent ended, where its file says so."""
    try:
        held = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    status = held.get("status") if isinstance(held, dict) else None
    return status if isinstance(status, str) else ""


def steps_of(entry: Any, depth: int) -> Iterator[Step]:
    """What an entry did: commands in blocks of an assistant's text, calls of tools, actions."""
    if not isinstance(entry, dict) or depth > DEEPEST:
        return
    role = entry.get("role") or entry.get("source") or ""
    if role in ("user", "system", "environment", "tool"):
        return
    calls = entry.get("tool_calls")
    for call in calls if isinstance(calls, list) else ():
        yield from step_of_call(call)
    content = entry.get("content")
    if isinstance(content, str):
        yield from (step(block) for block in BLOCK.findall(content[: LONGEST * 5]))
    elif isinstance(content, list):
        for part in content:
            if isinstance(part, dict) and part.get("type") == "tool_use":
                yield from step_of_call({"function": {"name": part.get("name"), "arguments": part.get("input")}})
            elif isinstance(part, dict) and isinstance(part.get("text"), str):
                yield from (step(block) for block in BLOCK.findall(part["text"][: LONGEST * 5]))
    for name in ("action", "args", "arguments", "input"):
        held = entry.get(name)
        if isinstance(held, dict):
            yield from step_of_call({"function": {"name": entry.get("tool_name") or name, "arguments": held}})
    if isinstance(entry.get("command"), str) and calls is None:
        yield step(entry["command"])


def step_of_call(call: Any) -> Iterator[Step]:
    """The step of a call of a tool."""
    function = call.get("function", call) if isinstance(call, dict) else None
    if not isinstance(function, dict):
        return
    given = function.get("arguments")
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except (ValueError, RecursionError):
            given = {"command": given}
    if not isinstance(given, dict):
        return
    name = str(function.get("name") or "")
    if name in ("finish", "submit", "FinishAction"):
        yield Step("end", name)
        return
    command = given.get("command") or given.get("cmd")
    writes = any(key in given for key in ("file_text", "new_str", "old_str", "content", "patch"))
    if writes:
        yield Step("edit", json.dumps(given, sort_keys=True, default=str)[:LONGEST])
    elif isinstance(command, list):
        yield step(" ".join(map(str, command)))
    elif isinstance(command, str):
        yield step(command)


def step(text: str) -> Step:
    """A command as a step."""
    bare = text.strip()[:LONGEST]
    if FINISH.search(bare):
        return Step("end", bare)
    return Step("edit" if WRITES.search(bare) else "command", bare)


def looped(trajectory: Trajectory) -> Evidence | None:
    """The steps that were repeated to the end, if the agent did nothing else and never finished."""
    texts = [" ".join(one.text.split()) for one in trajectory.steps]
    if not texts or trajectory.steps[-1].kind == "end":
        return None
    for length in range(1, LONGEST_ROUND + 1):
        needed = REPEATS if length == 1 else ROUNDS
        last = texts[-length:]
        count = 0
        while len(texts) >= (count + 1) * length and texts[len(texts) - (count + 1) * length :][:length] == last:
            count += 1
        if count >= needed:
            shown = last[0] if len(last[0]) <= 100 else last[0][:99] + "…"
            what = "the same step" if length == 1 else f"the same {length} steps"
            return Evidence("trajectory", f"{what} {count} times at the end, without finishing: {shown}")
    return None


def never_tried(trajectory: Trajectory) -> Evidence | None:
    """That an agent finished what it wrote without ever starting it."""
    steps = trajectory.steps
    if not steps or steps[-1].kind != "end":
        return None
    wrote = [number for number, one in enumerate(steps) if one.kind == "edit"]
    if not wrote:
        return None
    after = [one for one in steps[wrote[0] :] if one.kind == "command" or tries_too(one)]
    if any(TRIES.search(without_writing(one.text)) for one in after):
        return None
    return Evidence(
        "trajectory", f"finished after {len(wrote)} steps that write files, and none that starts the project"
    )


def tries_too(one: Step) -> bool:
    """Whether a step that writes files may start something too: commands after the file."""
    return one.kind == "edit" and not one.text.startswith("{")


def without_writing(text: str) -> str:
    """A command without the texts of the files that it writes, and without what only makes the script."""
    kept: list[str] = []
    ends: str | None = None
    for line in text.splitlines():
        if ends is not None:
            ends = None if line.strip() == ends else ends
            continue
        opened = HEREDOC.search(line)
        ends = opened.group(1) if opened is not None else None
        kept.append(MAKES_RUN.sub("", line[: opened.start()] if opened is not None else line))
    return "\n".join(kept)


HEREDOC = regex(r"<<\s*[-~]?\s*['\"]?(\w+)['\"]?")
