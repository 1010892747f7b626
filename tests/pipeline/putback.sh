#!/usr/bin/env bash
# One store is put back alone, all programs as they are installed: who follows it stops and says what to do, `tend
# accept` lets it go on, the notifier holds what waits until `tend release`, and nothing is sent or counted twice.
set -uo pipefail
. "$(dirname "$(readlink -f "$0")")/common.bash"
live

notifier=127.0.0.1:$((live_port + 3))
answer() { # rep what: the first reminder of its first message
    curl -s -o /dev/null -w '%{http_code} ' --data "item=1&answer=$2" "$notifier$(live_link "$1")" | grep -q 303
}
heard() { [ "$(tend journal ingest | grep -c reminderAnswered)" -eq "$1" ]; }
accepted() { [ "$(tend journal "$1" | grep -c HISTORY_ACCEPTED)" -eq "$2" ]; }
sent() { [ "$(grep -c "\"rep_id\":\"$1\"" out.jsonl)" -eq "$2" ]; }
held() {
    tend status >status.txt 2>&1
    grep -qE "messages are HELD: $1" status.txt
}
stop() {
    kill "$live_run"
    wait "$live_run"
    live_run=
}
start() {
    tend run --quiet >run.log 2>&1 &
    live_run=$!
}
start_well() {
    start
    wait_for 30 tend status
}
refused() { # who with what to do
    grep -q "$1 ended with 78" run.log && grep -qE "\"svc\":\"$1\".*$2.*\"exit\":78" run.log
}
put_back() { # service
    rm -rf "data/$1"
    cp -a "backup/$1" data/
}

# Messages wait shortly for others.
eval "usual_$(declare -f live_config)"
live_config() {
    usual_live_config
    sed -i 's/group_wait: .*/group_wait: 1s/' "$live_folder/tend.yaml"
}
holds 'the services start' live_start
holds 'the events are stored' [ "$(live_send wang en 1 | tend send | grep -c stored)" -eq 3 ]
holds 'the message is out' wait_for 30 sent wang 1
stop
cp -a data backup
holds 'they start again' start_well
holds 'an answer after the backup' answer wang done
holds 'comes round' wait_for 20 heard 1
holds 'where nothing is wrong there is nothing to accept' says 0 'nothing to accept' tend accept ingest
stop

# --- the notifier
put_back notifier
start
holds 'who follows it stops and names the command' wait_for 20 refused ingest 'stop ingest, run .tend accept ingest'
holds 'and why' grep -q 'it has read up to [0-9]* but this journal ends at [0-9]*: this store was put back' run.log
holds 'the notifier holds' wait_for 10 held 'the store was put back'
holds 'status says what is to be decided' says 3 'ingest ended and waits for a decision: .*run .tend accept ingest' \
    tend status
holds 'who does not exist follows nobody' says 2 'no service "nobody"' tend accept nobody
holds 'the others need no word' says 0 'nothing to accept: scoring goes on' tend accept scoring
holds 'the word is given' says 0 'up to [0-9]+; what is there now goes from 1 to [0-9]+' tend accept ingest
holds 'and says what it means' grep -q 'reads it from its first record' said.log
holds 'it is started again by itself' wait_for 15 accepted ingest 1
stop
holds 'all start' start_well
holds 'the decision stands in the journal, with who took it' wait_for 10 accepted ingest 1
holds 'with where it was' \
    eval 'tend journal ingest | grep HISTORY_ACCEPTED | grep -q "\"by\":\"$(id -un)\".*afterBefore"'
holds 'no answer came twice' heard 1
holds 'a new reminder' [ "$(live_send li en 1 | tend send | grep -c stored)" -eq 3 ]
waits() { tend messages --rep li | grep -q HELD; }
holds 'is held' wait_for 30 waits
holds 'and has not left' sent li 0
holds 'what was sent has not either' sent wang 1
holds 'it is let go' says 0 'nothing is held' tend release
holds 'and leaves' wait_for 20 sent li 1
holds 'its answer is taken' answer li done
holds 'and comes round' wait_for 20 heard 2
refuses() { # rep what: as it was answered otherwise
    curl -s -o /dev/null -w '%{http_code} ' --data "item=1&answer=$2" "$notifier$(live_link "$1")" | grep -q 409
}
holds 'an answer that the store had forgotten is known again' refuses wang no_answer
holds 'and stands' heard 2
holds 'nothing is sent twice' eval 'sent wang 1 && sent li 1'
stop

# --- the notifier again, in its own file and without its watermark: only who follows it can tell
cp data/notifier/data.mdb notifier.mdb
holds 'they go on' start_well
holds 'nothing is held' eval '! held .'
holds 'another reminder' [ "$(live_send zhao en 1 | tend send | grep -c stored)" -eq 3 ]
holds 'leaves' wait_for 20 sent zhao 1
wait_for 10 eval '! tend messages | grep -qE " (READY|SENDING|HELD) "'
stop
cat notifier.mdb >data/notifier/data.mdb
rm -f data/notifier.watermark data/notifier/lock.mdb
start
holds 'without a watermark it holds when its follower is ahead' wait_for 20 held 'a service that follows this one has'
holds 'before the refusal is told' wait_for 10 refused ingest 'tend accept ingest'
holds 'into a store that is in use nothing is written' says 75 'in use|another process' \
    flock -n data/ingest/LOCK tend accept ingest
holds 'it is accepted again' says 0 'it is accepted' tend accept ingest
stop

# --- the scheduler
put_back scheduler
start
holds 'who follows the scheduler stops' wait_for 20 refused notifier 'run .tend accept notifier'
holds 'its word' says 0 'it is accepted' tend accept notifier
stop
holds 'all start once more' start_well
holds 'the notifier says that it went on' wait_for 10 accepted notifier 1
holds 'and ingest that it did' accepted ingest 2
holds 'what may have been said is held' held '.'
tend release >/dev/null
holds 'released, a third reminder' [ "$(live_send qian en 1 | tend send | grep -c stored)" -eq 3 ]
holds 'leaves' wait_for 20 sent qian 1
holds 'and of what is known to be sent nothing does' sent wang 1
holds 'all four are ready' says 0 '^notifier +ready' tend status
[ "$code" -eq 0 ] || tail -n 8 run.log
exit $code
