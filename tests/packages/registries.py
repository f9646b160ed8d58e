"""What a person's tools ask over the network, on loopback: npm's registry, PyPI's index, the files of a release."""

import base64
import hashlib
import html
import json
import re
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Registries:
    """Serves the packages of a folder in the three forms; `asked` has every path that was asked for."""

    def __init__(self, folder, others=()):
        """`others`: npm packages of other systems, which npm must know of and never download."""
        self.folder, self.asked = Path(folder), []
        self.npm = {}
        for path in self.folder.glob("*.tgz"):
            about = npm_manifest(path)
            self.npm[about["name"]] = {**about, "dist": dist(path)}
        for name, system, cpu in others:
            about = {"name": name, "version": "0.1.0", "os": [system], "cpu": [cpu]}
            self.npm.setdefault(name, {**about, "dist": {"tarball": "/files/of-another-system.tgz", "shasum": "0" * 40}})

    def __enter__(self):
        registries = self

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self):
                self.do_GET()

            def do_GET(self):
                registries.asked.append(self.path)
                kind, content = registries.answer(self.path, f"http://{self.headers['host']}")
                self.send_response(200 if content is not None else 404)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(content or b"")))
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(content or b"")

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, path, base):
        first, _, rest = path.strip("/").partition("/")
        if first == "files":
            return "application/octet-stream", self.file(rest)
        if first == "npm" and rest in self.npm:
            return "application/json", json.dumps(packument(self.npm[rest], base)).encode()
        if first == "simple":
            return "text/html", self.index(rest.strip("/"))
        return "text/plain", None

    def file(self, name):
        path = self.folder / name
        return path.read_bytes() if "/" not in name and path.is_file() else None

    def index(self, name):
        wheels = [path for path in self.folder.glob("*.whl") if re.sub(r"[-_.]+", "-", path.name.split("-")[0]) == name]
        rows = [f'<a href="/files/{path.name}#sha256={sha(path, "sha256").hex()}">{html.escape(path.name)}</a>' for path in wheels]
        return "\n".join(rows).encode() if rows else None


def npm_manifest(path):
    with tarfile.open(path) as archive:
        return json.load(archive.extractfile("package/package.json"))


def dist(path):
    integrity = base64.b64encode(sha(path, "sha512")).decode()
    return {"tarball": f"/files/{path.name}", "integrity": f"sha512-{integrity}", "shasum": sha(path, "sha1").hex()}


def sha(path, name):
    return hashlib.new(name, path.read_bytes()).digest()


def packument(about, base):
    """npm's document of a package. Source: npm/registry, docs/responses/package-metadata.md."""
    whole = {**about, "dist": {**about["dist"], "tarball": base + about["dist"]["tarball"]}}
    return {"name": about["name"], "dist-tags": {"latest": about["version"]}, "versions": {about["version"]: whole}}
