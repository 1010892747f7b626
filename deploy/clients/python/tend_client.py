"""A client of Tend's native protocol: events in, results out, over ZeroMQ. One file to copy; it needs pyzmq.

    import tend_client

    with tend_client.Tend("ipc:///var/lib/tend/run/ingest.sock") as tend:
        for result in tend.send(events):  # dicts, as in event.proto
            if not result.stored:
                print(result.event["id"], result.field, result.reason)

A hundred events go in one request and sixteen requests are on their way at once, so results come a little later than
events are taken, and not always in their order. A request that is not answered in time is sent again, and so is one
that is answered 429 or 503, for as long as it takes: an event is known by its source and id, so the same again changes
nothing. Nothing is written to the disk: what has no result yet is lost with the process, so send it again after a
start.

As a program it sends standard input, one event a line, and prints what was refused:

    python3 tend_client.py ipc:///var/lib/tend/run/ingest.sock <events.jsonl
"""

import collections
import json
import sys
import time

import zmq

REQUESTS = 16  # on their way at once
BATCH = 100  # events in one request
BODY_BYTES = 256 * 1024  # of a request, which is what Tend takes as JSON
RESEND_S = 3.0  # an answer takes milliseconds; a start of Tend a second or two
PAUSE_S, PAUSE_MOST_S = 0.5, 30.0  # after 429 or 503, doubled each time

# `status` is "stored", "known" (the same came before), "invalid" or "conflict" (same source and id, other content).
Result = collections.namedtuple("Result", "event status field reason")
Result.stored = property(lambda self: self.status in ("stored", "known"))


class _Request:
    def __init__(self, number, events, body):
        self.number, self.events, self.body = number, events, body
        self.due, self.pause = 0.0, 0.0


class Tend:
    def __init__(self, endpoint):
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.DEALER)
        for option, value in (
            (zmq.LINGER, 0),
            (zmq.IMMEDIATE, 1),  # what cannot go out now is kept here and not by the library, which would send it twice
            (zmq.RECONNECT_IVL, 100),
            (zmq.RECONNECT_IVL_MAX, 3000),
            (zmq.HEARTBEAT_IVL, 5000),
            (zmq.HEARTBEAT_TIMEOUT, 10000),
            (zmq.MAXMSGSIZE, 2 * 1024 * 1024),
        ):
            self._socket.setsockopt(option, value)
        self._socket.connect(endpoint)
        self._number = 0
        self._out = {}

    def close(self):
        self._socket.close()
        self._context.term()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, events, batch=BATCH):
        """Sends an iterable of events and yields a Result for each of them, once."""
        for group in _groups(events, batch):
            while len(self._out) >= REQUESTS:
                yield from self._work(0.05)
            self._post(group)
            yield from self._work(0)
        while self._out:
            yield from self._work(RESEND_S)

    def _post(self, group):
        self._number += 1
        body = b"[" + b",".join(text for _, text in group) + b"]"
        request = _Request(b"%d" % self._number, [event for event, _ in group], body)
        self._out[request.number] = request
        self._transmit(request)

    def _transmit(self, request):
        try:
            frames = [request.number, b"POST /v1/events", b"application/json", request.body]
            self._socket.send_multipart(frames, zmq.DONTWAIT)
            request.due = time.monotonic() + RESEND_S
        except zmq.Again:
            request.due = time.monotonic() + 0.1

    def _work(self, timeout_s):
        """Takes what was answered and sends again what is due; waits so long at most."""
        now = time.monotonic()
        for request in list(self._out.values()):
            if request.due <= now:
                self._transmit(request)
        nearest = min((request.due for request in self._out.values()), default=now)
        if self._socket.poll(int(1000 * max(0.0, min(timeout_s, nearest - now)))) == 0:
            return
        while True:
            try:
                frames = self._socket.recv_multipart(zmq.DONTWAIT)
            except zmq.Again:
                return
            if len(frames) == 4 and frames[0] in self._out:  # else the second answer to what was sent twice
                yield from self._answer(self._out[frames[0]], int(frames[1]), frames[3])

    def _answer(self, request, status, body):
        if status == 429 or status >= 500:  # Tend's own trouble: it will be over
            request.pause = min(max(PAUSE_S, 2 * request.pause), PAUSE_MOST_S)
            request.due = time.monotonic() + request.pause
            return
        del self._out[request.number]
        answer = json.loads(body)
        if status != 200:  # the request as a whole, which is none of its events' fault
            error = answer.get("error", {})
            answer = {"results": [dict(error, status="EVENT_STATUS_INVALID")] * len(request.events)}
        for event, result in zip(request.events, answer["results"]):
            word = result["status"].replace("EVENT_STATUS_", "").lower()
            yield Result(event, word, result.get("field", ""), result.get("reason", ""))


def _groups(events, most):
    """Lists of (event, its JSON), none longer or larger than one request may be."""
    group, size = [], 0
    for event in events:
        text = json.dumps(event, ensure_ascii=False).encode()
        if group and (len(group) == most or size + len(text) + 2 > BODY_BYTES - 2):
            yield group
            group, size = [], 0
        group.append((event, text))
        size += len(text) + 1
        if len(group) == most:
            yield group
            group, size = [], 0
    if group:
        yield group


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: tend_client.py ENDPOINT [EVENTS_IN_A_REQUEST] <EVENTS")
    lines = (json.loads(line) for line in sys.stdin if line.strip())
    stored = refused = 0
    with Tend(sys.argv[1]) as tend:
        for result in tend.send(lines, int(sys.argv[2]) if len(sys.argv) == 3 else BATCH):
            if result.stored:
                stored += 1
            else:
                refused += 1
                print("%s: %s: %s %s" % (result.event.get("id"), result.status, result.field, result.reason))
    print("%d stored, %d refused" % (stored, refused))
    sys.exit(refused > 0)


if __name__ == "__main__":
    main()
