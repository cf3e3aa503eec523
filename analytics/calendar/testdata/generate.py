"""Writes public_holidays.csv, the second source that calendar's public holidays
are compared with, and easter.csv.

    python -m venv .venv && .venv/bin/pip install holidays==0.109 python-dateutil==2.9.0.post0
    .venv/bin/python generate.py

Nationwide days only, with two readings: GB is England and Wales, which agree (subdivision
ENG); AU adds the weekdays that are a holiday in all eight states and territories, since
the package leaves days in lieu to the states. Plain Sundays are left out (SE, NO).
"""

import sys
from datetime import date
from pathlib import Path

import dateutil
import holidays
from dateutil.easter import easter

PINNED = {"holidays": "0.109", "dateutil": "2.9.0.post0"}
YEARS = range(2010, 2036)
STATES = ["ACT", "NSW", "NT", "QLD", "SA", "TAS", "VIC", "WA"]
OPTIONS = {"SE": {"include_sundays": False}, "NO": {"include_sundays": False}, "GB": {"subdiv": "ENG"}}
# Days that are no public holidays, where the package knows them.
PARENTS = ["Mother's Day", "Father's Day"]
EXTRA = [("SE", "de_facto", []), ("FI", "workday", PARENTS), ("US", "unofficial", PARENTS)]
COUNTRIES = ["AU", "DE", "DK", "EC", "ES", "FI", "FR", "GB", "NL", "NO", "SE", "US"]


def of(country, year, **kw):
    list_ = holidays.country_holidays(country, years=year, language="en_GB" if country == "GB" else "en_US", **kw)
    return {d: n for d, n in list_.items() if d.year == year}


def days(country, year):
    found = of(country, year, **OPTIONS.get(country, {}))
    if country == "AU":
        states = [of("AU", year, subdiv=s) for s in STATES]
        for d, name in states[0].items():
            if d.weekday() < 5 and all(d in s for s in states):
                found.setdefault(d, name)
    return sorted(found.items())


def main():
    if holidays.__version__ != PINNED["holidays"] or dateutil.__version__ != PINNED["dateutil"]:
        sys.exit(f"install exactly {PINNED}, found {holidays.__version__} and {dateutil.__version__}")
    here = Path(__file__).parent
    with open(here / "public_holidays.csv", "w") as out:
        print(f"# origin: PyPI holidays {holidays.__version__}, MIT; made by generate.py", file=out)
        print("country,date,name,category", file=out)
        for c in COUNTRIES:
            for y in YEARS:
                for d, name in days(c, y):
                    print(f'{c},{d},"{name}",public', file=out)
        for c, category, wanted in EXTRA:
            for y in YEARS:
                for d, name in sorted(of(c, y, categories=(category,), **OPTIONS.get(c, {})).items()):
                    if not wanted or name in wanted:
                        print(f'{c},{d},"{name}",{category}', file=out)
    with open(here / "easter.csv", "w") as out:
        print(f"# origin: PyPI python-dateutil {dateutil.__version__}, easter(year), BSD/Apache-2.0; made by generate.py", file=out)
        print("date", file=out)
        for y in range(1900, 2101):
            print(easter(y), file=out)


if __name__ == "__main__":
    main()
