"""The behavioral run: start a backend, drive it, and record what happened.

This is the one part of Buttress that executes the project's code, and it does so in a sandbox. It stands beside the
stages that read: nothing in them needs it.

    detect   how the project is installed and started
    install  its dependencies, in a cached environment
    sandbox  where its code runs, and what that keeps from it
    postgres a fresh database server
    serve    the process, its log, its readiness and its end
    suite    the requests, and what is expected of each answer
    evidence signatures in logs and answers, and what follows from what
    record   all of it, as nouns that become JSON
"""
