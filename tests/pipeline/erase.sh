#!/usr/bin/env bash
# A person is forgotten, all programs as they are installed: of one among several customers, whose names, telephone
# numbers, mail addresses and notes have gone through all four services, no byte is left in any store afterwards; the
# journals hold together, the others are as they were, and what comes late stays away. Then five more, while the
# services are killed at random moments.
set -uo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
. tests/page/live.sh
code=0
trap live_end EXIT
export PATH=$TEND_BIN:$PATH USER=tester LC_ALL=C.UTF-8
seed=${TEND_SEED:-$RANDOM}
RANDOM=$seed

holds() { # name command...
    local name=$1
    shift
    if "$@"; then echo "ok $name"; else echo "not ok $name (seed $seed)"; code=1; fi
}
says() { # code pattern command...: how it ends and what it prints, on both channels
    local wanted=$1 pattern=$2 got
    shift 2
    "$@" >said.txt 2>&1
    got=$?
    [ "$got" -eq "$wanted" ] && grep -qE -- "$pattern" said.txt && return
    echo "    $got, not $wanted with '$pattern':"
    sed 's/^/    /' said.txt | head -n 12
    false
}
never() { ! "$@"; }

# A customer of whom every service hears something. What is personal holds the word of the person.
person() { # id word
    local id=$1 word=$2 number=$((RANDOM + 1000)) due
    due=$(date -u -d '+1 day' +%FT%TZ)
    about() { live_event "$id-$1" "\"customerId\":\"$id\",$2"; } # event, body
    about up "\"customerUpserted\":{\"name\":\"海纳$word 有限公司 $word Ltd\",\"ownerRepId\":\"wang\",\
\"region\":\"Ningbo$word\",\"contacts\":[{\"keyPerson\":true,\"name\":\"李$word Li\",\
\"phone\":\"+86 13800$word\",\"email\":\"li.$word@example.com\"}]}"
    about o1 "\"orderPlaced\":{\"orderId\":\"SO-$number\",\"total\":\"1280.50 CNY\",\"lines\":[{\"sku\":\"S1\",\
\"name\":\"made for $word\",\"quantityMilli\":\"1000\",\"price\":\"1280.50 CNY\"}]}"
    about p1 "\"promiseMade\":{\"promiseId\":\"P-$number\",\"what\":\"samples to $word\",\"due\":\"$due\"}"
    about c1 "\"complaintOpened\":{\"complaintId\":\"K-$number\",\"what\":\"$word was angry\"}"
    about l1 "\"repId\":\"wang\",\"contactLogged\":{\"channel\":\"CHANNEL_PHONE\",\"minutes\":5,\
\"outcome\":\"CONTACT_OUTCOME_REACHED\",\"note\":\"spoke with $word of $word\"}"
    about m1 "\"messageReceived\":{\"messageId\":\"M-$number\",\"channel\":\"CHANNEL_EMAIL\",\
\"subject\":\"$word asks for a price\"}"
}
rep() {
    live_event rep-wang '"repId":"wang","repUpserted":{"name":"王芳","languages":["en"],"timeZone":"UTC"}'
}
found() { # word: the files of the stores that hold it
    grep -la -r -- "$1" data
}
traces() { # word: how often it stands in the journals as they can be read
    local service
    for service in ingest scoring scheduler notifier; do tend journal "$service" --limit 100000; done | grep -ac -- "$1"
}
told() { grep -q -- "$1" out.jsonl; }
status_of() { tend erase "$1" --status >/dev/null 2>&1; }
start() {
    tend run --quiet >run.log 2>&1 &
    live_run=$!
    wait_for 30 tend status
}
stop() {
    kill "$live_run"
    wait "$live_run"
    live_run=
}
# As a power cut does it: all five processes at once.
kill_all() {
    local pids
    pids="$live_run $(pgrep -P "$live_run" | tr '\n' ' ')"
    # shellcheck disable=SC2086
    kill -9 $pids 2>/dev/null
    wait "$live_run" 2>/dev/null
    live_run=
}

holds 'the services start' live_start
{
    rep
    person C1 Zephyrina
    person C2 Bystander
    person 'tom@quillfeather.example' Quillfeather
    person C4 Doppel
    person C5 Ganger
    live_event merge '"customerId":"C4","customerMerged":{"otherCustomerId":"C5"}'
    live_event refer '"customerId":"C2","referralMade":{"otherCustomerId":"C1","what":"brought Zephyrina along"}'
} >events.jsonl
tend send <events.jsonl >sent.txt
holds 'everything is stored' [ "$(grep -c stored sent.txt)" -eq 33 ]
holds 'the rep is told of them' wait_for 30 told Zephyrina
holds 'and of the other' wait_for 10 told Bystander
answer() { # word: what the rep says about the first reminder that names it
    local reminder
    reminder=$(tend reminders --json |
        grep -ao '{"reminder":{[^}]*' | grep -a -- "$1" | head -n 1 | grep -ao '"reminderId":"[^"]*"' | cut -d'"' -f4)
    tend done "$reminder" --note "$1 said yes"
}
holds 'the rep answers with a note' says 0 noted answer Zephyrina
holds 'every service has it' [ "$(found Zephyrina | wc -l)" -ge 4 ]
tend customers --json >customers.before
tend journal ingest --limit 1000 | grep -ac '"C2"' >bystander.before

# --- one
holds 'it is asked for' says 2 'cannot be undone' tend erase C1
holds 'nobody was erased' says 0 'nobody was erased' tend erase --status
holds 'somebody who was not' says 1 'nobody asked' tend erase C2 --status
holds 'an id that nobody knows is said' says 1 'nobody of the id "C-1O" is known' tend erase C-1O --yes
holds 'and no erasure begins' says 1 'nobody asked' tend erase C-1O --status
holds 'it is whole' says 0 '^whole  asked for at .* by ' tend erase C1 --yes
for service in ingest scoring scheduler notifier; do
    holds "$service has reported" grep -qE "^  $service +[0-9]+ rows and [0-9]+ payloads .* made anew at [0-9]" said.txt
done
holds 'of ingest several payloads' grep -qE '^  ingest +[0-9]+ rows and ([7-9]|1[0-9]) payloads' said.txt
holds 'no byte is left' never found Zephyrina
holds 'nor of the number' never found 13800Zephyrina
holds 'nor in any journal' [ "$(traces Zephyrina)" -eq 0 ]
holds 'the customer is not there' says 1 . tend customer C1
holds 'nor in the list' never sh -c 'tend customers --json | grep -qa "\"C1\""'
holds 'nobody of that id is left to erase' says 1 'nobody of the id "C1" is known' tend erase C1 --yes
holds 'the others are' sh -c 'tend customers --json | grep -qa "\"C2\""'
holds 'with all that was said of them' \
    [ "$(tend journal ingest --limit 1000 | grep -ac '"C2"')" -ge "$(($(cat bystander.before) - 1))" ]
holds 'and in the messages' found Bystander
tend send <events.jsonl >again.txt
holds 'repeated events are known' [ "$(grep -c known again.txt)" -eq 33 ]
live_event late "\"customerId\":\"C1\",\"orderPlaced\":{\"orderId\":\"SO-9\",\"total\":\"5 CNY\",\
\"lines\":[{\"sku\":\"S1\",\"name\":\"late for Zephyrina\",\"quantityMilli\":\"1000\",\"price\":\"5 CNY\"}]}" |
    sed 's/"time":"[^"]*"/"time":"2026-01-05T10:00:00Z"/' >late.jsonl
holds 'a late order is taken' says 0 stored tend send <late.jsonl
holds 'and known then' says 0 known tend send <late.jsonl
sleep 1
holds 'it does not bring the customer back' says 1 . tend customer C1
holds 'nor a byte' never found Zephyrina
holds 'which is counted' says 0 '1 later event of before' tend erase C1 --status

# --- whose id is an address; and two who are one person
holds 'an address goes too' says 0 '^whole' tend erase tom@quillfeather.example --yes
holds 'no byte of it is left' never found quillfeather
holds 'merged customers go together' says 0 '1 more customer of the same person' tend erase C5 --yes
holds 'both are whole' wait_for 30 status_of C4
holds 'no byte of the one' never found Ganger
holds 'nor of the other' never found Doppel
holds 'all are listed' [ "$(tend erase --status | grep -c '^whole')" -eq 4 ]

# --- who bought as a guest, too: an order that has the mail address alone
{
    person C6 Hostess
    live_event guest '"customerId":"LI.Hostess@example.com","orderPlaced":{"orderId":"SO-G1","total":"9 CNY"}'
    live_event shared '"customerId":"C7","customerUpserted":{"name":"Neighbour",'\
'"contacts":[{"phone":"+86 13800138007","email":"li.Hostess@example.com"}]}'
} | tend send >guest.txt
holds 'a guest is heard of' wait_for 20 tend customer LI.Hostess@example.com
holds 'an export has the guest' says 0 'SO-G1' tend export C6
asks() { { sleep 1; echo no; } | script -qec 'tend erase C6' /dev/null; }
holds 'and asked for' says 1 'about C6, LI.Hostess@example.com in all.*LI.Hostess@example.com is a guest who' asks
holds 'both go' says 0 '^Erasing C6, LI.Hostess@example.com' tend erase C6 --yes
holds 'and are whole' grep -q '^whole' said.txt
holds 'not who has the same address' says 0 Neighbour tend customer C7
holds 'who goes then' says 0 '^whole' tend erase C7 --yes
holds 'no byte of the guest is left' never found Hostess
holds 'nor of the address in other letters' never grep -laria 'li.hostess' data
holds 'a backup is made since' says 0 . tend backup since
holds 'and holds nothing of them' never grep -laria 'li.hostess\|zephyrina\|quillfeather' since

# --- afterwards the id is free
live_event anew '"customerId":"C1","customerUpserted":{"name":"Newcomer","ownerRepId":"wang"}' | tend send >anew.txt
holds 'whoever comes later is a customer' wait_for 20 tend customer C1

# --- an erasure, and behind it in the same request whoever has the id from then on
{
    live_event anew2 '"customerId":"C1","customerErased":{}'
    live_event anew3 '"customerId":"C1","customerUpserted":{"name":"Thirdcomer Ltd","ownerRepId":"wang"}' |
        sed "s/\"time\":\"[^\"]*\"/\"time\":\"$(date -u -d '+30 sec' +%FT%TZ)\"/"
} >both.jsonl
tend send <both.jsonl >both.txt
holds 'both are taken at once' [ "$(grep -c stored both.txt)" -eq 2 ]
holds 'the one before is erased' wait_for 20 status_of C1
holds 'of whom no byte is left' never found Newcomer
third() { tend customer C1 2>&1 | grep -q Thirdcomer; }
holds 'the one behind is there' wait_for 10 third
holds 'in each of the four' [ "$(found Thirdcomer | wc -l)" -ge 3 ]
holds 'and in the journal of ingest' sh -c 'tend journal ingest --limit 100000 | grep -qa Thirdcomer'

# --- the notifier's file is another one now, and that is no reason to think that it was put back
stop
sed -i "s|^ingest: .*|ingest: {listen: '127.0.0.1:$live_port', feeds: feeds.d}|" tend.yaml
mkdir feeds.d
printf 'preset: generic\nauth: {kind: none}\n' >feeds.d/app.yaml
holds 'they start again' start
holds 'and nothing is held' sh -c '! tend status | grep -q HELD'

# --- a body from before the erasure, by a feed, that makes no event
body() { curl -s -d "$1" -H 'Content-Type: application/json' "http://127.0.0.1:$live_port/v1/feeds/app"; }
body '{"shipped":"Hostess said","email":"LI.Hostess@Example.com"}'
body '{"shipped":"Zephyrina said","id":"C1"}' # who is a customer again
body '{"shipped":"Hostess said","customer":{"id":"C6"}}'
body '{"shipped":"Doppel said","customer":"C4"}'
holds 'they are kept' says 0 '^4 kept' tend rejected
holds 'without what they say of the erased' never grep -laria 'hostess\|doppel' data
holds 'and with it of others' found 'Zephyrina said'
holds 'and say why' says 0 'names a person who was erased' tend rejected 1
holds 'also when they are replayed' says 1 'its content was not kept' tend rejected 1 --replay
anew='{"id":"again","time":"2026-05-17T09:00:00Z","customerId":"C2","orderPlaced":{"orderId":"SO-7","total":"5 CNY"}}'
echo "$anew" >correct.json
holds 'a correction is taken' says 0 '1 replayed' tend rejected 1 --correct correct.json
holds 'whole as before' says 0 '^whole' tend erase C6 --status
holds 'nobody is left to erase' says 1 'nobody of the id "C6" is known' tend erase C6 --yes
holds 'one more backup' says 0 . tend backup later
holds 'holds nothing of them' never grep -laria 'hostess\|doppel' later
holds 'the ones before may' says 0 'may still hold the person' tend erase C1 --status

# --- what is typed wrong erases nobody
holds 'a time that is none' says 2 'wait is a whole number, not "soon"' tend erase C2 --yes --wait soon
holds 'nobody goes' says 0 . tend customer C2
holds 'nor is one asked for' says 1 'nobody asked' tend erase C2 --status

# --- killed at random moments
for round in 1 2 3 4 5; do
    word=Killed${round}xq
    person "K$round" "$word" | tend send >/dev/null
    wait_for 20 found "$word"
    tend erase "K$round" --yes --wait 0 >/dev/null 2>&1
    sleep "0.$((RANDOM % 9))$((RANDOM % 10))"
    kill_all
    holds "round $round: they start again" start
    holds "round $round: it becomes whole" wait_for 40 status_of "K$round"
    holds "round $round: no byte is left" never found "$word"
done
stop
holds 'the stores are sound' says 0 . tend verify
exit $code
