#!/usr/bin/env bash
# What was told is put right, all programs as they are installed: another message of a customer, and a promise in other
# words or on another day, change the message that a rep has where the chat allows it; no second one is sent anywhere.
set -uo pipefail
. "$(dirname "$(readlink -f "$0")")/common.bash"
live

cd "$live_folder" || exit 1
# Two chats: Slack, which can change its messages, and a DingTalk robot, which cannot. A request is a line of seen.txt.
: >seen.txt
chat_start <<'PY'
import json
def answer(path, headers, body):
    with open("seen.txt", "a") as file:
        file.write(path.split("?")[0] + " " + json.dumps(json.loads(body), ensure_ascii=False) + "\n")
    return {"ok": True, "channel": "C0123ABCD", "ts": "1700000000.000100", "errcode": 0}
PY
printf 'http://127.0.0.1:%s/api/chat.postMessage\n' "$(cat chat.port)" >slack.url
printf 'http://127.0.0.1:%s/robot/send?access_token=0123456789abcdef\n' "$(cat chat.port)" >robot.url
echo xoxb-GOODGOODWORD >slack.token
chmod 600 slack.url robot.url slack.token
live_config
sed -i "s#^  channels: .*#  channels:\n\
    slack: {type: slack, url_file: slack.url, token_file: slack.token, to: C0123ABCD, allow_loopback: true}\n\
    robot: {type: dingtalk, url_file: robot.url, allow_loopback: true}#
    s#^  default_channel: .*#  default_channel: slack#
    s#^  promise_lead: .*#  promise_lead: 48h\n  service: {reply_cutoff: '23:59', c: {reply: 1h}}#" tend.yaml
cat >>tend.yaml <<YAML
  language: en
  people:
    wang: {name: Wang, channel: slack}
    li: {name: Li, channel: robot}
YAML
live_config() { :; }
live_event() { # id, the rest of the event; what comes later is later, also within a second
    printf '{"id":"%s","source":"t","time":"%s",%s}\n' "$1" "$(date -u +%FT%T.%3NZ)" "$2"
}
holds 'the services start' live_start

seen() { grep -c "^$1 .*$2" seen.txt; }
reaches() { [ "$(seen "$1" "$2")" -eq "$3" ]; }
counted() { # reason times
    curl -s "127.0.0.1:$((live_port + 3))/metrics" >metrics.txt &&
        grep -q "^tend_notifier_passed_over{reason=\"$1\"} $2\$" metrics.txt
}
post=/api/chat.postMessage
change=/api/chat.update
robot=/robot/send

wrote() { # number
    for rep in wang li; do
        live_event "m-$rep-$1" "\"customerId\":\"$rep-C\",\
\"messageReceived\":{\"messageId\":\"$rep-$1\",\"channel\":\"email\",\"subject\":\"the price of $1\"}"
    done | tend send >/dev/null
}
for rep in wang li; do
    live_event "rep-$rep" "\"repId\":\"$rep\",\
\"repUpserted\":{\"name\":\"$rep\",\"languages\":[\"en\"],\"timeZone\":\"UTC\"}"
    live_event "c-$rep" "\"customerId\":\"$rep-C\",\
\"customerUpserted\":{\"name\":\"House of $rep\",\"ownerRepId\":\"$rep\"}"
done | tend send >/dev/null
wrote one
holds 'a message without a reply is told' wait_for 40 reaches "$post" 'House of wang.*the price of one' 1
holds 'by the other chat too' wait_for 20 reaches "$robot" 'House of li.*the price of one' 1
each_has() { # messages
    [ "$(tend messages --rep wang | grep -c SENT)" -eq "$1" ] && [ "$(tend messages --rep li | grep -c SENT)" -eq "$1" ]
}
holds 'both have arrived' wait_for 20 each_has 1
wrote two
holds 'another one changes the message' wait_for 30 reaches "$change" '2 messages wait for a reply' 1
holds 'it is the same one' reaches "$change" '1700000000.000100' 1
holds 'where the chat cannot, that is counted' wait_for 10 counted told_anew_unshown 1
holds 'both were put right' counted told_anew 2

promised() { # what hours
    local due
    due=$(date -u -d "+$2 hours" +%FT%TZ)
    for rep in wang li; do
        live_event "p-$rep-$2" "\"customerId\":\"$rep-C\",\"repId\":\"$rep\",\
\"promiseMade\":{\"promiseId\":\"$rep-P\",\"what\":\"$1\",\"due\":\"$due\"}"
    done | tend send >/dev/null
}
extended() { # hours
    local due
    due=$(date -u -d "+$1 hours" +%FT%TZ)
    for rep in wang li; do
        live_event "x-$rep-$1" "\"customerId\":\"$rep-C\",\"repId\":\"$rep\",\
\"promiseExtended\":{\"promiseId\":\"$rep-P\",\"due\":\"$due\"}"
    done | tend send >/dev/null
}
promised 'a sample in red' 20
holds 'a promise is told' wait_for 40 reaches "$post" 'a sample in red' 1
holds 'by the other chat too' wait_for 20 reaches "$robot" 'a sample in red' 1
holds 'both have arrived' wait_for 20 each_has 2
promised 'a sample in blue' 21
holds 'other words change the message' wait_for 30 reaches "$change" 'a sample in blue' 1
extended 44
holds 'and so does another day' wait_for 30 reaches "$change" 'a sample in blue' 2
holds 'all three of the other chat are counted' wait_for 20 counted told_anew_unshown 3
holds 'six were' counted told_anew 6
holds 'no second message was sent' reaches "$post" '' 2
holds 'nor by the other chat' reaches "$robot" '' 2
holds 'each rep has two messages' each_has 2
[ "$code" -eq 0 ] || { tail -n 15 run.log; cut -c1-400 seen.txt; }
exit $code
