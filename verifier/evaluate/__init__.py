"""evaluate: the project's own code, run on abstract values.

Which routes a backend serves, which table a model maps and which SQL a call sends are decided by ordinary code:
factories, loops, helpers, objects handed from file to file. Patterns over syntax see none of that. So the linker
runs the code, without executing it: module by module, on values that may be partly known, with both arms of every
branch that it cannot decide. What a library does is told by the packs (``verifier.evaluate.library``).
"""
