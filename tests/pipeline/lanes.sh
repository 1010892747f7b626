#!/usr/bin/env bash
# Scoring as two processes, all programs as they are installed: `tend run` starts both, each has its customers, one is
# killed and comes back, what one alone knows is told, and another number of processes is refused and changes nothing.
set -uo pipefail
. "$(dirname "$(readlink -f "$0")")/common.bash"
workspace

write_config() { # processes
    cat >tend.yaml <<EOF
common: {data_dir: data, time_zone: UTC, scoring_processes: $1}
ingest: {listen: "127.0.0.1:$port"}
scoring: {listen: "127.0.0.1:$((port + 1))"}
scheduler: {listen: "127.0.0.1:$((port + 2))"}
notifier: {listen: "127.0.0.1:$((port + 3))", default_channel: out, channels: {out: {type: file, file: out.jsonl}}}
EOF
}

send_orders() { # from to
    local i
    for ((i = $1; i <= $2; i++)); do
        printf '{"id":"o%d","source":"t","time":"2026-11-10T00:00:00Z","customerId":"C%d",' "$i" "$i"
        printf '"orderPlaced":{"orderId":"O%d","total":"%d.00 CNY"}}\n' "$i" "$i"
    done | tend send | grep -c stored
}
known() { # process: how many customers it has, by its own count
    curl -s "127.0.0.1:$((port + 1 + 10 * $1))/v1/customers?limit=1000" | grep -o '"customerId"' | wc -l
}
has_all() { [ $(($(known 0) + $(known 1))) -eq "$1" ]; }
caught_up() { tend status | grep -q 'follows scoring-1 .*lag 0$' && tend status; }

write_config 2
tend run --quiet >run.log 2>&1 &
process=$!
holds 'all five are ready' wait_for 30 tend status
holds 'forty orders are stored' [ "$(send_orders 1 40)" -eq 40 ]
holds 'the two have the forty customers' wait_for 20 has_all 40
holds 'each has some of them' [ "$(known 0)" -gt 5 -a "$(known 1)" -gt 5 ]
holds 'the scheduler follows both' wait_for 20 caught_up
told() { [ "$(tend journal scoring-0 | wc -l)" -gt 5 ] && [ "$(tend journal scoring-1 | wc -l)" -gt 5 ]; }
holds 'each has its journal' wait_for 20 told
tend journal scoring >journal.log 2>&1
holds 'a journal of all is not there' [ $? -eq 2 ]
holds 'and the line says which are' grep -q 'one of scoring-0, scoring-1$' journal.log
tend run --quiet >second.log 2>&1
holds 'a second run here ends' [ $? -eq 75 ]
once() { [ "$(grep -c 'is in use by process [1-9]' second.log) $(wc -l <second.log)" = '1 1' ]; }
holds 'and says who runs here, once' once
goes_on() { tend status >/dev/null; }
holds 'the first one goes on' goes_on

kill -9 "$(pgrep -P "$process" -f 'tend-scoring.*--process 1')"
holds 'orders are stored while one is down' [ "$(send_orders 41 80)" -eq 40 ]
holds 'the one that was killed comes back and has its own' wait_for 30 has_all 80
holds 'the scheduler goes on with both' wait_for 20 caught_up
holds 'nothing was dropped' [ "$(tend status --json | grep -o '"deadLetters":"[1-9]' | wc -l)" -eq 0 ]
# --- a person is forgotten whom one of the two has not heard of yet, and of whom it still has something to say
lane_of() { curl -s "127.0.0.1:$((port + 11))/v1/customers?limit=1000" | grep -q "\"customerId\":\"$1\"" && echo 1; }
slow=C1
for ((i = 1; i <= 80; i++)); do [ -z "$(lane_of "C$i")" ] || slow=C$i; done
person() { # id body
    printf '{"id":"%s","source":"t","time":"%s","customerId":"%s",%s}\n' "$1" "$(date -u +%FT%TZ)" "$slow" "$2"
}
traces() { grep -la -r -- "$1" data; }
holds 'the slow one has a customer' [ "$(lane_of "$slow")" = 1 ]
person u1 '"customerUpserted":{"name":"Slowfoot Ltd"}' | tend send >/dev/null
holds 'the person is known to the scheduler' wait_for 20 grep -qa Slowfoot data/scheduler/data.mdb
stopped=$(pgrep -P "$process" -f 'tend-scoring.*--process 1')
kill -STOP "$stopped"
{
    person u2 '"customerUpserted":{"name":"Slowfoot Ltd Slowfoot"}'
    due=$(date -u -d '+1 day' +%FT%TZ)
    person m1 "\"promiseMade\":{\"promiseId\":\"P1\",\"what\":\"samples to Slowfoot\",\"due\":\"$due\"}"
} | tend send >/dev/null
tend erase "$slow" --yes --wait 0 >/dev/null 2>&1
first_said() { tend journal scoring-0 --limit 10000 | grep -a "$slow" | grep -qa customerErased; }
holds 'the quick one has said that it is to be forgotten' wait_for 20 first_said
sleep 1
holds 'which is not whole' says 1 '^  scheduler +has not reported yet' tend erase "$slow" --status
kill -CONT "$stopped"
whole() { tend erase "$slow" --status | grep -q '^whole'; }
holds 'it is whole once the slow one has said it' wait_for 40 whole
holds 'the scheduler has reported once all had' says 0 'scheduler' tend erase "$slow" --status
holds 'no byte is left of what the slow one said last' never traces Slowfoot
holds 'the scheduler does not have the customer' never grep -qa "$slow\"" data/scheduler/data.mdb

# The other way round: while the other one is silent, somebody else gets the id.
later() { sed "s/,\"time\":\"[^\"]*\"/,\"time\":\"$(date -u -d "+$1 sec" +%FT%TZ)\"/"; }
person n1 '"customerUpserted":{"name":"Lightfoot Ltd"}' | later 10 | tend send >/dev/null
holds 'the id is another one now' wait_for 20 grep -qa Lightfoot data/scheduler/data.mdb
stopped=$(pgrep -P "$process" -f 'tend-scoring.*--process 0')
kill -STOP "$stopped"
{
    person gone2 '"customerErased":{}'
    person n2 '"customerUpserted":{"name":"Barefoot Ltd"}' | later 60
} | tend send >/dev/null
holds 'the next one is heard of' wait_for 20 grep -qa Barefoot data/scheduler/data.mdb
kill -CONT "$stopped"
holds 'the one before is erased once all have said it' wait_for 40 whole
holds 'without a byte' never traces Lightfoot
holds 'and the next one is still there' grep -qa Barefoot data/scheduler/data.mdb
stop

tend-scoring --process 0 >alone.log 2>&1 &
process=$!
holds 'one alone answers' wait_for 20 curl -sf "127.0.0.1:$((port + 1))/livez"
tend summary >summary.log 2>why.log
holds 'a summary without the other says so' [ $? -eq 3 ]
holds 'in one line' [ "$(grep -c 'scoring-1 cannot be reached' why.log) $(wc -l <why.log)" = '1 1' ]
holds 'and tells of the customers of the one' grep -qw "$(known 0)" summary.log
tend customers --csv >customers.log 2>why.log
holds 'so do the customers' [ "$? $(($(wc -l <customers.log) - 1)) $(wc -l <why.log)" = "3 $(known 0) 1" ]
stop

holds 'the data fit the configuration' [ "$(tend check)" = 'tend.yaml is good' ]
ls -R data >before.log
write_config 4
tend run --quiet >refused.log 2>&1
holds 'a run with another number of processes is refused' [ $? -eq 78 ]
holds 'in one line' [ "$(grep -c 'go back to the old number' refused.log) $(wc -l <refused.log)" = '1 1' ]
tend-scoring --process 3 >refused.log 2>&1
holds 'a process that was not there before too' [ $? -eq 78 ]
tend check >refused.log 2>&1
holds 'a check says it' [ $? -eq 78 ]
rm data/scoring.processes
tend-scoring --process 3 >refused.log 2>&1
holds 'the folders tell it without the file' [ $? -eq 78 ]
echo 2 >data/scoring.processes
holds 'nothing was made' cmp -s before.log <(ls -R data)

write_config 1
tend-scoring >refused.log 2>&1
holds 'another number of processes is refused' [ $? -eq 78 ]
holds 'and the line says how to go on' grep -q 'go back to the old number, or begin on an empty data_dir' refused.log
write_config 4
tend-scoring --process 0 >refused.log 2>&1
holds 'a larger number too' [ $? -eq 78 ]
tend-scheduler >refused.log 2>&1
holds 'by whoever follows them too' [ $? -eq 78 ]
exit $code
