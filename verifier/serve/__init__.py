"""serve: the questions of a coding agent, answered over the Model Context Protocol.

    asked      what may be asked, as structs: names, types, limits
    below      names of files -> places below the root
    held       the projects that were asked about, held so that the next question is quick
    answers    what comes back: a text, data, or one sentence that refuses
    checking   check, explain, fix
    reading    facts, trace, sql
    causes     classify
    tools      the list of tools
    protocol   the only file that knows the SDK

Nothing of a project is run, and nothing is written but by ``fix`` with ``apply``.
"""
