# Reads what reps received in a rehearsal: is there a list for every working day, and was everybody reached each month, or was it
# said that they cannot be? Prints 'ok ...' or 'not ok ...'.
import collections
import datetime
import json
import pathlib
import re
import sys

folder, events = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
absent = collections.defaultdict(set)
for event in map(json.loads, events.open()):
    if "rep_absent" in event:
        first = datetime.date.fromisoformat(event["rep_absent"]["from"])
        last = datetime.date.fromisoformat(event["rep_absent"]["to"])
        absent[event["rep_id"]] |= {first + datetime.timedelta(days=n) for n in range((last - first).days + 1)}
stamp = re.compile(r"^--- (\S+) message \S+ to (\S+)$")
listed = re.compile(r"(今日电话|calls? to make)")
reached = re.compile(r"(?:本月已联系 ([\d,]+)/([\d,]+)|Reached this month: ([\d,]+) of ([\d,]+))")
warned = re.compile(r"(轮不到|联系不到|来不及|will not be reached|cannot be reached|can be reached this month)")
bad = 0


def say(good, what):
    global bad
    bad += not good
    print(("ok " if good else "not ok ") + what)


reps = sorted(folder.glob("*.txt"))
reps = [path for path in reps if path.name not in ("summary.txt", "highlights.txt")]
say(len(reps) == 4, f"four reps received messages ({len(reps)})")
lists = 0
shortfalls, excused = [], 0
for path in reps:
    days, last, warning = collections.Counter(), {}, set()
    when = None
    for line in path.read_text().splitlines():
        if match := stamp.match(line):
            when = datetime.datetime.fromisoformat(match[1].replace("Z", "+00:00")) + datetime.timedelta(hours=8)
        elif when is not None:
            month = (when.year, when.month)
            if listed.search(line):
                days[when.date()] += 1
            if match := reached.search(line):
                done, total = [int(part.replace(",", "")) for part in match.groups() if part is not None]
                last[month] = (done, total, when.date())
            if warned.search(line):
                warning.add(month)
    lists += sum(days.values())
    first, end = min(days), max(days)
    missing = [
        day
        for day in (first + datetime.timedelta(days=n) for n in range((end - first).days))
        if day.weekday() < 5 and days[day] == 0 and day not in absent[path.stem]
    ]
    say(not missing, f"{path.stem}: a list on every working day from {first} to {end} but {len(absent[path.stem])} of absence (without: {missing[:3]})")
    say(max(days.values()) == 1, f"{path.stem}: one list a day")
    # The month's last list says how far it was that morning; what is left then fits into that day.
    for month, (done, total, day) in sorted(last.items()):
        if month == max(last):
            continue
        left = total - done
        if left > 60:
            shortfalls.append((path.stem, month, left))
        elif left > 0:
            excused += 1
        if left > 60 and month in warning:
            shortfalls.pop()
            excused += 1
print(f"{lists} lists; in {excused} months of a rep some were left for the last day or it was said that they cannot be reached")
say(not shortfalls, f"everybody is reached each month, or it was said that they cannot be ({shortfalls[:3]})")
sys.exit(bad > 0)
