"""A chat for the scripts beside it: what it answers, as JSON, is decided by answer(path, headers, body) in chat_answer.py
of the folder that it runs in. Its port is written to chat.port."""
import http.server
import json
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, ".")
import chat_answer  # noqa: E402  it stands in the folder


class Chat(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = json.dumps(chat_answer.answer(self.path, self.headers, body)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Chat)
with open("chat.port", "w") as port:
    port.write(str(server.server_port))
server.serve_forever()
