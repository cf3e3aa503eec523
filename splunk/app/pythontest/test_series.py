"""The search command's rows and arguments, without Splunk and without Foresight."""

import csv
import io
import os
import sys
import unittest
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "foresight", "bin"))

from foresight_app import forecast, series, wire  # noqa: E402
from foresight_app.asked import Asked  # noqa: E402
from foresight_app.problems import Problem  # noqa: E402

DAY = 86400
START = 1704067200  # 2024-01-01 in UTC


def daily(n, start=START, **columns):
    return [dict({"_time": str(start + i * DAY), "_span": str(DAY), "_spandays": "1"}, **{k: str(v(i)) for k, v in columns.items()}) for i in range(n)]


def answer(sent, asked, ahead, offset="Z", capacity=False):
    """What Foresight would say: the median is 100 more than the number of the bucket ahead, each quantile its own tenth."""
    rows = list(csv.DictReader(io.StringIO(sent.decode("utf-8"))))
    last = max(datetime.fromisoformat(r["time"].replace("Z", "+00:00")) for r in rows)
    out = io.StringIO()
    columns = [series.column(q) for q in asked.probabilities()]
    write = csv.writer(out).writerow
    write(["series", "time", "mean"] + columns + (["overload_probability"] if capacity else []))
    for name in dict.fromkeys(r["series"] for r in rows):
        for k in range(1, ahead + 1):
            at = last + timedelta(days=k)
            text = at.strftime("%Y-%m-%dT%H:%M:%SZ") if offset == "Z" else at.astimezone(timezone(timedelta(hours=offset))).isoformat()
            write([name, text, "0"] + ["%g" % (100 + k + q) for q in asked.probabilities()] + (["0.25"] if capacity else []))
    return out.getvalue().encode("utf-8")


class Arguments(unittest.TestCase):
    def test_as_predict(self):
        a = Asked(["count"])
        self.assertEqual([("count", None)], a.fields)
        self.assertEqual([0.025, 0.5, 0.975], a.probabilities())
        self.assertEqual(["upper95", "lower95"], [b.name for b in a.bands])

    def test_all_that_can_be_said(self):
        a = Asked(["a", "as", "b,", "c,d", "AS", "e f", "upper90=high", "by", "shop,", "till", "lower97=low"], "80", "0.1 0.9")
        self.assertEqual([("a", "b"), ("c", None), ("d", "e f")], a.fields)
        self.assertEqual(["shop", "till"], a.by)
        self.assertEqual([("high", 0.95), ("low", 0.015), ("upper80", 0.9), ("lower80", 0.1)], [(b.name, b.quantile) for b in a.bands])
        self.assertEqual([0.015, 0.1, 0.5, 0.9, 0.95], a.probabilities())
        self.assertEqual("q0.015", series.column(0.015))
        self.assertEqual([("a, b", None), ("c", None)], Asked(["a, b", "c,"]).fields)  # quoted
        # One edge that is named leaves the other as it is.
        self.assertEqual(["high", "lower95"], [b.name for b in Asked(["a", "upper90=high"]).bands])

    def test_mistakes(self):
        for words, more, text in (
            ([], {}, "name the fields"),
            (["as", "x"], {}, "AS stands between"),
            (["a", "as"], {}, "AS stands between"),
            (["a", "as", "b", "as", "c"], {}, "AS stands between"),
            (["a*", "as", "b"], {}, "one new name"),
            (["a", "by"], {}, "BY is followed"),
            (["a", "upper0=x"], {}, "more than 0"),
            (["a"], {"interval": "x"}, "per cents"),
            (["a"], {"interval": "100"}, "per cents"),
            (["a"], {"quantiles": "1.5"}, "no probability"),
            (["a"], {"quantiles": "x"}, "no probability"),
        ):
            with self.assertRaisesRegex(Problem, text, msg=words):
                Asked(words, **more)

    def test_options(self):
        for given, text in (({"horizon": "0"}, "whole number from 1"), ({"horizon": "x"}, "horizon"), ({"holdback": "-1"}, "from 0"), ({"capacity": "x"}, "not a number"), ({"partial": "maybe"}, "partial is \"maybe\"")):
            with self.assertRaisesRegex(Problem, text):
                forecast.understood(["a"], forecast.Options(**given))
        options = forecast.Options(horizon="90", country="SE", capacity="1e3", freq=None)
        asked = forecast.understood(["a"], options)
        said = parse_qs(forecast.parameters(asked, options, "Europe/Stockholm"), strict_parsing=True)
        self.assertEqual({"quantiles": ["0.025,0.5,0.975"], "format": ["csv"], "tz": ["Europe/Stockholm"], "horizon": ["90"], "country": ["SE"], "capacity": ["1e3"]}, said)


class Rows(unittest.TestCase):
    def test_history_and_forecast(self):
        rows = daily(10, count=lambda i: i)
        asked = Asked(["count"])
        table = series.Table(rows, asked)
        sent = table.csv()
        self.assertEqual("series,time,value\ncount,2024-01-01T00:00:00Z,0\n", sent.decode()[:47])
        self.assertEqual(11, sent.decode().count("\n"))
        merged = table.merged(answer(sent, asked, 3, capacity=True))
        self.assertEqual(13, len(merged))
        self.assertEqual([r["_time"] for r in merged], [str(START + i * DAY) for i in range(13)])
        self.assertEqual(merged[9]["count"], "9")
        self.assertIsNone(merged[9]["prediction(count)"])
        ahead = merged[10]
        self.assertEqual(
            {"_time": str(START + 10 * DAY), "_span": "86400", "_spandays": "1", "count": None, "prediction(count)": "101.5", "upper95(prediction(count))": "101.975",
             "lower95(prediction(count))": "101.025", "overload_probability(prediction(count))": "0.25", "_predictedcount": "prediction(count)",
             "_uppercount": "upper95(prediction(count))", "_lowercount": "lower95(prediction(count))"},
            ahead,
        )
        self.assertEqual(set(merged[0]), set(ahead))

    def test_first_row_has_every_column(self):
        # splunklib takes the columns of the first row for those of all.
        asked = Asked(["count", "AS", "x", "upper80=high"], "", "0.9")
        table = series.Table(daily(3, count=lambda i: i, other=lambda i: i), asked)
        merged = table.merged(answer(table.csv(), asked, 2, capacity=True))
        for row in merged:
            self.assertEqual(list(dict.fromkeys(merged[0])), [k for k in merged[0] if k in row])
            self.assertEqual(set(merged[0]), set(row))

    def test_holdback_stands_beside_what_came(self):
        asked = Asked(["count"])
        table = series.Table(daily(10, count=lambda i: i), asked, holdback=4)
        sent = table.csv()
        self.assertEqual(7, sent.decode().count("\n"))
        merged = table.merged(answer(sent, asked, 5))
        self.assertEqual(11, len(merged))
        self.assertEqual(("6", "101.5"), (merged[6]["count"], merged[6]["prediction(count)"]))
        with self.assertRaisesRegex(Problem, "hold less back"):
            series.Table(daily(3, count=lambda i: i), asked, holdback=3)

    def test_a_bucket_that_is_not_over(self):
        asked = Asked(["count"])
        end = START + 10 * DAY
        for ended, partial, used in ((end, False, 10), (end - 1, False, 9), (end - 1, True, 10), (None, False, 10)):
            table = series.Table(daily(10, count=lambda i: i), asked, partial=partial, ended=ended)
            self.assertEqual(used, table.csv().decode().count("\n") - 1)
            self.assertEqual(used == 9, table.left_out is not None)
        # A month is over when the next begins, a day when the clocks have gone forward an hour earlier.
        january = [{"_time": str(START), "_span": "2678400", "_spandays": "28", "count": "1"}]
        self.assertIsNone(series.Table(january, asked, ended=START + 31 * DAY).left_out)
        march = [{"_time": "1711839600", "_span": "86400", "_spandays": "1", "count": "1"}]  # 2024-03-31 in Stockholm
        self.assertIsNone(series.Table(march, asked, tz="Europe/Stockholm", ended=1711839600 + 23 * 3600).left_out)
        with self.assertRaisesRegex(Problem, "none is left"):
            series.Table(march, asked, tz="Europe/Stockholm", ended=1711839600 + 22 * 3600)

    def test_many_fields_and_split_columns(self):
        asked = Asked(["*", "upper50=hi"])
        rows = daily(6, web=lambda i: i, app=lambda i: i * 2, note=lambda i: "x")
        rows[2]["app"] = ""
        table = series.Table(rows, asked)
        sent = table.csv()
        self.assertEqual(["web", "app"], [name for name, _ in table.fields])
        self.assertIn("app,2024-01-03T00:00:00Z,\n", sent.decode())
        merged = table.merged(answer(sent, asked, 2))
        self.assertEqual("101.75", merged[6]["hi(prediction(app))"])
        self.assertEqual("lower95(prediction(web))", merged[0]["_lowerweb"])

    def test_long_tables(self):
        rows = [dict(r, shop=shop) for r in daily(5, count=lambda i: i) for shop in ("a", "b,c", "")]
        asked = Asked(["count", "by", "shop"])
        table = series.Table(rows, asked)
        sent = table.csv()
        merged = table.merged(answer(sent, asked, 2))
        self.assertEqual(21, len(merged))
        self.assertEqual([("a", str(START + 5 * DAY)), ("b,c", str(START + 5 * DAY)), ("", str(START + 5 * DAY)), ("a", str(START + 6 * DAY))], [(r["shop"], r["_time"]) for r in merged[15:19]])
        with self.assertRaisesRegex(Problem, "same _time: say with BY"):
            series.Table(rows, Asked(["count"])).csv()
        # Names that look alike stay apart.
        twins = [dict(r, a=a, b=b) for r in daily(2, x=lambda i: i) for a, b in (("1 b=2", "3"), ("1", "2 b=3"))]
        table = series.Table(twins, Asked(["x", "by", "a", "b"]))
        table.csv()
        self.assertEqual(2, len(table.series))

    def test_days_of_a_zone(self):
        stockholm = daily(5, start=START - 3600, count=lambda i: i)
        asked = Asked(["count"])
        with self.assertRaisesRegex(Problem, "begin at 23:00 UTC: say in which time zone"):
            series.Table(stockholm, asked)
        table = series.Table(stockholm, asked, tz="Europe/Stockholm")
        merged = table.merged(answer(table.csv(), asked, 2, offset=1))
        self.assertEqual(str(START - 3600 + 5 * DAY), merged[5]["_time"])
        hours = [{"_time": str(START + 1800 + i * 3600), "count": "1"} for i in range(5)]
        series.Table(hours, asked)  # hours lie where they lie

    def test_mistakes_in_rows(self):
        good = daily(3, count=lambda i: i)
        for rows, words, text in (
            ([{"count": "1"}], ["count"], "no _time"),
            (good, ["cuont"], 'no field "cuont" with numbers in the results; there are: count'),
            (good, ["x*"], 'no field "x\\*"'),
            (good, ["count", "by", "shop"], 'no field "shop" to forecast by'),
            ([dict(good[0], _time="yesterday")], ["count"], "not a time"),
            ([dict(good[0], count="many")], ["count"], '"many" at 2024-01-01T00:00:00Z, which is not a number'),
            ([dict(good[0], count="nan")], ["count"], "not a number"),
            ([dict(good[0], count="0x1")], ["count"], "not a number"),
            ([dict(good[0], count=["1", "2"])], ["count"], '"1, 2"'),
        ):
            with self.assertRaisesRegex(Problem, text):
                series.Table(rows, Asked(words)).csv()

    def test_half_an_answer_is_none(self):
        asked = Asked(["a", "b"])
        table = series.Table(daily(3, a=lambda i: i, b=lambda i: i), asked)
        sent = table.csv()
        whole = answer(sent, asked, 2)
        half = b"".join(line for line in whole.splitlines(True) if not line.startswith(b"b,"))
        for wrong, text in ((half, 'came back of "b"'), (whole.replace(b"b,", b"c,"), '"c" that was not sent'), (b"<html>", "lacks the column series"), (whole.replace(b"q0.5", b"q0.6"), "lacks the column q0.5")):
            with self.assertRaisesRegex(Problem, text):
                table.merged(wrong)


class Network(unittest.TestCase):
    def test_addresses(self):
        for url in ("https://f.example.com", "https://f.example.com:8443/base/", "http://127.0.0.1:8080", "http://localhost", "http://[::1]:8080", "http://127.9.9.9"):
            wire.Wire(url)
        for url, text in (("http://f.example.com", "is http"), ("http://127.0.0.1.example.com", "is http"), ("http://localhost.example.com", "is http"), ("ftp://f", "is none"), ("f.example.com", "is none"),
                          ("https://", "is none"), ("https://f:x", "is none"), ("https://f/?a=b", "is none"), ("https://u@f", "is none")):
            with self.assertRaisesRegex(Problem, text, msg=url):
                wire.Wire(url)

    def test_certificates(self):
        for text, why in (("x", "no PEM"), ("-----BEGIN CERTIFICATE-----!-----END CERTIFICATE-----", "damaged")):
            with self.assertRaisesRegex(Problem, why):
                wire.certificates(text)
        self.assertEqual("", wire.certificates(" \n"))

    def test_persistence(self):
        waits, clock = [], [0.0]

        def sleep(seconds):
            waits.append(seconds)
            clock[0] += seconds

        def fails(times, problem):
            left = [times]

            def work():
                if left[0]:
                    left[0] -= 1
                    raise problem
                return "done"

            return work

        def run(work, patience):
            del waits[:]
            clock[0] = 0.0
            return wire.persist(work, patience, sleep, lambda: clock[0])

        self.assertEqual(("done", 4), run(fails(3, Problem("x", again=True)), 60))
        self.assertTrue(all(0.5 * 2**n <= w <= 2**n for n, w in enumerate(waits)), waits)
        self.assertEqual(("done", 2), run(fails(1, Problem("x", again=True, after=10.0)), 60))
        self.assertEqual([10.0], waits)
        with self.assertRaisesRegex(Problem, "^x$"):
            run(fails(1, Problem("x")), 60)
        with self.assertRaisesRegex(Problem, r"x \(tried \d+ times\)"):
            run(fails(1000, Problem("x", again=True)), 60)
        self.assertLessEqual(clock[0], 60)
        with self.assertRaisesRegex(Problem, "^x$"):
            run(fails(1, Problem("x", again=True)), 0)


if __name__ == "__main__":
    unittest.main()
