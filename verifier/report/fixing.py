"""What ``--fix`` did, as text."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from verifier.report.style import Paint, shown
from verifier.report.text import plural

if TYPE_CHECKING:
    from verifier.fix import Fixed


def fixed_text(fixed: Fixed, paint: Paint, *, written: bool) -> str:
    """One line for each kind of fix, those that could not be made, and a last line."""
    lines = [
        f"{shown(path)}: {shown(title)}{f' ({count} times)' if count > 1 else ''} {paint(f'[{rule}]', 'rule')}"
        for (path, title, rule), count in Counter(
            (found.span.path, found.fix.title if found.fix is not None else "", found.rule) for found in fixed.done
        ).items()
    ]
    lines += [
        f"{shown(str(found.span))}: not fixed: {shown(reason)} {paint(f'[{found.rule}]', 'rule')}"
        for found, reason in fixed.refused
    ]
    done = f"{plural(len(fixed.done), 'problem')} in {plural(len(fixed.files), 'file')}"
    if not fixed.done:
        lines.append("Nothing to fix.")
    else:
        lines.append(f"{paint('Fixed' if written else 'Would fix', 'good')} {done}.")
    return "".join(f"{line}\n" for line in lines)
