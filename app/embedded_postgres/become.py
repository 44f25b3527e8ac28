"""Become a PostgreSQL program that ends with the process that asked for it.

Run as a script, in a process of its own: it gives up root, ties its life to its parent's and turns
into the program. A function run between fork and exec of the service could do the same, but the
service has threads, and a lock one of them holds at the fork stays held in the child for ever.
This process has one thread and costs about 15 ms.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def become(parent: int, account: str, last_signal: int, program: list[str]) -> None:
    """Turn this process into ``program``.

    Args:
        parent: process id of the process that asked for it.
        account: ``uid:gid`` to run under; empty to stay who we are.
        last_signal: what the kernel sends when the parent ends, however it ends. Linux only;
            elsewhere nothing is sent.
        program: path and arguments.
    """
    if account:
        uid, gid = map(int, account.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":  # after setuid, which clears it
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, last_signal, 0, 0, 0)
        if os.getppid() != parent:  # it ended before the kernel was told
            sys.exit(1)
    os.execv(program[0], program)  # noqa: S606 (no shell is the point)


if __name__ == "__main__":
    try:
        become(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4:])
    except OSError as error:
        sys.exit(f"FATAL:  {sys.argv[4]} did not start: {error.strerror}")
