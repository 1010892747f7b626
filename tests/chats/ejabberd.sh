#!/usr/bin/env bash
# Reminders in a real chat: Tend, the XMPP server ejabberd with its HTTP API and a token, and clients that read.
set -uo pipefail
here=$(dirname "$(readlink -f "$0")")
folder=$(mktemp -d)
. "$here/tend.bash"
trap finish EXIT
root=$(readlink -f "$here/../..")/build/tests-ejabberd
"$here/unpack" "$root" chat-ejabberd || { echo 'not ok ejabberd is there'; exit 1; }
c2s=$((port + 10)) http=$((port + 11))
libraries=$(find "$root/usr/lib" -maxdepth 1 -name '*-linux-gnu' | head -n 1)

cat >"$folder/ejabberd.yml" <<YAML
hosts: [localhost]
loglevel: info
auth_method: internal
oauth_access: all
listen:
  - {port: $c2s, ip: "127.0.0.1", module: ejabberd_c2s}
  - {port: $http, ip: "127.0.0.1", module: ejabberd_http, request_handlers: {/api: mod_http_api}}
acl: {admin: {user: "admin@localhost"}, speaker: {user: "tend@localhost"}}
api_permissions:
  admin: {who: {acl: admin}, what: ["*"]}
  tend:
    who: {oauth: {scope: [send_message, subscribe_room], acl: speaker}}
    what: [send_message, subscribe_room]
  first: {who: {ip: "127.0.0.1"}, what: [register, oauth_issue_token]}
modules:
  mod_offline: {}
  mod_muc: {host: conference.localhost, default_room_options: {persistent: true, allow_subscription: true}}
  mod_muc_admin: {}
  mod_admin_extra: {}
YAML
erl=$root/usr/lib/erlang
binaries=$(echo "$erl"/erts-*/bin)
# Without the daemon of distributed Erlang, which would stay.
(cd "$folder" && exec env HOME="$folder" ROOTDIR="$erl" BINDIR="$binaries" EMU=beam PROGNAME=erl \
    ERL_LIBS="$libraries" LD_LIBRARY_PATH="$libraries" EJABBERD_CONFIG_PATH="$folder/ejabberd.yml" \
    EJABBERD_LOG_PATH="$folder/ejabberd.log" ERL_CRASH_DUMP="$folder/crash" \
    "$binaries/erlexec" -noinput -kernel inetrc '"/dev/null"' -boot start_sasl -mnesia dir "\"$folder/db\"" \
    -s ejabberd </dev/null >"$folder/out" 2>&1) &
servers+=($!)
api() { # command arguments [curl options]
    curl -s -m 5 -H 'Content-Type: application/json' -d "$2" "${@:3}" "http://127.0.0.1:$http/api/$1"
}
wait_for 20 listens $http ||
    { tail -n 20 "$folder/out" "$folder/ejabberd.log"; echo 'not ok ejabberd starts'; exit 1; }
for user in admin tend li zhang; do
    api register "{\"user\":\"$user\",\"host\":\"localhost\",\"password\":\"pass-$user\"}" >>"$folder/out"
done
admin=(-u admin@localhost:pass-admin)
for room in sales:true closed:false; do
    api create_room_with_opts "{\"name\":\"${room%:*}\",\"service\":\"conference.localhost\",\"host\":\"localhost\",
        \"options\":[{\"name\":\"allow_subscription\",\"value\":\"${room#*:}\"},
                     {\"name\":\"persistent\",\"value\":\"true\"}]}" "${admin[@]}" >>"$folder/out"
done
token=$(api oauth_issue_token '{"jid":"tend@localhost","ttl":3600,"scopes":"send_message;subscribe_room"}' |
    sed -n 's/.*"token":"\([^"]*\)".*/\1/p')

# Two people at their chats; zhang is in both rooms. What comes goes to a file, a line each.
cat >"$folder/people.py" <<'PY'
import asyncio, json, sys
import slixmpp

class Person(slixmpp.ClientXMPP):
    def __init__(self, name, port, out, rooms):
        super().__init__(f"{name}@localhost/desk", f"pass-{name}")
        self.name, self.out, self.rooms, self.come = name, out, rooms, asyncio.Event()
        self["feature_mechanisms"].unencrypted_plain = True
        self.register_plugin("xep_0045")
        self.add_event_handler("session_start", self.start)
        self.add_event_handler("message", self.got)
        self.connect(("127.0.0.1", port), disable_starttls=True)

    async def start(self, _):
        self.send_presence()
        for room in self.rooms:
            await self.plugin["xep_0045"].join_muc_wait(f"{room}@conference.localhost", self.name)
        self.come.set()

    def got(self, message):
        if message["body"]:
            self.out.write(json.dumps({"to": self.name, "type": message["type"], "from": str(message["from"]),
                                       "body": message["body"]}, ensure_ascii=False) + "\n")
            self.out.flush()

async def main():
    port, out = int(sys.argv[1]), open(sys.argv[2], "w")
    people = [Person("li", port, out, []), Person("zhang", port, out, ["sales", "closed"])]
    await asyncio.wait_for(asyncio.gather(*(person.come.wait() for person in people)), 20)
    open(sys.argv[2] + ".here", "w").close()
    await asyncio.sleep(120)

loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
loop.run_until_complete(main())
PY
PYTHONPATH=$root/usr/lib/python3/dist-packages LD_LIBRARY_PATH=$libraries \
    python3 "$folder/people.py" $c2s "$folder/got" >"$folder/people.log" 2>&1 &
servers+=($!)
wait_for 20 test -e "$folder/got.here" ||
    { tail -n 20 "$folder/people.log"; echo 'not ok the people are there'; exit 1; }

secret() { printf '%s\n' "$2" >"$folder/$1"; }
secret url "http://127.0.0.1:$http/api/send_message"
secret token "$token"
secret wrong not-a-token
channel() { # name token [room]
    printf '    %s: {type: xmpp, url_file: %s, token_file: %s, app: tend@localhost, allow_loopback: true%s}\n' \
        "$1" "$folder/url" "$folder/$2" "${3:+, to: $3@conference.localhost}"
}
start_tend < <(
    echo '  channels:'
    channel direct token
    channel badly token
    channel room token sales
    channel closed token closed
    channel nowhere token nosuch
    channel stranger wrong
)
remind li direct li@localhost '李 <b>&\" http://evil.example'
remind zhang room zhang@localhost
remind sun closed sun@localhost
remind zhou nowhere zhou@localhost
remind wu stranger li@localhost
remind feng badly 'li\" x=@localhost'
remind zheng badly li@elsewhere.example

got() { grep -cE -- "$1" "$folder/got"; }
came() { [ "$(got "$2")" = "$1" ]; }
holds 'a message to a rep is sent' becomes li SENT 8
holds 'and the rep has it' wait_for 10 came 1 '"to": "li", "type": "chat", "from": "tend@localhost.*寄色卡.*\\n#'
holds "a customer's name is text, not a link" wait_for 1 came 1 '李 ＜b＞&'
holds 'a message to a room is sent' becomes zhang SENT 8
holds 'and those in the room have it' wait_for 10 came 1 '"to": "zhang", "type": "groupchat", "from": "sales@.*张三'
holds 'a wrong token stops the channel' becomes wu HELD 8 '401.*Token is invalid'
holds 'an address that is none is held' becomes feng HELD 8 'no XMPP address'
holds 'an event cannot send it to another server' becomes zheng HELD 8 'elsewhere.example'

# A room without subscriptions drops what is said from outside, and ejabberd says 0 all the same.
lost=$(api send_message '{"type": "groupchat", "from": "tend@localhost", "to": "closed@conference.localhost",
    "subject": "", "body": "lost"}' -H "Authorization: Bearer $token")
holds 'ejabberd says 0 to what it drops' test "$lost" = 0
sleep 1
holds 'nobody in the room has that' came 0 'lost'
holds 'a message to such a room is not called sent' becomes sun HELD 8 'refuses us: Subscriptions are not allowed'
holds 'nor one to a room that is not there' becomes zhou HELD 8 'refuses us: The room does not exist'
holds 'none came twice' came 2 .
[ $code = 0 ] || { cat "$folder/got"; tail -n 20 "$folder/ejabberd.log"; }
exit $code
