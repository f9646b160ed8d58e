"""A client's metadata document on https, under a certificate made for the occasion: `root` is what the bridge must trust."""

import json
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

REDIRECTS = ["http://127.0.0.1:9/callback", "http://localhost/callback", "http://127.0.0.1/oauth/callback"]
# Run by the Python of a client, which brings the library along.
CERTIFICATES = """
import datetime, sys
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

now, day = datetime.datetime.now(datetime.timezone.utc), datetime.timedelta(days=1)
root, leaf = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
called = lambda text: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

def signed(name, key, is_root):
    number = x509.random_serial_number()
    made = x509.CertificateBuilder(called("root"), called(name), key.public_key(), number, now - day, now + day)
    made = made.add_extension(x509.BasicConstraints(is_root, None), critical=True)
    if not is_root:
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    return made.sign(root, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

plain = serialization.NoEncryption()
own = leaf.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
open(sys.argv[1], "wb").write(signed("root", root, True))
open(sys.argv[2], "wb").write(signed("localhost", leaf, False) + own)
"""


class Document:
    """`url` is its address, and so the client's id; `fetched` counts."""

    def __init__(self, python, home):
        self.root, own = Path(home, "root.pem"), Path(home, "document.pem")
        subprocess.run([python, "-c", CERTIFICATES, self.root, own], check=True)
        self.fetched = 0
        document = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                document.fetched += 1
                body = document.body()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(own)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://localhost:{self.server.server_port}/client.json"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def body(self):
        about = {"client_id": self.url, "client_name": "Published", "redirect_uris": REDIRECTS}
        about |= {"grant_types": ["authorization_code", "refresh_token"], "token_endpoint_auth_method": "none"}
        return json.dumps(about).encode()
