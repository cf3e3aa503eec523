"""What Splunk hands an alert action, and how it is told of the end."""

import json
import re
import sys

from .problems import FINE, USAGE, Problem, log
from .wire import persist

# As Splunk reads them.
BOOLEANS = dict.fromkeys(("1", "t", "true", "y", "yes"), True) | dict.fromkeys(("0", "f", "false", "n", "no"), False)
PATIENCE = 30.0  # seconds for which splunkd, which may be starting again, is asked for the settings

_TOKEN = re.compile(r"\$result\.([^$]+)\$")


def main(argv, run):
    """Runs an action on the alert on standard input, and returns how the script ends."""
    if argv[1:2] != ["--execute"]:
        log("FATAL", "Splunk calls this script with --execute and an alert as JSON on its standard input")
        return USAGE
    try:
        log("INFO", run(json.loads(sys.stdin.buffer.read().decode("utf-8", "replace"))))
        return FINE
    except Problem as p:
        log("ERROR", p)
        return p.code
    except ValueError as e:
        log("FATAL", "what Splunk handed over cannot be read: %s" % e)
        return USAGE


def settled(payload, read, sleep):
    """The settings, read as the alert's owner."""
    kept, _ = persist(lambda: read(payload.get("server_uri", ""), payload.get("session_key", "")), PATIENCE, sleep)
    return kept


def words(payload):
    """The action's parameters without blanks around them. Tokens of the result that Splunk has left are filled in."""
    result = payload.get("result") or {}

    def value(match):
        found = result.get(match.group(1))
        return text(found) if found is not None else ""

    return {key: _TOKEN.sub(value, str(said or "")).strip() for key, said in (payload.get("configuration") or {}).items()}


def chosen(said, name, choices, otherwise):
    """A parameter that is one of a few words; anything else is the mistake of who wrote it, and is told."""
    word = (said.get(name) or otherwise).lower()
    if word not in choices:
        raise Problem('%s is "%s", and must be one of: %s' % (name, said[name], ", ".join(choices)), USAGE)
    return choices[word]


def text(value):
    """A field's value in one text, a multivalue joined."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def named(payload):
    """Which alert it is, for the log."""
    return 'search="%s" sid=%s' % (payload.get("search_name") or "", payload.get("sid") or "")
