# For the scripts here: Tend with all four services in a folder of its own, the events that make it write to a rep, and
# what became of the message. The caller sets `folder` and ends with `finish`.
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../pipeline/common.bash"
export PATH=$TEND_BIN:$PATH
run= servers=() code=0 events=0
port=$((20000 + RANDOM % 12000)) # of ingest, the three behind it, and the servers from port + 10 on

# True while a child of a server that has ended still works in the folder, and would make it anew.
busy() {
    local command
    for command in /proc/[0-9]*/cmdline; do
        tr '\0' ' ' 2>/dev/null <"$command" | grep -qF "$folder/" && return
    done 2>/dev/null
    return 1
}

finish() {
    local pid
    for pid in $run "${servers[@]}"; do
        kill "$pid" 2>/dev/null
    done
    wait
    for _ in {1..50}; do
        busy || break
        sleep 0.1
    done
    rm -rf "$folder"
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Starts Tend with the channels and people on standard input. It works round the clock.
start_tend() {
    mkdir -p "$folder/tend" && cd "$folder/tend" || exit 1
    cat >tend.yaml <<YAML
common: {data_dir: data, time_zone: UTC, weekend: []}
ingest: {listen: "127.0.0.1:$port"}
scoring: {listen: "127.0.0.1:$((port + 1))"}
scheduler: {listen: "127.0.0.1:$((port + 2))", hours_from: "00:00", hours_to: "24:00"}
notifier:
  listen: 127.0.0.1:$((port + 3))
  group_wait: 100ms
  quiet_from: "00:00"
  quiet_to: "00:00"
$(cat)
YAML
    tend check >check.log || { cat check.log; echo 'not ok the configuration is good'; exit 1; }
    tend run --quiet >run.log 2>&1 &
    run=$!
    wait_for 30 tend status || { tail -n 20 run.log; echo 'not ok Tend starts'; exit 1; }
}

ago() { date -u -d "@$(($(date +%s) - $1))" +%Y-%m-%dT%H:%M:%SZ; }

post() { # members of the event, the last one what happened; the rep
    events=$((events + 1))
    curl -s --fail-with-body "http://127.0.0.1:$port/v1/events" >>events.log \
        -d "{\"id\":\"e$events\",\"source\":\"test\",\"time\":\"$(ago $((7200 - events)))\",\"repId\":\"$2\",$1}" ||
        { tail -n 1 events.log; echo 'not ok an event is taken'; exit 1; }
}

# A rep with a channel and an address, who then has not kept a promise to the customer of that name.
remind() { # rep channel address [customer]
    post "\"repUpserted\":{\"name\":\"${1^}\",\"languages\":[\"zh-CN\"],\"channel\":\"$2\",\"address\":\"$3\"}" "$1"
    post "\"customerId\":\"C-$1\",\"customerUpserted\":{\"name\":\"${4:-张三}\"}" "$1"
    post "\"customerId\":\"C-$1\",\"promiseMade\":{\"promiseId\":\"P-$1\",\"what\":\"寄色卡\",\"due\":\"$(ago 900)\"}" "$1"
}

# A rep's message as JSON.
message_of() { # rep
    curl -s "http://127.0.0.1:$((port + 3))/v1/messages" | tr '{' '\n' | grep "\"repId\":\"$1\""
}

message_is() { # rep state [what the detail says]
    message_of "$1" | grep "DELIVERY_STATE_$2\"" | grep -qE -- "${3:-}"
}

# The message gets into a state, and why.
becomes() { # rep state seconds [what the detail says]
    wait_for "$3" message_is "$1" "$2" "${4:-}" || { message_of "$1"; return 1; }
}
