"""What is asked of a running backend, and what of its answers is right.

templates  values that one request gives and another needs
expect     what is expected of an answer
steps      a request with its expectations; a suite of them
conduit    the built-in suite: Conduit, said in requests
exchange   one request and its answer, however hostile the server is
client     runs a suite and writes down what came of it
summary    the figures
redact     keeps secrets out of what is written down
"""
