#!/usr/bin/env bash
# A rehearsal of five hundred customers and four reps: every working day has its list, everybody is reached each month
# or it was said in time that they cannot be; the summaries say what the files hold, the page can be read on a phone,
# and the same history gives the same bytes. A year of it, which the sanitizers make slow enough; YEARS=3 CUSTOMERS=1000
# for more.
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
notifier:
  public_url: http://127.0.0.1:7413   # no message of a rehearsal has a link: there is nobody to answer
TEXT

export PYTHONDONTWRITEBYTECODE=1
play() { # sample out options...
    local sample=$1 out=$2
    shift 2
    tend rehearse "$sample"/{reps,customers,orders}.csv "$sample/events.jsonl" --out "$out" "$@"
}

tend sample --out small --until 2026-06-30 --customers 60 >/dev/null
play small one >/dev/null && play small two >/dev/null
diff -r one two >/dev/null || printf 'not '
echo 'ok the same history gives the same bytes'
grep -rq '/a/' one/ && printf 'not '
echo 'ok no message has a link'
play small chinese --lang zh-CN >/dev/null
for folder_of in one chinese; do
    python3 "$tests/pipeline/look_rehearsal.py" $folder_of/summary.html |
        sed "s/^\(not \)\?ok /&the page ($folder_of): /"
done

years=${YEARS:-1} customers=${CUSTOMERS:-500}
tend sample --out sample --until 2026-06-30 --customers "$customers" --years "$years"
began=$(date +%s.%N)
play sample out || { echo 'not ok the rehearsal ends well'; exit 1; }
took=$(echo "$(date +%s.%N) $began" | awk '{ printf "%.1f", $1 - $2 }')
echo "$years years, $customers customers, 4 reps: $took s"
echo 'ok the rehearsal ends well'
python3 "$tests/pipeline/coverage.py" out sample/events.jsonl
