"""Acknowledge, start or complete: what people do to a case or to a task of its plan, done by an alert.

What is already as it should be is left as it is, so that a request may be sent again.
"""

import json
import time
from urllib.parse import quote, urlencode

from . import alert, settings
from .problems import REFUSED, USAGE, Problem
from .wire import persist, wanted

TASK_VERBS = {"start": ("started", "done", "dropped"), "done": ("done",), "drop": ("dropped",)}
CASE_VERBS = {
    "ack": ("acknowledged", "in_progress", "on_hold", "resolved", "closed", "canceled"),
    "start": ("in_progress", "resolved", "closed", "canceled"),
    "resolve": ("resolved", "closed", "canceled"),
}


def run(payload, read=settings.read, sleep=time.sleep):
    """Does what the payload of an alert action asks for; returns a line for the log."""
    config = alert.words(payload)
    verb, text = config.get("verb", ""), config.get("text", "") or 'by the alert "%s" of Splunk' % (payload.get("search_name") or "")
    if verb not in TASK_VERBS and verb not in CASE_VERBS:
        raise Problem('verb is "%s"; choose ack, start, done, drop or resolve' % verb, USAGE)
    kept = alert.settled(payload, read, sleep)
    desk = Desk(kept.wire("report_timeout"), kept.secret(settings.TOKEN))

    def work():
        incident, action = config.get("incident", ""), config.get("action_id", "") or config.get("task", "")
        of_case = verb not in TASK_VERBS  # a case is acknowledged and resolved, a task is not: it but finds its case
        case, task = desk.find(incident, "" if of_case and incident else action)
        if of_case:
            task = None
        if task is None and verb not in CASE_VERBS:
            raise Problem("%s is done to a task of a plan: name its action_id, or incident and task" % verb, USAGE)
        state = task["state"] if task else case["state"]
        if state in (TASK_VERBS if task else CASE_VERBS)[verb]:
            return case, task, "it is %s already" % state
        desk.act(case, task, verb, text)
        return case, task, "done"

    (case, task, told), tries = persist(work, kept.seconds("retry_for"), sleep)
    of = case["id"] + ("/" + task["id"] if task else "")
    return '%s verb=%s of=%s tries=%d result="%s"' % (alert.named(payload), verb, of, tries, told)


class Desk:
    """The incident process of Foresight over its interface."""

    def __init__(self, wire, token):
        self._wire = wire
        self._headers = {"Authorization": "Bearer " + token, "Content-Type": "application/json"}

    def get(self, path):
        return wanted(self._wire.send("GET", "/api/v1/" + path, headers=self._headers)).json()

    def find(self, incident, action):
        """The case, and the task that is meant, by its own id or by its action_id; None for the case itself."""
        if not incident:
            if not action:
                raise Problem("no case is named: the result has neither incident_id nor action_id", USAGE)
            found = [t for t in self.get("actions?" + urlencode({"state": "all", "level": "3"})).get("actions", []) if t.get("action") == action]
            if not found:
                raise Problem('no plan has the action "%s": it is the forecast\'s alone until its case is open, or not of the token\'s customers' % action, REFUSED)
            incident = found[0]["incident"]
        case = self.get("incidents/" + quote(incident, safe=""))["incident"]
        if not action:
            return case, None
        for task in case.get("plan") or []:
            if action in (task.get("action"), task.get("id")):
                return case, task
        raise Problem('the plan of case %s has no task "%s"' % (incident, action), REFUSED)

    def act(self, case, task, verb, text):
        where = "incidents/" + quote(case["id"], safe="")
        if task:
            where = "actions/%s/%s" % (quote(case["id"], safe=""), quote(task["id"], safe=""))
        body = json.dumps({"text": text}, ensure_ascii=False).encode("utf-8", "replace")
        wanted(self._wire.send("POST", "/api/v1/%s/%s" % (where, verb), body, self._headers))
