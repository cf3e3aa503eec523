"""The alert action foresight_report: Splunk calls it with --execute and hands it the alert as JSON."""

import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from foresight_app import report, problems  # noqa: E402


def main(argv):
    if argv[1:2] != ["--execute"]:
        problems.log("FATAL", "Splunk calls this script with --execute and an alert as JSON on its standard input")
        return problems.USAGE
    try:
        payload = json.loads(sys.stdin.buffer.read().decode("utf-8", "replace"))
        problems.log("INFO", report.run(payload))
        return problems.FINE
    except problems.Problem as p:
        problems.log("ERROR", p)
        return p.code
    except ValueError as e:
        problems.log("FATAL", "what Splunk handed over cannot be read: %s" % e)
        return problems.USAGE


if __name__ == "__main__":
    sys.exit(main(sys.argv))
