#!/usr/bin/env bash
# The scheduler as three processes, all programs as they are installed: `tend run` starts them, each speaks to its own
# reps and each knows everything, reps hear everything once, also of what happened while one was killed, and another
# number of processes is refused and changes nothing.
set -uo pipefail
. "$(dirname "$(readlink -f "$0")")/common.bash"
workspace

write_config() { # processes
    cat >tend.yaml <<EOF
common: {data_dir: data, time_zone: UTC, weekend: [], scoring_processes: 2, scheduler_processes: $1}
ingest: {listen: "127.0.0.1:$port"}
scoring: {listen: "127.0.0.1:$((port + 1))"}
scheduler:
  listen: "127.0.0.1:$((port + 2))"
  call_list_at: "00:00"
  hours_from: "00:00"
  hours_to: "23:59"
  promise_lead: 48h
notifier:
  listen: "127.0.0.1:$((port + 3))"
  group_wait: 1s
  default_channel: out
  quiet_from: "00:00"
  quiet_to: "00:00"
  channels: {out: {type: file, file: out.jsonl}}
EOF
}

reps=12
send_all() { # from to: customers, each of the rep of its number, and a promise to it
    local i now due
    now=$(date -u +%FT%TZ)
    due=$(date -u -d '+1 day' +%FT%TZ)
    for ((i = $1; i <= $2; i++)); do
        printf '{"id":"c%d","source":"t","time":"%s","customerId":"C%d",' "$i" "$now" "$i"
        printf '"customerUpserted":{"name":"Customer %d","ownerRepId":"rep%d"}}\n' "$i" $((i % reps))
        printf '{"id":"p%d","source":"t","time":"%s","customerId":"C%d",' "$i" "$now" "$i"
        printf '"promiseMade":{"promiseId":"P%d","what":"a sample","due":"%s"}}\n' "$i" "$due"
    done | tend send | grep -c stored
}
send_reps() {
    local i now
    now=$(date -u +%FT%TZ)
    for ((i = 0; i < reps; i++)); do
        printf '{"id":"r%d","source":"t","time":"%s","repId":"rep%d",' "$i" "$now" "$i"
        printf '"repUpserted":{"name":"Rep %d","languages":["en"],"timeZone":"UTC"}}\n' "$i"
    done | tend send | grep -c stored
}
promises() { # process: the promises that it told
    tend journal "scheduler-$1" | grep REMINDER_KIND_PROMISE | grep -o '"customerId":"C[0-9]*"' | sort
}
told() { cat <(promises 0) <(promises 1) <(promises 2); }
each_once() { [ "$(told | sort | uniq -c | grep -c ' 1 ')" -eq "$1" ] && [ "$(told | wc -l)" -eq "$1" ]; }
# A promise alone in its message says to whom it was made; several are headed once, and each begins with whom.
letters() {
    grep -oE '(promise to|[0-9]\.) Customer [0-9]+' out.jsonl | grep -o 'Customer.*' | sort | uniq -c | grep -c ' 1 '
}
has_letters() { [ "$(letters)" -eq "$1" ]; }
pairs() { # each letter's rep and whom it greets
    grep -o '"rep_id":"rep[0-9]*".*"Hello Rep [0-9]*' out.jsonl | sed 's/^"rep_id":"rep\([0-9]*\)".*Rep /\1 /'
}
greets_right() { [ "$(pairs | wc -l)" -ge $reps ] && [ -z "$(pairs | awk '$1 != $2')" ]; }

write_config 3
tend run --quiet >run.log 2>&1 &
process=$!
holds 'all seven are ready' wait_for 30 tend status
holds 'three of them schedule' [ "$(tend status | grep -c '^scheduler-[012] ')" -eq 3 ]
holds 'each follows both scorings' [ "$(tend status | grep -A2 '^scheduler-' | grep -c 'follows scoring-')" -eq 6 ]
holds 'the notifier follows all three' [ "$(tend status | grep -c 'follows scheduler-')" -eq 3 ]
holds 'reps are stored' [ "$(send_reps)" -eq $reps ]
holds 'customers and promises are stored' [ "$(send_all 1 36)" -eq 72 ]
holds 'each promise is told once' wait_for 20 each_once 36
some() { [ "$(promises "$1" | wc -l)" -gt 0 ]; }
holds 'by each process some' eval 'some 0 && some 1 && some 2'
holds 'each reaches its rep' wait_for 20 has_letters 36
holds 'under the name that the rep has' greets_right
known() { # process
    curl -s "127.0.0.1:$((port + 2 + 10 * $1))/v1/reminders?kind=promise&limit=500" | grep -o '"customerId":"C' | wc -l
}
holds 'each process knows all of them' [ "$(known 0) $(known 1) $(known 2)" = '36 36 36' ]

kill -9 "$(pgrep -P "$process" -f "tend-scheduler.*--process 2")"
holds 'more is stored while one is down' [ "$(send_all 37 72)" -eq 72 ]
holds 'the one that was killed comes back, and each promise is told once' wait_for 30 each_once 72
holds 'and reaches its rep' wait_for 20 has_letters 72
holds 'all are ready again' wait_for 20 tend status
holds 'nothing was dropped' [ "$(tend status --json | grep -o '"deadLetters":"[1-9]' | wc -l)" -eq 0 ]
stop

tend-scheduler --process 1 >alone.log 2>&1 &
process=$!
holds 'one alone answers' wait_for 20 curl -sf "127.0.0.1:$((port + 12))/livez"
asked() { tend reminders --rep "$1" --kind promise | grep -c PROMISE; }
for rep in rep0 rep1 rep2 rep3; do
    holds "and tells of $rep" [ "$(asked $rep)" -eq 6 ]
done
tend reminders --rep rep0 >/dev/null 2>why.log
holds 'without a word of the others' [ "$? $(wc -l <why.log)" = '0 0' ]
stop
tend reminders --rep rep0 >/dev/null 2>why.log
holds 'where none answers it says so' [ "$? $(grep -c 'cannot be reached' why.log) $(wc -l <why.log)" = '3 1 1' ]

holds 'the data fit the configuration' [ "$(tend check)" = 'tend.yaml is good' ]
ls -R data >before.log
for count in 1 2 4; do
    write_config $count
    tend run --quiet >refused.log 2>&1
    holds "a run with $count is refused" [ $? -eq 78 ]
    holds 'in one line' [ "$(grep -c 'common.scheduler_processes says' refused.log) $(wc -l <refused.log)" = '1 1' ]
    tend check >refused.log 2>&1
    holds 'a check says it' [ $? -eq 78 ]
    tend-notifier >refused.log 2>&1
    holds 'so does whoever follows them' [ $? -eq 78 ]
done
tend-scheduler --process 3 >refused.log 2>&1
holds 'a process that was not there before is refused' [ $? -eq 78 ]
holds 'nothing was made' cmp -s before.log <(ls -R data)
write_config 17
holds 'seventeen are too many' grep -q 'scheduler_processes must be from 1 to 16' <(tend check 2>&1)

# A year of a team on simulated time, page by page.
rm tend.yaml
tend sample --out sample --customers 60 --reps 5 --years 1 --until 2026-06-30 >/dev/null
for count in 1 3; do
    echo "common: {scheduler_processes: $count}" >tend.yaml
    tend rehearse sample/*.csv sample/*.jsonl --from 2026-02-01 --out "out$count" >"said$count.log" 2>&1
    holds "a rehearsal with $count ends well" [ $? -eq 0 ]
done
holds 'and says the same, byte for byte' diff -r out1 out3
exit $code
