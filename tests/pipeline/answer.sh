#!/usr/bin/env bash
# The round trip of an answer, all programs as they are installed: a reminder goes out with its link, the rep answers on
# the page, and the answer comes round to the scheduler, once, also when it is given twice and when a service was
# killed.
set -uo pipefail
. "$(dirname "$(readlink -f "$0")")/common.bash"
live

notifier=127.0.0.1:$((live_port + 3))
scheduler=127.0.0.1:$((live_port + 2))

is() { [ "$1" = "$2" ] || { echo "    $1, not $2"; false; }; }
post() { # path, form: the status and where it leads
    curl -s -o page.html -w '%{http_code} %header{location}' --data "$2" "$notifier$1"
}
get() { curl -s -o page.html -w '%{http_code}' "$notifier$1"; }
answers() { tend journal notifier | grep -c reminderAnswered; }
heard() { tend journal ingest | grep -c reminderAnswered; }
count() { [ "$($1)" -eq "$2" ]; }

if live_start; then echo 'ok the services start'; else echo 'not ok the services start'; cat run.log; exit 1; fi
holds 'the events are stored' [ "$(live_send wang zh-CN 2 | tend send | grep -c stored)" -eq 5 ]
linked() { [ -n "$(live_link wang)" ]; }
holds 'the message is out, with its link' wait_for 30 linked
page=$(live_link wang)
holds 'the page is there' is "$(get "$page")" 200
holds 'in the language of the rep' grep -q '<html lang="zh-CN">' page.html
holds 'with a card for each reminder' [ "$(grep -c '<form' page.html)" -eq 2 ]
holds 'with the figures behind it' grep -q '<dt>截止</dt><dd>明天' page.html
holds 'and no name in it is markup' eval '! grep -q "<script" page.html'
headers='Cache-Control: no-store|Referrer-Policy: no-referrer|X-Content-Type-Options: nosniff|X-Robots-Tag: noindex'
headers+="|Content-Security-Policy: .*frame-ancestors 'none'.*"
holds 'it may not be framed, kept or told on' \
    [ "$(curl -sD - -o /dev/null "$notifier$page" | tr -d '\r' | grep -cE "^($headers)\$")" -eq 5 ]
holds 'looking answers nothing' count answers 0

holds 'an answer is taken' is "$(post "$page" 'item=1&answer=done&note=%E5%A5%BD')" '303 ?item=1'
holds 'and said back' eval 'get "$page?item=1" >/dev/null && grep -q "role=\"status\"" page.html'
holds 'it comes round to ingest' wait_for 20 count heard 1
holds 'with its note' eval 'tend journal ingest | grep reminderAnswered | grep -q "好"'
holds 'twice is once' is "$(post "$page" 'item=1&answer=done')" '303 ?item=1'
holds 'otherwise is refused' is "$(post "$page" 'item=1&answer=not_interested')" '409 '
later=$(date -u -d '+5 days' +%F)
holds 'what is due tomorrow does not wait for days' is "$(post "$page" "item=2&answer=date&date=$later")" '400 '
day=$(date -u -d '+1 day' +%F)
holds 'another date is taken' is "$(post "$page" "item=2&answer=date&date=$day")" '303 ?item=2'
holds 'a date that is over is not' is "$(post "$page" 'item=2&answer=date&date=2020-01-01')" '400 '
holds 'a foreign site may not' is "$(curl -s -o /dev/null -w '%{http_code}' -H 'Origin: https://evil.test' \
    --data 'item=2&answer=done' "$notifier$page")" 403
holds 'a link that is changed opens nothing' is "$(get "${page%?}-")" 403
holds 'both answers came round' wait_for 20 count heard 2
done_and_snoozed() {
    tend reminders --rep wang >reminders.txt &&
        curl -s "$scheduler/v1/reminders?rep=wang&limit=500" >reminders.json &&
        grep -q 'DONE' reminders.json && grep -q 'SNOOZED' reminders.json && grep -q "$day" reminders.json
}
holds 'the scheduler knows: one is done, one comes back that day' wait_for 20 done_and_snoozed
holds 'the answers are counted' eval 'curl -s -o metrics.txt "$notifier/metrics" &&
    grep -q "^tend_notifier_answers_total{way=\"page\",outcome=\"taken\"} 2$" metrics.txt'

told() { tend messages "$(tend messages --rep wang | sed -n '1s/ .*//p')" >told.txt && grep -qE "$1" told.txt; }
holds 'the message tells who answered it, when and where' \
    told ': done, by wang \(王芳\) at [0-9-]+ [0-9]{2}:[0-9]{2} [A-Z][A-Za-z/]+, on the page'
holds 'and until when the other one rests' told "another date until $day [0-9]{2}:[0-9]{2} "

# A group's chat shows everybody's links: the browser that answered as Wang gets nothing out of Smith's.
browser() { curl -s -o page.html -w '%{http_code} %header{location}' -b browser.txt -c browser.txt "$@"; }
holds 'the browser that answers' is "$(browser --data 'item=1&answer=done' "$notifier$page")" '303 ?item=1'
holds 'is the rep'"'"'s from then on' grep -qE '^#HttpOnly_127.0.0.1.*[[:space:]]/a/?[[:space:]].*tend_rep' browser.txt
holds 'another rep gets a message' [ "$(live_send smith en 1 | tend send | grep -c stored)" -eq 3 ]
smith_linked() { [ -n "$(live_link smith)" ]; }
holds 'which is out' wait_for 30 smith_linked
theirs=$(live_link smith)
holds 'there its link is refused' is "$(browser "$notifier$theirs")" '403 '
holds 'in words, which name both' eval 'grep -q "这条消息是发给.*的" page.html && grep -q "I am " page.html'
holds 'and tell nothing else' eval '! grep -qE "(Acme|Trading|value=\"done\")" page.html'
holds 'nor is an answer taken' is "$(browser --data 'item=1&answer=done' "$notifier$theirs")" '403 '
holds 'a browser that nobody knows sees it' is "$(get "$theirs")" 200
holds 'whose device it is can be said' is "$(browser --data claim=yes "$notifier$theirs")" "303 ${theirs#/a/}"
holds 'the log tells of that' wait_for 5 grep -q 'answers as another rep from now on.*"rep":"smith".*wang' run.log
holds 'then it is taken' is "$(browser --data 'item=1&answer=done' "$notifier$theirs")" '303 ?item=1'
holds 'once' wait_for 20 count heard 3

# What was answered anywhere else reaches the message.
live_send smith en 2 | tend send >/dev/null
two_linked() { [ -n "$(grep '"rep_id":"smith"' "$live_folder/out.jsonl" | tail -n 1 | grep -o '/a/[A-Za-z0-9_-]*')" ] &&
    [ "$(tend messages --rep smith | grep -c SENT)" -ge 2 ]; }
holds 'the rep gets another message' wait_for 30 two_linked
other=$(grep '"rep_id":"smith"' "$live_folder/out.jsonl" | tail -n 1 | grep -o '/a/[A-Za-z0-9_-]*' | head -n 1)
visible=$(tend messages --rep smith | sed -n '1s/ .*//p')
holds 'somebody answers at the command line' eval 'tend done "#${visible#\#}" --rep wang >/dev/null 2>&1'
elsewhere() { get "$other" >/dev/null && grep -q '王芳: done (.*, elsewhere)' page.html; }
holds 'the page says who, when and that it was elsewhere' wait_for 20 elsewhere
holds 'and has no form any more' eval '! grep -q "<form" page.html'
holds 'another answer there is refused' is "$(post "$other" 'item=1&answer=no_answer')" '409 '
holds 'in words' grep -q 'answered otherwise before, and that stands' page.html
holds 'the message tells it' eval 'tend messages "$visible" | grep -q ": done, by wang (王芳) at .*, elsewhere"'

# What people wrote reaches the words: who the competitor is.
live_event rival '"customerId":"smith-C1","competitorSeen":{"who":"Zip King","what":"offers 8% less"}' |
    tend send >sent.txt
said() { grep '"rep_id":"smith"' "$live_folder/out.jsonl" | grep -qF "$1"; }
holds 'the competitor is named' wait_for 30 said 'Zip King, offers 8% less'
tend customer smith-C1 --all >customer.txt
holds 'on the command line as well' grep -q 'rival: Zip King, offers 8% less' customer.txt

kill -9 "$(pgrep -P "$live_run" -f tend-notifier)"
answered_again() { [ "$(post "$page" 'item=2&answer=done')" = '303 ?item=2' ]; }
holds 'after a crash the same link works' wait_for 30 answered_again
holds 'and the next answer comes round' wait_for 20 count heard 4
holds 'no answer came twice' count answers 4
[ "$code" -eq 0 ] || { tail -n 5 run.log; head -c 1500 reminders.json; }
exit $code
