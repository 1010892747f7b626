#!/usr/bin/env bash
# A shop's webhooks come in by a feed: over real HTTP, signed by openssl, into a real ingest. What is believed and what
# is not, what cannot be mapped and is mended, a secret that is changed while messages come, and a file that is bad.
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

# The command ends with this code and says this.
never() { ! "$@"; }
sign() { # secret file
    openssl dgst -sha256 -hmac "$1" -binary "$2" | base64 -w 0
}
# Posts a file as Shopify does; prints the status, the body of the answer is in answer.txt.
post() { # feed secret file
    curl -s -o answer.txt -w '%{http_code}' -H 'Content-Type: application/json' -H 'X-Shopify-Topic: orders/create' \
        -H "X-Shopify-Hmac-Sha256: $(sign "$2" "$3")" --data-binary "@$3" "http://127.0.0.1:$port/v1/feeds/$1"
}
order() { # id total
    cat <<JSON
{"id":$1,"created_at":"$now","updated_at":"$now","email":"ada@example.com","customer":{"id":77},"currency":"EUR",
 "total_price":$2,"current_total_price":$2,"financial_status":"pending","test":false,
 "line_items":[{"id":1,"sku":"TEA","title":"Tea","quantity":1,"price":"4.20"}]}
JSON
}
count() { # pattern: events in ingest's journal
    tend journal ingest 2>/dev/null | grep -c -- "$1"
}

cat >tend.yaml <<YAML
common: {currency: EUR, time_zone: UTC}
ingest: {listen: "127.0.0.1:$port"}
YAML
mkdir feeds.d
old=shpss_0123456789abcdef new=shpss_fedcba9876543210
printf '%s\n' "$old" >feeds.d/shop.secret
printf 'preset: shopify\nsecrets: [shop.secret]\n' >feeds.d/shop.yaml
holds 'a good feed file is checked' says 0 'good' tend check
printf 'preset: shopify\nsecrets: [shop.secret\n' >feeds.d/shop.yaml
holds 'a bad one is found by a check' says 78 'shop\.yaml:' tend check

# Neither a bad file nor a secret that nobody has filled in yet keeps ingest from starting.
tend feed add later --preset shopify >added.txt
tend-ingest --config tend.yaml >ingest.log 2>&1 &
process=$!
up() { curl -s -o /dev/null "http://127.0.0.1:$port/livez"; }
wait_for 20 up || { cat ingest.log; echo 'not ok ingest starts with a bad feed file'; exit 1; }
echo '{}' >empty.json
refused() { [ "$(post "$1" $old empty.json)" = 503 ]; }
holds 'a feed of a bad file is answered 503' refused shop
holds 'with why' grep -q 'file has an error' answer.txt
holds 'and when to come again' grep -qi '^retry-after: 60' \
    <(curl -s -o /dev/null -D - --data-binary '{}' "http://127.0.0.1:$port/v1/feeds/shop")
holds 'so is one whose secret is empty' refused later
holds 'the list says where' says 1 'later\.yaml:2:11: the file of the secret is empty' tend feed list
holds 'as does status' says 0 'feed later: its file is bad' sh -c 'tend status; true'
holds 'and the log, once' [ "$(grep -c '"error".*shop\.yaml:[0-9]*:[0-9]*: ' ingest.log)" = 1 ]
printf 'preset: shopify\nsecrets: [shop.secret]\n' >feeds.d/shop.yaml
printf '%s\n' "$new" >feeds.d/later.secret
in_force() { tend feed list >list.log; }
holds 'mended, both are in force without a restart' wait_for 5 in_force
rm feeds.d/later.*
now=$(date -u +%Y-%m-%dT%H:%M:%S+00:00)

order 9001 '"4.20"' >order.json
holds 'a signed order is taken' [ "$(post shop $old order.json)" = 200 ]
holds 'and stored' [ "$(count '"orderPlaced"')" = 1 ]
holds 'again it is known' [ "$(post shop $old order.json)" = 200 ]
holds 'and changes nothing' [ "$(count '"orderPlaced"')" = 1 ]
holds 'a wrong signature is refused' [ "$(post shop wrong-secret order.json)" = 401 ]
holds 'without a word' never test -s answer.txt
holds 'as is a feed that there is not' [ "$(post nobody $old order.json)" = 401 ]
holds 'without a word' never test -s answer.txt
holds 'the list of feeds has it' says 0 '^shop +shopify .* 1 not authenticated' tend feed list
holds 'its tail shows the order' says 0 '"orderPlaced"' tend feed tail shop

order 9002 '"a lot"' >bad.json
holds 'what cannot be mapped is answered alike' [ "$(post shop $old bad.json)" = 200 ]
holds 'and not stored' [ "$(count '9002')" = 0 ]
holds 'it waits among the rejected' says 0 'shop +order_placed total from' tend rejected
id=$(tend rejected --json | grep -oE '"id":"[0-9]+"' | head -n 1 | grep -oE '[0-9]+')
holds 'where it says what to do' says 0 'the body is wrong' tend rejected "$id"
holds 'status says so' says 0 '1 body of feeds waits' sh -c 'tend status; true'
holds 'as it is, it stays' says 1 '0 replayed .* 1 still rejected' tend rejected "$id" --replay
tend rejected "$id" --body >saved.json
holds 'its body is what came' cmp saved.json bad.json
order 9002 '"5.50"' >mended.json
holds 'corrected it is taken' says 0 '1 replayed' tend rejected "$id" --correct mended.json
holds 'and stored' [ "$(count '"orderId":"9002"')" -ge 1 ]
holds 'nothing waits any more' says 0 'nothing waits' tend rejected
echo '{"hello":"you"}' >strange.json
holds 'what fits no rule is kept' [ "$(post shop $old strange.json)" = 200 ]
id=$(tend rejected --json | grep -oE '"id":"[0-9]+"' | head -n 1 | grep -oE '[0-9]+')
holds 'why not is said of every rule' says 0 'rule [0-9]+ \(keep\): /admin_graphql_api_id is not' tend rejected "$id"
holds 'of many at once' says 0 '^why +fits no rule \(it came as orders/create\): rules 1 to 12:' \
    tend rejected "$id"
holds 'shortly in the list' says 0 ' \.\.\.$' tend rejected
holds 'a replay in vain says why' says 1 '^the last one: fits no rule' tend rejected "$id" --replay
holds 'it can be dropped' says 0 'dropped' tend rejected "$id" --drop

day=$(date -u +%Y-%m-%d)
holds 'the day has as many orders as the shop' says 0 'the same' tend feed reconcile shop --day "$day" --count 2
printf 'Name,id\n#1,9001\n#2,9002\n#3,9003\n' >orders.csv
holds 'one that is missing is named' says 1 'missing here \(1\): 9003' tend feed reconcile shop --day "$day" orders.csv
holds 'whose day it is' grep -q "^shop, $day in UTC: 2 orders here, 3 there" said.log
holds 'what is done about it, under whose name' grep -q '^what is missing: .* --source shop, ' said.log
holds 'and what the total is of' grep -qE '^total here, as placed \(.*\): 9.70 EUR' said.log
printf '9001\n9002\n' >bare.txt
holds 'a list without a header has all its ids' says 0 'the same' tend feed reconcile shop --day "$day" bare.txt
printf '9002\n' >bare.txt
holds 'of one, too' says 1 'only here \(1\): 9001' tend feed reconcile shop --day "$day" bare.txt
printf '9001\nA-1\n' >bare.txt
holds 'and one unlike the others that is here' \
    says 1 'missing here \(1\): A-1' tend feed reconcile shop --day "$day" bare.txt
holds 'is no header' grep -q '^only here (1): 9002$' said.log
printf "'9001\n'9002\n" >bare.txt
holds "a spreadsheet's mark is none of an id" says 0 'the same' tend feed reconcile shop --day "$day" bare.txt
printf 'order_id,total\n,1\n,2\n' >blank.csv
holds 'rows without an id are no empty day' \
    says 1 'no row has an order id' tend feed reconcile shop --day "$day" blank.csv
holds 'of a day long past nothing is advised' says 1 'no longer counted' \
    tend feed reconcile shop --day 2020-01-01 --count 1
holds 'as nothing is known of it' never grep -q '^what is' said.log
printf 'number\n#1\n#2\n' >named.csv
holds 'of ids of another kind it says so' \
    says 1 'none of those ids is here, where they look like 9001' tend feed reconcile shop --day "$day" named.csv
holds 'what is only here has other words' says 1 '^what is only here' tend feed reconcile shop --day "$day" --count 1
holds 'as nothing is missing' never grep -q '^what is missing' said.log
printf 'number 1\n9001\n9002\n' >named.csv
holds 'a header is none of them' says 0 'the same' tend feed reconcile shop --day "$day" named.csv
holds 'a day elsewhere' says 1 ' in Pacific/Kiritimati: ' \
    tend feed reconcile shop --day 2026-01-01 --zone Pacific/Kiritimati --count 1
holds 'no such zone' says 1 'zone: must be a time zone' tend feed reconcile shop --day "$day" --zone Mars --count 1

# A secret that is wrong is told while nothing is believed.
status() { tend status >status.log 2>&1; grep -q "$1" status.log; }
for _ in 1 2 3 4; do post shop another-secret order.json >>refused.txt; done
holds 'four are refused' [ "$(cat refused.txt)" = 401401401401 ]
holds 'status says so, and what to compare' status \
    'feed shop: 4 posts since .* were not signed with its secret: compare .*feeds.d/shop.secret with the other end'
holds 'as does the list' says 0 'the last not authenticated: 20' tend feed list
holds 'and the log, once' [ "$(grep -c 'and none is believed' ingest.log)" = 1 ]
holds 'one that is right' [ "$(post shop $old order.json)" = 200 ]
holds 'ends it' never status 'feed shop'

printf 'preset: generic\nauth: {kind: none}\n' >feeds.d/young.yaml
young() { curl -s "http://127.0.0.1:$port/metrics" | grep -q 'bodies_total{feed="young"'; }
holds 'a feed that is added has its name in the figures' wait_for 10 young
rm feeds.d/young.yaml

mkdir other
printf 'common: {data_dir: other}\ningest: {listen: "127.0.0.1:%s"}\n' "$port" >other.yaml
holds 'an address that is taken, and where to change it' \
    says 75 "cannot listen on 127.0.0.1:$port: Address already in use; the config's ingest.listen says where" \
    tend-ingest --config other.yaml

# A secret is changed while orders come: first both hold, then the new one alone. Nobody honest is refused.
printf '%s\n' "$new" >feeds.d/shop.new
(
    for i in $(seq 9100 9179); do
        secret=$old
        [ -e switched ] && secret=$new
        order "$i" '"1.00"' >"load-$i.json"
        curl -s -o /dev/null -w '%{http_code}\n' -H "X-Shopify-Hmac-Sha256: $(sign $secret "load-$i.json")" \
            --data-binary "@load-$i.json" "http://127.0.0.1:$port/v1/feeds/shop"
        sleep 0.1
    done >statuses.txt
) &
load=$!
sleep 1
printf 'preset: shopify\nsecrets: [shop.new, shop.secret]\n' >feeds.d/shop.yaml.tmp
mv feeds.d/shop.yaml.tmp feeds.d/shop.yaml
both() { tend feed list --json | grep -q '"secrets":2'; }
holds 'the new secret holds beside the old one' wait_for 10 both
touch switched
sleep 1
printf 'preset: shopify\nsecrets: [shop.new]\n' >feeds.d/shop.yaml.tmp
mv feeds.d/shop.yaml.tmp feeds.d/shop.yaml
wait $load
holds 'all 80 orders of the change were taken' [ "$(grep -c '^200$' statuses.txt)" = 80 ]
once() { tend journal ingest | grep '"orderPlaced"' | grep -oE '"orderId":"91[0-9]+"' | sort | uniq -u | wc -l; }
holds 'and stored once each' [ "$(once)" = 80 ]
holds 'the old secret is no longer believed' [ "$(post shop $old order.json)" = 401 ]
holds 'the new one is' [ "$(post shop $new order.json)" = 200 ]

printf 'preset: shopify\nsecrets: [shop.new]\nsilentafter: 1h\n' >feeds.d/shop.yaml
wrong() { tend feed list >list.log; grep -q 'not in force' list.log; }
holds 'a bad file is told' wait_for 10 wrong
holds 'with its place' \
    says 1 'shop\.yaml:3:1: "silentafter" is not known here; did you mean "silent_after"' tend feed list
holds 'and once in the log' [ "$(grep -c 'stays as it was' ingest.log)" = 1 ]
holds 'and that the feed goes on' says 1 'not in force, and the feed goes on as it was' tend feed list
holds 'as it does' [ "$(post shop $new order.json)" = 200 ]
holds 'figures of each outcome' grep -qE '^tend_ingest_feed_bodies_total\{feed="shop",outcome="stored"\} 8[0-9]' \
    <(curl -s "http://127.0.0.1:$port/metrics")
holds 'no secret is in the log' never grep -qE "$old|$new" ingest.log
exit $code
