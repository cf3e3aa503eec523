#!/usr/bin/env python3
"""Drives `foresight sandbox` with Splunk's official Python SDK, so that our client and our server do not merely agree with each other.

usage: smoke.py PATH_TO_FORESIGHT        (needs requirements.txt)
Logs in with the password and with the token, runs a search to its end, pages through its results, runs it as export,
one-shot and blocking, in every output mode, cancels one, keeps a password, and is refused where it should be; jobs.py goes on with jobs
that run and every form of a result, kvstore.py with collections. TLS is verified by the sandbox's own CA.
Prints a line for each check that fails, then how many passed and failed; exits 1 if any fails.
"""
import csv
import io
import json
import ssl
import sys
import time
import urllib.request
import warnings

import splunklib.binding as binding
import splunklib.results as results

import jobs
import kvstore
from harness import by_password, check, connect, counted, rows_of, sandbox, wait

warnings.filterwarnings("ignore", message="ResultsReader is deprecated")  # the XML reader is still in people's scripts
EVENTS = 1000
PAGE = 130


def feed(ready, tls, start):
    """Sends one event a minute by HEC; the SDK has no HEC of its own."""
    body = "".join(
        json.dumps({"time": start + 60 * i, "host": f"h{i % 3}", "sourcetype": "smoke", "event": {"n": i, "shop": "web" if i % 4 else "app"}})
        for i in range(EVENTS)
    )
    request = urllib.request.Request(
        ready["hec_url"] + "/services/collector/event", data=body.encode(), headers={"Authorization": "Splunk " + ready["hec_token"]}
    )
    with urllib.request.urlopen(request, timeout=20, context=tls) as answer:
        check("events are taken", json.load(answer)["code"], 0)


def page_through(job):
    rows, pages = [], 0
    while len(rows) < int(job["resultCount"]):
        page = rows_of(job.results(output_mode="json", count=PAGE, offset=len(rows)))
        if not page:
            break
        rows += page
        pages += 1
    return rows, pages


def searches(service, start):
    window = {"earliest_time": str(start), "latest_time": str(start + 60 * EVENTS)}
    job = service.jobs.create("search index=main sourcetype=smoke | table _time n shop host", max_count=50000, **window)
    check("a search ends", wait(job), "DONE")
    check("it counts its results", job["resultCount"], str(EVENTS))
    check("and did not fail", (job["isFailed"], job["isFinalized"]), ("0", "0"))
    rows, pages = page_through(job)
    check("pages of results", pages, -(-EVENTS // PAGE))
    check("newest first, each once", [int(r["n"]) for r in rows], list(range(EVENTS - 1, -1, -1)))
    check("a page unless asked", len(rows_of(job.results(output_mode="json"))), 100)
    xml = [r for r in results.ResultsReader(job.results(count=5)) if isinstance(r, dict)]
    check("results in XML", [r["n"] for r in xml], [str(EVENTS - 1 - i) for i in range(5)])

    hourly = "search index=main sourcetype=smoke | bin _time span=1h | stats count sum(n) as total by _time, shop | eval epoch=_time | table epoch shop count total"
    truth = {}
    for i in range(EVENTS):
        key = (str((start + 60 * i) // 3600 * 3600), "web" if i % 4 else "app")
        count, total = truth.get(key, (0, 0))
        truth[key] = (count + 1, total + i)

    def table(rows):
        return {(r["epoch"], r["shop"]): (int(r["count"]), int(r["total"])) for r in rows}

    blocking = service.jobs.create(hourly, exec_mode="blocking", **window)
    check("blocking is done at once", blocking["isDone"], "1")
    check("hourly sums", table(page_through(blocking)[0]), truth)
    check("one-shot", table(rows_of(service.jobs.oneshot(hourly, output_mode="json", count=0, **window))), truth)
    reader = results.JSONResultsReader(service.jobs.export(hourly, output_mode="json", **window))
    final = []
    for r in reader:
        if isinstance(r, dict) and not reader.is_preview:
            final.append(r)
    check("export", table(final), truth)
    check("export is no shorter with many rows", len(rows_of(service.jobs.export("search sourcetype=smoke", output_mode="json", **window))), EVENTS)
    check("a job is found by its sid", service.job(job.sid)["dispatchState"], "DONE")

    job.cancel()
    try:
        service.job(job.sid).refresh()
        check("a cancelled job is gone", False)
    except binding.HTTPError as e:
        check("a cancelled job is gone", e.status, 404)
    except KeyError:
        check("a cancelled job is gone", True)
    try:
        service.jobs.create("search index=main | frobnicate")
        check("an unknown command is refused", False)
    except binding.HTTPError as e:
        check("an unknown command is refused", e.status == 400 and "frobnicate" in str(e))


def modes(service, start):
    """The same rows in every output mode, as the SDK hands each on."""
    window = {"earliest_time": str(start), "latest_time": str(start + 60 * EVENTS)}
    job = service.jobs.create("search index=main sourcetype=smoke n<40 | sort 0 n | eval both=mvappend(shop, host) | table n shop both", exec_mode="blocking", **window)
    want = [(str(i), "web" if i % 4 else "app", ["web" if i % 4 else "app", f"h{i % 3}"]) for i in range(40)]

    def read(mode):
        return job.results(output_mode=mode, count=0).read()

    check("json", [(r["n"], r["shop"], r["both"]) for r in json.loads(read("json"))["results"]], want)
    table = json.loads(read("json_rows"))
    check("json_rows", (table["fields"], [tuple(r) for r in table["rows"]]), (["n", "shop", "both"], want))
    table = json.loads(read("json_cols"))
    check("json_cols", (table["fields"], [tuple(r) for r in zip(*table["columns"])]), (["n", "shop", "both"], want))
    lines = list(csv.DictReader(io.StringIO(read("csv").decode())))
    check("csv", [(r["n"], r["shop"], r["both"].split("\n")) for r in lines], want)
    check("xml", [(r["n"], r["shop"], r["both"]) for r in results.ResultsReader(job.results(count=0)) if isinstance(r, dict)], want)
    try:
        read("yaml")
        check("an unknown mode is refused", False)
    except binding.HTTPError as e:
        check("an unknown mode is refused", e.status, 400)

    transforming = "search index=main sourcetype=smoke | stats count by host | sort host"
    reader = results.JSONResultsReader(service.jobs.export(transforming, output_mode="json", **window))
    sets = {True: [], False: []}
    for r in reader:
        if isinstance(r, dict):
            sets[reader.is_preview].append(r["host"])
    check("an export's preview sets stand apart", (len(sets[True]) > 0, sets[False]), (True, ["h0", "h1", "h2"]))
    only = [r["host"] for r in rows_of(service.jobs.export(transforming, output_mode="json", preview="false", **window))]
    check("and are left out on demand", only, ["h0", "h1", "h2"])

    job.set_ttl(1234)
    check("a job's ttl is set", job.refresh()["ttl"], "1234")
    check("jobs are listed", job.sid in [j.sid for j in service.jobs.list()])
    check("a page of them", len(service.jobs.list(count=1)), 1)
    job.cancel()


def passwords(service):
    """What an app keeps by the SDK."""
    service.storage_passwords.create("se:cret", "user", "realm")
    found = [p for p in service.storage_passwords.list() if p.username == "user"]
    check("a password is kept", [(p.realm, p.clear_password) for p in found], [("realm", "se:cret")])
    service.storage_passwords.delete("user", "realm")
    check("and deleted", [p for p in service.storage_passwords.list() if p.username == "user"], [])


def main():
    start = int(time.time()) // 3600 * 3600 - 3 * 86400
    window = {"earliest_time": str(start), "latest_time": str(start + 60 * EVENTS)}
    with sandbox(sys.argv[1]) as (ready, tls):
        feed(ready, tls, start)
        service = by_password(ready, tls)
        check("server version", int(service.info["version"].split(".")[0]) >= 9)
        searches(service, start)
        modes(service, start)
        passwords(service)
        if ready.get("search_token"):
            searches(connect(ready, tls, splunkToken=ready["search_token"]), start)
        jobs.finished(service, window, EVENTS)
        jobs.forms(service, window)
        jobs.previews(service, window)
        kvstore.kvstore(by_password(ready, tls))
        try:
            connect(ready, tls, username=ready["username"], password="wrong")
            check("a wrong password is refused", False)
        except binding.AuthenticationError:
            check("a wrong password is refused", True)
        try:
            by_password(ready, ssl.create_default_context())
            check("an unknown CA is refused", False)
        except ssl.SSLError:
            check("an unknown CA is refused", True)
    with sandbox(sys.argv[1], "--fault", "search:stuck:3") as (ready, tls):
        jobs.running(by_password(ready, tls))
    print(f"splunk-sdk for Python: {counted['passed']} passed, {counted['failed']} failed")
    return 1 if counted["failed"] or not counted["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
