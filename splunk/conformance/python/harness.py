"""What the checks of splunk-sdk for Python share: counting, a sandbox to run against, and waiting for a job."""
import contextlib
import json
import os
import signal
import ssl
import subprocess
import threading
import time
import urllib.parse

import splunklib.binding as binding
import splunklib.client as client
import splunklib.results as results

counted = {"passed": 0, "failed": 0}


def check(name, got, want=True):
    """Counts whether got is want, and says so where it is not."""
    ok = got == want
    counted["passed" if ok else "failed"] += 1
    if not ok:
        print(f"not so: {name}: {str(got)[:200]}" + ("" if want is True else f", not {str(want)[:200]}"))


def refused(name, call, status):
    """Counts whether a call is refused with an HTTP status."""
    try:
        call()
        check(name, "taken", status)
    except binding.HTTPError as e:
        check(name, e.status, status)


@contextlib.contextmanager
def sandbox(foresight, *flags):
    """A running sandbox: what its ready line says, and TLS by its authority."""
    server = subprocess.Popen([os.path.abspath(foresight), "sandbox", *flags], stdout=subprocess.PIPE, text=True)
    watchdog = threading.Timer(90, server.kill)
    watchdog.daemon = True
    watchdog.start()
    try:
        ready = json.loads(server.stdout.readline())
        yield ready, ssl.create_default_context(cafile=ready["ca_file"])
    finally:
        server.send_signal(signal.SIGTERM)
        ended = server.wait(5)
        watchdog.cancel()
    check("SIGTERM ends it cleanly", ended, 0)


def connect(ready, tls, **login):
    url = urllib.parse.urlparse(ready["search_url"])
    return client.connect(scheme=url.scheme, host=url.hostname, port=url.port, verify=True, context=tls, **login)


def by_password(ready, tls):
    return connect(ready, tls, username=ready["username"], password=ready["password"])


def until(true, seconds=20):
    """Waits for something to be so."""
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return true()


def wait(job):
    until(job.is_done)
    return job["dispatchState"]


def rows_of(stream):
    """The rows of a JSON stream that are not a preview."""
    reader = results.JSONResultsReader(stream)
    return [r for r in reader if isinstance(r, dict) and not reader.is_preview]
