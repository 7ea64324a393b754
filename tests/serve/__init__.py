"""Tests of the server for agents, by the protocol's own client."""
