"""The real notifier between a scheduler that says what it is told (prompter.c) and a chat that records everything.

For chats_*.sh. The chat answers as a test decides, and keeps when each request was there as a whole.
"""
import atexit
import collections
import http.server
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

BIN = os.environ["TEND_BIN"]
TESTS = os.environ["TEND_TESTS"]
PATIENCE_S = 40  # with sanitizers a start takes seconds

failed = 0


def check(name, good, *more):
    global failed
    failed += not good
    print(("ok " if good else "not ok ") + name, *more, flush=True)
    return good


def wait_for(what, seconds=PATIENCE_S):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = what()
        if value:
            return value
        time.sleep(0.01)
    return what()


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


Seen = collections.namedtuple("Seen", "at id attempt text ids status")


class Chat:
    """`manner(n)` says what the n-th request gets: (status, seconds before the answer); status 0: no answer at all."""

    def __init__(self, manner=lambda n: (200, 0)):
        self.manner, self.seen, self.answered, self.lock = manner, [], 0, threading.Lock()
        chat = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                data = body["data"]
                with chat.lock:
                    number = len(chat.seen)
                    status, pause = chat.manner(number)
                    chat.seen.append(Seen(time.time(), data["message_id"], data["attempt"], data["text"],
                                          data["reminder_ids"], status))
                time.sleep(pause)
                self.close_connection = True
                if status == 0:
                    return
                try:
                    self.send_response(status)
                    if status == 429:
                        self.send_header("Retry-After", "1")
                    self.send_header("Content-Length", "2")
                    self.send_header("Connection", "close")
                    self.end_headers()
                    self.wfile.write(b"ok")
                except OSError:
                    pass  # who asked is gone
                with chat.lock:
                    chat.answered += 1

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def of(self, message_id):
        with self.lock:
            return [seen for seen in self.seen if seen.id == message_id]

    def count(self):
        with self.lock:
            return len(self.seen)


class Deaf:
    """An address where nobody takes a connection: connecting to it hangs, and not a byte leaves."""

    def __init__(self):
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(0)
        self.port = self.listener.getsockname()[1]
        self.fill = []
        for _ in range(4):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", self.port))
            self.fill.append(one)

    def close(self):
        for one in self.fill + [self.listener]:
            one.close()


class Stage:
    def __init__(self, chat_port, group_wait="100ms", rate="1000/1s"):
        self.folder = tempfile.mkdtemp(prefix="tend-chats-")
        self.port, self.prompt_port = free_port(), free_port()
        self.config = self.folder + "/tend.yaml"
        self.aim(chat_port)
        with open(self.config, "w") as file:
            file.write(f"""
common: {{data_dir: {self.folder}/data, time_zone: UTC}}
notifier:
  listen: "127.0.0.1:{self.port}"
  group_wait: {group_wait}
  default_channel: hook
  language: en
  quiet_from: "00:00"
  quiet_to: "00:00"
  rep_rate: 10000/1s
  repeats: 10
  repeat_after: 0s
  attempts: 1000
  channels:
    hook: {{type: webhook, url_file: {self.folder}/url, rate: {rate}, allow_loopback: true}}
""")
        os.makedirs(self.folder + "/data/run")
        self.processes = {}
        atexit.register(self.close)  # also when a test breaks off
        self.start("prompter", [TESTS + "/pipeline_prompter", self.folder + "/data", f"127.0.0.1:{self.prompt_port}"])
        wait_for(lambda: self.call(self.prompt_port, "POST", "/v1/say", []) is not None)

    def aim(self, chat_port):
        with open(self.folder + "/url", "w") as file:
            file.write(f"http://127.0.0.1:{chat_port}/hook\n")

    def start(self, name, arguments):
        with open(f"{self.folder}/{name}.log", "a") as log:
            self.processes[name] = subprocess.Popen(arguments, stdout=log, stderr=log)

    def start_notifier(self):
        self.start("notifier", [BIN + "/tend-notifier", "--config", self.config])

    def kill(self, number=signal.SIGKILL):
        self.processes["notifier"].send_signal(number)
        if number == signal.SIGKILL:
            self.processes["notifier"].wait()

    def call(self, port, method, path, body=None):
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method,
                                         data=None if body is None else json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return json.load(answer)
        except (OSError, ValueError, urllib.error.URLError):
            return None

    def say(self, *lines):
        if self.call(self.prompt_port, "POST", "/v1/say", list(lines)) is None:
            raise RuntimeError("the prompter does not answer")

    def messages(self):
        answer = self.call(self.port, "GET", "/v1/messages?limit=500")
        return None if answer is None else answer.get("messages", [])

    def state(self, rep):
        """Of the rep's newest message: HELD and so on, "" without one or without a notifier."""
        for message in self.messages() or []:
            if message["repId"] == rep:
                return message["state"].removeprefix("DELIVERY_STATE_")
        return ""

    def reach(self, rep, state, seconds=PATIENCE_S):
        return wait_for(lambda: self.state(rep) == state, seconds)

    def waiting(self):
        """Messages that are not at their end; None while nobody answers."""
        answer = self.call(self.port, "GET", "/v1/audit")
        return None if answer is None else int(answer.get("waiting", 0))

    def position(self):
        answer = self.call(self.port, "GET", "/v1/status")
        return -1 if answer is None else int(answer.get("position", 0))

    def journal(self):
        """What the notifier said of its messages, in order: (message id, state, why)."""
        printed = subprocess.run([BIN + "/tend", "journal", "notifier", "--config", self.config], check=True,
                                 capture_output=True, text=True).stdout
        changes = []
        for line in printed.splitlines():
            record = json.loads(line)
            change = record["body"]
            if record["type"] == "RECORD_TYPE_DELIVERY_CHANGED":
                changes.append((change["messageId"], change["state"].removeprefix("DELIVERY_STATE_"),
                                change.get("detail", "")))
        return changes

    def close(self):
        for process in self.processes.values():
            if process.poll() is None:
                process.kill()
            process.wait()
        if failed:
            for name in self.processes:
                with open(f"{self.folder}/{name}.log") as log:
                    print(f"    the end of {name}.log:", *log.readlines()[-4:], sep="\n      ")
        self.processes = {}
        shutil.rmtree(self.folder, ignore_errors=True)


def remind(reminder, rep, priority=1):
    return {"remind": reminder, "rep": rep, "customer": "Customer of " + reminder, "priority": priority}
