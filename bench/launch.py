"""Runs a command and says what it cost, from a process that is small itself.

A process's peak memory begins with that of the process that started it, so that one started by a
program with tables in memory would be charged for them. Arguments: a file for the cost, the command.
"""

import json
import os
import sys

child = os.fork()
if child == 0:
    os.execv(sys.argv[2], sys.argv[2:])
_, status, used = os.wait4(child, 0)
with open(sys.argv[1], "w") as out:
    json.dump({"cpu": used.ru_utime + used.ru_stime, "mib": used.ru_maxrss / 1024}, out)
sys.exit(os.waitstatus_to_exitcode(status))
