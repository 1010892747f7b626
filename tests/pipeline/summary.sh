#!/usr/bin/env bash
# The command line on a running Tend: the summary on the terminal and as a page in headless Chromium, lists with every
# filter, workbooks, cards and explanations; and two files of well-known shapes that need no map.
set -uo pipefail
. "$(dirname "$(readlink -f "$0")")/common.bash"
tests=$common
workspace
export PYTHONDONTWRITEBYTECODE=1
unset COLUMNS

start() { # folder port
    mkdir -p "$1" && cd "$1" || exit 1
    cat >tend.yaml <<YAML
common:
  rates:
    - {currency: USD, from: 2000-01-01, rate: "7.10"}
    - {currency: EUR, from: 2000-01-01, rate: "7.70"}
ingest: {listen: 127.0.0.1:$2}
scoring: {listen: 127.0.0.1:$(($2 + 1))}
scheduler: {listen: 127.0.0.1:$(($2 + 2))}
notifier:
  listen: 127.0.0.1:$(($2 + 3))
  default_channel: here
  channels:
    here: {type: file, file: messages/}
YAML
    tend run --quiet >run.log 2>&1 &
    process=$!
    wait_for 30 tend status || { cat run.log; echo "not ok Tend starts in $1"; exit 1; }
}

# Scoring has read all that ingest has.
settled() {
    tend status --json | python3 -c '
import json, sys
status = json.load(sys.stdin)
sys.exit(status["scoring"]["position"] != status["ingest"]["last"])'
}

start book 17640
tend sample --out sample >/dev/null
for kind in reps customers orders; do
    tend import $kind sample/$kind.csv >/dev/null || { echo "not ok $kind are imported"; exit 1; }
done
tend import events sample/events.jsonl >/dev/null
holds 'scoring catches up' wait_for 60 settled
# Once nothing more comes, the models are fitted and everybody is judged by them; then the book stands still.
fitted() { tend journal scoring | grep RECORD_TYPE_MODEL; }
still() {
    local count
    count=$(tend journal scoring | wc -l)
    sleep 1
    [ "$(tend journal scoring | wc -l)" = "$count" ]
}
holds 'the models are fitted' wait_for 30 fitted
holds 'the book stands still' wait_for 30 still

tend summary --json >summary.json
for language in en zh-CN; do
    tend summary --html page-$language.html --lang $language >/dev/null
    python3 "$tests/look.py" page-$language.html summary.json | sed "s/^\(not \)\?ok /&page in $language: /"
    [ "${PIPESTATUS[0]}" = 0 ] || code=1
done
for width in 60 80 140; do
    export COLUMNS=$width
    { tend summary && tend customers && tend customer C0001 && tend why C0001 && tend why C0001 value.clv; } >text
    unset COLUMNS
    holds "the terminal's $width columns are enough" python3 - $width <<'PYTHON'
import sys, unicodedata
def columns(line):
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line.rstrip("\n"))
wide = [line for line in open("text", encoding="utf-8") if columns(line) > int(sys.argv[1])]
print("".join(wide[:3]), end="")
sys.exit(bool(wide) or "\033" in open("text").read())
PYTHON
done

tend customers --json >all.json
holds 'every filter finds what the cards say' python3 - <<'PYTHON'
import json, subprocess, sys
def ask(*options):
    run = subprocess.run(["tend", "customers", "--json", *options], stdout=subprocess.PIPE, check=True)
    return {card["customerId"]: card for card in json.loads(run.stdout)}
def value(card, name):
    return next((each.get("value", "") for each in card.get("dimensions", []) if each["name"] == name), "")
cards, options, wrong = ask(), {"abc": "value.abc", "tier": "value.tier", "quadrant": "value.clv", "kind": "value.kind",
    "face": "value.face", "demand": "demand.state", "status": "care.status", "stage": "lead.stage",
    "horizon": "lead.horizon", "satisfaction": "care.satisfaction"}, []
flags = {"overdue": "risk.overdue", "declining": "risk.declining", "dropped": "risk.drop"}
def expect(found, wanted, what):
    if set(found) != {name for name, card in cards.items() if wanted(card)}:
        wrong.append(f"{what} finds {len(found)}")
for option, name in options.items():
    for each in sorted({value(card, name) for card in cards.values()} - {""}):
        expect(ask("--" + option, each), lambda card: value(card, name) == each, f"--{option} {each}")
        expect(ask("--where", f"{name}={each}"), lambda card: value(card, name) == each, f"--where {name}={each}")
for option, name in flags.items():
    expect(ask("--" + option), lambda card: value(card, name) == "yes", "--" + option)
for owner in {card.get("ownerRepId", "") for card in cards.values()} - {""}:
    expect(ask("--owner", owner), lambda card: card.get("ownerRepId") == owner, "--owner " + owner)
expect(ask("--abc", "A", "--where", "value.clv=vip"),
       lambda card: value(card, "value.abc") == "A" and value(card, "value.clv") == "vip", "two filters")
risks = ask("--at-risk")
if not risks or len(risks) == len(cards):
    wrong.append(f"--at-risk finds {len(risks)} of {len(cards)}")
print("\n".join(wrong), end="\n" if wrong else "")
sys.exit(bool(wrong) or len(cards) < 100)
PYTHON
meant() { # what arguments...
    local what=$1
    shift
    ! tend customers "$@" >/dev/null 2>told && tr -s ' \n' ' ' <told | grep -- "$what" >/dev/null
}
holds 'a class that is none is told' meant 'it is A, B, C' --abc Z
holds 'a slip in a word is told' meant 'did you mean vip?' --quadrant vpi
holds 'a slip in a dimension is told' meant 'did you mean value.clv?' --where value.clw=vip
holds 'scores that cannot be are told' meant '111 to 555' --where value.rfm=999
holds 'a dimension is asked for once' meant 'asked for twice' --where value.clv=vip --where clv=improve
holds 'an option and --where are not both asked' meant 'asked for twice' --abc A --where value.abc=B
holds 'a list by what is to come shows it' grep -q ' worth ' <(tend customers --sort clv)
holds 'capitals and short names are understood' cmp <(tend customers --where CLV=VIP --csv) \
    <(tend customers --quadrant vip --csv)
scoring() { curl -s -o answer -w '%{http_code}' "http://127.0.0.1:17641/v1/$1"; }
holds 'scoring refuses an unknown dimension' [ "$(scoring 'customers?limit=1&value.clw=vip')" = 400 ]
holds 'it names it' grep -q '"value.clw"' answer
holds 'scoring passes over other parameters' [ "$(scoring 'customers?limit=1&other=1')" = 200 ]
holds 'scoring tells its dimensions' [ "$(scoring dimensions)" = 200 ]
holds 'all values are among their words' python3 - <<'PYTHON'
import json, sys
words = {each["name"]: each.get("words", []) for each in json.load(open("answer"))["dimensions"]}
wrong = [(at["name"], at["value"]) for card in json.load(open("all.json")) for at in card["dimensions"]
         if at["value"] not in words[at["name"]]]
print(wrong[:5] or "", end="")
sys.exit(bool(wrong) or len(words) < 25 or len(words["value.rfm"]) != 125)
PYTHON
holds 'a filter without a value is wrong usage' bash -c 'tend customers --where value.abc 2>/dev/null; [ $? = 2 ]'

tend customers --csv >all.csv
tend customers --xlsx all.xlsx >/dev/null
holds 'CSV and workbook hold what the JSON does' python3 - <<'PYTHON'
import csv, json, sys, zipfile
import xml.etree.ElementTree as tree
cards = json.load(open("all.json"))
rows = list(csv.DictReader(open("all.csv", encoding="utf-8")))
space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
sheet = tree.fromstring(zipfile.ZipFile("all.xlsx").read("xl/worksheets/sheet1.xml"))
cells = [["".join(cell.itertext()) for cell in row] for row in sheet.iter(space + "row")]
wrong = [] if len(rows) == len(cards) == len(cells) - 1 else [f"{len(rows)}, {len(cells) - 1} of {len(cards)}"]
for card, row, line in zip(cards, rows, cells[1:]):
    number = card.get("net", "0 X").split(" ")[0]
    dimensions = {each["name"]: each.get("value", "") for each in card["dimensions"]}
    numbers = [float(each) for each in line if each.replace(".", "", 1).isdigit()]
    if row["customer"] != card["customerId"] or float(row["net"] or 0) != float(number) or \
            line[0] != row["customer"] or row["name"] not in line or \
            any(row[name] != word for name, word in dimensions.items()) or \
            (float(number) and float(number) not in numbers):
        wrong.append(f"{row['customer']}: {line[:8]}")
print("\n".join(wrong[:5]), end="\n" if wrong else "")
sys.exit(bool(wrong))
PYTHON

customer=$(sed -n '2s/,.*//p' all.csv)
tend customer "$customer" >card
for word in '  class ' '  net sales ' '  trend ' '  next order ' \
    Value Demand Risk Lead Care File 'A from ' 'not known: '
do
    holds "the card shows $word" grep -q -- "$word" card
done
holds 'the card is no longer than two screens' [ "$(wc -l <card)" -le 60 ]
tend customer "$customer" --all >whole
holds 'the whole card shows what the short one leaves out' grep -q 'threshold b' whole
holds 'the short one leaves it out' bash -c '! grep -q "threshold b" card'
told=$(tend why "$customer" | grep -cE '^(value|risk|demand|lead|care|file)\.')
holds 'why tells of all dimensions' [ "$told" -ge 15 ]
holds 'a command that the card names stands in one line' \
    bash -c "COLUMNS=40 tend customer $customer | grep -qx 'Why: tend why $customer value.clv'"
holds 'why tells the rule and the figures' bash -c "tend why $customer value.clv | grep -q 'rule: '"
holds 'why takes a short name' cmp <(tend why "$customer" clv) <(tend why "$customer" value.clv)
holds 'why says what was meant' bash -c "tend why $customer value.clw 2>&1 | grep -q 'did you mean value.clv'"
tend why "$customer" abc >why
# What came in one turn with something new is told as new, and how much that is depends on the load.
old_times() {
    for one in $(sed -n '2,21s/,.*//p' all.csv); do tend why "$one" abc | grep '(historical)' && return; done
    return 1
}
holds 'why marks changes of old times' old_times
holds 'why shows at most ten changes' [ "$(sed '1,/^Changes/d' why | grep -c ' -> ')" -le 10 ]

# A person decides; the card says who, why, how long, and what the figures say.
curl -sf -d "{\"id\":\"decided\",\"source\":\"test\",\"time\":\"$(date -u +%Y-%m-%dT%H:%M:%SZ)\",
    \"customerId\":\"$customer\",\"valueOverridden\":{\"dimension\":\"value.abc\",\"value\":\"B\",\"by\":\"li\",
    \"until\":\"2199-12-31\",\"reason\":\"grows with us\"}}" http://127.0.0.1:17640/v1/events >/dev/null
decided() {
    tend customer "$customer" | tr -s ' \n' ' ' |
        grep 'abc B \*.* set by li on .*: grows with us; until 2199-12-31; the figures say A' # -q would end tr
}
holds 'the card marks what a person decided' wait_for 20 decided
holds 'a list marks it too' grep -q "^$customer .* B\* " <(tend customers --limit 1000)
holds 'it says what the mark means' grep -q '^\* decided by a person' <(tend customers --limit 1000)
holds 'why tells of an earlier day' bash -c "tend why $customer value.abc --at 2020-01-01 | grep -q '2020-01-01'"
holds 'a day that has not come is wrong usage' bash -c "tend why $customer --at 2199-01-01 2>/dev/null; [ \$? = 2 ]"
stop

# --- files of well-known shapes, made here

cd "$folder" || exit 1
python3 - <<'PYTHON'
import csv, datetime, json, random
random.seed(11)
today, sums = datetime.date.today(), {}
with open("purchases.txt", "w") as file:
    for customer in range(1, 201):
        day = today - datetime.timedelta(days=random.randint(30, 330))
        for _ in range(random.randint(1, 6)):
            quantity = random.randint(1, 9)
            cents = quantity * random.choice([1177, 1496, 0, 2933])
            file.write(f" {customer:05d} {day:%Y%m%d} {quantity:2d} {cents / 100:7.2f}\n")
            sums[f"{customer:05d}"] = sums.get(f"{customer:05d}", 0) + cents
            day = min(day + datetime.timedelta(days=random.choice([0, 2, 20])), today)
json.dump(sums, open("purchases.json", "w"))
rows, sums, sold, number = [], {}, {}, 536365
time = datetime.datetime.now() - datetime.timedelta(days=300)
def add(number, product, quantity, cents, customer):
    when = f"{time.month}/{time.day}/{time.year} {time.hour}:{time:%M}"
    rows.append((number, product, 'HOLDER, "WHITE"', quantity, when,
                 f"{cents / 100:.2f}", customer, "United Kingdom"))
    if customer:
        sums[customer] = sums.get(customer, 0) + quantity * cents
for _ in range(600):
    time += datetime.timedelta(minutes=random.randint(1, 700))
    number += 1
    customer = random.choice([""] + [str(17800 + each) for each in range(30)])
    if customer in sold and sold[customer] and random.random() < 0.2:
        product, quantity, cents = sold[customer].pop(random.randrange(len(sold[customer])))
        add(f"C{number}", product, -random.randint(1, quantity), cents, customer)
        continue
    for _ in range(random.randint(1, 8)):
        product, quantity = f"{random.randint(22000, 22040)}B", random.randint(1, 48)
        cents = random.choice([85, 255, 339, 0])
        add(str(number), product, quantity, cents, customer)
        if customer and cents:
            sold.setdefault(customer, []).append((product, quantity, cents))
with open("retail.csv", "w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country".split(","))
    writer.writerows(rows)
json.dump(sums, open("retail.json", "w"))
PYTHON

sums_agree() { # JSON of sums
    tend customers --json | python3 -c '
import json, sys
told = {card["customerId"]: float(card.get("net", "0 X").split(" ")[0]) for card in json.load(sys.stdin)}
wanted = {name: cents / 100 for name, cents in json.load(open(sys.argv[1])).items()}
wrong = [name for name in {*wanted, *told} if abs(told.get(name, 0) - wanted.get(name, -1)) > 0.001]
print(*[f"{name}: {told.get(name)} for {wanted.get(name)}" for name in wrong[:5]], sep="\n", end="")
sys.exit(bool(wrong))' "$1"
}
port=17650
for shape in purchases.txt retail.csv; do
    cd "$folder" && start "${shape%.*}-book" $port
    port=$((port + 10))
    holds "$shape needs no map" bash -c "tend import orders ../$shape >import.log && tend customers --json >/dev/null"
    wait_for 60 settled
    holds "$shape: each customer's sum" sums_agree "../${shape%.*}.json"
    tend import orders "../$shape" >again.log
    holds "$shape again changes nothing" grep -q ' 0 stored, .* 0 corrected, 0 left out' again.log
    stop
done
exit $code
