#!/usr/bin/env bash
# The README's first command, as a newcomer runs it: every promised kind of message appears, in Chinese and in English;
# then the live system takes the next order.
set -uo pipefail
. "$(dirname "$(readlink -f "$0")")/common.bash"
top=$(dirname "$(readlink -f "$0")")/../..
out=$(mktemp) code=0
run= folder=
finish() {
    [ -z "$run" ] || kill "$run" 2>/dev/null
    rm -rf "$out" "$folder"
}
trap finish EXIT

holds() { # name pattern
    if grep -qE -- "$2" "$out"; then echo "ok $1"; else echo "not ok $1: nothing like '$2'"; code=1; fi
}

"$top/deploy/try" >"$out" 2>&1 || { cat "$out"; echo 'not ok deploy/try ends well'; exit 1; }
echo 'ok deploy/try ends well'
run=$(sed -n 's/.*To end it: kill //p' "$out")
folder=$(sed -n 's/^Tend runs here as process [0-9]*, in \(.*\)\. Look.*/\1/p' "$out")

# A few of the messages are printed; the file that is named has one of each kind.
if [ "$(grep -c '^----- ' "$out")" -le 5 ] && [ "$(wc -l <"$out")" -le 250 ]; then echo 'ok it is short'
else echo "not ok it is short: $(wc -l <"$out") lines"; code=1; fi
holds 'it names the file with all of them' "messages of each kind and for each rep in $folder/rehearsal/highlights.txt"
if grep -q 'holidays: .*CN-2026.csv' "$folder/tend.yaml"; then echo 'ok it knows the days off'
else echo 'not ok it knows the days off'; code=1; fi
cat "$folder/rehearsal/highlights.txt" >>"$out"

holds 'a call list in Chinese' '^【今日电话】.*请联系 [1-6]?[0-9] 位客户'
holds 'a call list in English' '^([1-5]?[0-9]|60) calls? to make on '
holds 'a line of the list says why' \
    '(本月还没联系|该下单了|天没联系了|前后要货|not reached this month|usually every|likely to need goods)'
holds 'reminders in Chinese' '^【客户提醒】.*有 [0-9]+ 件事'
holds 'reminders in English' '^Hello .*customer reminders? for you'
holds 'a customer that falls from A, with figures' \
    '(从 A 类降到 . 类：.*门槛 [¥$€]|fell from class A to .: .*class A starts at )'
holds 'a customer that is overdue, with figures' \
    '(该下单了，还没有动静：上次下单 [0-9]+ 天前|should have ordered by now: last order [0-9]+ days ago)'
holds 'a customer that is lost' '(is lost|may be lost|没下单了|流失)'
holds 'a birthday' '(生日（|birthday (today|tomorrow|in [0-9]+ days))'
holds 'a founding day' '(成立 [0-9]+ 周年|founded [0-9]+ years? ago)'
holds 'an anniversary of working together' '(和我们合作，.*满 [0-9]+ 年|years? with us)'
holds 'a promise that is due' '(答应.*到期|Your promise to )'
holds 'what to do' '^→ '
holds 'whom to ask for' '☎ '
holds 'how to send the next order' '^    curl -d '
for next in 'customers --at-risk' 'customer C' 'why C.* value\.abc' 'summary --html '; do
    holds "what to try next: tend $next" "^    tend $next"
done

cd "$folder" || exit 1
PATH=$top/build/try/bin:$PATH
# The invented business has some of each. Asked before the next order comes, which tells no cost.
some() { [ "$(tend customers --where "$1" --json | grep -c '"customerId"')" -ge 1 ]; }
for filter in value.face=red value.face=black value.face=white value.kind=transactional value.policy=A risk.rival=yes \
    lead.horizon=H care.advocacy=3; do
    wait_for 20 some "$filter" || { printf 'not '; code=1; }
    echo "ok somebody has $filter"
done
sed -n '/^    curl -d /,/v1\/events$/p' "$out" | sed 's/^ *//' >order.sh
answer=$(bash order.sh 2>/dev/null)
bad() { # name
    echo "not ok $1"
    code=1
}
[ "$answer" = '{"status":"stored"}' ] && echo 'ok the next order is stored' || bad "the next order: $answer"
answer=$(bash order.sh 2>/dev/null)
[ "$answer" = '{"status":"known"}' ] && echo 'ok the same order again is known' || bad "the same order again: $answer"
customer=$(grep -o '"customerId":"[^"]*"' order.sh | cut -d'"' -f4)
arrived() {
    tend journal ingest --json | tail -n 1 | grep -q SO-1 &&
        [ "$(tend customer "$customer" --json | grep -c lastOrder)" = 1 ]
}
wait_for 10 arrived && echo 'ok the order is in the scores' || bad 'the order is in the scores'
while read -r words; do
    # shellcheck disable=SC2086
    tend $words >look.txt 2>&1 && [ -s look.txt ] && echo "ok tend $words" || bad "tend $words: $(tail -n 1 look.txt)"
done <<TEXT
customers --abc A
customers --at-risk
customers --where value.face=red
customers --where value.face=black
customers --where value.face=white
customers --where value.kind=transactional
customers --where value.policy=A
customers --where risk.rival=yes
customers --where lead.horizon=H
customers --where care.status=loyal
customer $customer
why $customer
why $customer value.abc
why $customer value.policy
summary
summary --html all.html
calls
reminders
messages
status
check
TEXT
tend channel test here >/dev/null 2>&1
link=$(grep -rhoE 'http://127\.0\.0\.1:[0-9]+/a/[^ ]+' messages | tail -n 1)
curl -s "$link" | grep -q '<h1>' && echo 'ok the link of a message opens' || bad "the link of a message opens: '$link'"
# The models are fitted once the import has been quiet for a while.
wait_for 30 eval 'tend journal scoring | grep RECORD_TYPE_MODEL >/dev/null'
tend journal scoring >journal.txt
for type in CLASS_POLICY MODEL RULES VALUE_CHANGED; do
    grep -q "\"type\":\"RECORD_TYPE_$type\".*\"body\":{\"" journal.txt && echo "ok scoring's journal tells $type" ||
        bad "scoring's journal tells $type"
done
grep -qE '"type":"unknown"|"body":null' journal.txt && bad "a record cannot be read: $(grep -m 1 null journal.txt)" ||
    echo 'ok every record of the journal can be read'
exit $code
