"""Run Splunk AppInspect on a package, as a whole and as Splunk Cloud does.

    inspect_app.py PACKAGE FOLDER MANUAL

leaves a report a run in FOLDER, prints what was found but success, and fails if any check
failed or ended in an error, or warns of what MANUAL does not explain by the check's name.
"""

import json
import pathlib
import subprocess
import sys

# Which tags each run includes; none: AppInspect's own choice.
RUNS = {"default": [], "cloud": ["cloud"], "private_victoria": ["private_victoria"]}

# What must not be there, whatever is said about it.
BAD = ("failure", "error")


def inspect(package, report, tags):
    tool = pathlib.Path(sys.executable).with_name("splunk-appinspect")
    command = [str(tool), "inspect", package,
               "--mode", "precert", "--data-format", "json", "--output-file", str(report)]
    for tag in tags:
        command += ["--included-tags", tag]
    done = subprocess.run(command, capture_output=True, text=True)
    if not report.exists():
        sys.exit(f"AppInspect left no report:\n{done.stdout}\n{done.stderr}")
    return json.loads(report.read_text())


def main(package, folder, manual):
    bad, explained = 0, pathlib.Path(manual).read_text()
    for name, tags in RUNS.items():
        report = pathlib.Path(folder) / f"appinspect-{name}.json"
        report.unlink(missing_ok=True)
        found = inspect(package, report, tags)
        summary = found["summary"]
        if sum(summary.values()) == 0:
            sys.exit(f"{name}: no check ran")
        print(f"appinspect {name}: " + ", ".join(f"{n} {what}" for what, n in sorted(summary.items())))
        bad += sum(summary[what] for what in BAD)
        for group in found["reports"][0]["groups"]:
            for check in group["checks"]:
                if check["result"] in ("success", "not_applicable", "skipped"):
                    continue
                print(f"  {check['result']}: {check['name']}")
                if check["result"] == "warning" and f"`{check['name']}`" not in explained:
                    print(f"    {manual} does not say why it may stay")
                    bad += 1
                for message in check["messages"]:
                    where = message.get("message_filename") or ""
                    print(f"    {message['message']} {where}".rstrip())
    return 1 if bad else 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
