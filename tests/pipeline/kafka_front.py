#!/usr/bin/env python3
"""A Kafka that is spoken to by TLS and after a password: it stands before one that knows neither.

    kafka_front.py ADDRESS CERTIFICATE KEY USER PASSWORD

Prints its own address. Whoever sends the user and the password (SASL PLAIN) is passed on to the broker at ADDRESS;
where that one names itself in its answers, the front's port is put in the place of its own, of as many bytes.
"""
import socket
import ssl
import struct
import sys
import threading

# What a client asks before it says who it is, and what it is told then: each request that it may send, up to which
# version, the handshake of SASL among them.
SASL_HANDSHAKE, API_VERSIONS = 17, 18
KNOWN = {0: 3, 1: 4, 2: 1, 3: 2, 10: 0, SASL_HANDSHAKE: 0, API_VERSIONS: 0}
UNSUPPORTED_VERSION = 35


def read_whole(connection, length):
    data = b""
    while len(data) < length:
        piece = connection.recv(length - len(data))
        if not piece:
            raise ConnectionError
        data += piece
    return data


def read_frame(connection):
    (length,) = struct.unpack(">i", read_whole(connection, 4))
    return read_whole(connection, length)


def send_frame(connection, frame):
    connection.sendall(struct.pack(">i", len(frame)) + frame)


def introduce(frame):
    """The answer to a stranger; None for what a stranger may not ask."""
    request, version, number = struct.unpack(">hhi", frame[:8])
    if request == API_VERSIONS:
        error = UNSUPPORTED_VERSION if version > 0 else 0
        versions = b"".join(struct.pack(">hhh", known, 0, most) for known, most in KNOWN.items())
        return struct.pack(">ihi", number, error, len(KNOWN)) + versions
    if request == SASL_HANDSHAKE:
        return struct.pack(">ihih", number, 0, 1, len(b"PLAIN")) + b"PLAIN"
    return None


def answers(broker, client, theirs, ours):
    """Passes on what the broker answers."""
    try:
        while True:
            send_frame(client, read_frame(broker).replace(theirs, ours))
    except OSError:
        client.close()


def serve(client, address, proof, theirs, ours):
    """Passes on what a client asks, once it has said who it is."""
    try:
        client.do_handshake()
        with socket.create_connection(address) as broker:
            threading.Thread(target=answers, args=(broker, client, theirs, ours), daemon=True).start()
            known = False
            while True:
                frame = read_frame(client)
                if known:
                    send_frame(broker, frame)
                    continue
                known = frame == proof
                answer = b"" if known else introduce(frame)
                if answer is None:
                    raise ConnectionError
                send_frame(client, answer)
    except OSError:
        client.close()


def main():
    where, certificate, key, user, password = sys.argv[1:]
    host, port = where.rsplit(":", 1)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", 0))
    named = host.encode()
    theirs = named + struct.pack(">i", int(port))
    ours = named + struct.pack(">i", listener.getsockname()[1])
    proof = b"\0" + user.encode() + b"\0" + password.encode()
    print(f"{host}:{listener.getsockname()[1]}", flush=True)
    while True:
        plain, _ = listener.accept()
        client = context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=serve, args=(client, (host, int(port)), proof, theirs, ours), daemon=True).start()


main()
