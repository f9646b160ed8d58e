"""The Azure Functions host on loopback: reads a package as the host does, starts the program in it, forwards to it.

What it does is read from the host's source (azure-functions-host: HostConfigurationProfile, HttpWorkerOptionsSetup,
HttpWorkerFunctionProvider, HttpWorkerProcess, DefaultHttpWorkerService, DefaultHttpProxyService) and from that of the proxy
in it (YARP: HttpTransformer.Default). What is not known of the real one is a choice of who starts this: `keeps_host`, for a
proxy that passes the caller's Host on instead of naming the address that it calls.
"""

import http.client
import json
import os
import signal
import socket
import subprocess
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

VERSION = "4.1054.250.26428"
METHODS = ["get", "post", "put", "delete", "patch", "head", "options"]
# Source: HostConfigurationProfile; what the file itself says takes precedence.
PROFILES = {"": {}, "default": {}, "mcp-custom-handler": {"prefix": "", "proxies": True, "routes": ["{*route}"]}}
# Headers of one hop, and what the proxy writes anew.
DROPPED = {"connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade", "content-length", "host"}
# Paths that the host answers itself.
OWN = ("/admin/", "/runtime/")
SECONDS = 30


class Refused(Exception):
    """The host does not start: what the package or the program did wrong."""


class FunctionsHost:
    """`url` for clients; `forwarded` as lists of headers; `log` of the program."""

    def __init__(self, package, app_settings, site="bridge.azurewebsites.net", keeps_host=False, seconds=SECONDS):
        self.package, self.settings, self.site = Path(package), app_settings, site
        self.keeps_host, self.seconds, self.forwarded = keeps_host, seconds, []
        self.read()

    def read(self):
        """host.json and the functions' folders, or why the host would not start."""
        given = json.loads((self.package / "host.json").read_text())
        if given.get("version") != "2.0":
            raise Refused("host.json is not of version 2.0")
        name = given.get("configurationProfile", "").lower()
        if name not in PROFILES:
            raise Refused(f"the profile {name!r} is not known")
        profile, handler = PROFILES[name], given.get("customHandler", {})
        description = handler.get("description", {})
        if not description.get("defaultExecutablePath"):
            raise Refused("customHandler names no program")
        self.command = [self.package / description["defaultExecutablePath"], *description.get("arguments", [])]
        self.proxies = handler.get("enableProxyingHttpRequest", profile.get("proxies", False))
        self.forwards = handler.get("enableForwardingHttpRequest", False)
        # "api" is the default of the HTTP extension.
        self.prefix = given.get("extensions", {}).get("http", {}).get("routePrefix", profile.get("prefix", "api"))
        self.port = int(handler["port"]) if "port" in handler else None
        own = handler.get("http", {})
        level = own.get("defaultAuthorizationLevel", "function")
        routes = own.get("routes") or [{"route": route} for route in profile.get("routes", [])]
        self.functions = [(route["route"], route.get("authorizationLevel", level), METHODS) for route in routes]
        files = sorted(self.package.glob("*/function.json"))
        if self.functions and files:
            raise Refused("both function.json files and routes in host.json")
        for path in files:
            for binding in json.loads(path.read_text())["bindings"]:
                if binding["type"] == "httpTrigger":
                    route = binding.get("route", path.parent.name)
                    self.functions.append((route, binding.get("authLevel", "function"), binding.get("methods", METHODS)))
        if not self.functions:
            raise Refused("0 functions found")

    def __enter__(self):
        # A fixed port of host.json would be a port of this machine's, which another test may hold: the number is the system's
        # here in any case, and reaches the program in the same variable.
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        environment = {"PATH": os.environ["PATH"], **self.settings, "WEBSITE_HOSTNAME": self.site}
        environment |= {"FUNCTIONS_CUSTOMHANDLER_PORT": str(self.port), "FUNCTIONS_HTTPWORKER_PORT": str(self.port)}
        environment |= {"FUNCTIONS_CUSTOMHANDLER_WORKER_ID": str(uuid.uuid4()), "FUNCTIONS_APP_ROOT_PATH": str(self.package)}
        try:
            self.child = subprocess.Popen(
                self.command, cwd=self.package, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
            )
        except OSError as fault:
            raise Refused(f"the program cannot be started: {fault.strerror}") from fault
        self.log = []
        self.reader = threading.Thread(target=lambda: self.log.extend(self.child.stderr), daemon=True)
        self.reader.start()
        try:
            self.wait_until_it_listens()
            self.serve()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.stop()

    def wait_until_it_listens(self):
        """Any answer to GET / counts (IsWorkerReady), for 30 seconds."""
        end = time.monotonic() + self.seconds
        while time.monotonic() < end:
            if self.child.poll() is not None:
                self.reader.join(5)
                raise Refused(f"the program ended with {self.child.returncode}: {''.join(self.log)[-500:]}")
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/")
                connection.getresponse().read()
                return
            except OSError:
                threading.Event().wait(0.025)
            finally:
                connection.close()
        raise Refused(f"nobody listens on port {self.port} after {self.seconds} s")

    def stop(self):
        """SIGTERM, then what the program says with its exit code."""
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
        try:
            self.child.wait(20)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.reader.join(5)
        self.child.stderr.close()
        return self.child.returncode

    def serve(self):
        host = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            server_version, sys_version = "Kestrel", ""

            def any(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status = host.refusal(self.command, self.path, self.headers)
                if status:
                    self.send_response(status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                else:
                    host.forward(self, body)

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = any

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def refusal(self, method, target, headers):
        """The host's own answer, where no function takes the request."""
        path = target.partition("?")[0]
        if path.startswith(OWN):
            return 401
        found = [one for one in self.functions if self.matches(one[0], path) and method.lower() in one[2]]
        if not found:
            return 404
        if found[0][1].lower() != "anonymous" and not headers.get("x-functions-key"):
            return 401
        return None if self.proxies or self.forwards else 500

    def matches(self, route, path):
        whole = "/".join(part for part in (self.prefix, route) if part)
        base, catches_all, _ = whole.partition("{*")
        return ("/" + path.lstrip("/")).startswith("/" + base) if catches_all else path.strip("/") == whole.strip("/")

    def headers_for(self, request):
        """As they reach the program: the front end's, the host's, the proxy's."""
        caller = request.client_address[0]
        kept = [(name, text) for name, text in request.headers.items() if name.lower() not in DROPPED]
        sent = request.headers.get("Host", "")
        identity = str(uuid.uuid4())
        # What App Service's front end adds. Which of them Flex Consumption adds is written nowhere.
        front = {
            "X-ARR-LOG-ID": str(uuid.uuid4()), "X-ARR-SSL": "2048|256|CN=Microsoft|CN=*.azurewebsites.net",
            "CLIENT-IP": f"{caller}:54321", "DISGUISED-HOST": sent, "WAS-DEFAULT-HOSTNAME": self.site,
            "X-Original-URL": request.path, "X-WAWS-Unencoded-URL": request.path, "X-SITE-DEPLOYMENT-ID": "bridge",
            "X-AppService-Proto": "https", "X-Forwarded-TlsVersion": "1.3",
        }
        # DefaultHttpWorkerService.AddProxyingHeaders, DefaultHttpProxyService.StartForwarding.
        own = {"X-Azure-Functions-HostVersion": VERSION, "X-Azure-Functions-InvocationId": identity, "x-ms-invocation-id": identity}
        # YARP's default: set, so that what a caller claims is replaced.
        proxy = {"X-Forwarded-For": caller, "X-Forwarded-Host": sent, "X-Forwarded-Proto": "http"}
        added = front | own | proxy
        replaced = {name.lower() for name in added}
        host = sent if self.keeps_host else f"127.0.0.1:{self.port}"
        return [("Host", host), *((name, text) for name, text in kept if name.lower() not in replaced), *added.items()]

    def forward(self, request, body):
        headers = self.headers_for(request)
        self.forwarded.append(headers)
        upstream = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            upstream.putrequest(request.command, request.path, skip_host=True, skip_accept_encoding=True)
            for name, text in headers:
                upstream.putheader(name, text)
            if body or request.command not in ("GET", "HEAD"):
                upstream.putheader("Content-Length", str(len(body)))
            upstream.endheaders(body)
            answer = upstream.getresponse()
            # The older way of forwarding reads the whole answer before it passes on any of it.
            whole = None if self.proxies else answer.read()
            request.send_response_only(answer.status)
            for name, text in answer.getheaders():
                if name.lower() not in DROPPED:
                    request.send_header(name, text)
            has_body = request.command != "HEAD" and answer.status not in (204, 304)
            if has_body:
                request.send_header("Transfer-Encoding", "chunked")
            request.end_headers()
            while has_body:
                part = answer.read1(65536) if whole is None else whole
                whole = b"" if whole is not None else None
                request.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
                request.wfile.flush()
                if not part:
                    break
        except (OSError, http.client.HTTPException):
            request.close_connection = True
        finally:
            upstream.close()
