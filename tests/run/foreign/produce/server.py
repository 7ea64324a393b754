"""A small backend for notes, against which the reports of this folder's tests were produced.

    python server.py PORT [broken]

With ``broken`` it cannot create notes. ``POST /api/stop`` ends the process without an answer.
"""

from __future__ import annotations

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Handler(BaseHTTPRequestHandler):
    """Answers each request."""

    notes: dict[str, dict[str, Any]]
    broken: bool

    def handle_one(self) -> None:
        """Answer a request, whatever its method is."""
        length = int(self.headers.get("Content-Length") or 0)
        try:
            sent = json.loads(self.rfile.read(length) or b"{}")
        except ValueError:
            return self.answer(400, {"error": "The body is not JSON."})
        url = urlsplit(self.path)
        parts = url.path.strip("/").split("/")
        found = self.notes.get(parts[2]) if len(parts) > 2 else None
        match self.command, parts:
            case "POST", ["api", "sessions"]:
                # A list has no such method, so the connection breaks without an answer: reports need that too.
                body = {"session": {"name": sent.get("name"), "token": "abcdef.0123456789.secret"}}
                return self.answer(201, body)
            case "POST", ["api", "stop"]:
                os._exit(1)
            case "GET", ["api", "old"]:
                return self.answer(302, {}, Location="/api/notes")
            case "GET", ["api", "notes"]:
                tag = parse_qs(url.query).get("tag")
                notes = [note for note in self.notes.values() if tag is None or tag[0] in note["tags"]]
                return self.answer(200, {"notes": notes, "count": len(notes)})
            case "POST", ["api", "notes"]:
                title = sent.get("title") if isinstance(sent, dict) else None
                if self.broken:
                    return self.answer(500, {"error": "OperationalError: no such column: notes.label"})
                if not isinstance(title, str):
                    return self.answer(422, {"error": "The title is missing."})
                if len(title) > 50:
                    return self.answer(500, {"error": "DataError: value too long for type character varying(50)"})
                number = str(len(self.notes) + 1)
                self.notes[number] = {"id": int(number), "title": title, "tags": sent.get("tags", [])}
                return self.answer(201, {"note": self.notes[number]})
            case "GET", ["api", "notes", _] if found:
                return self.answer(200, {"note": found})
            case "DELETE", ["api", "notes", _] if found:
                del self.notes[parts[2]]
                return self.answer(204, None)
        return self.answer(404, {"error": "There is no such thing."})

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_HEAD = handle_one  # noqa: N815

    def answer(self, status: int, body: object, **headers: str) -> None:
        """Send an answer."""
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


def make(port: int, broken: bool = False) -> ThreadingHTTPServer:
    """A server on 127.0.0.1 that was not started yet; port 0 takes a free one."""
    handler = type("Notes", (Handler,), {"notes": {}, "broken": broken})
    return ThreadingHTTPServer(("127.0.0.1", port), handler)


if __name__ == "__main__":
    make(int(sys.argv[1]), "broken" in sys.argv).serve_forever()
