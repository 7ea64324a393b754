"""Where the project's code runs, and what that keeps from it.

Code that somebody generated is not trusted. It gets a copy of the project, the system's programs, the folders that a
job names, and what of processor, memory, processes and disk its limits allow; what it starts ends with it.

    rung = choose()                                       # what this machine can make, tried out
    with start(Job(command=("sh", "run.sh"), source=folder, log=log), rung) as process:
        ...                                               # process.poll(), process.position(), process.answers()
        process.stop(grace=5)
    process.exit, process.signal, process.resources

The levels, from the best:

    bubblewrap        own file system, network, processes and users, made by bubblewrap
    user namespaces   the same, made by system calls from here
    landlock          the host's file system, of which little is open; TCP by port; processes of others can be seen
    none              limits only, and an end for all processes

On every level but the last, the kernel also refuses calls that get around these walls (see ``kernel.filter_calls``).
As root, the project runs as an unprivileged user.

    job          what is to run, and how it ended
    ladder       which level works here
    trial        trying one out
    layout       what is shown inside; ``bubblewrap`` and ``mounts`` make it
    launch       a job as a command line and an order
    process      a job that runs, from outside; ``log`` and ``watch`` are its eyes
    inside       the supervisor, which runs inside, with ``command``, ``files``, ``relay``, ``wire`` and ``kernel``
"""

from verifier.run.sandbox.job import REPOSITORY, Exit, Job, Limits
from verifier.run.sandbox.ladder import Refusal, Rung, choose
from verifier.run.sandbox.log import Log
from verifier.run.sandbox.process import Process, start

__all__ = ["REPOSITORY", "Exit", "Job", "Limits", "Log", "Process", "Refusal", "Rung", "choose", "start"]
