#!/usr/bin/env bash
# A folder that is watched: files that are complete are imported and moved, others wait; what is wrong stands beside
# the file that it is about, and comes in by the same door once it is corrected; a watcher that is killed repeats
# harmlessly.
set -uo pipefail
. "$(dirname "$(readlink -f "$0")")/common.bash"
folder=$(mktemp -d) code=0 process= watcher=
finish() {
    for one in $watcher $process; do kill -9 "$one" && wait "$one"; done 2>/dev/null
    rm -rf "$folder"
}
trap finish EXIT
cd "$folder" || exit 1
PATH=$TEND_BIN:$PATH
export LC_ALL=C.UTF-8
port=$((20000 + RANDOM % 12000))

# How many orders the journal holds, and how often the one that is named was placed.
placed() { tend journal ingest | grep -c '"orderPlaced"'; }
has() { [ "$(tend journal ingest | grep -c "\"order:$1\"")" = "$2" ]; }

cat >tend.yaml <<YAML
common: {currency: CNY, data_dir: data}
ingest: {listen: 127.0.0.1:$port}
YAML
mkdir -p inbox
head='order_id,time,customer_id,sku,quantity,price'
holds 'what is no kind is said' says 2 'no kind' tend watch inbox order
holds 'and a folder that is not there' says 2 ' nowhere: No such' tend watch nowhere orders
printf '%s\nW1,2026-05-04,C1,A,2,3.50\nW1,2026-05-04,C1,B,1,9\nW2,2026-05-04,C2,A,1,3.50\n' "$head" >inbox/one.csv
holds 'without ingest a file waits' says 3 'cannot be reached' tend watch inbox orders --once
holds 'where it was' test -f inbox/one.csv

tend-ingest --config tend.yaml >ingest.log 2>&1 &
process=$!
wait_for 20 curl -sf "http://127.0.0.1:$port/readyz" || { cat ingest.log; echo 'not ok ingest starts'; exit 1; }
tend watch inbox orders >watch.log 2>watch.err &
watcher=$!
holds 'a complete file is imported and moved' wait_for 10 test -f inbox/done/one.csv
holds 'with what it became' grep -q 'one.csv: 3 rows make 2 events; 2 stored' watch.log
holds 'a second watcher is refused' says 75 'another tend watch has inbox' tend watch inbox orders
holds 'nothing failed' [ -z "$(ls inbox/failed)" ]

# A file that grows is left alone until it rests; hidden and unfinished names always.
printf '%s\n' "$head" >inbox/slow.csv
printf 'x\n' | tee inbox/.hidden.csv >inbox/upload.csv.part
for i in 1 2 3 4 5 6; do printf 'S%s,2026-05-05,C1,A,1,1.00\n' $i >>inbox/slow.csv; sleep 0.7; done
holds 'a file that grows waits' test -f inbox/slow.csv
holds 'until it is complete' wait_for 10 test -f inbox/done/slow.csv
holds 'and has all of it' has S6 1
holds 'what is not finished stays' test -f inbox/upload.csv.part -a -f inbox/.hidden.csv

# One bad row: the order of that row is left out as a whole, the others are in.
printf '%s\n' "$head" 'B1,2026-05-06,C1,A,1,1.00' 'B2,2026-05-06,C1,A,1,2.00' 'B2,2026-05-06,C1,B,1,zwei' \
    'B3,never,C1,A,1,1' >bad.csv
mv bad.csv inbox/
holds 'a file with bad rows goes to failed' wait_for 10 test -f inbox/failed/bad.csv
holds 'with the rows that are left out' wait_for 5 test -f inbox/failed/bad.csv.rejected.csv
holds 'whole orders of them' diff - inbox/failed/bad.csv.rejected.csv <<'CSV'
order_id,time,customer_id,sku,quantity,price,tend_line,tend_reason
B2,2026-05-06,C1,A,1,2.00,3,"order B2 is left out: its row in line 4 is bad"
B2,2026-05-06,C1,B,1,zwei,4,"price: ""zwei"" is no number"
B3,never,C1,A,1,1,5,"time: ""never"" is no date such as 2026-05-17; a map says another format (--map FILE)"
CSV
holds 'and what was said' grep -q 'bad.csv:4: "price": "zwei" is no number' inbox/failed/bad.csv.log
holds 'the good order is in' has B1 1
holds 'the others are not' has B2 0
sed 's/zwei/2.50/; s/never/2026-05-07/' inbox/failed/bad.csv.rejected.csv >inbox/mended.csv
holds 'corrected, the list is imported' wait_for 10 test -f inbox/done/mended.csv
printf '%s\n' "$head" 'L1,2026-05-06,C1,A,1,one' >twice.csv
holds 'an import with a bad row leaves a list' says 1 'rejected' tend import orders twice.csv
sed -i 's/,one$/,1.00/' twice.csv
holds 'corrected in its own file it comes in' says 0 '1 stored' tend import orders twice.csv
holds 'and no list says that rows are missing' \
    [ "$(echo twice.csv*)" = 'twice.csv twice.csv.rejected.csv.old' ]
printf 'my own notes\n' >twice.csv.rejected.csv
holds 'what is no list of ours' says 0 '' tend import orders twice.csv
holds 'stays' grep -q notes twice.csv.rejected.csv
holds 'with all lines of the order' \
    [ "$(tend journal ingest | grep '"order:B2"' | grep -o '"sku"' | wc -l)" = 2 ]
holds 'and both orders' has B3 1

# What is no table.
head -c 100 /dev/zero >inbox/zero.csv
holds 'what cannot be read goes to failed' wait_for 10 test -f inbox/failed/zero.csv
holds 'with the reason' wait_for 5 grep -q 'NUL' inbox/failed/zero.csv.log

# The same name again is kept under another one; killed at any moment, the watcher repeats what it had not moved.
before=$(placed)
for round in 1 2 3 4 5; do
    { printf '%s\n' "$head"; for i in $(seq 300); do echo "K$i,2026-05-08,C$i,A,1,1.00"; done; } >again.csv
    touch -d '10 seconds ago' again.csv
    mv again.csv inbox/one.csv
    sleep "0.$((RANDOM % 10))"
    kill -9 $watcher
    wait $watcher 2>/dev/null
    tend watch inbox orders >>watch.log 2>>watch.err &
    watcher=$!
done
holds 'the last one is moved' wait_for 20 never test -f inbox/one.csv
holds 'under a name with the moment' test -n "$(ls inbox/done | grep -E '^[0-9]{8}T[0-9]{6}Z-one.csv$')"
holds 'every order came once' [ "$(placed)" = $((before + 300)) ]
holds 'and nothing was said on standard error' [ ! -s watch.err ]

# Asked to end it ends well, also while a file is on its way, which the next one goes on with.
kill -TERM $watcher
wait $watcher
holds 'asked to end, it ends with 0' [ $? = 0 ]
{ echo "$head"; for i in $(seq 60000); do echo "T$i,2026-05-09,C$((i % 500)),A,1,1.00"; done; } >inbox/large.csv
touch -d '10 seconds ago' inbox/large.csv
tend watch inbox orders >term.log 2>&1 &
watcher=$!
began() { [ "$(placed)" -gt $((before + 300)) ]; }
wait_for 20 began
kill -TERM $watcher
wait $watcher
holds 'in the middle of a file too' [ $? = 0 ]
tend watch inbox orders >>term.log 2>&1 &
watcher=$!
holds 'the next one brings it to its end' wait_for 60 test -f inbox/done/large.csv
holds 'each order once' [ "$(placed)" = $((before + 60300)) ]
kill -INT $watcher
wait $watcher
holds 'Ctrl-C ends it as well' [ $? = 0 ]
watcher=
exit $code
