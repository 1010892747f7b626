#!/usr/bin/env bash
# What somebody meets at the command line who does not know it yet: lists and reminders in words, answers by the first
# digits of an id or by a message, what is refused and why, what nobody would see otherwise, and rehearsals of files
# that lack something.
set -uo pipefail
. "$(dirname "$(readlink -f "$0")")/common.bash"
folder=$(mktemp -d) code=0 process=
finish() {
    [ -z "$process" ] || { kill "$process" && wait "$process"; } 2>/dev/null
    rm -rf "$folder"
}
trap finish EXIT
cd "$folder" || exit 1
PATH=$TEND_BIN:$PATH
unset COLUMNS
export LC_ALL=C.UTF-8

# The command ends with this code and says this.
never() { ! "$@"; }
config() { # scheduler's address
    cat <<YAML
common: {currency: CNY}
ingest: {listen: 127.0.0.1:17650}
scoring: {listen: 127.0.0.1:17651}
scheduler: {listen: "$1"}
notifier:
  listen: 127.0.0.1:17653
  default_channel: here
  channels:
    here: {type: file, file: messages/}
YAML
}

config 127.0.0.1:17650 >bad.yaml
holds 'two services on one port are found' says 78 'listen has the port of ingest' tend check --config bad.yaml
config 0.0.0.0:17652 >open.yaml
holds 'an address for everybody is warned of' says 0 'warning: scheduler.listen 0.0.0.0:17652' \
    tend check --config open.yaml
config 127.0.0.1:17652 >tend.yaml
holds 'and no other' says 0 '^tend.yaml is good$' tend check
holds 'nor silently' never grep -q listen said.log

# Words that are missing, too many or of another kind are named, with what would be right.
holds 'a slip in a verb' says 2 'no verb "statsu"; did you mean "status"' tend statsu
holds 'a slip in an option' says 2 '"--jsno" is no option of it; did you mean --json' tend status --jsno
holds 'an option without its value' says 2 'tend messages: --limit wants a value: N' tend messages --limit
holds 'a flag with one' says 2 'tend status: --json takes no value' tend status --json=yes
holds 'an argument too few' says 2 'an argument is missing; it is: tend snooze REMINDER TIME' tend snooze 3f2a9c
holds 'one too many' says 2 'too many arguments, from "x" on; it is: tend status$' tend status x
holds 'no action of a feed' says 2 'tend feed replay NAME: takes once more what the feed rejected' tend feed
holds 'an action without its words' says 2 'replay: something is missing; it is' tend feed replay
holds 'a count that is none' says 2 '--count is a whole number, not "x"' \
    tend feed reconcile shop --day 2026-05-17 --count x
holds 'a file that is not there' says 1 '^nofile: No such file' tend feed reconcile shop --day 2026-05-17 nofile
holds 'a body without its id' says 2 'the ID is missing; it is: ID --replay' tend rejected --replay
holds 'a record that is no number' says 2 '--from is a whole number, not "x"' tend journal ingest --from x

# The history of a shop that has no reps in its files.
printf 'order_id,customer_id,date,total\n1,C1,2026-05-04,100\n2,C2,2026-05-20,70\n' >orders.csv
holds 'a range that ends before it begins' says 2 '2026-05-30 comes after --to 2026-05-01' \
    tend rehearse orders.csv --from 2026-05-30 --to 2026-05-01
holds 'a range in which nothing lies' says 2 'nothing happened from 2027-01-01: the files reach from 2026-05-0' \
    tend rehearse orders.csv --from 2027-01-01
holds 'a history without reps says so' says 1 'no message was written, because no rep is known' tend rehearse orders.csv
printf 'order_id,customer_id,date,total,rep\n1,C1,2026-05-04,100,ann\n2,C2,2026-06-20,70,ann\n' >owned.csv
holds 'one with them is told' says 0 ' messages: ' tend rehearse owned.csv
holds 'files without contacts have no coverage' \
    grep -q 'hold no contact with a customer' rehearsal/summary.txt
holds 'nor a chart of it' never grep -q 'id="coverage"' rehearsal/summary.html
holds 'whose page says why' grep -q 'hold no contact with a customer' rehearsal/summary.html

tend run --quiet >run.log 2>&1 &
process=$!
wait_for 30 tend status || { cat run.log; echo 'not ok Tend starts'; exit 1; }
holds 'nobody is known' says 0 'no rep is known yet' tend calls
event() { # time fields
    events=$((events + 1))
    printf '{"id":"%s","source":"door","time":"%s",%s}\n' "$events" "$1" "${2//$'\n'/ }" | tend send
}
events=0 now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
# Who works day and night, so that this test may run at any time.
rep() { # id zone language
    event "$now" "\"repId\":\"$1\",\"repUpserted\":{\"name\":\"$1\",\"timeZone\":\"$2\",\"languages\":[\"$3\"],
        \"workingDays\":[1,2,3,4,5,6,7],\"workingHours\":[{\"fromMinute\":0,\"toMinute\":1440}]}"
}
holds 'a zone that there is not' says 1 'rep_upserted.time_zone: there is no such time zone' rep bob Mars/Olympus en
own_name() {
    printf '{"id":"r/1","source":"tend/notifier","time":"%s","repId":"bob","reminderAnswered":
        {"reminderId":"r","outcome":"REMINDER_OUTCOME_DONE"}}' "$now" | tr -d '\n' | tend send
}
holds 'nobody speaks in the name of Tend itself' says 1 "source: is a name of Tend's own" own_name
holds 'how many at most is said' says 1 'limit: must be a number from 1 to 500' tend rejected --limit 99999
holds 'and that none is no number' says 1 'limit: must be a number from 1 to' tend rejected --limit 0
holds 'a channel that there is not' says 0 'the configuration has no channel "heer"' \
    tend retry --all-dead --channel heer
holds 'an offset is no zone' says 1 'rep_upserted.time_zone: there is no such time zone' rep bob utc+8 en
holds 'an absence of two years' says 1 'rep_absent.to: an absence is at most 400 days long' \
    event "$now" '"repId":"ann","repAbsent":{"from":"2026-01-01","to":"2027-12-31"}'
rep ann UTC en >/dev/null
rep bob Asia/Shanghai zh-CN >/dev/null
for id in C1 C2; do
    event "$now" "\"customerId\":\"$id\",\"customerUpserted\":{\"name\":\"Firm $id\",\"ownerRepId\":\"ann\",
        \"contacts\":[{\"name\":\"Eve\",\"phone\":\"+44 1632 960$id\"}]}" >/dev/null
done
event "$now" '"customerId":"C3","customerUpserted":{"name":"Three","ownerRepId":"anne"}' >/dev/null
event "$now" '"customerId":"C4","customerUpserted":{"name":"Four"}' >/dev/null
promised() { # id customer minutes
    event "$now" "\"customerId\":\"$2\",\"repId\":\"ann\",\"promiseMade\":{\"promiseId\":\"$1\",\"what\":\"send $1\",
        \"due\":\"$(date -u -d "+$3 minutes" +%Y-%m-%dT%H:%M:%SZ)\"}" >/dev/null
}
event "$now" "\"customerId\":\"C1\",\"repId\":\"ann\",\"contactLogged\":{\"outcome\":\"reached\",
    \"keyPoint\":\"the new price\",\"nextAt\":\"$(date -u -d '+1 day' +%FT09:00:00Z)\"}" >/dev/null
promised prices C1 2880
promised samples C2 5760
two() { [ "$(tend reminders --rep ann --kind promise --json | grep -o reminderId | wc -l)" = 2 ]; }
holds 'both promises are planned' wait_for 20 two

holds 'status tells of a slip in an owner' says 0 '^1 customer of owners whom no import of reps named: anne$' \
    tend status
holds 'records that could not be used are measured' \
    grep -q '^tend_records_bad 0' <(curl -s http://127.0.0.1:17652/metrics)
holds 'and of a customer without one' says 0 '^1 customer without an owner, so nobody calls it: C4$' tend status
holds 'and asks the scheduler what is open without a next moment' says 0 '"open": *\{' tend status --json
holds 'nothing is' grep -q '^tend_scheduler_stuck 0' <(curl -s http://127.0.0.1:17652/metrics)

preview() { tend calls --rep ann --date "$(date -u -d '+1 day' +%F)" "$@" >preview.log 2>&1; }
holds 'a list is shown before it is sent' preview
holds 'in words, with whom to ask for and the phone' \
    grep -qE 'Firm C1: .* ☎ Eve \+44 1632 960C1' preview.log
holds 'without code' never grep -qE 'COVERAGE|FOLLOW_UP|EXPECTED|mean_gap|CALL_REASON' preview.log
holds 'and without ids that cannot be answered' never grep -qE '[0-9a-f]{32}' preview.log
holds 'in Chinese where that is asked for' preview --lang zh-CN
holds 'as the chat says it' grep -qE 'Firm C1：.* ☎ Eve' preview.log
holds 'too far ahead is said' says 0 'too far ahead: lists are planned for 31 days' \
    tend calls --rep ann --date "$(date -u -d '+60 days' +%F)"
holds 'what is no day is said' says 1 'date: must be a day' tend calls --rep ann --date soon
holds 'and who is no rep' says 1 'rep: there is no such rep' tend calls --rep ghost
holds 'for everybody' says 0 '^bob: too far ahead' tend calls --date "$(date -u -d '+60 days' +%F)"
holds 'and that nothing is kept' says 0 'nothing is kept of that day' tend calls --rep ann --date 2020-01-03

tend reminders --rep ann --kind promise >reminders.log
holds 'reminders say what they are about' grep -q 'Your promise to Firm C1 .*send prices' reminders.log
holds 'they stand in the order of their time' \
    diff <(grep -oE '^20[0-9-]+ [0-9:]{5}' reminders.log) <(grep -oE '^20[0-9-]+ [0-9:]{5}' reminders.log | sort)
holds 'which is shown' [ "$(grep -cE '^20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2} ' reminders.log)" = 2 ]

id=$(grep -oE '[0-9a-f]{32}' reminders.log | head -n 1)
holds 'an answer of nobody is refused' says 1 '--rep ghost: there is no such rep' tend done "$id" --rep ghost
holds 'an id that there is not' says 1 'there is no such reminder' tend done 00000000
holds 'half a word is no id' says 1 'the first 4 or more will do' tend done zz
holds 'years are too long to put off' says 1 'next_at: a reminder is put off by at most 366 days' \
    tend snooze "$id" 2099-01-01T00:00:00Z
holds 'what is past is no time to put off to' says 2 '"2020-01-01" is past: say a time to come' \
    tend snooze "$id" 2020-01-01
holds 'nor is a word' says 2 '"monday" is no time: say 30m, 2h, 3d, 2026-05-17' tend snooze "$id" monday
other=$(grep -oE '[0-9a-f]{32}' reminders.log | tail -n 1)
holds 'a day will do' says 0 "^$other: noted" tend snooze "$other" "$(date -u -d '+5 days' +%F)" --rep ann
morning() { tend reminders --rep ann --json | grep -q "$(date -u -d '+5 days' +%F)T$1"; }
holds 'from its morning on, in the zone of the configuration' wait_for 20 morning 01:00
holds 'the first digits will do' says 0 "^$id: noted" tend snooze "${id:0:6}" 3d --rep ann
holds "another's answer is taken and told" says 0 'was told to ann; the answer is noted as that of bob' \
    tend done "$id" --rep bob
holds 'a message that there is not' says 1 '#ffffff: there is no such message' tend done '#ffffff'

# What is told at once goes out in a message, whose id the rep sees.
newest() { # fields of events that come together
    local before
    before=$(tend messages --rep ann --json | grep -o visibleId | wc -l)
    for fields; do
        events=$((events + 1))
        printf '{"id":"%s","source":"door","time":"%s",%s}\n' "$events" "$now" "$fields"
    done | tend send >/dev/null
    events=$((events + $#)) # the loop counted in a process of its own
    more() { [ "$(tend messages --rep ann --json | grep -o visibleId | wc -l)" -gt "$before" ]; }
    wait_for 20 more || return
    seen=$(tend messages --rep ann --json | grep -o '"visibleId":"[^"]*"' | head -n 1 | cut -d '"' -f 4)
}
newest '"customerId":"C1","orderError":{"orderId":"o1","what":"wrong colour"}'
holds 'a message stands for its reminder' says 0 'noted$' tend done "#$seen" --rep ann
newest '"customerId":"C2","complaintOpened":{"complaintId":"k1","what":"torn bags"}' \
    '"customerId":"C2","complaintOpened":{"complaintId":"k2","what":"wrong labels"}'
holds 'one with several names them' says 1 'holds 2 reminders; say which one' tend done "#$seen" --rep ann
exit $code
