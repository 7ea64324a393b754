"""Mutants: the reference backends with one defect each, seeded by syntax.

A mutant counts where a run fails with it and passes without. ``operators`` seed the defects, ``catalogue`` says which
of them go where and what is to be seen then, ``run`` applies and runs them, ``table`` writes docs/mutants.md.
"""
