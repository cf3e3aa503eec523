"""Report to Foresight: what an alert has found becomes a case of level 1 or 2.

The request is signed: X-Foresight-Signature is "v1=" and the hexadecimal HMAC-SHA256, by the integration's secret, of
the time in X-Foresight-Timestamp, a full stop and the body. Its id is made of the alert that fired, so that the same
firing is counted once however often it is sent, and another firing is another occurrence.
"""

import csv
import gzip
import hashlib
import hmac
import json
import os
import time
from urllib.parse import quote

from . import alert, settings
from .problems import REFUSED, UNSET, USAGE, Problem, log
from .wire import persist, wanted

MOST_REPORTS = 100
MOST_BYTES = 1900 * 1024  # Foresight takes 2 MB
MOST_LABELS = 100
STATUSES = {word: word for word in ("firing", "resolved", "acknowledged")}
# How much of each label and of the detail is sent: the first of these with which all fits.
LIMITS = ((1000, 7900), (200, 2000), (50, 500))

csv.field_size_limit(64 * 1024 * 1024)


def run(payload, read=settings.read, sleep=time.sleep, now=time.time):
    """Reports what the payload of an alert action holds; returns a line for the log."""
    said = alert.words(payload)
    kept = alert.settled(payload, read, sleep)
    integration = said.get("integration") or kept.integration
    if integration.count("/") != 1:
        raise Problem('no integration is named: write CUSTOMER/ID, as in foresight.yml, on the set-up page (it has "%s")' % integration, UNSET)
    secret = kept.secret(integration)
    body, name, more = letter(payload)
    if more:
        log("WARN", "%d more results are not reported: %d are at once" % (more, MOST_REPORTS))
    wire = kept.wire("report_timeout")
    customer, one = integration.split("/")
    path = "/api/v1/intake/signed/%s/%s" % (quote(customer, safe=""), quote(one, safe=""))

    def send():
        reply = wire.send("POST", path, body, signed(secret, body, int(now())))
        if reply.status == 409:
            return None  # a try before this one has arrived
        return wanted(reply).json()

    answer, tries = persist(send, kept.seconds("retry_for"), sleep)
    if answer is None:
        told = "it was taken before"
    elif answer.get("dry"):
        told = "it would be taken"
    else:
        told = ", ".join("%s %s" % (t.get("outcome"), t.get("case", "")) for t in answer.get("taken", [])[:10])
    return '%s id=%s integration=%s tries=%d result="%s"' % (alert.named(payload), name, integration, tries, told)


def signed(secret, body, at):
    """The headers that vouch for a body sent at a time."""
    stamp = str(at)
    mac = hmac.new(secret.encode("utf-8"), stamp.encode("ascii") + b"." + body, hashlib.sha256)
    return {"Content-Type": "application/json", "X-Foresight-Timestamp": stamp, "X-Foresight-Signature": "v1=" + mac.hexdigest()}


def letter(payload):
    """The request's body, its id, and how many results it leaves out."""
    said = alert.words(payload)
    dry = alert.chosen(said, "dry", alert.BOOLEANS, "0")
    rows, more = results(payload, alert.chosen(said, "rows", {"first": False, "each": True}, "first"))
    name = identity(payload)
    for label, detail in LIMITS:
        body = {"id": name, "reports": [report(payload, row, more, label, detail) for row in rows]}
        if dry:
            body["dry"] = True
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        if len(text) <= MOST_BYTES:
            return text, name, more
    raise Problem("the results are too large to be reported", REFUSED)


def identity(payload):
    """The same for the same firing of an alert and the same result of it."""
    parts = [payload.get(key) or "" for key in ("server_host", "app", "owner", "search_name", "sid")]
    parts += [os.path.basename(payload.get("results_file") or ""), payload.get("configuration") or {}, payload.get("result") or {}]
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return "splunk-" + hashlib.sha256(text.encode("utf-8")).hexdigest()[:40]


def results(payload, each):
    """The results to report, and how many are left out: the first, or each of the file."""
    first = payload.get("result") or {}
    if not each:
        return [first], 0
    path = payload.get("results_file") or ""
    try:
        with gzip.open(path, "rt", encoding="utf-8", errors="replace", newline="") as f:
            rows = [{k: v for k, v in row.items() if k and v not in (None, "") and not k.startswith("__mv_")} for row in csv.DictReader(f)]
    except (OSError, EOFError, csv.Error) as e:
        log("WARN", "the results cannot be read (%s): the first alone is reported" % e)
        return [first], 0
    return rows[:MOST_REPORTS] or [first], max(0, len(rows) - MOST_REPORTS)


def report(payload, row, more, most_label, most_detail):
    """One report of Foresight's own JSON."""
    said = alert.words(dict(payload, result=row))
    search, app = payload.get("search_name") or "", payload.get("app") or ""
    labels = {}
    for key, value in row.items():
        if len(labels) < MOST_LABELS and not key.startswith("__mv_"):
            labels[_cut(str(key), 100)] = _cut(alert.text(value), most_label)
    for key, value in (("search_name", search), ("app", app), ("owner", payload.get("owner") or "")):
        labels.setdefault(key, value)
    detail = [said.get("detail", ""), payload.get("results_link") or ""]
    detail += ["%s: %s" % (key, value) for key, value in sorted(labels.items()) if not key.startswith("_")]
    if more:
        detail.append("%d more results are not reported" % more)
    title = said.get("title") or search or "an alert of " + app
    made = {
        "title": _cut(title, 300),
        "detail": _cut("\n".join(part for part in detail if part), most_detail),
        "key": _cut(said.get("key") or app + "/" + search, 500),
        "labels": labels,
    }
    if said.get("status"):
        made["status"] = alert.chosen(said, "status", STATUSES, "")
    for name in ("service", "component"):
        if name == "component" and said.get("rows") == "each":
            continue  # Splunk has filled in that of the first result
        if said.get(name):
            made[name] = said[name]
    for name in ("level", "impact", "urgency"):
        word = said.get(name, "")
        if not word:
            continue
        if word not in ("1", "2", "3") or name == "level" and word == "3":
            raise Problem('%s is "%s"; choose 1 or 2%s' % (name, word, "" if name == "level" else " or 3"), USAGE)
        made[name] = int(word)
    return made


def _cut(text, most):
    """Text of so many bytes at most, at a whole character."""
    data = text.encode("utf-8", "replace")
    if len(data) <= most:
        return text
    return data[: most - 3].decode("utf-8", "ignore") + "\u2026"
