#!/usr/bin/env bash
# An export of a customer about whom events of every kind came: each of them is in it, and every name, number and
# address of the person that is anywhere in the stores; of other customers nothing is. Who looked is written down.
set -uo pipefail
. "$(dirname "$(readlink -f "$0")")/common.bash"
events=$common/../unit/events.jsonl
workspace
cat >tend.yaml <<YAML
common: {currency: CNY, data_dir: data}
ingest: {listen: 127.0.0.1:$port, feeds: feeds.d}
scoring: {listen: 127.0.0.1:$((port + 1))}
scheduler: {listen: 127.0.0.1:$((port + 2))}
notifier:
  listen: 127.0.0.1:$((port + 3))
  default_channel: here
  quiet_from: "00:00"
  quiet_to: "00:00"
  channels:
    here: {type: file, file: messages/}
YAML
mkdir feeds.d
printf 'preset: generic\nauth: {kind: none}\n' >feeds.d/app.yaml
tend run --quiet >run.log 2>&1 &
process=$!
wait_for 30 tend status || { cat run.log; echo 'not ok Tend starts'; exit 1; }

now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
# All kinds but the erasure; then a rep who works day and night, a second customer whose id begins alike, one that
# belongs to the first, and something that the rep is told at once.
{
    grep -v customerErased "$events"
    event() { # id customer body
        local about="\"customerId\":\"$2\","
        echo "{\"id\":\"$1\",\"source\":\"live\",\"time\":\"$now\",${2:+$about}\"repId\":\"wang\",$3}"
    }
    event l1 '' '"repUpserted":{"name":"王小明","timeZone":"UTC","workingDays":[1,2,3,4,5,6,7],
        "workingHours":[{"fromMinute":0,"toMinute":1440}]}'
    event l2 C-1001 '"customerUpserted":{"name":"广州贸易有限公司","ownerRepId":"wang","contacts":[{"keyPerson":true,
        "name":"Gisela Musterfrau","phone":"+49 171 5550199","email":"gisela@firm.example"}]}'
    event l3 C-10010 '"customerUpserted":{"name":"OTHERFIRM","ownerRepId":"wang","contacts":[{"name":"OTHERPERSON"}]}'
    event l4 D-1 '"customerUpserted":{"name":"Tochterfirma","ownerRepId":"wang"}'
    event l5 C-1001 '"customerMerged":{"otherCustomerId":"D-1"}'
    event l6 C-1001 '"orderError":{"orderId":"SO-1","what":"wrong colour"}'
    event l7 C-10010 '"orderError":{"orderId":"SO-2","what":"wrong size"}'
} | sed -e ':a' -e '/}$/!{N;ba}' -e 's/\n */ /g' >events.jsonl
tend send <events.jsonl >sent.log
holds 'all kinds are taken in' [ "$(grep -c stored sent.log)" = "$(grep -c . events.jsonl)" ]
told() { [ "$(grep -c 'wrong' messages/wang.txt)" -ge 2 ]; }
holds 'the rep is told' wait_for 30 told

# What the rep writes with an answer stands in an event that names the reminder alone.
id=$(tend reminders --rep wang --customer C-1001 --json | grep -oE '"reminderId":"[0-9a-f]{32}"' | head -n 1 |
    cut -d '"' -f 4)
tend done "$id" --rep wang --note 'spoke to her brother Otto' >/dev/null
answered() { tend journal ingest | grep -q Otto; }
holds 'and answers' wait_for 10 answered

# Bodies of a feed that make no event, and name the customer by one word or another; or somebody else.
for body in '"email":"Gisela@Firm.example"' '"to":"广州贸易有限公司"' '"tel":"0171 5550199"' '"who":"C-1001"' \
    '"to":"OTHERPERSON of C-10010"'; do
    curl -s -d "{\"shipped\":1,$body}" -H 'Content-Type: application/json' "http://127.0.0.1:$port/v1/feeds/app"
done
holds 'five bodies are kept' says 0 '^5 kept' tend rejected
holds 'an export is written' says 0 'rows and [0-9]+ journal records' tend export C-1001 --out C-1001.json
holds 'which only its owner may read' [ "$(stat -c %a C-1001.json)" = 600 ]
cat >judge.py <<'PY'
import json, subprocess, sys

document = json.load(open("C-1001.json"))
text = json.dumps(document, ensure_ascii=False)
bad = []

# Every event that names the customer, or the one that belongs to it.
def names(value):
    if isinstance(value, dict):
        return any(names(v) for v in value.values())
    if isinstance(value, list):
        return any(names(v) for v in value)
    return value in ("C-1001", "D-1")

wanted = {(e["source"], e["id"]) for e in map(json.loads, open("events.jsonl")) if names(e)}
held = {(r["body"].get("source"), r["body"].get("id"))
        for part in document["held"] if part["process"] == "ingest" for r in part["records"]}
bad += [f"event {e} is not in it" for e in sorted(wanted - held)]
bad += [f"event {e} is in it" for e in sorted(held - wanted) if e[0] != "tend"]

# What is personal, and stands in a store.
personal = ["广州贸易有限公司", "Gisela Musterfrau", "+49 171 5550199", "gisela@firm.example", "Tochterfirma",
            "5 % on repeat orders", "broken cups", "spoke to her brother Otto", "introduced at the fair",
            "sent new ones"]
for word in personal:
    for service in ("ingest", "scoring", "scheduler", "notifier"):
        found = word.encode() in open(f"data/{service}/data.mdb", "rb").read()
        here = json.dumps([p for p in document["held"] if p["process"] == service], ensure_ascii=False)
        if found and word not in here:
            bad.append(f"{service} holds '{word}', its part of the export does not")
rejected = [row for part in document["held"] for row in part["rows"] if row["table"] == "rejected body"]
if sorted({row["id"] for row in rejected}) != [1, 2, 3, 4] or len(rejected) != 4:
    bad.append(f"not the four rejected bodies, each once: {rejected}")
# Somebody else's, also where a message or an announcement is about both.
bad += [f"'{word}' is in it" for word in ("OTHERFIRM", "OTHERPERSON", "C-10010", "wrong size") if word in text]
for service in ("scoring", "scheduler", "notifier"):
    if not any(p["rows"] for p in document["held"] if p["process"] == service):
        bad.append(f"{service} has no rows")
tables = sorted({r["table"] for p in document["held"] for r in p["rows"]})
print("tables:", ", ".join(tables))
print(*bad, sep="\n")
sys.exit(1 if bad else 0)
PY
holds 'it is complete, and about nobody else' python3 judge.py
holds 'nobody is nobody' says 1 'nobody holds anything about "C-100"' tend export C-100
holds 'an id with a slash' says 1 'nobody holds' tend export 'a/b c'
page() { curl -s "http://127.0.0.1:$((port + 1))/v1/export/C-1001?row=3&seq=0"; }
holds 'pages go on from a row' grep -q '"rows":\[{"table":"' <(page)

# Who looked, and who changed something.
curl -s "http://127.0.0.1:$((port + 1))/v1/customers/C-1001" >card.json
tend hold 'to see who did it' >/dev/null && tend release >/dev/null
audited() {
    tend audit >audit.log
    grep -q /v1/export/C-1001 audit.log && grep -q /v1/customers/C-1001 audit.log && grep -q /v1/hold audit.log
}
holds 'they are written down' wait_for 10 audited
me=$(id -un)
holds 'an export is in the audit log' says 0 "scheduler +read +/v1/export/C-1001 +by $me \(as told\)" tend audit
holds 'a look by HTTP has its address' says 0 'scoring +read +/v1/customers/C-1001 +by somebody from 127.0.0.1' \
    tend audit --customer C-1001 --since 1h
holds 'and it is about that customer only' [ "$(grep -vc C-1001 said.log)" = 0 ]
holds 'what was done by hand' says 0 "notifier +changed +/v1/hold +by $me" tend audit
holds 'what a person decided' says 0 'ingest +changed +value_overridden C-[0-9]+ +by chen \(as told\)' tend audit
stop
holds 'the stores are good afterwards' says 0 'data is good' tend verify
python3 - <<'PY'
path = "data/notifier/data.mdb"
data = open(path, "rb").read()
open(path, "wb").write(data.replace(b"/v1/release", b"/v1/reLease"))
PY
holds 'an entry that somebody altered is found' says 1 'entry [0-9]+ of its audit log was altered' tend verify
exit $code
