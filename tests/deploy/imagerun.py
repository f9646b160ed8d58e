"""Run what the image holds, in nothing but what the image holds, and say what is wrong."""

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

import dockerfile

USER = "65532:65532"
LIST = b'{"jsonrpc":"2.0","id":1,"method":"tools/list"}'


def faults(root, image, target, has_sandbox):
    yield from of_demo(root, image) if target == "demo" else of_server(root, image, has_sandbox)


def of_server(root, image, has_sandbox):
    environment, command, serve = environment_of(image), image["Entrypoint"], image["Cmd"]
    refused = run(root, [*command, *serve], environment)
    if refused.returncode != 64 or b"GATEWAY_SHARED_SECRET" not in refused.stderr:
        yield f"without a gateway secret it ends with {refused.returncode}: {refused.stderr.decode()}"
    if not has_sandbox and run(root, [*command, "demo"], environment).returncode != 64:
        yield "the sandbox is in the image"
    yield from roots_of_tls(root, image)
    yield from served(root, image)


def of_demo(root, image):
    """It starts as it is, with ports that are free here, and a call to a tool of the sandbox's site is answered."""
    port, jira = free_port(), free_port()
    command = [str(jira) if word == dockerfile.DEMO_PORT else word for word in (*image["Entrypoint"], *image["Cmd"], "--json")]
    environment = {**environment_of(image), "PORT": str(port), "ADMIN_ADDR": ""}
    server = subprocess.Popen(inside(root, command, environment), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        if not becomes_ready(server, port):
            yield f"the demo does not become ready: {server.communicate(timeout=30)[1].decode()[-800:] if server.poll() is not None else ''}"
            return
        token = json.loads(server.stdout.readline())["tokens"]["anna"]
        status = post(port, {"Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream"}, LIST)
        if status != 200:
            yield f"the demo answers tools/list with {status}"
        with socket.create_connection(("127.0.0.1", jira), timeout=5):
            pass
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=60)
        if server.returncode != 0:
            yield f"after SIGTERM the demo ends with {server.returncode}"
    finally:
        server.kill()
        server.wait()


def written(last):
    """What a stage of the Dockerfile says of its image, in the words of an image's own settings."""
    return {
        "User": " ".join(last.all("USER")),
        "Env": [f"{name}={value}" for name, value in dockerfile.pairs(" ".join(last.all("ENV"))).items()],
        "Entrypoint": json.loads(" ".join(last.all("ENTRYPOINT"))),
        "Cmd": json.loads(" ".join(last.all("CMD"))),
        "ExposedPorts": {f"{port}/tcp": {} for port in " ".join(last.all("EXPOSE")).split()},
        "StopSignal": " ".join(last.all("STOPSIGNAL")),
        "Healthcheck": ["CMD", *json.loads(" ".join(last.all("HEALTHCHECK")).rpartition("CMD ")[2])],
    }


def as_written(image, wanted):
    """What the builder understood otherwise."""
    found = {**image, "Healthcheck": image.get("Healthcheck", {}).get("Test")} if isinstance(image.get("Healthcheck"), dict) else image
    for name, value in wanted.items():
        # A builder adds a PATH of its own to an image that has none.
        seen = [one for one in found.get(name) or [] if not one.startswith("PATH=")] if name == "Env" else found.get(name)
        if seen != value:
            yield f"{name} is {seen} in the image, {value} in the Dockerfile"
    for name in ("version", "licenses", "title"):
        if not image.get("Labels", wanted).get(f"org.opencontainers.image.{name}", "Labels" not in image):
            yield f"the image has no label {name}"


def environment_of(image):
    """What the image itself puts into the environment."""
    return dict(pair.split("=", 1) for pair in image["Env"])


def roots_of_tls(root, image):
    """`check` finds the roots of TLS, and gets as far as the connection."""
    nowhere = {**environment_of(image), "HOST": "127.0.0.1", "JIRA_API_BASE_URL": f"https://127.0.0.1:{free_port()}", "RETRY_MAX": "0"}
    told = run(root, [*image["Entrypoint"], "check"], nowhere)
    if told.returncode != 1 or not re.search(rb"TLS roots +ok .*\n.*no connection", told.stdout):
        yield f"check ends with {told.returncode}: {told.stdout.decode()}{told.stderr.decode()}"


def served(root, image):
    secret, port, command, serve = secrets.token_hex(32), free_port(), image["Entrypoint"], image["Cmd"]
    environment = {**environment_of(image), "PORT": str(port), "ADMIN_ADDR": "", "GATEWAY_SHARED_SECRET": secret}
    server = subprocess.Popen(inside(root, [*command, *serve], environment), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        if not becomes_ready(server, port):
            yield "it does not become ready"
            return
        health = run(root, [*command, "healthcheck"], environment)
        if health.returncode != 0:
            yield f"healthcheck ends with {health.returncode}: {health.stderr.decode()}"
        for headers, expected in (({}, 403), ({"X-Gateway-Token": secret}, 401)):
            status = post(port, headers)
            if status != expected:
                yield f"POST /mcp answered {status} instead of {expected}"
        server.send_signal(signal.SIGTERM)
        out, err = server.communicate(timeout=60)
        if server.returncode != 0:
            yield f"after SIGTERM it ends with {server.returncode}"
        if secret.encode() in out + err:
            yield "the gateway secret is in the log"
        if not err.lstrip().startswith(b"{"):
            yield "the log is not JSON"
        if run(root, [*command, "healthcheck"], environment).returncode != 1:
            yield "healthcheck is content although nothing runs"
    finally:
        server.kill()
        server.wait()


def inside(root, command, environment):
    """The command in the image's files alone: read-only, no capabilities, the image's user, the image's environment."""
    enter = ["unshare", "--mount", "--map-root-user"] if os.getuid() else ["unshare", "--mount"]
    pairs = [f"{name}={value}" for name, value in environment.items() if name != "PATH"]
    script = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec chroot --userspec="$1" "$0" "${@:2}"'
    # A user namespace of an ordinary user knows one id only.
    user = USER if os.getuid() == 0 else "0:0"
    return ["env", "-i", *pairs, "PATH=/usr/sbin:/usr/bin:/sbin:/bin", *enter, "bash", "-c", script, str(root), user, *command]


def run(root, command, environment):
    return subprocess.run(inside(root, command, environment), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)


def becomes_ready(server, port):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            time.sleep(0.05)
    return False


def post(port, headers, body=b"{}"):
    request = urllib.request.Request(f"http://127.0.0.1:{port}/mcp", body, {"content-type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as refusal:
        return refusal.code


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]
