"""A backend of the standard library alone, whose behaviour its first argument chooses. Tests run copies of it."""

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MODE = sys.argv[1] if len(sys.argv) > 1 else "good"
COUNT = [0]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"

    def reply(self, status, data):
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_any(self):
        if self.path == "/api/health-check":
            return self.health()
        COUNT[0] += 1
        if MODE == "dies" and COUNT[0] == 3:
            print("giving up", flush=True)
            os._exit(3)
        if MODE == "fails" and self.path == "/api/users":
            try:
                present(None)
            except Exception:
                traceback.print_exc()
            return self.reply(500, {"errors": {"server": ["failed"]}})
        if MODE == "talks":
            print("x" * 1_000_000, flush=True)
        return self.reply(404, {"errors": {"path": ["not found"]}})

    def health(self):
        if MODE == "sick":
            return self.reply(503, {"status": "down"})
        if MODE == "garbage":
            self.wfile.write(os.urandom(1000))
            return None
        if MODE == "silent":
            time.sleep(3600)
        return self.reply(200, {"status": "ok"})

    do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815


def present(article):
    return article["title"]


def main():
    if MODE == "crashes":
        raise RuntimeError("the settings lack a secret")
    if MODE == "leaves":
        sys.exit(0)
    if MODE == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if MODE == "daemon":
        # setsid and a second fork, as daemons do; it carries a mark that the test looks for.
        subprocess.Popen(
            ["sh", "-c", "(trap '' TERM; exec -a buttress-left-behind sleep 600) &"], start_new_session=True
        )
    host = "127.0.0.1" if MODE == "loopback" else "0.0.0.0"
    ThreadingHTTPServer((host, int(os.environ["PORT"])), Handler).serve_forever()


main()
