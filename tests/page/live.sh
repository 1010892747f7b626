# Four services on this machine in a folder of their own, and one message whose page can be answered. To be sourced; the
# one who does calls `live_start` and, at the end, `live_end`.
live_folder=$(mktemp -d)
live_run=
live_port=$((20000 + RANDOM % 12000))

live_end() {
    [ -z "$live_run" ] || kill "$live_run" 2>/dev/null
    wait
    rm -rf "$live_folder"
}

wait_for() { # seconds command...
    local left=$(($1 * 10))
    shift
    until "$@" >/dev/null 2>&1; do [ $((left -= 1)) -gt 0 ] || return 1; sleep 0.1; done
}

live_config() {
    cat >"$live_folder/tend.yaml" <<EOF
common: {data_dir: data, time_zone: UTC, weekend: []}
ingest: {listen: "127.0.0.1:$live_port"}
scoring: {listen: "127.0.0.1:$((live_port + 1))"}
scheduler:
  listen: "127.0.0.1:$((live_port + 2))"
  call_list_at: "00:00"
  hours_from: "00:00"
  hours_to: "23:59"
  promise_lead: 7d
notifier:
  listen: "127.0.0.1:$((live_port + 3))"
  group_wait: 3s
  quiet_from: "00:00" # the tests run at any hour
  quiet_to: "00:00"
  default_channel: out
  public_url: "http://127.0.0.1:$((live_port + 3))"
  channels: {out: {type: file, file: out.jsonl}}
EOF
}

live_event() { # id, the rest of the event
    printf '{"id":"%s","source":"t","time":"%s",%s}\n' "$1" "$(date -u +%FT%TZ)" "$2"
}

# A rep, so many customers with a promise each for the end of tomorrow, which are all told at once.
live_send() { # rep language customers
    local rep=$1 i due
    due=$(date -u -d '+1 day' +%FT23:00:00Z)
    live_event "rep-$rep" "\"repId\":\"$rep\",\"repUpserted\":{\"name\":\"王芳\",\"languages\":[\"$2\"],\"timeZone\":\"UTC\"}"
    for ((i = 1; i <= $3; i++)); do
        live_event "c-$rep-$i" "\"customerId\":\"$rep-C$i\",\"customerUpserted\":{\"name\":\"${live_names[$((i % 3))]}\",\
\"ownerRepId\":\"$rep\",\"contacts\":[{\"keyPerson\":true,\"name\":\"李 Li & <b>Co</b>\",\"phone\":\"+86 138 0013 800$i\"}]}"
        live_event "p-$rep-$i" "\"customerId\":\"$rep-C$i\",\"promiseMade\":{\"promiseId\":\"$rep-P$i\",\
\"what\":\"寄 2 套样品和新报价单 a sample, with the new price list\",\"due\":\"$due\"}"
    done
}
live_names=('宁波海纳进出口有限公司' 'Acme Trading & Sons' '\"><script>alert(1)</script>') # as JSON

# The path of the page of the rep's message, once it is there.
live_link() { # rep
    grep "\"rep_id\":\"$1\"" "$live_folder/out.jsonl" | grep -o '/a/[A-Za-z0-9_-]*' | head -n 1
}

live_start() {
    live_config
    cd "$live_folder" || exit 1
    tend run --quiet >run.log 2>&1 &
    live_run=$!
    wait_for 30 tend status
}
