#!/usr/bin/env bash
# Scoring as two processes, all programs as they are installed: their classes, scores and thresholds are those of one
# process with all customers, before and after each of the two was killed, and nothing stops while one is away.
set -uo pipefail
. "$(dirname "$(readlink -f "$0")")/common.bash"
workspace

start() { # processes: in a folder of its own
    local port=$((20000 + RANDOM % 12000))
    mkdir "$folder/$1" && cd "$folder/$1" || exit 1
    cat >tend.yaml <<YAML
common: {data_dir: data, time_zone: UTC, scoring_processes: $1}
ingest: {listen: "127.0.0.1:$port"}
scoring: {listen: "127.0.0.1:$((port + 1))"}
scheduler: {listen: "127.0.0.1:$((port + 40))"}
notifier: {listen: "127.0.0.1:$((port + 41))", default_channel: out, channels: {out: {type: file, file: out.jsonl}}}
YAML
    tend run --quiet >run.log 2>&1 &
    process=$!
    wait_for 30 tend status
}
send_orders() { # from to: the later, the larger; every seventh customer buys again
    local i day
    day=$(date -u -d '-5 days' +%Y-%m-%d)
    for ((i = $1; i <= $2; i++)); do
        printf '{"id":"o%d","source":"t","time":"%sT00:%02d:00Z",' "$i" "$day" $((i % 60))
        printf '"customerId":"C%d",' $((i - i % 7 / 6))
        printf '"orderPlaced":{"orderId":"O%d","total":"%d.00 CNY"}}\n' "$i" $((i * i))
    done | tend send | grep -c stored
}
# What follows from the orders alone. What the book says too (lifetime value) depends on when its editions were made.
figures() {
    tend summary --json | python3 -c '
import json, sys
all = json.load(sys.stdin)
ledger = ("value.abc", "value.tier", "risk.concentration", "risk.overdue", "risk.drop")
rows = lambda name: sorted(json.dumps(row, sort_keys=True) for row in all.get(name, []))
all["values"] = [row for row in all.get("values", []) if row["dimension"] in ledger]
told = {name: all.get(name) for name in ("total", "customers", "customersInWindow", "concentration", "usualGapDays")}
scores = [row for row in all["scores"] if row["dimension"] != "r"]
print(json.dumps([told, rows("classes"), rows("values"), scores], sort_keys=True))'
}
has() { # orders, of all customers together
    tend customers --json | python3 -c '
import json, sys
sys.exit(sum(int(card.get("orders", 0)) for card in json.load(sys.stdin)) != int(sys.argv[1]))' "$1"
}
agree() { [ "$(figures)" = "$(cat "$1")" ]; }

holds 'one process starts' start 1
holds 'its orders are stored' [ "$(send_orders 1 60)" -eq 60 ]
holds 'and counted' wait_for 20 has 60
figures >"$folder/half"
holds 'more are stored' [ "$(send_orders 61 90)" -eq 30 ]
holds 'and counted too' wait_for 20 has 90
figures >"$folder/all"
stop

holds 'two processes start' start 2
holds 'the same orders are stored' [ "$(send_orders 1 60)" -eq 60 ]
holds 'the two say what the one says' wait_for 20 agree "$folder/half"
settled() { tend summary >summary.log && ! grep -q 'still settling' summary.log; }
holds 'and no longer say that they are settling' settled
kill -9 "$(pgrep -P "$process" -f 'tend-scoring.*--process 1')"
holds 'orders are stored while the second is away' [ "$(send_orders 61 75)" -eq 15 ]
holds 'once it is back more are' [ "$(send_orders 76 85)" -eq 10 ]
kill -9 "$(pgrep -P "$process" -f 'tend-scoring.*--process 0')"
holds 'and while the first is away' [ "$(send_orders 86 90)" -eq 5 ]
holds 'in the end the two say what the one says' wait_for 40 agree "$folder/all"
[ "$code" -eq 0 ] || diff <(tr ',' '\n' <"$folder/all") <(figures | tr ',' '\n') | head -40
stop
exit $code
