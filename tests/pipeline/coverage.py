# Reads what reps received in a rehearsal: is there a list for every working day, and was everybody reached each month, or was it
# said that they cannot be? Do the summaries say what the files hold? Prints 'ok ...' or 'not ok ...'.
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
section = re.compile(r"^== (\d{4}-\d\d-\d\d) \S+?(?:：(\d+) 条消息|: (\d+) messages?)$")
clock = re.compile(r"^\d\d:\d\d$")
listed = re.compile(r"(今日电话|calls? to make on \S+ (\d+) )")
other = re.compile(r"(预告|calls? to make |团队日报|团队周报|[Yy]our team)")
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
lists = messages = 0
shortfalls, excused, miscounted, unsorted = [], 0, [], []
for path in reps:
    days, last, warning = collections.Counter(), {}, set()
    when, inside, promised, told, previous = None, False, 0, 0, None
    for line in path.read_text().splitlines() + ["== 9999-01-01 end: 0 messages"]:
        if match := section.match(line):
            if promised != told:
                miscounted.append((path.stem, when))
            when, promised, told = datetime.date.fromisoformat(match[1]), int(match[2] or match[3]), 0
            if previous is not None and previous >= when:
                unsorted.append((path.stem, when))
            previous = when
        elif clock.match(line):
            told, inside = told + 1, False
            messages += 1
        elif when is not None:
            month = (when.year, when.month)
            # The evening before says the same of another day.
            if (match := listed.search(line)) and int(match[2] or when.day) == when.day:
                days[when] += 1
                inside = True
            elif other.search(line):
                inside = False
            if inside and (match := reached.search(line)):
                done, total = [int(part.replace(",", "")) for part in match.groups() if part is not None]
                last[month] = (done, total, when)
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
say(not miscounted and not unsorted, f"each day has its section with its messages ({miscounted[:2]}, {unsorted[:2]})")
text = (folder / "summary.txt").read_text()
told = re.search(r"^([\d,]+) messages with|^共 ([\d,]+) 条消息", text, re.M)
say(told is not None and int((told[1] or told[2]).replace(",", "")) == messages, f"the summary counts {messages} messages")
say("{" not in text and '"' not in text and len(text) > 1500, "the summary is to be read by people")
page = (folder / "summary.html").read_text()
names = [path.read_text().split("\n", 1)[0] for path in reps]
say(all(f"({path.stem})" in name or f"（{path.stem}）" in name for path, name in zip(reps, names)), "each file says whose it is")
say(f"{messages:,}" in page and "<svg" in page and "<script" not in page, "the page says the same, with pictures and without scripts")
sys.exit(bad > 0)
