"""Jobs and exports by splunk-sdk for Python, as its documentation has them: jobs that run, what is told them, every form of a result."""
import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree

import splunklib.results as results

from harness import check, refused, rows_of, until, wait

SEARCH = "search index=main sourcetype=smoke"


def running(service):
    """Jobs that do not end by themselves: the server was started with --fault search:stuck:3."""
    job = service.jobs.create(SEARCH)
    check("a job is ready before it is done", (job.is_ready(), job.is_done()), (True, False))
    check("it runs", until(lambda: job.refresh()["dispatchState"] == "RUNNING"))
    check("it has no results yet", job.results(output_mode="json").read(), b"")
    job.pause()
    check("it is paused", (job.refresh()["isPaused"], job["dispatchState"]), ("1", "PAUSE"))
    job.unpause()
    check("and goes on", (job.refresh()["isPaused"], job["dispatchState"]), ("0", "RUNNING"))
    job.set_priority(7)
    check("it has a priority", job.refresh()["priority"], "7")
    refused("of 0 to 10", lambda: job.set_priority(11), 400)
    job.enable_preview()
    check("previews are on", job.refresh()["isPreviewEnabled"], "1")
    job.disable_preview()
    check("and off", job.refresh()["isPreviewEnabled"], "0")
    check("touching is taken", job.touch() is job)
    job.finalize()
    check("finalizing ends it", (wait(job), job["isFinalized"]), ("DONE", "1"))

    job = service.jobs.create(SEARCH)
    check("a job is found by its sid among others", (job.sid in service.jobs, service.jobs[job.sid].name), (True, job.sid))
    job.cancel()
    check("a running job is cancelled", job.sid in service.jobs, False)
    job.cancel()  # of one that is gone the SDK says nothing
    by_id = service.jobs.create(SEARCH, id="chosen-by-the-client")
    check("a client may choose the sid", by_id.sid, "chosen-by-the-client")
    refused("once", lambda: service.jobs.create(SEARCH, id="chosen-by-the-client"), 409)
    by_id.cancel()


def finished(service, window, events):
    """Jobs to their end: pages, previews, what is refused."""
    job = service.jobs.create(SEARCH + " | sort 0 n | table n", exec_mode="blocking", max_count=50000, **window)
    check("a blocking job is done when it is made", (job["isDone"], job["resultCount"]), ("1", str(events)))
    check("count=0 is all", len(rows_of(job.results(output_mode="json", count=0))), events)
    pages = [rows_of(job.results(output_mode="json", count=333, offset=o)) for o in range(0, events + 333, 333)]
    check("pages make the whole, and behind it is nothing", ([r["n"] for p in pages for r in p], pages[-1]), ([str(i) for i in range(events)], []))
    preview = results.JSONResultsReader(job.preview(output_mode="json", count=2))
    check("the preview of a job that is done is its result", ([r["n"] for r in preview], preview.is_preview), (["0", "1"], False))
    refused("a count below zero", lambda: job.results(count=-1), 400)
    check("a ttl is told", int(job["ttl"]) > 0)
    limited = service.jobs.create(SEARCH + " | table n", exec_mode="blocking", max_count=10, **window)
    check("max_count bounds what is kept", limited["resultCount"], "10")
    for j in (job, limited):
        j.cancel()
    refused("a cancelled job's results", lambda: job.results(), 404)
    for name, call in (("one-shot", service.jobs.oneshot), ("export", service.jobs.export), ("a job", service.jobs.create)):
        refused(f"{name} of garbage", lambda call=call: call("abcd"), 400)
    try:
        service.jobs.create(SEARCH, exec_mode="oneshot")
        check("a one-shot search is no job", False)
    except TypeError:
        check("a one-shot search is no job", True)


def read(mode, body):
    """The rows of a body as (n, shop), in any mode."""
    if mode == "json":
        return [(r["n"], r["shop"]) for r in json.loads(body)["results"]]
    if mode == "json_rows":
        return [tuple(r) for r in json.loads(body)["rows"]]
    if mode == "json_cols":
        return list(zip(*json.loads(body)["columns"]))
    if mode == "csv":
        return [(r["n"], r["shop"]) for r in csv.DictReader(io.StringIO(body.decode()))]
    root = ElementTree.fromstring(body)
    return [tuple(f.findtext("value/text") for f in r.iter("field")) for r in root.iter("result")]


def forms(service, window):
    """One search, as a one-shot and as an export, in every output mode."""
    search = SEARCH + " n<30 | sort 0 n | table n shop"
    want = [(str(i), "web" if i % 4 else "app") for i in range(30)]
    for mode in ("json", "json_rows", "json_cols", "csv", "xml"):
        check(f"one-shot in {mode}", read(mode, service.jobs.oneshot(search, output_mode=mode, count=0, **window).read()), want)
        if mode != "json":  # which is a row a line
            check(f"export in {mode}", read(mode, service.jobs.export(search, output_mode=mode, **window).read()), want)
    texts = service.jobs.oneshot(SEARCH + " n<30 | sort 0 n", output_mode="raw", count=0, **window).read().decode().splitlines()
    check("one-shot in raw", [json.loads(t)["n"] for t in texts], list(range(30)))
    texts = service.jobs.export(SEARCH + " n<30 | sort 0 n", output_mode="raw", **window).read().decode().splitlines()
    check("export in raw", len(texts), 30)


def previews(service, window):
    """An export's lines: sets of previews, each with a last row, and then the result."""
    search = SEARCH + " | stats count by host | sort host"
    lines = [json.loads(l) for l in service.jobs.export(search, output_mode="json", **window).read().splitlines() if l]
    ends = [i for i, l in enumerate(lines) if l.get("lastrow")]
    check("each set has a last row", (len(ends) > 1, ends[-1]), (True, len(lines) - 1))
    check("only the last set is no preview", [l["preview"] for l in lines], [True] * (ends[-2] + 1) + [False] * (ends[-1] - ends[-2]))
    check("offsets count within a set", [l["offset"] for l in lines[ends[-2] + 1 :]], list(range(ends[-1] - ends[-2])))
    check("the reader hands over the result", [r["host"] for r in rows_of(service.jobs.export(search, output_mode="json", **window))], ["h0", "h1", "h2"])
    none = service.jobs.export(SEARCH + " n=none | stats count by host", output_mode="json", **window).read()
    check("no rows are one line", [re.sub(rb"\s", b"", l) for l in none.splitlines() if l], [b'{"preview":false,"lastrow":true}'])
