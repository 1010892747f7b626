#!/usr/bin/env bash
# Backups of running services: forty of them while events come in, each read back; what spoils one is found; one is put
# back into a folder of its own and runs on from where it stood, and what would be sent twice is held.
set -uo pipefail
. "$(dirname "$(readlink -f "$0")")/common.bash"
feeder=
finish() {
    [ -z "$feeder" ] || { kill "$feeder" && wait "$feeder"; } 2>/dev/null
    leave
}
workspace
trap finish EXIT
config() { # data_dir
    cat <<YAML
common: {currency: CNY, data_dir: $1}
ingest: {listen: 127.0.0.1:$port}
scoring: {listen: 127.0.0.1:$((port + 1))}
scheduler: {listen: 127.0.0.1:$((port + 2))}
notifier:
  listen: 127.0.0.1:$((port + 3))
  default_channel: here
  quiet_from: "00:00"
  quiet_to: "00:00"
  channels:
    here: {type: file, file: messages/}
  routes: {all: {group_wait: 1s}}
YAML
}
config data >tend.yaml
start() { # config
    tend run --quiet --config "$1" >>run.log 2>&1 &
    process=$!
    wait_for 30 tend status --config "$1" || { cat run.log; echo 'not ok Tend starts'; exit 1; }
}

holds 'nothing to verify yet' says 1 'there is no store' tend verify
start tend.yaml
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
rep="{\"id\":\"r\",\"source\":\"t\",\"time\":\"$now\",\"repId\":\"ann\",\"repUpserted\":{\"name\":\"Ann\",
    \"timeZone\":\"UTC\",\"workingDays\":[1,2,3,4,5,6,7],\"workingHours\":[{\"fromMinute\":0,\"toMinute\":1440}]}}"
echo "${rep//$'\n'/ }" | tend send >/dev/null
customers() { # from to
    for ((i = $1; i < $2; i++)); do
        local head="\"source\":\"t\",\"time\":\"$now\",\"customerId\":\"C$i\""
        echo "{\"id\":\"c$i\",$head,\"customerUpserted\":{\"name\":\"Firm $i\",\"ownerRepId\":\"ann\"}}"
        echo "{\"id\":\"o$i\",$head,\"orderPlaced\":{\"orderId\":\"O$i\",\"total\":\"$((i % 90 + 10)) CNY\"}}"
        echo "{\"id\":\"e$i\",$head,\"orderError\":{\"orderId\":\"O$i\",\"what\":\"wrong colour\"}}"
    done
}
# Bursts, until it is stopped: how many customers are sent stands in the file.
feed() {
    for ((from = 0;; from += 20)); do
        customers "$from" $((from + 20)) | tend send >/dev/null || return
        echo $((from + 20)) >sent
        sleep 0.1
    done
}
feed &
feeder=$!
wait_for 20 test -s sent

forty() {
    local made=0
    for ((n = 1; n <= 40; n++)); do
        if ! tend backup "backups/$n" >"backup.log" 2>&1 || ! tend verify "backups/$n" >>backup.log 2>&1; then
            cat backup.log
            return 1
        fi
        made=$((made + 1))
    done
    [ $made = 40 ]
}
holds 'forty backups under load are each of one moment and good' forty
before=$(grep -o '"last": *[0-9]*' backups/1/manifest.json | tail -n 1 | grep -o '[0-9]*')
after=$(grep -o '"last": *[0-9]*' backups/40/manifest.json | tail -n 1 | grep -o '[0-9]*')
holds "events came in meanwhile ($before to $after)" [ "$after" -gt "$before" ]
holds 'the live stores are verified beside the services' says 0 'data is good: 4 stores' tend verify
holds 'status tells of the last backup' says 0 '^backup +the last one was made .* ago: .*/backups/40$' tend status
event="\"source\":\"t\",\"time\":\"$now\",\"customerId\":\"C1\",\"customerErased\":{}"
echo "{\"id\":\"gone\",$event}" | tend send >/dev/null
holds 'a backup is never written over another' says 1 'is there already and not empty' tend backup backups/40
holds 'nothing is left beside them' [ "$(find backups -name '*.part' -o -name LOCK -o -name lock.mdb | wc -l)" = 0 ]
holds 'a running service is not replaced' says 75 'stop the services first' tend restore backups/3 --replace

# What spoils a backup.
spoil() { # name command...: of a copy of the last one
    rm -rf spoilt && cp -r backups/40 spoilt
    shift
    "$@"
}
flip() { # file: one byte in its middle
    local at=$(($(stat -c %s "$1") / 2)) byte
    byte=$(od -An -tu1 -j $at -N 1 "$1")
    printf "\\x$(printf %02x $(((byte + 1) % 256)))" | dd of="$1" bs=1 seek=$at conv=notrunc 2>/dev/null
}
spoil flip flip spoilt/scheduler/data.mdb
holds 'a flipped byte' says 1 'is not the file that the manifest tells of' tend verify spoilt
spoil short truncate -s 8192 spoilt/ingest/data.mdb
holds 'a file that was cut' says 1 'is not the file that the manifest tells of' tend verify spoilt
spoil gone rm spoilt/notifier/data.mdb
holds 'a file that is missing' says 1 'cannot be read' tend verify spoilt
# A set that was put together from two: each file is whole, and they do not fit.
mixed() {
    cp backups/1/ingest/data.mdb spoilt/ingest/data.mdb
    python3 - <<'PY'
import json
old, new = (json.load(open(f"backups/{n}/manifest.json")) for n in (1, 40))
new["stores"] = [s if s["name"] != "ingest" else next(o for o in old["stores"] if o["name"] == "ingest")
                 for s in new["stores"]]
json.dump(new, open("spoilt/manifest.json", "w"))
PY
}
spoil mixed mixed
holds 'stores of two moments' says 1 "position of scoring in the journal of ingest, [0-9]+, lies behind" \
    tend verify spoilt
holds 'no backup at all' says 1 'holds no backup' tend verify messages

# Killed at any moment it leaves no backup, and nothing in the way of the next one.
echo restored >typed
killed() { # command...: started, killed within a fifth of a second
    "$@" >/dev/null 2>&1 <typed &
    local child=$!
    sleep "0.$(printf %03d $((RANDOM % 200)))"
    kill -9 "$child" 2>/dev/null
    wait "$child" 2>/dev/null
}
cut_short() {
    for ((n = 1; n <= 6; n++)); do
        killed tend backup backups/cut
        if [ -e backups/cut ]; then
            tend verify backups/cut >cut.log 2>&1 || { cat cut.log; return 1; }
            rm -rf backups/cut
        fi
    done
    tend backup backups/cut >cut.log 2>&1 && tend verify backups/cut >>cut.log 2>&1 && return
    cat cut.log
    return 1
}
holds 'a backup that is killed is none, or whole' cut_short

# One is put back, in another place.
kill "$feeder" && wait "$feeder" 2>/dev/null
feeder=
sleep 1
sent_before=$(grep -c . messages/ann.txt)
stop
config restored >restored.yaml
cp -r data older
config older >older.yaml
older() { echo older | tend restore backups/20 --replace --config older.yaml; }
for name in ingest scoring scheduler notifier; do touch "older/$name/RESTORING"; done
holds 'who was erased since is named, also when it was broken off before' says 0 '^ +tend erase C1$' older
holds 'a backup is put back into a new folder' says 0 '^restored is as it was at .*: 4 stores' \
    tend restore backups/20 --config restored.yaml
holds 'and verified there' says 0 'restored is good' tend verify --config restored.yaml
holds 'not over it without a word' says 1 'with --replace they are replaced' \
    tend restore backups/20 --config restored.yaml
wrong() { echo yes | tend restore backups/20 --replace --config restored.yaml; }
holds 'nor when its name is not typed' says 2 'nothing was done' wrong
right() { echo restored | tend restore backups/30 --replace --config restored.yaml; }
holds 'but when it is' says 0 'is as it was at' right
again() {
    for ((n = 1; n <= 5; n++)); do
        killed tend restore backups/20 --replace --config restored.yaml
    done
    right >/dev/null && tend verify --config restored.yaml
}
holds 'one that was killed is done again' says 0 'restored is good' again
# One that ends in the middle leaves stores of two moments, each of them whole: nobody takes them for one set.
touch restored/scheduler/RESTORING restored/notifier/restored.mdb
holds 'a half restored set is not verified' says 1 'was broken off.*do it again' tend verify --config restored.yaml
holds 'nor does a service start on it' says 78 'was broken off' timeout 10 tend-scheduler --config restored.yaml
unmarkable() {
    ln -s nowhere/at/all "restored/$1/RESTORING"
    says 1 'cannot be made' right && [ -e restored/scheduler/RESTORING ]
    local code=$?
    rm -f "restored/$1/RESTORING"
    return $code
}
holds 'one that cannot begin leaves the mark that is there' unmarkable ingest
holds 'wherever it ends' unmarkable notifier
holds 'until it is done again' says 0 'is as it was at' right
holds 'and no mark is left' [ -z "$(find restored -name RESTORING)" ]
mkdir -p backups/torn.part/ingest
holds 'what a broken backup left is told of' says 0 '/backups/torn.part is of a backup that was broken off' \
    tend verify backups/20
rm -r backups/torn.part
touch restored/notifier/restored.mdb
start restored.yaml
holds 'what a restore left goes at a start' [ ! -e restored/notifier/restored.mdb ]
audit() { curl -s "http://127.0.0.1:$((port + 3))/v1/audit"; }
held() { audit | grep -q '"held"'; }
holds 'the notifier holds everything' wait_for 10 held
sleep 1
holds 'so that nothing is told twice' [ "$(grep -c . messages/ann.txt)" = "$sent_before" ]
# All that was sent comes again: what the backup has is known, the rest is new, and everything comes round.
total=$(cat sent)
customers 0 "$total" | tend send --config restored.yaml >again.log
holds 'what the backup has is known' grep -q -i known again.log
holds 'and it is let go' says 0 'nothing is held' tend release --config restored.yaml
listed() {
    local known
    known=$(tend customers --config restored.yaml --limit 100000 --json | grep -o '"customerId"' | wc -l)
    [ "$known" = "$total" ]
}
holds 'everybody is there again' wait_for 30 listed
nobody_waits() { ! audit | grep -q '"waiting"'; }
holds 'and told' wait_for 60 nobody_waits
exit $code
