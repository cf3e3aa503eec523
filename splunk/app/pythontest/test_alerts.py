"""What the alert actions make of what Splunk hands them; the whole way is tested against foresight serve."""

import csv
import gzip
import json
import os
import socket
import ssl
import sys
import tempfile
import unittest
from unittest import mock

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "foresight", "bin"))

from foresight_app import act, alert, check, report, settings, wire  # noqa: E402
from foresight_app.problems import Problem  # noqa: E402

PAYLOAD = {
    "app": "search", "owner": "eva", "search_name": "No paper", "sid": "scheduler__eva__search__1", "server_host": "sh1", "server_uri": "https://127.0.0.1:8089",
    "results_link": "https://splunk/@go?sid=1", "session_key": "k", "configuration": {"level": "2"}, "result": {"host": "till7", "count": "3", "tags": ["a", "b"], "__mv_tags": "$a$;$b$", "_raw": "x"},
}


def reports(payload):
    return json.loads(report.letter(payload)[0].decode("utf-8"))["reports"]


class Reports(unittest.TestCase):
    def test_words_that_mean_something(self):
        for word, dry in (("yes", True), ("True", True), ("", False), ("no", False)):
            body = json.loads(report.letter(dict(PAYLOAD, configuration={"dry": word}))[0].decode("utf-8"))
            self.assertEqual(dry, body.get("dry", False), word)
        for wrong in ({"dry": "maybe"}, {"rows": "all"}, {"status": "zz"}):
            with self.assertRaises(Problem) as told:
                report.letter(dict(PAYLOAD, configuration=wrong))
            self.assertEqual(1, told.exception.code, "a parameter is the owner's to mend")

    def test_a_report(self):
        (made,) = reports(PAYLOAD)
        self.assertEqual("No paper", made["title"])
        self.assertEqual("search/No paper", made["key"])
        self.assertEqual(2, made["level"])
        self.assertEqual({"host": "till7", "count": "3", "tags": "a, b", "_raw": "x", "search_name": "No paper", "app": "search", "owner": "eva"}, made["labels"])
        self.assertEqual("https://splunk/@go?sid=1\napp: search\ncount: 3\nhost: till7\nowner: eva\nsearch_name: No paper\ntags: a, b", made["detail"])

    def test_what_is_said(self):
        said = {"title": "till $result.host$ $result.nothing$: åäö", "service": "till", "component": " $result.host$ ", "impact": "1", "urgency": "3", "status": "resolved", "key": "paper", "level": ""}
        (made,) = reports(dict(PAYLOAD, configuration=said))
        self.assertEqual(("till till7 : åäö", "till", "till7", 1, 3, "resolved", "paper"), tuple(made[k] for k in ("title", "service", "component", "impact", "urgency", "status", "key")))
        self.assertNotIn("level", made)
        for wrong in ({"level": "3"}, {"level": "x"}, {"impact": "0"}):
            with self.assertRaises(Problem):
                reports(dict(PAYLOAD, configuration=wrong))

    def test_identity(self):
        same = report.identity(PAYLOAD)
        self.assertEqual(same, report.identity(json.loads(json.dumps(PAYLOAD))))
        self.assertEqual(same, report.identity(dict(PAYLOAD, session_key="another", results_link="x")))
        for key, value in (("sid", "2"), ("search_name", "x"), ("app", "x"), ("results_file", "/d/per_result_alert/tmp_1.csv.gz"), ("result", {"host": "till8"}), ("configuration", {"level": "1"})):
            self.assertNotEqual(same, report.identity(dict(PAYLOAD, **{key: value})), key)

    def test_each_result(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "results.csv.gz")
            with gzip.open(path, "wt", encoding="utf-8", newline="") as f:
                write = csv.writer(f).writerow
                write(["host", "__mv_host", "note"])
                for n in range(120):
                    write(["till%d" % n, "", 'a "quoted"\nline å' if n == 0 else ""])
            payload = dict(PAYLOAD, results_file=path, configuration={"rows": "each", "component": "till0"})
            body, _, more = report.letter(payload)
            made = json.loads(body.decode("utf-8"))["reports"]
            self.assertEqual((100, 20), (len(made), more))
            self.assertEqual(["till0", "till1"], [m["labels"]["host"] for m in made[:2]])
            self.assertEqual('a "quoted"\nline å', made[0]["labels"]["note"])
            self.assertNotIn("component", made[0])
            self.assertIn("20 more results", made[0]["detail"])
            # A file that is not there, or broken, leaves the first result.
            for broken in (path + "x", __file__):
                self.assertEqual("till7", reports(dict(payload, results_file=broken))[0]["labels"]["host"])

    def test_large_results_are_cut(self):
        wide = {"field%d" % n: "å" * 20000 for n in range(150)}
        body, _, _ = report.letter(dict(PAYLOAD, result=wide))
        self.assertLess(len(body), report.MOST_BYTES)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "results.csv.gz")
            with gzip.open(path, "wt", encoding="utf-8", newline="") as f:
                write = csv.DictWriter(f, sorted(wide))
                write.writeheader()
                for _ in range(100):
                    write.writerow({k: "å" * 600 for k in wide})
            body, _, _ = report.letter(dict(PAYLOAD, results_file=path, configuration={"rows": "each"}))
            self.assertLess(len(body), report.MOST_BYTES)
            self.assertEqual(100, len(json.loads(body.decode("utf-8"))["reports"]))
        odd = dict(PAYLOAD, result={"x": "\ud800 lone"})
        json.loads(report.letter(odd)[0].decode("utf-8"))

    def test_signature(self):
        headers = report.signed("hush", b'{"a":1}', 1700000000)
        self.assertEqual("v1=" + EXPECTED, headers["X-Foresight-Signature"])
        self.assertEqual("1700000000", headers["X-Foresight-Timestamp"])


# printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac hush
EXPECTED = "7cfd1df542c33ab7251748ffdc6e7fed278c63b83d4ece95a4534b0ad465571b"


class Answers:
    """A wire whose other end answers what it is told to, and remembers what was asked."""

    def __init__(self, *replies):
        self.replies, self.asked = list(replies), []

    def send(self, method, path, body=b"", headers=None):
        self.asked.append((method, path, body))
        status, value = self.replies.pop(0)
        return wire.Reply(status, {}, json.dumps(value).encode("utf-8"))


class Kept(settings.Settings):
    def __init__(self, answers):
        super().__init__({"url": "https://f", "integration": "nord/splunk"}, {"token": "t", "nord/splunk": "s"})
        self._answers = answers

    def wire(self, timeout="timeout"):
        return self._answers


CASE = {"incident": {"id": "nord-3", "state": "new", "plan": [{"id": "capacity", "action": "a1", "state": "open"}]}}


class Acts(unittest.TestCase):
    def run_act(self, said, *replies):
        answers = Answers(*replies)
        told = act.run(dict(PAYLOAD, configuration=said), read=lambda *_: Kept(answers), sleep=lambda _: None)
        return told, answers.asked

    def test_a_task_by_its_action(self):
        told, asked = self.run_act({"verb": "done", "action_id": "a1", "text": "å"}, (200, {"actions": [{"action": "a0", "incident": "x"}, {"action": "a1", "incident": "nord-3"}]}), (200, CASE), (200, {}))
        self.assertEqual([("GET", "/api/v1/actions?state=all&level=3"), ("GET", "/api/v1/incidents/nord-3"), ("POST", "/api/v1/actions/nord-3/capacity/done")], [a[:2] for a in asked])
        self.assertEqual({"text": "å"}, json.loads(asked[2][2].decode("utf-8")))
        self.assertIn("of=nord-3/capacity tries=1 result=\"done\"", told)

    def test_a_case(self):
        _, asked = self.run_act({"verb": "ack", "incident": "nord-3"}, (200, CASE), (200, {}))
        self.assertEqual("/api/v1/incidents/nord-3/ack", asked[1][1])
        self.assertEqual({"text": 'by the alert "No paper" of Splunk'}, json.loads(asked[1][2].decode("utf-8")))
        # The case of a task is acknowledged, whether or not the task is still of its plan.
        _, asked = self.run_act({"verb": "ack", "incident": "nord-3", "action_id": "a1"}, (200, CASE), (200, {}))
        self.assertEqual("/api/v1/incidents/nord-3/ack", asked[1][1])
        _, asked = self.run_act({"verb": "resolve", "incident": "nord-3", "action_id": "of another plan"}, (200, CASE), (200, {}))
        self.assertEqual("/api/v1/incidents/nord-3/resolve", asked[1][1])

    def test_what_is_so_already_stays(self):
        done = {"incident": dict(CASE["incident"], state="acknowledged", plan=[{"id": "capacity", "action": "a1", "state": "done"}])}
        for said in ({"verb": "ack", "incident": "nord-3"}, {"verb": "start", "incident": "nord-3", "task": "capacity"}, {"verb": "done", "incident": "nord-3", "action_id": "a1"}):
            told, asked = self.run_act(said, (200, done))
            self.assertEqual(1, len(asked))
            self.assertIn("already", told)

    def test_a_lost_answer_is_no_second_act(self):
        done = {"incident": dict(CASE["incident"], state="acknowledged")}
        told, asked = self.run_act({"verb": "ack", "incident": "nord-3"}, (200, CASE), (503, {"error": "later"}), (200, done))
        self.assertEqual(["GET", "POST", "GET"], [a[0] for a in asked])
        self.assertIn('tries=2 result="it is acknowledged already"', told)

    def test_splunkd_is_asked_again(self):
        for run, said, replies in ((act.run, {"verb": "ack", "incident": "nord-3"}, ((200, CASE), (200, {}))), (report.run, {}, ((200, {"taken": []}),))):
            failures = [Problem("splunkd does not answer", 2, again=True)]

            def read(*_):
                if failures:
                    raise failures.pop()
                return Kept(Answers(*replies))

            run(dict(PAYLOAD, configuration=said), read=read, sleep=lambda _: None)
            self.assertEqual([], failures)

    def test_mistakes(self):
        for said, replies, text in (
            ({"verb": "x"}, (), "choose ack"),
            ({"verb": "ack"}, (), "no case is named"),
            ({"verb": "done", "incident": "nord-3"}, ((200, CASE),), "done to a task"),
            ({"verb": "done", "incident": "nord-3", "action_id": "z"}, ((200, CASE),), 'no task "z"'),
            ({"verb": "done", "action_id": "z"}, ((200, {"actions": []}),), 'no plan has the action "z"'),
            ({"verb": "ack", "incident": "x"}, ((404, {"error": "there is no such case"}),), "there is no such case"),
            ({"verb": "ack", "incident": "x"}, ((403, {"error": "may not"}),), "does not let the app in: may not"),
            ({"verb": "ack", "incident": "x"}, ((302, {}),), "leads elsewhere"),
        ):
            with self.assertRaisesRegex(Problem, text):
                self.run_act(said, *replies)


class SetUp(unittest.TestCase):
    def test_settings(self):
        kept = settings.Settings({"url": "https://f", "tz": "", "unknown": "x", "timeout": "x"}, {})
        self.assertEqual(("https://f", "", 15.0), (kept.url, kept.tz, kept.seconds("report_timeout")))
        with self.assertRaisesRegex(Problem, "write a number of seconds"):
            kept.seconds("timeout")
        with self.assertRaisesRegex(Problem, "no token for the app"):
            kept.secret("token")
        with self.assertRaisesRegex(Problem, "not set up"):
            settings.Settings({}, {}).wire()

    def test_splunkd_elsewhere(self):
        # Splunk's certificates name no host. Who has an address of this machine is this machine.
        addresses = {"sh1.example.com": "127.0.0.9", "far.example.com": "192.0.2.1"}
        with mock.patch.object(settings.socket, "getaddrinfo", lambda host, *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (addresses[host], 0))]):
            near, far = (settings._splunkd(host) for host in addresses)
        self.assertEqual((False, ssl.CERT_NONE), (near.check_hostname, near.verify_mode))
        self.assertEqual((True, ssl.CERT_REQUIRED), (far.check_hostname, far.verify_mode))

    def test_tokens_that_splunk_left(self):
        self.assertEqual({"a": "till7-a, b", "b": ""}, alert.words({"configuration": {"a": " $result.host$-$result.tags$ ", "b": "$result.none$"}, "result": PAYLOAD["result"]}))

    def test_check(self):
        request = {"server": {"rest_uri": "https://127.0.0.1:8089", "hostname": "sh1"}, "session": {"user": "admin", "authtoken": "k"}}
        answers = Answers((200, {"taken": [], "dry": True}), (401, {"error": "the bearer token is not known"}))
        found = check.answer(request, read=lambda *_: Kept(answers))["payload"]["checks"]
        self.assertEqual([("reports", True), ("forecasts and actions", False)], [(c["part"], c["works"]) for c in found])
        self.assertIn("not known", found[1]["text"])
        self.assertTrue(json.loads(answers.asked[0][2].decode("utf-8"))["dry"])

        def unset(*_):
            raise Problem("not set up")

        self.assertEqual([{"part": "settings", "works": False, "text": "not set up"}], check.answer(request, read=unset)["payload"]["checks"])


if __name__ == "__main__":
    unittest.main()
