#!/usr/bin/env bash
# The clients of deploy/clients as a user copies them, each sending a slow stream of events to a real ingest that is
# killed -9 twice meanwhile: every event is stored, once, and what is refused is said. And CloudEvents as any program
# with HTTP sends them.
set -uo pipefail
. "$(dirname "$(readlink -f "$0")")/common.bash"
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
clients=$PWD/deploy/clients here=tests/clients npm=build/tests-npm-clients code=0 ingest=
folder=$(mktemp -d)
finish() {
    [ -z "$ingest" ] || { kill "$ingest" && wait "$ingest"; } 2>/dev/null
    rm -rf "$folder"
}
trap finish EXIT

port=$((20000 + RANDOM % 12000))
mkdir -p "$folder/data"
cat >"$folder/tend.yaml" <<YAML
common: {data_dir: $folder/data}
ingest: {listen: "127.0.0.1:$port"}
YAML
endpoint=ipc://$folder/data/run/ingest.sock
start() {
    "$TEND_BIN/tend-ingest" --config "$folder/tend.yaml" >>"$folder/log" 2>&1 &
    ingest=$!
}
again() { # kill -9 and start
    kill -9 "$ingest" && wait "$ingest"
    start
} 2>/dev/null
journal() { (cd "$folder" && "$TEND_BIN/tend" journal ingest); }

# A thousand good events and a bad one, over about three seconds; three times as many stored ids would be a repeat.
events() { # source
    local i head="\"source\":\"$1\",\"time\":\"2026-05-17T09:00:00Z\",\"customerId\":\"C1\""
    for ((i = 1; i <= 1000; i++)); do
        printf '{"id":"%d",%s,"orderShipped":{"orderId":"o%d"}}\n' "$i" "$head" "$i"
        [ $((i % 25)) -ne 0 ] || sleep 0.07
    done
    echo "{\"id\":\"bad\",$head,\"orderShipped\":{}}"
}
stream() { # source command...: exit 1, since one is refused
    local source=$1
    shift
    events "$source" | timeout 60 "$@" >"$folder/$source.out" 2>&1 &
    local sender=$!
    sleep 0.8 && again && sleep 1.2 && again
    wait $sender
    [ $? -eq 1 ] || { tail -n 5 "$folder/$source.out"; return 1; }
}
said() { # source
    grep -q '^1000 stored, 1 refused$' "$folder/$1.out" && grep -q 'order_id.*required' "$folder/$1.out"
}
stored() { # source: how many records, and how many ids among them
    journal | grep "\"source\":\"$1\"" | grep -o '"id":"[^"]*"' | sort | uniq -c |
        awk '{n += $1; u++} END {print n + 0, u + 0}'
}
once() { [ "$(stored "$1")" = '1000 1000' ] || { stored "$1"; return 1; }; }

start
holds 'ingest starts' wait_for 20 test -S "$folder/data/run/ingest.sock"

compiled() {
    "$1" -std=c17 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Wpedantic -Wconversion -Werror -o "$folder/send_lines" \
        "$clients"/c/send_lines.c "$clients"/c/tend_client.c -lzmq
}
! command -v clang >/dev/null || holds 'the C client compiles with clang' compiled clang
holds 'the C client compiles' compiled gcc
holds 'C: a stream through two kills' stream c "$folder/send_lines" "$endpoint"
holds 'C: all are told' said c
holds 'C: all are stored, once' once c

holds 'Python: a stream through two kills' \
    stream python /usr/bin/python3 "$clients/python/tend_client.py" "$endpoint" 10
holds 'Python: all are told' said python
holds 'Python: all are stored, once' once python

install() {
    mkdir -p $npm
    [ -d $npm/node_modules ] && cmp -s $here/package-lock.json $npm/installed && return 0
    cp $here/package.json $here/package-lock.json $here/.npmrc $npm/
    # Without its scripts: the package brings the library for each machine along.
    timeout 180 npm ci --prefix $npm --ignore-scripts --no-audit --no-fund --loglevel=error >$npm/log 2>&1 &&
        cp $here/package-lock.json $npm/installed && return 0
    tail -n 15 $npm/log
    return 1
}
holds 'npm brings zeromq' install
export NODE_PATH=$PWD/$npm/node_modules
holds 'Node: a stream through two kills' stream node node "$clients/node/tend_client.js" "$endpoint" 10
holds 'Node: all are told' said node
holds 'Node: all are stored, once' once node

# One event in the three ways of CloudEvents, and the question before the first.
url=http://127.0.0.1:$port/v1/events
cloud='{"specversion":"1.0","id":"a b","source":"cloud","type":"tend.v1.order_shipped",'
cloud+='"time":"2026-05-17T09:00:00Z","subject":"C1","data":{"orderId":"o1"}}'
answers() { # pattern curl's arguments...
    local pattern=$1
    shift
    curl -si "$@" "$url" | tr -d '\r' >"$folder/answer"
    grep -qE "$pattern" "$folder/answer" || { cat "$folder/answer"; return 1; }
}
wait_for 20 curl -sf -o /dev/null "http://127.0.0.1:$port/livez"
holds 'CloudEvents: who asks is welcome' \
    answers '^WebHook-Allowed-Origin: shop.example$' -X OPTIONS -H 'WebHook-Request-Origin: shop.example'
holds 'CloudEvents: as often as it likes' grep -q '^WebHook-Allowed-Rate: \*$' "$folder/answer"
holds 'CloudEvents: who does not ask' answers '^Allow: POST' -X OPTIONS
holds 'CloudEvents: gets no leave' eval '! grep -q WebHook "$folder/answer"'
holds 'CloudEvents: structured' answers '"status":"stored"' -H 'Content-Type: application/cloudevents+json' -d "$cloud"
holds 'CloudEvents: batched' answers '"known":2' -H 'Content-Type: application/cloudevents-batch+json' \
    -d "[$cloud,$cloud]"
holds 'CloudEvents: binary, the same event' answers '"status":"known"' -H 'Content-Type: application/json' \
    -H 'ce-specversion: 1.0' -H 'ce-id: a%20b' -H 'CE-Source: cloud' -H 'ce-type: tend.v1.order_shipped' \
    -H 'ce-time: 2026-05-17T09:00:00Z' -H 'ce-subject: C1' -d '{"orderId":"o1"}'
holds 'CloudEvents: a header that lacks is named' answers '"field":"ce-type"' -H 'Content-Type: application/json' \
    -H 'ce-specversion: 1.0' -H 'ce-id: 2' -H 'ce-source: cloud' -d '{"orderId":"o1"}'
exit $code
