"""API Management on loopback: reads the policy and does, element by element, what it says.

What the policy does not say is not done here. Where the real gateway would guess (an unknown element, expression or named value)
this one answers 500, and the check that uses it fails.
"""

import http.client
import re
import sys
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import expression
from identity import IdentitySteps
from outcomes import Answer, Answered, Failed
from policy import value

# Headers of one hop; each side of a proxy has its own (RFC 9110 section 7.6.1).
HOP = {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "host", "content-length"}
BODY_BYTES_MAX = 4 * 1024 * 1024


class Counters:
    """Calls by key in windows that begin with a key's first call."""

    def __init__(self, clock):
        self.clock, self.lock, self.windows = clock, threading.Lock(), {}

    def take(self, key, calls, period):
        """None, or the seconds after which the key may call again."""
        with self.lock:
            now = self.clock()
            start, count = self.windows.get(key, (now, 0))
            if now >= start + period:
                start, count = now, 0
            if count >= calls:
                return max(1, round(start + period - now))
            self.windows[key] = (start, count + 1)
            return None


class Gateway:
    """One published API: its policy, its operations (method and template), its named values and its backends.

    With `root` a second API of the same policy, whose path is empty. `entra` are the issuers by tenant, `identities` the managed
    identities of the service by client id, as (issuer, object id), `manager` is its credential manager.
    """

    def __init__(self, policy, base_path, operations, named_values, backends, clock=time.monotonic, root=(), entra=(), identities=(), manager=None):
        self.policy, self.base_path, self.apis = policy, base_path.rstrip("/"), {base_path.rstrip("/"): set(operations)}
        if root:
            self.apis[""] = set(root)
        self.named_values, self.backends = dict(named_values), dict(backends)
        self.counters = Counters(clock)
        self.forwarded = []
        self.entra, self.identities, self.manager = dict(entra), dict(identities), manager
        self.leaves_out = False

    def __enter__(self):
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            server_version, sys_version = "Microsoft-HTTPAPI/2.0", ""

            def log_message(self, *_):
                pass

            def any(self):
                length = int(self.headers.get("Content-Length") or 0)
                if self.headers.get("Transfer-Encoding") or length > BODY_BYTES_MAX:
                    answer = Answer(413)
                    self.close_connection = True
                else:
                    body = self.rfile.read(length)
                    answer = gateway.answer(
                        self.command, self.path, list(self.headers.items()), body, self.client_address[0]
                    )
                self.send_response_only(answer.status)
                for name, text in answer.headers:
                    self.send_header(name, text)
                if answer.parts is not None:
                    return self.parts(answer.parts)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer.body)

            def parts(self, parts):
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                try:
                    for part in parts:
                        self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))
                        self.wfile.flush()
                    self.wfile.write(b"0\r\n\r\n")
                finally:
                    # Also where the client has gone: then the backend's connection ends, too.
                    parts.close()

            do_GET = do_POST = do_DELETE = do_OPTIONS = do_PUT = do_HEAD = do_PATCH = any

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, request, client_address):
                # A client that ends at once resets the connections that it kept.
                if not isinstance(sys.exc_info()[1], ConnectionError):
                    super().handle_error(request, client_address)

        self.server = Server(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        self.url = self.origin + self.base_path
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def answer(self, method, target, headers, body, address):
        """One exchange, from the request to what the client reads."""
        exchange = Exchange(self, method, headers, body, address)
        path = urlsplit(target).path
        # The API with the longest path that fits.
        base = max((base for base in self.apis if path.startswith(base + "/")), key=len, default=None)
        if base is None:
            return Answer(404, [("Content-Type", "application/json")], b'{"statusCode":404,"message":"Resource not found"}')
        exchange.operations, exchange.path = self.apis[base], path[len(base) :]
        exchange.query = urlsplit(target).query
        try:
            return exchange.run()
        except Exception as fault:  # A gateway that cannot read its policy answers nothing else.
            return Answer(500, [("Content-Type", "text/plain")], f"policy: {type(fault).__name__}: {fault}".encode())


class Exchange(IdentitySteps):
    def __init__(self, gateway, method, headers, body, address):
        self.gateway, self.method, self.body = gateway, method, body
        self.headers = headers
        self.path = self.query = self.backend = ""
        self.operations, self.parameters = set(), {}
        self.cors = None
        self.reply = None
        self.facts = {
            "method": method,
            "address": address,
            "request_id": str(uuid.uuid4()),
            "headers": self.headers,
            "variables": {},
        }

    def run(self):
        try:
            preflight = self.preflight()
            if preflight:
                return preflight
            self.facts["template"], self.parameters = self.operation(self.method)
            for element in self.gateway.policy.section("inbound"):
                self.step(element)
            for element in self.gateway.policy.section("backend"):
                self.step(element)
            for element in self.gateway.policy.section("outbound"):
                self.step(element)
            answer = self.reply
        except Answered as ended:
            answer = ended.answer
        except Failed as failure:
            answer = self.explained(failure)
        self.open_to_origin(answer)
        return answer

    def operation(self, method):
        """The template that the path fits, and its parameters."""
        for known, template in self.operations:
            pattern = "".join(f"(?P<{part[1:-1]}>[^/]+)" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{\w+\})", template))
            found = re.fullmatch(pattern, self.path, re.IGNORECASE)
            if known == method and found:
                return template, found.groupdict()
        raise Failed(404, "configuration", "OperationNotFound")

    def explained(self, failure):
        self.reply = Answer(failure.status, failure.headers)
        self.facts |= {"error_source": failure.source, "error_reason": failure.reason, "status": failure.status}
        for element in self.gateway.policy.section("on-error"):
            self.step(element)
        return self.reply

    def preflight(self):
        """Only cors runs for one."""
        wanted = dict((name.lower(), text) for name, text in self.headers)
        self.cors = next((e for e in self.gateway.policy.section("inbound") if e.tag == "cors"), None)
        asked = wanted.get("access-control-request-method")
        if self.method != "OPTIONS" or self.cors is None or not asked:
            return None
        self.operation(asked)
        answer = Answer(200)
        methods = [e.text for e in self.cors.iter("method")]
        if wanted.get("origin") in [e.text for e in self.cors.iter("origin")] and asked in methods:
            self.open_to_origin(answer)
            answer.set("Access-Control-Allow-Methods", ",".join(methods))
            answer.set("Access-Control-Allow-Headers", ",".join(e.text for e in self.cors.iter("header")))
        return answer

    def open_to_origin(self, answer):
        origin = next((text for name, text in self.headers if name.lower() == "origin"), None)
        if self.cors is not None and origin in [e.text for e in self.cors.iter("origin")]:
            answer.set("Access-Control-Allow-Origin", origin)

    def step(self, element):
        action = getattr(self, "do_" + element.tag.replace("-", "_"), None)
        if action is None:
            raise expression.Unreadable(f"<{element.tag}> is not known here")
        action(element)

    def text(self, text):
        return value(text, self.facts, self.gateway.named_values)

    def do_base(self, _):
        """Nothing stands above this API."""

    def do_cors(self, element):
        self.cors = element

    def do_set_header(self, element):
        name, action = element.get("name"), element.get("exists-action")
        target = self.reply if self.reply is not None else self
        kept = [(known, text) for known, text in target.headers if known.lower() != name.lower()]
        if action == "override":
            kept += [(name, self.text(given.text)) for given in element.iter("value")]
        elif action != "delete":
            raise expression.Unreadable(f"exists-action {action} is not known here")
        target.headers = kept
        if target is self:
            self.facts["headers"] = kept

    def do_choose(self, element):
        for when in element:
            if when.tag not in ("when", "otherwise"):
                raise expression.Unreadable(f"<{when.tag}> is not known here")
            if when.tag == "otherwise" or self.text(when.get("condition")):
                for inner in when:
                    self.step(inner)
                return

    def do_return_response(self, element):
        status = element.find("set-status")
        self.reply = Answer(int(status.get("code")))
        for inner in element:
            if inner.tag != "set-status":
                self.step(inner)
        raise Answered(self.reply)

    def do_set_status(self, element):
        self.reply.status = self.facts["status"] = int(element.get("code"))

    def do_set_body(self, element):
        self.reply.body = self.text(element.text).encode()

    def do_rate_limit_by_key(self, element):
        calls, period = int(self.text(element.get("calls"))), int(element.get("renewal-period"))
        # Equal keys are counted together, whichever element names them.
        key = self.text(element.get("counter-key"))
        wait = self.gateway.counters.take(key, calls, period)
        if wait is not None:
            raise Failed(429, "rate-limit-by-key", "RateLimitExceeded", [("Retry-After", str(wait))])

    def do_rewrite_uri(self, element):
        template = self.text(element.get("template"))
        self.path = re.sub(r"\{(\w+)\}", lambda name: self.parameters[name[1]], template)
        if element.get("copy-unmatched-params") != "true":
            self.query = ""

    def do_set_backend_service(self, element):
        self.backend = self.gateway.backends[element.get("backend-id")]

    def do_forward_request(self, element):
        to = urlsplit(self.backend)
        connection = http.client.HTTPConnection(to.hostname, to.port, timeout=int(self.text(element.get("timeout"))))
        target = to.path.rstrip("/") + self.path + (f"?{self.query}" if self.query else "")
        sent = [(name, text) for name, text in self.headers if name.lower() not in HOP]
        try:
            connection.putrequest(self.method, target, skip_host=True, skip_accept_encoding=True)
            for name, text in [("Host", to.netloc), *sent, ("Content-Length", str(len(self.body)))]:
                connection.putheader(name, text)
            connection.endheaders(self.body)
            self.gateway.forwarded.append((self.method, target, sent))
            got = connection.getresponse()
            kept = [(name, text) for name, text in got.getheaders() if name.lower() not in HOP]
            self.reply, self.facts["status"] = Answer(got.status, kept), got.status
            # A length means that the end is near; without one a body may go on for ever.
            if element.get("buffer-response") == "false" and got.getheader("Content-Length") is None:
                self.reply.parts, connection = arriving(got, connection), None
            else:
                self.reply.body = got.read()
        except TimeoutError as fault:
            raise Failed(504, "forward-request", "Timeout") from fault
        except OSError as fault:
            raise Failed(502, "forward-request", "BackendConnectionFailure") from fault
        finally:
            if connection is not None:
                connection.close()


def arriving(got, connection):
    """The body of an answer, part by part."""
    try:
        while part := got.read1(65536):
            yield part
    finally:
        connection.close()
