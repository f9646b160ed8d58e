"""What stands between a client and the sandbox agent: keeps all that passes, and may change it."""

import json
import socket
import struct
import threading
from urllib.parse import urlsplit

from between import Between

TEXT = 1


class Recorder(Between):
    """`change(asked, forward)` gives the answer to each request; `said(activities)` what a set of activities becomes, polled or at
    the socket."""

    def __init__(self, to, change=None, said=None):
        self.seen, self.frames, self.sockets, self.said = [], [], 0, said
        super().__init__(lambda asked, forward: self.pass_on(change, asked, forward))
        self.to = urlsplit(to).netloc

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def leads(self, url):
        """The same address, through here."""
        return url.replace(self.to, urlsplit(self.url).netloc)

    def pass_on(self, change, asked, forward):
        answer = change(asked, forward) if change else forward(asked)
        if asked.method == "GET" and asked.route.endswith("/activities") and answer.status == 200:
            answer.body = self.changed(answer.body.decode()).encode()
        # The address of the socket leads here too.
        answer.body = self.leads(answer.body.decode()).encode()
        self.seen.append((asked, answer))
        return answer

    def changed(self, text):
        if not self.said or not text:
            return text
        activity_set = json.loads(text)
        return json.dumps(activity_set | {"activities": self.said(activity_set["activities"])})

    def answers(self, method, end):
        return [answer for asked, answer in list(self.seen) if asked.method == method and asked.route.endswith(end)]

    def tunnel(self, handler):
        """A socket: what the service sends is read frame by frame."""
        host, port = self.to.split(":")
        with socket.create_connection((host, int(port))) as service:
            # Without extensions no frame is compressed.
            headers = [f"{name}: {text}" for name, text in handler.headers.items() if name.lower() != "sec-websocket-extensions"]
            service.sendall("\r\n".join([handler.requestline, *headers, "", ""]).encode("latin-1"))
            self.sockets += 1
            threading.Thread(target=pump, args=(handler.rfile, service), daemon=True).start()
            answers = service.makefile("rb")
            while (line := answers.readline()) not in (b"", b"\r\n"):
                handler.wfile.write(line)
            handler.wfile.write(b"\r\n")
            while head := answers.read(2):
                handler.wfile.write(self.frame(head, answers))
        handler.close_connection = True

    def frame(self, head, answers):
        """The rest of a frame, changed if it is text; frames of a service have no mask (RFC 6455, section 5.2)."""
        length = head[1] & 0x7F
        if length >= 126:
            length = int.from_bytes(answers.read(2 if length == 126 else 8))
        payload = answers.read(length)
        if head[0] & 0x0F != TEXT:
            return frame(head[0], payload)
        text = self.changed(payload.decode())
        self.frames.append(text)
        return frame(head[0], text.encode())


def frame(first, payload):
    length = len(payload)
    if length < 126:
        return bytes([first, length]) + payload
    if length < 1 << 16:
        return bytes([first, 126]) + struct.pack(">H", length) + payload
    return bytes([first, 127]) + struct.pack(">Q", length) + payload


def pump(client, service):
    try:
        while data := client.read1(65536):
            service.sendall(data)
        service.shutdown(socket.SHUT_RDWR)
    except (OSError, ValueError):
        pass  # One of them went away.
