"""Tries what is set up, and changes nothing."""

from . import report, settings
from .problems import Problem
from .wire import wanted


def answer(request, read=settings.read):
    """The reply to the set-up page's request: for each part whether it works, and why not."""
    server, session = request.get("server", {}), request.get("session", {})
    found = []
    try:
        kept = read(server.get("rest_uri", ""), session.get("authtoken", ""))
        kept.wire("report_timeout")
    except Problem as p:
        return _reply([_line("settings", p)])
    found.append(_line("reports", _problem(lambda: _report(kept, server, session))))
    found.append(_line("forecasts and actions", _problem(lambda: _token(kept))))
    return _reply(found)


def _report(kept, server, session):
    payload = {
        "app": settings.APP,
        "owner": session.get("user", ""),
        "server_host": server.get("hostname", ""),
        "search_name": "Test of the set-up",
        "sid": "setup",
        "configuration": {"dry": "1", "title": "Test of the set-up"},
    }
    # Once is enough: somebody is waiting for the answer.
    report.run(payload, read=lambda *_: _Impatient(kept))


def _token(kept):
    token = kept.secret(settings.TOKEN)
    wire = kept.wire("report_timeout")
    wanted(wire.send("GET", "/api/v1/incidents?state=new", headers={"Authorization": "Bearer " + token}))


class _Impatient:
    """Settings under which nothing is tried twice."""

    def __init__(self, kept):
        self._kept = kept

    def __getattr__(self, name):
        return getattr(self._kept, name)

    def seconds(self, name):
        return 0.0 if name == "retry_for" else self._kept.seconds(name)


def _problem(work):
    try:
        work()
        return None
    except Problem as p:
        return p


def _line(part, problem):
    return {"part": part, "works": problem is None, "text": "works" if problem is None else str(problem)}


def _reply(found):
    return {"payload": {"checks": found}, "status": 200, "headers": {"Content-Type": "application/json"}}
