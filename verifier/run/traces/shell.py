"""What shells, installers and servers say in one line when something does not start."""

from __future__ import annotations

import re
from collections.abc import Iterator

from verifier.regex import regex
from verifier.run.record import LogName, Range
from verifier.run.traces.nouns import SOURCES, Error, text

# The name before each pattern becomes the exception: these programs raise none.
SPOKEN = (
    rb"not found|Permission denied|No such file or directory|can't cd to [^\n]{0,200}|cannot execute[^\n]{0,60}|"
    rb"bad interpreter[^\n]{0,60}|[Ss]yntax error[^\n]{0,200}"
)
OF_PIP = (
    rb"No matching distribution|Could not find a version|Could not open requirements|Cannot install|"
    rb"Invalid requirement|ResolutionImpossible|Failed building"
)
OF_FLASK = rb"Could not import|While importing|Failed to find Flask|Could not locate a Flask|That port is"
# The name before each pattern becomes the exception: these programs raise none.
PATTERNS = tuple(
    (name, regex(pattern, re.MULTILINE))
    for name, pattern in (
        (
            "shell",
            rb"^[^\n]{0,200}?(?:\w*sh|\.sh|entrypoint[^\s:]*): (?:(?:line )?\d+: )?(?:[^\n]{1,200}?)?(?:"
            + SPOKEN
            + rb")$",
        ),
        ("shell", rb"^(?:/usr/bin/)?env: [^\n]{1,200}: No such file or directory$"),
        ("shell", rb"^[^\n]{0,200}?can't open file '[^\n]{1,300}$"),
        ("npm", rb"^npm (?:ERR!|error) (?!code |A complete log|Log files|errno |syscall |path )\S[^\n]{5,300}$"),
        ("pip", rb"^ERROR: (?:" + OF_PIP + rb")[^\n]{0,300}$"),
        ("uv", rb"^(?:error: (?:Failed|No |Distribution|The |Querying)|(?:  )?\xc3\x97 )[^\n]{1,300}$"),
        ("server", rb"^(?:ERROR:\s+)?Error loading ASGI app\.[^\n]{0,300}$"),
        ("server", rb"^[^\n]{0,80}?Failed to find attribute '[^\n]{1,200}$"),
        ("server", rb"^Error: (?:" + OF_FLASK + rb")[^\n]{0,300}$"),
        ("server", rb"^(?:[\w.]*\.)?CommandError: [^\n]{1,300}$"),
        ("server", rb"^(?:\[[^\n\]]{1,60}\] ){0,3}(?:ERROR:\s+)?\[Errno 9[89]\][^\n]{0,200}$"),
        ("server", rb"^(?:\[[^\n\]]{1,60}\] ){0,3}Connection in use: [^\n]{1,100}$"),
        ("process", rb"^[^\n]{0,100}?(?:JavaScript heap out of memory|Segmentation fault(?: \(core dumped\))?)$"),
    )
)
MOST = 50


def of_shell(data: bytes, log: LogName) -> Iterator[Error]:
    """Such lines; of an installer the first one only, which says what the others go on about."""
    for name, pattern in PATTERNS:
        for number, match in enumerate(pattern.finditer(data)):
            if number >= MOST or (number and name in ("npm", "pip", "uv")):
                break
            yield Error(SOURCES[log], name, text(match.group()).strip(), at=Range(log, match.start(), match.end()))
