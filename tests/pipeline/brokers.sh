#!/usr/bin/env bash
# Feeds that are read from a broker: a real NATS server with a stream in files, and the mock cluster of Kafka's client,
# which speaks the protocol. Ingest is killed again and again while it reads; every event is stored once and no message
# is read twice. A broker that goes and comes back is waited for; a stream that was made anew stops its feed with a
# sentence, and the others go on.
#
#     tests/pipeline/brokers.sh            the test
#     tests/pipeline/brokers.sh bench N    how many messages a second come in from each
set -uo pipefail
. "$(dirname "$(readlink -f "$0")")/common.bash"
PATH=$TEND_BIN:$PATH:/usr/sbin # where Debian has nats-server
if ! command -v nats-server >/dev/null; then
    echo 'ok brokers # SKIP nats-server is not installed'
    exit 0
fi
here=$(dirname "$(readlink -f "$0")")
folder=$(mktemp -d) code=0 process= server= kafka= front=
finish() {
    exec 7>&-
    for id in $process $server $kafka $front; do { kill "$id" && wait "$id"; } 2>/dev/null; done
    rm -rf "$folder"
}
trap finish EXIT
cd "$folder" || exit 1
unset COLUMNS
export LC_ALL=C.UTF-8
port=$((20000 + RANDOM % 6000)) nats_port=$((26000 + RANDOM % 6000))
url=nats://127.0.0.1:$nats_port

# The command ends with this code and says this.
# NATS' own client leaves a message unfreed now and then when it ends: not our leak.
broker() { ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 "$TEND_TESTS/pipeline_brokers" "$@"; }
metric() { # name with labels
    curl -s "http://127.0.0.1:$port/metrics" | grep -F "tend_$1 " | grep -oE '[0-9.e+]+$'
}
# Events of a source in the journal, and how many different ones.
stored() { tend journal ingest 2>/dev/null | grep -c "\"source\":\"$1\""; }
different() {
    tend journal ingest 2>/dev/null | grep "\"source\":\"$1\"" | grep -oE '"orderId":"[0-9]+"' | sort -u | wc -l
}
has() { [ "$(stored "$1")" = "$2" ]; }
different_has() { tend journal ingest 2>/dev/null | grep "\"source\":\"$1\"" | grep -q "\"orderId\":\"$2\""; }
up() { curl -s -o up.txt "http://127.0.0.1:$port/livez"; }
start() {
    tend-ingest --config tend.yaml >>ingest.log 2>&1 7>&- &
    process=$!
    wait_for 20 up || { cat ingest.log; echo 'not ok ingest starts'; exit 1; }
}
stop() { # signal
    kill "-$1" "$process"
    wait "$process" 2>/dev/null
    process=
}
start_nats() {
    nats-server -c nats.conf -a 127.0.0.1 -p "$nats_port" -js -sd "$folder/stream" -l nats.log 7>&- &
    server=$!
    wait_for 20 bash -c "exec 3<>/dev/tcp/127.0.0.1/$nats_port"
}
stop_nats() { kill "$server" && wait "$server" 2>/dev/null; server=; }
# Kafka is a process of its own that takes its orders on descriptor 7.
start_kafka() {
    rm -f kafka.pipe kafka.address && mkfifo kafka.pipe
    "$TEND_TESTS/pipeline_brokers" kafka <kafka.pipe >kafka.address 2>kafka.log &
    kafka=$!
    exec 7>kafka.pipe
    wait_for 10 test -s kafka.address
    address=$(cat kafka.address)
}
stop_kafka() { exec 7>&-; { kill "$kafka" && wait "$kafka"; } 2>/dev/null; kafka=; }
mapping() {
    cat <<'YAML'
currency: EUR
zone: UTC
events:
  - event: order_placed
    id: {text: "order:{/id}"}
    time: {at: /at, time: unix}
    customer_id: /customer
    fields: {order_id: /id, total: /total}
YAML
}
feed_nats() {
    { echo "from: {nats: {url: '$url', stream: ORDERS, subject: 'orders.>'}}"; mapping; } >feeds.d/river.yaml
}
feed_kafka() {
    { echo "from: {kafka: {brokers: '$address', topic: orders, partitions: all}}"; mapping; } >feeds.d/lake.yaml
}
posted() { curl -s -o up.txt -w '%{http_code}' -d '{}' "http://127.0.0.1:$port/v1/feeds/$1"; }

cat >tend.yaml <<YAML
common: {currency: EUR}
ingest: {listen: "127.0.0.1:$port", rejected_bytes: 256MiB}
YAML
mkdir feeds.d
echo 'max_payload: 4MB' >nats.conf

if [ "${1:-}" = bench ]; then
    count=${2:-20000}
    for name in river lake; do
        rm -f feeds.d/*.yaml
        if [ $name = river ]; then
            start_nats && broker nats "$url" make && broker nats "$url" publish 1 "$count" && feed_nats
        else
            start_kafka && echo "publish 1 $count" >&7 && sleep 3 && feed_kafka
        fi
        begun=$(date +%s%N)
        start
        done_all() { [ "$(metric "ingest_feed_bodies_total{feed=\"$name\",outcome=\"stored\"}")" = "$count" ]; }
        wait_for 120 done_all || echo "only $(stored $name)"
        awk -v n="$count" -v ns=$(($(date +%s%N) - begun)) -v name=$name 'BEGIN {
            broker = name == "river" ? "NATS" : "Kafka"
            printf "%s: %d messages in %.2f s, start of ingest included: %.0f a second\n", broker, n, ns / 1e9,
                n / (ns / 1e9) }'
        stop TERM
        rm -rf data
    done
    exit
fi

# --- NATS
start_nats
holds 'a stream is made' broker nats "$url" make
holds 'and has 400 messages' broker nats "$url" publish 1 400
feed_nats
holds 'the feed is good' says 0 'good' tend check
start
holds 'they come in' wait_for 20 has river 400
broker nats "$url" publish 401 1600 &
publisher=$!
for i in 1 2 3 4 5 6 7 8 9 10; do
    sleep "0.0$((RANDOM % 9))"
    stop KILL
    start
done
holds '1,600 more are sent while ingest is killed 10 times' wait "$publisher"
holds 'and all come in' wait_for 30 has river 2000
holds 'each once' [ "$(different river)" = 2000 ]
holds 'and the last ingest read none twice' [ "$(metric 'ingest_feed_bodies_total{feed="river",outcome="known"}')" = 0 ]
stop TERM
start
sleep 1
holds 'nor does a restart read any' [ "$(metric 'ingest_feed_bodies_total{feed="river",outcome="known"}')" = 0 ]
holds 'the list says from where' says 0 'nats ORDERS: reading' tend feed list
holds 'nothing can be posted to it' [ "$(posted river)" = 401 ]

stop_nats
troubled() { tend feed list | grep -q 'nats ORDERS: troubled: '; }
holds 'a broker that has gone is told' wait_for 20 troubled
start_nats
broker nats "$url" publish 2001 10
holds 'and waited for' wait_for 30 has river 2010
holds 'from where it was' [ "$(metric 'ingest_feed_bodies_total{feed="river",outcome="known"}')" = 0 ]

# --- Kafka, beside it
start_kafka
echo 'publish 1 400' >&7
feed_kafka
holds 'a topic comes in' wait_for 30 has lake 400
(for i in $(seq 401 16 1985); do echo "publish $i 16"; sleep 0.02; done >&7) &
publisher=$!
for i in 1 2 3 4 5 6 7 8 9 10; do
    sleep "0.$((RANDOM % 4))"
    stop KILL
    start
done
holds '1,600 more are sent while ingest is killed 10 times' wait "$publisher"
holds 'and all come in' wait_for 30 has lake 2000
holds 'each once' [ "$(different lake)" = 2000 ]
holds 'and the last ingest read none twice' [ "$(metric 'ingest_feed_bodies_total{feed="lake",outcome="known"}')" = 0 ]

# A message that cannot be mapped is kept, and what comes after it goes on.
echo 'publish 99 1' >&7
known() { [ "$(metric 'ingest_feed_bodies_total{feed="lake",outcome="known"}')" = 1 ]; }
holds 'the same order in another message is known' wait_for 20 known

# --- other histories
broker nats "$url" delete
broker nats "$url" make
broker nats "$url" publish 5001 5000 # more than were read: no number tells
stopped() { tend feed list | grep -qE "$1: STOPPED: .*made anew"; }
holds 'a stream that was made anew stops its feed' wait_for 30 stopped 'nats ORDERS'
holds 'with a sentence in status' says 0 'feed river has STOPPED: ORDERS.* was made anew' sh -c 'tend status; true'
holds 'and in the log' grep -q 'a feed has stopped; the others go on' ingest.log
holds 'and as a figure' [ "$(metric 'ingest_feed_stopped{feed="river"}')" = 1 ]
echo 'publish 3001 5' >&7
holds 'the other goes on' wait_for 20 has lake 2005
stop TERM
start
holds 'it stays stopped' wait_for 20 stopped 'nats ORDERS'
holds 'until somebody says so' says 0 'oldest message' tend feed reset river
holds 'then it is read from its beginning' wait_for 40 has river 7010

stop_kafka
start_kafka
for i in $(seq 9001 100 12901); do echo "publish $i 100"; done >&7
sleep 1
feed_kafka
holds 'a topic that is another stops its feed' wait_for 40 stopped 'kafka orders'
holds 'until somebody says so' says 0 'oldest message' tend feed reset lake
holds 'then it is read from its beginning' wait_for 40 has lake 6005
holds 'a feed that there is not has no place to forget' says 1 'no such feed' tend feed reset nobody
rm feeds.d/lake.yaml

# Messages of a megabyte that make no event, by four feeds at once: more than one turn can hold. What is longer than a
# message may be is kept as far as it goes, and the feeds go on.
large() { # subject
    echo "from: {nats: {url: '$url', stream: ORDERS, subject: '$1'}}"
    mapping | sed 's|total: /total}|total: /total, lines: {each: /lines, fields: {sku: /sku, name: /name}}}|'
}
holds 'messages of a megabyte are sent' broker nats "$url" large 1 60 1000000
holds 'and two that are too long' broker nats "$url" large 61 2 3000000
broker nats "$url" publish 20001 1
for feed in sea ocean bay lagoon; do large 'orders.*' >feeds.d/$feed.yaml; done
# What is too long stands twice among the rejected of each, whatever became of the others.
too_long() { [ "$(tend rejected --feed "$1" --limit 500 --json | grep -o 'a message may have' | wc -l)" = 2 ]; }
for feed in sea ocean bay lagoon; do
    holds "$feed: what is too long is kept" wait_for 60 too_long $feed
    holds "$feed: what comes after it comes in" wait_for 60 different_has $feed 20001
done
holds 'ingest runs as before' kill -0 "$process"
rm feeds.d/{sea,ocean,bay,lagoon}.yaml
broker nats "$url" purge orders.large

# Another subject of the same stream was not read so far: it stops, too.
sed -i "s|subject: 'orders.>'|subject: 'orders.placed'|" feeds.d/river.yaml
other_subject() { tend feed list | grep -q 'STOPPED: ORDERS orders.> was read until now, .* ORDERS orders.placed'; }
holds 'another subject stops its feed' wait_for 30 other_subject
holds 'until somebody says so' says 0 'oldest message' tend feed reset river
reads() { tend feed list | grep -q 'nats ORDERS: reading'; }
holds 'then it is read' wait_for 30 reads

gone() { ! tend feed list | grep -q kafka; }
holds 'a file that goes ends its reading' wait_for 20 gone

# --- beginnings: `start: new` passes over what is there, and over nothing that comes while ingest is away
rm feeds.d/river.yaml
{ echo "from: {nats: {url: '$url', stream: ORDERS, subject: 'orders.>', start: new}}"; mapping; } >feeds.d/brook.yaml
{ echo "from: {kafka: {brokers: '$address', topic: orders, start: new}}"; mapping; } >feeds.d/pond.yaml
reading() { [ "$(tend feed list | grep -c ': reading')" = "$1" ]; }
holds 'two feeds begin with what is new' wait_for 20 reading 2
echo 'publish 20000 1' >&7 # an even number: one partition of the two
holds 'what comes is read' wait_for 20 has pond 1
sleep 1
stop KILL
broker nats "$url" publish 20001 20
echo 'publish 20001 20' >&7
sleep 1
start
holds 'what came meanwhile too' wait_for 30 has brook 20
holds 'from all partitions' wait_for 30 has pond 21
holds 'and nothing of before' [ "$(stored brook) $(stored pond)" = '20 21' ]
holds 'a reset reads the old ones all the same' says 0 'oldest message' tend feed reset brook
whole() { [ "$(different "$1")" -ge 5020 ] && [ "$(different "$1")" = "$(stored "$1")" ]; }
holds 'each once' wait_for 40 whole brook
rm feeds.d/brook.yaml feeds.d/pond.yaml

# --- a broker with TLS and a password
stop_nats
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out feeds.d/ca.pem -days 2 -subj /CN=broker \
    -addext subjectAltName=IP:127.0.0.1 2>openssl.log
openssl req -x509 -newkey rsa:2048 -nodes -keyout other.key -out feeds.d/other.pem -days 2 -subj /CN=other \
    2>>openssl.log
cat >nats.conf <<CONF
listen: "127.0.0.1:$nats_port"
jetstream: {store_dir: "$folder/stream"}
tls: {cert_file: "$folder/feeds.d/ca.pem", key_file: "$folder/key.pem"}
authorization: {user: tend, password: "a secret"}
CONF
nats-server -c nats.conf -l nats.log 7>&- &
server=$!
wait_for 20 bash -c "exec 3<>/dev/tcp/127.0.0.1/$nats_port"
locked() { # file of the CA, password
    echo "$2" >feeds.d/vault.password
    { echo "from: {nats: {url: 'tls://127.0.0.1:$nats_port', stream: ORDERS, ca_file: $1, user: tend,"
        echo "  password_file: vault.password}}"; mapping; } >feeds.d/vault.yaml
}
barred() { tend feed list | grep -qiE "nats ORDERS: troubled: .*($1)"; }
locked other.pem 'a secret'
holds 'a broker that another authority vouches for is not believed' wait_for 30 barred 'certificate|SSL'
locked ca.pem 'a guess'
holds 'a wrong password is told' wait_for 30 barred 'authorization'
locked ca.pem 'a secret'
holds 'with TLS and the password all is read' wait_for 60 whole vault
holds 'the password is not in the log' bash -c '! grep -qE "a secret|a guess" ingest.log'
# The mock cluster knows neither TLS nor passwords: it gets a front that does.
python3 "$here/kafka_front.py" "$address" feeds.d/ca.pem key.pem tend 'a secret' >front.address 2>front.log 7>&- &
front=$!
wait_for 10 test -s front.address
gated() { # file of the CA, password
    echo "$2" >feeds.d/safe.password
    { echo "from: {kafka: {brokers: '$(cat front.address)', topic: orders, ca_file: $1, user: tend,"
        echo "  password_file: safe.password, mechanism: PLAIN}}"; mapping; } >feeds.d/safe.yaml
}
kept_out() { tend feed list | grep -qiE "kafka orders: troubled: .*($1)"; }
gated other.pem 'a secret'
holds 'a Kafka that another authority vouches for is not believed' wait_for 30 kept_out 'certificate|SSL'
gated ca.pem 'a guess'
sleep 1
holds 'nor read with a wrong password' wait_for 30 kept_out 'auth|disconnected|closed|timed out'
holds 'not one message of it' [ "$(stored safe)" = 0 ]
gated ca.pem 'a secret'
all_of() { [ "$(different "$1")" -ge 4021 ] && [ "$(different "$1")" = "$(stored "$1")" ]; }
holds 'with TLS and the password all is read' wait_for 60 all_of safe
rm feeds.d/safe.yaml
# That a Kafka is not spoken to in the clear where TLS is wanted.
{ echo "from: {kafka: {brokers: '$address', topic: orders, tls: true}}"; mapping; } >feeds.d/mole.yaml
plain() { tend feed list | grep -qE 'kafka orders: troubled: .*'; }
holds 'a Kafka without TLS is not read when TLS is wanted' wait_for 30 plain
holds 'not one message of it' [ "$(stored mole)" = 0 ]

kill -TERM "$process"
wait "$process"
holds 'ingest ends in good order' [ $? = 0 ]
process=
exit $code
