#!/usr/bin/env python3
"""Looks at a page of `tend summary --html` in headless Chromium, in light and dark, on a desk and on a phone, and
compares the figures in its pictures with the JSON that they were made from. Prints 'ok NAME' or 'not ok NAME: why' for
each thing, exit 1 when one does not hold.

    look.py PAGE.html SUMMARY.json [--pictures DIR]     DIR: where a picture of each view goes
"""
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile

PHONE, DESK = (360, 740), (1200, 900)
CONTRAST = 4.5  # of letters and their ground: WCAG 2, level AA
ANSWER_BYTES = 1 << 16
failures = []


def check(name, wrong):
    """`wrong` lists what is wrong; nothing: it holds."""
    wrong = list(wrong)
    if wrong:
        failures.append(name)
        print(f"not ok {name}: {'; '.join(str(each) for each in wrong[:5])}", flush=True)
    else:
        print(f"ok {name}", flush=True)


class Browser:
    """Chromium, spoken to over two pipes: JSON, each message ended by a NUL."""

    def __init__(self):
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        if program is None:
            sys.exit("not ok chromium: is not installed")
        self.profile = tempfile.mkdtemp(prefix="tend-look-")
        down, ours = os.pipe()
        back, theirs = os.pipe()

        def place():
            os.dup2(down, 3)
            os.dup2(theirs, 4)
        # The pipes may lie on 3 and 4 already, so they are moved away first.
        down, theirs = os.dup(down) if down in (3, 4) else down, os.dup(theirs) if theirs in (3, 4) else theirs
        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
             "--disable-dev-shm-usage", "--remote-debugging-pipe", f"--user-data-dir={self.profile}"],
            preexec_fn=place, pass_fds=(3, 4), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        os.close(down)
        os.close(theirs)
        self.ours, self.back, self.rest, self.count, self.events = ours, back, b"", 0, []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.ask(f"{domain}.enable")

    def read(self):
        while b"\0" not in self.rest:
            got = os.read(self.back, ANSWER_BYTES)
            if not got:
                raise SystemExit("not ok chromium: it ended")
            self.rest += got
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def ask(self, method, **params):
        self.count += 1
        message = {"id": self.count, "method": method, "params": params}
        if getattr(self, "session", None):
            message["sessionId"] = self.session
        os.write(self.ours, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") != self.count:
                self.events.append(answer)
            elif "error" in answer:
                raise SystemExit(f"not ok chromium: {method}: {answer['error']}")
            else:
                return answer["result"]

    def run(self, script):
        answer = self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in answer:
            raise SystemExit(f"not ok chromium: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def open(self, path, size, scheme):
        self.ask("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=1,
                 mobile=size[0] < 600)
        self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.events.clear()
        self.ask("Page.navigate", url="file://" + os.path.abspath(path))
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.read())
        self.run("document.querySelectorAll('details').forEach(d => d.open = true)")

    def picture(self, path):
        shot = self.ask("Page.captureScreenshot", captureBeyondViewport=True, format="png")
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)


WIDER = """(() => { const wide = document.documentElement.clientWidth, out = [];
  if (document.documentElement.scrollWidth > wide) out.push('page ' + document.documentElement.scrollWidth);
  for (const e of document.querySelectorAll('body *')) { const r = e.getBoundingClientRect();
    if (r.right > wide + 0.5 && getComputedStyle(e).position != 'absolute' && !e.closest('thead'))
      out.push(e.tagName + ' ' + (e.textContent || '').slice(0, 30) + ' to ' + r.right); }
  return out; })()"""

# Letters of a picture that stick out of it or lie over each other.
LETTERS = """(() => { const out = [];
  for (const svg of document.querySelectorAll('svg')) { const all = [...svg.querySelectorAll('text')],
      frame = svg.getBoundingClientRect(), boxes = all.map(t => t.getBoundingClientRect());
    boxes.forEach((b, i) => {
      if (b.left < frame.left - 1 || b.right > frame.right + 1 || b.top < frame.top - 1 || b.bottom > frame.bottom + 1)
        out.push(all[i].textContent + ' sticks out');
      for (let j = 0; j < i; j++) { const o = boxes[j];
        if (Math.min(b.right, o.right) - Math.max(b.left, o.left) > 1 &&
            Math.min(b.bottom, o.bottom) - Math.max(b.top, o.top) > 4)
          out.push(all[i].textContent + ' lies over ' + all[j].textContent); } }); }
  return out; })()"""

SMALL = """[...document.querySelectorAll('svg text')].filter(t => t.getBoundingClientRect().height < 9)
  .map(t => t.textContent + ' ' + t.getBoundingClientRect().height)"""

# Letters and what they stand on: the nearest ground that is painted, of a picture's cell its rectangle.
CONTRASTS = """(() => { const out = [],
    part = c => { c /= 255; return c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4 },
    light = c => .2126 * part(c[0]) + .7152 * part(c[1]) + .0722 * part(c[2]),
    read = c => { const m = c.match(/[0-9.]+/g).map(Number); return m.length > 3 && m[3] == 0 ? null : m };
  const ground = e => { const cell = e.closest('.cell, .box');
    if (e.tagName == 'text' && cell) return read(getComputedStyle(cell.querySelector('rect')).fill);
    for (; e; e = e.parentElement) { const c = read(getComputedStyle(e).backgroundColor); if (c) return c; }
    return [255, 255, 255]; };
  for (const e of document.querySelectorAll('text,h1,h2,p,dt,dd,td,th,figcaption,caption,summary,footer')) {
    if (!e.textContent.trim()) continue;
    const style = getComputedStyle(e), ink = read(e.tagName == 'text' ? style.fill : style.color);
    const a = light(ink), b = light(ground(e)), ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < LEAST) out.push(e.textContent.trim().slice(0, 30) + ' ' + ratio.toFixed(2)); }
  return out; })()"""

DATA = """(() => { const all = s => [...document.querySelectorAll(s)], num = (e, n) => Number(e.getAttribute(n));
  const svg = document.querySelector('.curve'), points = svg ? svg.getAttribute('points').trim().split(' ')
    .map(p => p.split(',').map(Number)) : [];
  return { points, even: (document.querySelector('.even') || {getAttribute: () => ''}).getAttribute('d'),
    marks: all('circle.mark').map(e => [num(e, 'cx'), num(e, 'cy'), num(e, 'data-customers-ppm'),
      num(e, 'data-share-ppm')]),
    cuts: all('path.cut[data-cut-ppm]').map(e => [num(e, 'data-cut-ppm'),
      Number(e.getAttribute('d').match(/ ([0-9.]+)H/)[1])]),
    cells: all('.cell').map(e => ({r: num(e, 'data-r'), f: num(e, 'data-f'), customers: num(e, 'data-customers'),
      net: e.getAttribute('data-net-micros'), text: [...e.querySelectorAll('text')].map(t => t.textContent),
      fill: getComputedStyle(e.querySelector('rect')).fill})),
    boxes: all('.box').map(e => ({value: e.getAttribute('data-value'), customers: num(e, 'data-customers'),
      net: e.getAttribute('data-net-micros'), x: num(e.querySelector('rect'), 'x'),
      y: num(e.querySelector('rect'), 'y'),
      text: [...e.querySelectorAll('text')].map(t => t.textContent)})),
    bars: all('rect[data-label]').map(e => ({chart: e.closest('svg').getAttribute('aria-labelledby').split('-')[0],
      label: e.getAttribute('data-label'), value: num(e, 'data-value'), width: num(e, 'width'),
      text: e.nextElementSibling.textContent})),
    rows: all('table').map(t => [...t.querySelectorAll('tbody tr')]
      .map(r => [...r.children].map(c => c.textContent))) };
})()"""


def micros(money):
    whole, _, part = (money or "0").split(" ")[0].partition(".")
    number = int(whole.lstrip("-")) * 1000000 + int(part.ljust(6, "0")[:6] or 0)
    return -number if whole.startswith("-") else number


def check_curve(data, summary):
    """The curve is drawn where the figures say: its corners are those of the straight line of equal sales."""
    told = [(point.get("customersPpm", 0), point.get("sharePpm", 0)) for point in summary.get("pareto", [])]
    x0, y0, x1, y1 = [float(number) for number in data["even"][1:].replace("L", " ").split()]
    wrong = []
    if len(told) != len(data["points"]):
        wrong.append(f"{len(data['points'])} points, {len(told)} were told")
    for (x, y), point in zip(data["points"], told):
        read = (x - x0) / (x1 - x0) * 1e6, (y - y0) / (y1 - y0) * 1e6
        if abs(read[0] - point[0]) > 20 or abs(read[1] - point[1]) > 20:
            wrong.append(f"{read} is drawn for {point}")
    check("curve", wrong)
    wrong = []
    rule = summary["rule"].split(" ")[1].rstrip(",").split("/")
    for (cut, y), percent in zip(data["cuts"], rule):
        if cut != round(float(percent) * 10000) or abs((y - y0) / (y1 - y0) * 1e6 - cut) > 100:
            wrong.append(f"{cut} at {y} for {percent} %")
    share = customers = 0
    for (x, y, customers_ppm, share_ppm), row in zip(data["marks"], summary["classes"]):
        share, customers = share + row.get("sharePpm", 0), customers + row.get("customers", 0)
        expected = customers * 1000000 // summary["customersInWindow"]
        drawn = (x - x0) / (x1 - x0) * 1e6, (y - y0) / (y1 - y0) * 1e6
        off = max(abs(drawn[0] - expected), abs(drawn[1] - share))
        if (customers_ppm, share_ppm) != (expected, share) or off > 50:
            wrong.append(f"mark {drawn} for {expected}, {share}")
    if len(data["marks"]) != 2 or len(data["cuts"]) != 2:
        wrong.append("two marks and two borders were to be drawn")
    check("class borders", wrong)


def check_grid(data, summary):
    told = {(cell["r"], cell["f"]): (cell.get("customers", 0), micros(cell.get("net")))
            for cell in summary.get("grid", [])}
    wrong = []
    if len(data["cells"]) != 25:
        wrong.append(f"{len(data['cells'])} cells")
    for cell in data["cells"]:
        customers, net = told.get((cell["r"], cell["f"]), (0, 0))
        if (cell["customers"], int(cell["net"])) != (customers, net):
            wrong.append(f"R{cell['r']} F{cell['f']} has {cell['customers']}, told {customers}")
        if customers and cell["text"][0] != f"{customers:,}":
            wrong.append(f"R{cell['r']} F{cell['f']} says {cell['text']}")
    if len({cell["fill"] for cell in data["cells"]}) < 2 and len(set(told.values())) > 1:
        wrong.append("all cells have one colour")
    check("grid", wrong)


def check_quadrants(data, summary):
    told = {row["value"]: (row.get("customers", 0), micros(row.get("net"))) for row in summary.get("values", [])
            if row["dimension"] == "value.clv" and row.get("value")}
    wrong = []
    for box in data["boxes"]:
        if (box["customers"], int(box["net"])) != told.get(box["value"], (0, 0)):
            wrong.append(f"{box['value']} has {box['customers']}, told {told.get(box['value'])}")
        if f"{box['customers']:,}" not in box["text"][1]:
            wrong.append(f"{box['value']} says {box['text'][1]}")
    place = {box["value"]: (box["x"], box["y"]) for box in data["boxes"]}
    if told and not (place["vip"][0] > place["improve"][0] and place["vip"][1] < place["maintain"][1]
                     and place["abandon"] == (place["improve"][0], place["maintain"][1])):
        wrong.append("they do not stand now to the right, later upwards")
    check("quadrants", wrong)


def check_bars(data, summary):
    bars = [bar for bar in data["bars"] if bar["chart"] == "movement"]
    told = sorted((row.get("customers", 0) for row in summary.get("movements", [])), reverse=True)[:12]
    wrong = [f"{[bar['value'] for bar in bars]} for {told}"] if [bar["value"] for bar in bars] != told else []
    for bar in bars:
        off = abs(bar["width"] * told[0] - bars[0]["width"] * bar["value"])
        if off > told[0] or bar["text"] != f"{bar['value']:,}":
            wrong.append(f"{bar['label']} is {bar['width']} wide for {bar['value']}")
    check("movement", wrong)
    share = summary.get("concentration", {})
    bars = [bar for bar in data["bars"] if bar["chart"] == "concentration"]
    told = [share.get(name, 0) for name in ("top10Ppm", "top20Ppm", "largestPpm")] if share else []
    wrong = [f"{[bar['value'] for bar in bars]} for {told}"] if [bar["value"] for bar in bars] != told else []
    wrong += [f"{bar['width']} for {bar['value']}" for bar in bars
              if abs(bar["width"] / 150 * 1e6 - bar["value"]) > 100]
    check("concentration", wrong)


def check_risks(data, summary):
    names = [card.get("name") or card["customerId"] for card in summary.get("atRisk", [])]
    rows = [row for table in data["rows"] for row in table if len(row) == 7]
    check("customers at risk", [f"{[row[0] for row in rows]} for {names}"] if [row[0] for row in rows] != names else [])


def main():
    page, source = sys.argv[1:3]
    pictures = sys.argv[4] if len(sys.argv) > 4 and sys.argv[3] == "--pictures" else None
    with open(source, encoding="utf-8") as file:
        summary = json.load(file)
    with open(page, encoding="utf-8") as file:
        text = file.read()
    check("one file without scripts",
          [word for word in ("<script", "http:", "https:", "src=", "href=", "@import", "url(") if word in text])
    browser = Browser()
    try:
        for device, size in (("phone", PHONE), ("desk", DESK)):
            for scheme in ("light", "dark"):
                browser.open(page, size, scheme)
                view = f"{device}, {scheme}"
                asked = [event["params"]["request"]["url"] for event in browser.events
                         if event.get("method") == "Network.requestWillBeSent"]
                check(f"{view}: asks for nothing", asked[1:])
                check(f"{view}: no complaint", [event["params"] for event in browser.events if event.get("method") in
                                                ("Log.entryAdded", "Runtime.exceptionThrown")])
                check(f"{view}: fits", browser.run(WIDER))
                check(f"{view}: letters have room", browser.run(LETTERS))
                check(f"{view}: letters can be read", browser.run(SMALL))
                check(f"{view}: contrast", browser.run(CONTRASTS.replace("LEAST", str(CONTRAST))))
                if pictures:
                    browser.picture(os.path.join(pictures, f"{device}-{scheme}.png"))
        data = browser.run(DATA)
    finally:
        browser.close()
    check_curve(data, summary)
    check_grid(data, summary)
    check_quadrants(data, summary)
    check_bars(data, summary)
    check_risks(data, summary)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
