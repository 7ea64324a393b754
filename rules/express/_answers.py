"""What Express handlers send: `res.json(...)`, `res.status(201).send(...)`, `res.sendStatus(204)`."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.api import Answering, Const, Reply, Unknown, dumped, is_content, options, regex, status_of

SENDS = regex(r"express\.Response(?:\.\w+\(\))*\.(json|jsonp|send|end|sendStatus|redirect)")
SETS = regex(r"express\.Response(?:\.\w+\(\))*\.(?:status|statusCode=)")


def answers(answering: Answering) -> Iterator[Reply]:
    """What a handler sends, call by call; a status that was set before counts."""
    sending = [sent for sent in answering.sent if SENDS.fullmatch(sent.path)]
    setting = [sent for sent in answering.sent if SETS.fullmatch(sent.path)]
    for sent in sending:
        name = sent.path.rpartition(".")[2]
        status = status_of(sent, sending, setting, chains="status")
        body = sent.argument(0)
        if name in ("json", "jsonp"):
            yield Reply(body if body is not None else Unknown("nothing"), status, sent.origin)
        elif name == "send" and body is not None and not isinstance(body, Const):
            known = dumped(body) or (body if all(map(is_content, options(body))) else None)
            yield Reply(known or Unknown("what is sent"), status, sent.origin)
        elif name == "sendStatus":
            yield Reply(None, body, sent.origin, default=None)
        elif name == "redirect":
            yield Reply(None, Const(302), sent.origin)
        else:
            yield Reply(None, status, sent.origin)
