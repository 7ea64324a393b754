"""Operators: each seeds one kind of defect into a backend.

The rooms are the sections of a catalogue of the defects that generated backends really had; each operator names the
pattern of it that it stands for, and the category that a run with the defect belongs to. An operator finds its place
by syntax, and raises PlaceError where the place is not there or is not the only one.
"""

from tests.mutants.operators import authentication, contract, queries, routing, runtime, startup
from tests.mutants.operators.operator import OPERATORS, Operator

__all__ = ["OPERATORS", "Operator", "authentication", "contract", "queries", "routing", "runtime", "startup"]
