#!/usr/bin/env bash
# A shop beside a list of customers, over all four services: the shop knows no owners and takes nobody's away; guests
# are nobody's, which people see; a payment that every later message tells again is one event; what a shop sends in
# vain is said.
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
port=$((20000 + RANDOM % 12000))

secret=shpss_0123456789abcdef
sign() { openssl dgst -sha256 -hmac "$secret" -binary "$1" | base64 -w 0; }
# Posts standard input as Shopify does; prints the status.
post() {
    cat >body.json
    curl -s -o answer.txt -w '%{http_code}' -H "X-Shopify-Hmac-Sha256: $(sign body.json)" --data-binary @body.json \
        "http://127.0.0.1:$port/v1/feeds/shop"
}
at() { date -u -d "$1" +%Y-%m-%dT%H:%M:%SZ; }
order() { # id customer status current-total updated more
    cat <<JSON
{"id":$1,"created_at":"$(at '-2 hours')","updated_at":"$5",$2,"currency":"EUR","total_price":"50.00",
 "current_total_price":"$4","financial_status":"$3","line_items":[{"id":1,"sku":"TEA","title":"Tea","quantity":1,
 "price":"50.00"}]${6:-}}
JSON
}
# Events of this kind in ingest's journal.
count() { tend journal ingest 2>/dev/null | grep -c "\"$1\""; }
owner() { tend customer "$1" --json | grep -oE '"ownerRepId":"[^"]*"' | head -n 1; }
owned() { [ "$(owner "$1")" = "\"ownerRepId\":\"$2\"" ]; }
named() { tend customer "$1" --json | grep -q "\"name\":\"$2\""; }
claims() { # of the scheduler
    curl -s "http://127.0.0.1:$((port + 2))/v1/owners?customer=$1"
}

cat >tend.yaml <<YAML
common: {currency: EUR}
ingest: {listen: "127.0.0.1:$port"}
scoring: {listen: "127.0.0.1:$((port + 1))", completeness: {c: {required: [name, type, phone]}}}
scheduler: {listen: "127.0.0.1:$((port + 2))"}
notifier:
  listen: 127.0.0.1:$((port + 3))
  default_channel: here
  channels:
    here: {type: file, file: messages/}
YAML
mkdir feeds.d
echo "$secret" >feeds.d/shop.secret
cat >feeds.d/shop.yaml <<'YAML'
preset: shopify
secrets: [shop.secret]
drop_if: [{at: /currency, is: [ZZZ], why: play money}]
YAML
tend run --quiet >run.log 2>&1 &
process=$!
wait_for 30 tend status || { cat run.log; echo 'not ok Tend starts'; exit 1; }
printf 'rep_id,name\nli,Li\nwang,Wang\n' >reps.csv
printf 'customer_id,name,owner,time\n77,Ada,li,%s\n' "$(at '-3 hours')" >customers.csv
holds 'a list of reps' says 0 'stored' tend import reps reps.csv
holds 'and of customers, with owners' says 0 'stored' tend import customers customers.csv
holds 'the owner is known' wait_for 20 owned 77 li

person() { # id name
    printf '{"id":%s,"updated_at":"%s","addresses":[],"first_name":"%s","email":"a@example.com"}' \
        "$1" "$(at '-1 hour')" "$2"
}
holds 'the shop tells of the customer' [ "$(person 77 'Ada Ltd' | post)" = 200 ]
holds 'under another name' wait_for 20 named 77 'Ada Ltd'
holds 'who keeps the owner' owned 77 li
holds 'in the scheduler too' bash -c 'grep -q "\"repId\":\"li\"" <<<"$1"' - "$(claims 77)"
holds 'which nobody disputes' bash -c '! grep -q "disputed\":true" <<<"$1"' - "$(claims 77)"
holds 'a customer of whom the shop was first to tell' [ "$(person 78 Bea | post)" = 200 ]
wait_for 20 named 78 Bea
printf 'customer_id,name,owner,time\n78,Bea,wang,%s\n' "$(at '-3 hours')" >late.csv
holds 'and an older list that names the owner' says 0 'stored' tend import customers late.csv
holds 'the owner holds' wait_for 20 owned 78 wang
holds 'the newer name too' named 78 Bea

# What the shop has no field for stays as the list said it.
lacks() { tend customer 77 --json | grep -q "\"note\":\"missing: $1\""; }
holds 'of its file, these are missing' wait_for 20 lacks 'type, phone'
printf 'customer_id,name,owner,type,time\n77,Ada Ltd,li,trading,%s\n' "$(at '-50 minutes')" >types.csv
holds 'a newer list knows the type' says 0 'stored' tend import customers types.csv
holds 'which is known' wait_for 20 lacks phone
again=$(printf '{"id":77,"updated_at":"%s","addresses":[],"first_name":"Ada"}' "$(at '-10 minutes')")
holds 'the shop tells of the customer anew' [ "$(post <<<"$again")" = 200 ]
holds 'under the old name' wait_for 20 named 77 Ada
holds 'the type stays' lacks phone
holds 'the owner too' owned 77 li

guest='"email":"guest@example.com","billing_address":{"name":"A Guest"}'
holds 'a guest orders' [ "$(order 9001 "$guest" pending 50.00 "$(at '-2 hours')" | post)" = 200 ]
unowned() { tend customers --unowned --csv | grep -q guest@example.com; }
holds 'who is nobody'"'"'s, and listed so' wait_for 20 unowned
holds 'the others are not' bash -c '! tend customers --unowned --csv | grep -qE "^7[78],"'
nobodys() { tend status | grep -A 1 '1 customer without an owner' | grep -q 'scheduler.default_rep'; }
holds 'status says so, and what to do' wait_for 20 nobodys

ada='"customer":{"id":77}'
holds 'an order is paid' [ "$(order 9002 "$ada" paid 50.00 "$(at '-90 minutes')" | post)" = 200 ]
holds 'told again with a parcel' [ "$(order 9002 "$ada" paid 50.00 "$(at '-80 minutes')" \
    ",\"fulfillments\":[{\"id\":5,\"status\":\"success\",\"created_at\":\"$(at '-80 minutes')\"}]" | post)" = 200 ]
holds 'it was paid once' [ "$(count orderPaid)" = 1 ]
holds 'and sent' [ "$(count orderShipped)" = 1 ]
holds 'more is added and paid' [ "$(order 9002 "$ada" paid 65.00 "$(at '-70 minutes')" | post)" = 200 ]
net() { tend customer 77 --json | grep -q '"net":"65.00 EUR"'; }
holds 'what counts is the total as edited' wait_for 20 net
holds 'nothing of it was rejected' says 0 'nothing waits' tend rejected

# Of whom only orders tell: who it is and how to reach him stand in them.
buyer() { # changed first-name phone
    printf '"customer":{"id":79,"updated_at":"%s","first_name":"%s","last_name":"Roy","email":"roy@example.com",' \
        "$1" "$2"
    printf '"default_address":{"phone":"%s","country_code":"CA"}}' "$3"
}
buys() { # changed first-name phone current-total: an order of his, as it stands then
    order 9010 "$(buyer "$1" "$2" "$3")" paid "$4" "$1" | post
}
told=$(at '-50 minutes') later=$(at '-20 minutes')
holds 'an order of somebody new' [ "$(buys "$told" Anne '+1 555 010 1979' 50.00)" = 200 ]
holds 'says who it is' wait_for 20 named 79 'Anne Roy'
reached() { claims 79 | grep -qF "\"contactPhone\":\"$1\""; }
holds 'and, to whom calls, the number' wait_for 20 reached '+1 555 010 1979'
printf 'customer_id,name,owner,birthday,time\n79,Roy Ltd,li,1980-05-17,%s\n' "$(at '-40 minutes')" >own.csv
holds 'a newer list names him otherwise' says 0 'stored' tend import customers own.csv
holds 'which holds' wait_for 20 named 79 'Roy Ltd'
holds 'his order changes, and he does not' [ "$(order 9010 "$(buyer "$told" Anne '+1 555 010 1979')" paid 52.00 \
    "$(at '-30 minutes')" | post)" = 200 ]
more() { tend customer 79 --json | grep -q '"net":"52.00 EUR"'; }
holds 'the change is known' wait_for 20 more
holds 'and takes nothing back' named 79 'Roy Ltd'
holds 'he changes his own name' [ "$(buys "$later" Annette '+1 555 010 1980' 52.00)" = 200 ]
holds 'which is the newest word' wait_for 20 named 79 'Annette Roy'
holds 'with another number' wait_for 20 reached '+1 555 010 1980'
holds 'and leaves the owner alone' owned 79 li

holds 'a refund that names no customer' [ "$(echo '{"id":1,"order_id":9002,"refund_line_items":[]}' | post)" = 200 ]
holds 'is answered with what to subscribe to' says 0 'no event; the last: .*orders/updated tells the refund' \
    tend feed tail shop
holds 'in the list too' says 0 'the last without an event: .*orders/updated' tend feed list
before=$(count orderPlaced)
holds 'a test order' [ "$(order 9003 '"test":true' pending 50.00 "$(at '-1 hour')" | post)" = 200 ]
holds 'is dropped, whatever else the file drops' says 0 'the last: .*a test order' tend feed tail shop
holds 'and makes no sale' [ "$(count orderPlaced)" = "$before" ]

# The shop's own list of orders under the feed's source: one that the feed tells of later counts once.
printf 'order_id,time,customer_id,total,currency\n9020,%s,hal@example.com,50.00,EUR\n' "$(at '-2 hours')" >history.csv
holds 'a list of the orders of before' says 0 '2 stored|1 stored' tend import orders history.csv --source shop
nets() { tend customer "$1" --json | grep -q "\"net\":\"$2\""; }
holds 'counts' wait_for 20 nets hal@example.com '50.00 EUR'
holds 'what the feed tells of one' [ "$(order 9020 '"customer":{"id":88,"email":"hal@example.com"}' paid 50.00 \
    "$(at '-1 hour')" | post)" = 200 ]
holds "counts once, for the shop's customer" wait_for 20 nets 88 '50.00 EUR'
holds 'and no longer for the address' never nets hal@example.com '50.00 EUR'
exit $code
