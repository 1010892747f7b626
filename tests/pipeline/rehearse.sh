#!/usr/bin/env bash
# A rehearsal of three years, a thousand customers and four reps: every working day has its list, everybody is reached
# each month or it was said in time that they cannot be; and the same history gives the same bytes.
set -uo pipefail
tests=$(dirname "$(readlink -f "$0")")/..
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
PATH=$TEND_BIN:$PATH
cat >tend.yaml <<'TEXT'
common:
  rates:
    - {currency: USD, from: 2000-01-01, rate: "7.10"}
    - {currency: EUR, from: 2000-01-01, rate: "7.70"}
TEXT

play() { # sample out
    tend rehearse "$1/reps.csv" "$1/customers.csv" "$1/orders.csv" "$1/events.jsonl" --out "$2"
}

tend sample --out small --until 2026-06-30 --customers 60 >/dev/null
play small one >/dev/null && play small two >/dev/null
diff -r one two >/dev/null || printf 'not '
echo 'ok the same history gives the same bytes'

years=${YEARS:-3} customers=${CUSTOMERS:-1000}
tend sample --out sample --until 2026-06-30 --customers "$customers" --years "$years"
began=$(date +%s.%N)
play sample out || { echo 'not ok the rehearsal ends well'; exit 1; }
took=$(echo "$(date +%s.%N) $began" | awk '{ printf "%.1f", $1 - $2 }')
echo "$years years, $customers customers, 4 reps: $took s (goal 30)"
echo 'ok the rehearsal ends well'
python3 "$tests/pipeline/coverage.py" out sample/events.jsonl
