#!/usr/bin/env bash
# Customers of a shop and an ERP who are the same one: what a dry run shows before the rules are on, what they then do,
# through all services; whom a person splits is two again and stays so; who is erased leaves no row. And events that
# were told wrongly, told rightly.
set -uo pipefail
. "$(dirname "$(readlink -f "$0")")/common.bash"
folder=$(mktemp -d) code=0 process=
stop() {
    [ -z "$process" ] || { kill "$process" && wait "$process"; } 2>/dev/null
    process=
}
finish() {
    stop
    rm -rf "$folder"
}
trap finish EXIT
cd "$folder" || exit 1
PATH=$TEND_BIN:$PATH
export LC_ALL=C.UTF-8

port=$((20000 + RANDOM % 12000))
start() { # the rules
    cat >tend.yaml <<YAML
common: {currency: CNY, data_dir: data, time_zone: UTC}
ingest: {listen: 127.0.0.1:$port, join: {$1}}
scoring: {listen: 127.0.0.1:$((port + 1))}
scheduler: {listen: 127.0.0.1:$((port + 2))}
notifier:
  listen: 127.0.0.1:$((port + 3))
  default_channel: here
  channels: {here: {type: file, file: messages/}}
YAML
    tend run --quiet >run.log 2>&1 &
    process=$!
    wait_for 30 tend status || { cat run.log; echo 'not ok Tend starts'; exit 1; }
}
event() { # source id customer body
    printf '{"id":"%s","source":"%s","time":"%s","customerId":"%s",%s}\n' "$2" "$1" "$(date -u +%FT%TZ)" "$3" "$4"
}
customer() { # source id name phone event
    event "$1" "$5" "$2" "\"customerUpserted\":{\"name\":\"$3\",\"country\":\"CN\",\"contacts\":[{\"keyPerson\":true,
        \"name\":\"Li\",\"phone\":\"$4\"}]}" | tr -d '\n' && echo
}
order() { # source customer order total
    event "$1" "order-$3" "$2" "\"orderPlaced\":{\"orderId\":\"$3\",\"total\":\"$4 CNY\"}"
}
net() { # customer: its sales and which customer that is
    tend customer "$1" --json | grep -oE '"(customerId|net)":"[^"]*"' | head -n 2 | tr '\n' ' '
}
is_net() { # customer main sum
    net "$1" | grep -q "\"customerId\":\"$2\" \"net\":\"$3"
}
listed() { tend customers --json | grep -q "\"customerId\":\"$1\""; }
never() { ! "$@"; }

start ''
{
    customer erp E-1 'Haina Trading' '+86 755 8888 1234' c1
    customer shop s-77 'haina' '0755-88881234' c1
    order erp E-1 SO-1 1000
    order shop s-77 W-1 200
    customer erp E-2 'Acme' '13800001234' c2
    order erp E-2 SO-2 5
} | tend send >sent.log
holds 'everything is stored' [ "$(grep -c stored sent.log)" = 6 ]
holds 'they are two' wait_for 20 is_net s-77 s-77 200
stop
start 'by: [mail, phone], sources: [erp, shop], dry_run: true'
holds 'a dry run shows them' says 0 's-77 +would go on as part of E-1 +the same telephone number in (shop|erp)' \
    tend join --dry-run
holds 'and says that nobody is joined' grep -q 'nobody is joined' said.log
holds 'without it nothing is done' says 2 'dry-run shows' tend join

stop
start 'by: [mail, phone], sources: [erp, shop]'
customer shop s-77 'haina' '0755-88881234' c2 | tend send >/dev/null
holds 'they are one from the next event on' wait_for 20 is_net E-1 E-1 1200
holds 'whichever id is asked for' is_net s-77 E-1 1200
holds 'in the list it is one' never listed s-77
holds 'the card names the other' says 0 'with +s-77' tend customer s-77
holds 'the reason stands in the journal' says 0 'tend:join.*the same telephone number' tend journal ingest
order shop s-77 W-2 50 | tend send >/dev/null
holds 'what comes of the other counts for it' wait_for 20 is_net E-1 E-1 1250
holds 'an export names both' says 0 's-77' tend export E-1
holds 'nobody is left to be joined' says 0 '^0 customers would be joined' tend join --dry-run

# A person knows better.
event desk split E-1 '"customerSplit":{"otherCustomerId":"s-77"}' | tend send >/dev/null
holds 'split, they are two' wait_for 20 is_net s-77 s-77 250
holds 'and the other has its own' is_net E-1 E-1 1000
customer shop s-77 'haina' '0755-88881234' c3 | tend send >/dev/null
customer erp E-1 'Haina Trading' '+86 755 8888 1234' c3 | tend send >/dev/null
holds 'the dry run knows it' says 0 '^0 customers' tend join --dry-run
order shop s-77 W-3 1 | tend send >/dev/null
holds 'no rule joins them again' wait_for 20 is_net s-77 s-77 251

# Erased together, since they are one person.
customer shop s-9 'acme' '138 0000 1234' c9 | tend send >/dev/null
holds 'another one is joined' wait_for 20 is_net s-9 E-2 5
in_rows() { grep -qaP 's-9\x00shop' data/ingest/data.mdb; }
holds 'there is a row of it' in_rows
holds 'and erased with it' says 0 'whole' tend erase E-2 --yes --wait 60
holds 'no row is left of it' never in_rows
holds 'the others are there' is_net E-1 E-1 1000

# --- told wrongly
cat >order.json <<JSON
{"id": "order-SO-1", "source": "erp", "time": "$(date -u +%FT%TZ)", "customerId": "E-1",
 "orderPlaced": {"orderId": "SO-1", "total": "800 CNY"}}
JSON
holds 'an order is amended' says 0 '^amended: order_amended order-SO-1@[0-9a-f]+ of erp' tend amend order.json
holds 'and counts as it should' wait_for 20 is_net E-1 E-1 800
holds 'the same once more changes nothing' says 0 '^known already, nothing changed: order_amended' \
    tend amend order.json
holds 'and stores nothing' [ "$(tend journal ingest | grep -c '"orderAmended"')" = 1 ]
holds 'unless it is to count again' says 0 '^amended: order_amended' tend amend order.json --again
holds 'as an event of its own' [ "$(tend journal ingest | grep -c '"orderAmended"')" = 2 ]
tend amend order SO-1 >as_it_stands.json
holds 'an order as it stands is shown' grep -q '"total": "800.00 CNY"' as_it_stands.json
holds 'as what placed it' grep -q '"id": "order-SO-1"' as_it_stands.json
sed -i 's/800.00/700/' as_it_stands.json
holds 'to be edited and amended' says 0 '^amended: order_amended order-SO-1@' tend amend as_it_stands.json
holds 'which counts' wait_for 20 is_net E-1 E-1 700
sed 's/"erp"/"mill"/; s/"E-1"/"E-9"/' order.json | tend amend - >/dev/null
holds 'of two sources one is chosen' says 0 '^  "source": "erp"' tend amend order SO-1 --source erp
holds 'and told' says 0 'several sources have an order of this id' tend amend order SO-1
holds 'no such order' says 1 'no order "SO-77"' tend amend order SO-77
holds 'half of the words' says 2 'tend amend order ID' tend amend order
tend feed add erp --preset generic >/dev/null
in_force() { tend feed list | grep -q '^erp '; }
holds 'a feed is in force' wait_for 20 in_force
holds 'whose next update takes it back' says 0 'erp is a feed, whose next update is newer' tend amend order.json --again
event erp refund E-1 '"orderRefunded":{"orderId":"SO-1","amount":"100 CNY"}' >refund.json
holds 'what is not known is stored' says 0 '^stored, it was not known' tend amend refund.json
holds 'what is right is known' says 0 '^known already, nothing' tend amend refund.json
sed -i 's/100 CNY/300 CNY/' refund.json
holds 'what adds up is not amended' says 1 'order_amended says what the order is worth' tend amend refund.json
customer erp E-1 'Haina Trade Co' '+86 755 8888 1234' c3 >file.json
holds 'a customer is told anew' says 0 '^amended: customer_upserted' tend amend - <file.json
renamed() { tend customer E-1 | grep -q 'Haina Trade Co'; }
holds 'and shows so' wait_for 20 renamed
echo '{"id": "x", "source": "erp"' >bad.json
holds 'no JSON is told' says 1 'tend amend: .' tend amend bad.json
holds 'a missing file too' says 1 'No such file' tend amend nowhere.json
stop
exit $code
