"""The alert action foresight_act: Splunk calls it with --execute and hands it the alert as JSON."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from foresight_app import act, alert  # noqa: E402

if __name__ == "__main__":
    sys.exit(alert.main(sys.argv, act.run))
