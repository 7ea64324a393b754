"""Small projects, and what is read of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.conftest import Buttress, Write

FLASK = "from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get('/items')\ndef items():\n    return []\n"
RUN = "#!/bin/sh\nexec gunicorn app:app\n"
EXPRESS = "const express = require('express');\nconst app = express();\n"


def startup(buttress: Buttress, write: Write, files: dict[str, str]) -> dict[str, Any]:
    """``facts startup`` of a project."""
    ran = buttress("facts", "startup", write(files), "--isolated", "--format", "json")
    found = json.loads(ran.out)
    assert isinstance(found, dict)
    return found


def verdicts(buttress: Buttress, root: Path, *options: str) -> dict[str, tuple[bool | None, str]]:
    """The clauses on database and mapper with what was decided, and the evidence as text."""
    ran = buttress("check", root, "--isolated", *options, "--format", "json")
    found = json.loads(ran.out)
    return {
        verdict["clause"]: (
            verdict["compliant"],
            "\n".join(f"{one['path']}:{one['line']} {one['message']}" for one in verdict["evidence"]),
        )
        for verdict in found["constraints"]
        if verdict["constraint"] in ("database", "orm")
    }
