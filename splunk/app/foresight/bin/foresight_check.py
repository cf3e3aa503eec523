"""The test button of the set-up page: what POST /services/foresight/check asks is whether reports and forecasts would be taken."""

import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from splunk.persistconn.application import PersistentServerConnectionApplication  # noqa: E402

from foresight_app import check  # noqa: E402


class Check(PersistentServerConnectionApplication):
    """Splunk keeps one of these running and hands it each request as JSON."""

    def __init__(self, command_line, command_arg):
        super().__init__()

    def handle(self, in_string):
        request = json.loads(in_string)
        return check.answer(request)
