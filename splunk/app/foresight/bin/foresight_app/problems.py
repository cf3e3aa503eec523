"""What can go wrong, in words that a person can act on, and how Splunk is told."""

import sys

# How a script ends; Splunk logs it as its error code.
FINE = 0
USAGE = 1
UNSET = 2  # the set-up is missing or wrong
REFUSED = 3  # Foresight has said no, and would again
UNREACHED = 4  # Foresight could not be reached in time


class Problem(Exception):
    """Why something was not done. again says that it may succeed later; after says when at the earliest, in seconds."""

    def __init__(self, text, code=REFUSED, again=False, after=0.0):
        super().__init__(text)
        self.code = code
        self.again = again
        self.after = after


def log(level, text):
    """Writes one line as Splunk reads them from an alert action: the level first."""
    line = " ".join(str(text).split())
    print(level + " " + line, file=sys.stderr, flush=True)
