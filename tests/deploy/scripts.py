"""The shell scripts of the deployment: linted, and run against stand-ins for az and azd that write down what they are told."""

import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

SCRIPTS = [".ci/run", "deploy/azure/fill-slot", "deploy/azure/publish", "deploy/image/pinned"]
DIGEST = "sha256:" + "ab" * 32
# Each call is one line of arguments; what came over stdin stands in a file of its own.
AZ = """#!/bin/sh
echo "az $*" >> "$TOLD/calls"
case "$*" in
  "keyvault show"*|"keyvault secret list"*|"keyvault secret show"*|"apim nv show"*)
    if [ -e "$TOLD/unavailable" ]; then echo "(ServiceUnavailable)" >&2; exit 1; fi ;;
esac
case "$*" in
  "keyvault show"*) cat "$TOLD/owner" ;;
  "keyvault secret list"*) cat "$TOLD/held" ;;
  "keyvault secret show"*) grep -qxF "$7" "$TOLD/held" ;;
  "apim nv show"*) cat "$TOLD/sent" 2>/dev/null || { echo "(ResourceNotFound) there is none" >&2; exit 3; } ;;
  "keyvault secret set"*) cat > "$TOLD/secret" ;;
  "acr repository show"*) echo DIGEST ;;
  "acr show"*) echo registry.test ;;
esac
"""
DOCKER = '#!/bin/sh\necho "docker $*" >> "$TOLD/calls"\n'
AZD = '#!/bin/sh\necho "azd $*" >> "$TOLD/calls"\nif [ "$2" = get-value ]; then echo "of-$3"; fi\n'


def check(project):
    """Every rule that is broken, as (rule, sentence)."""
    for name in SCRIPTS:
        yield from (("script-lint", f"{name}: {line}") for line in linted((project / name).read_text()))
    for path in sorted((project / ".github/workflows").glob("*.yml")):
        for step in (step for job in yaml.safe_load(path.read_text())["jobs"].values() for step in job.get("steps", [])):
            yield from (("script-lint", f"{path.name}: {line}") for line in linted(step.get("run", ""), "--shell=bash"))
    with tempfile.TemporaryDirectory() as home:
        yield from pinned(project, Path(home))
    with Stage(project) as stage:
        yield from fill_slot(stage)
        yield from publish(stage)
        yield from smoke(stage)


@functools.cache
def linted(text, *options):
    """What shellcheck says of a script. Broken copies share all scripts but one, so each text is judged once."""
    command = [Path(sys.prefix, "bin/shellcheck"), "--format=gcc", *options, "-"]
    return tuple(subprocess.run(command, input=text, stdout=subprocess.PIPE, text=True).stdout.splitlines())


def pinned(project, home):
    for digest, expected in ((DIGEST, 0), ("", 1), ("sha256:abc", 1), ("latest", 1)):
        (home / "base.env").write_text(f"RUST_IMAGE=rust:1\nRUST_IMAGE_DIGEST={digest}\n")
        done = run([project / "deploy/image/pinned", home / "base.env"])
        if done.returncode != expected or (expected == 0) != (done.stdout.strip() == f"rust:1@{DIGEST}"):
            yield "script-pinned", f"a base with the digest {digest!r}: {done.returncode} {done.stdout}"


class Stage:
    """A copy of the scripts in a git repository of its own, with the stand-ins on the path."""

    def __init__(self, project):
        self.project = project

    def __enter__(self):
        self.home = Path(tempfile.mkdtemp(prefix="scripts-"))
        self.root, self.told, tools = (self.home / name for name in ("root", "told", "tools"))
        shutil.copytree(self.project / "deploy", self.root / "deploy")
        base = self.root / "deploy/image/base.env"
        base.write_text(re.sub("(?m)^RUST_IMAGE_DIGEST=.*$", "RUST_IMAGE_DIGEST=", base.read_text()))
        tools.mkdir()
        self.told.mkdir()
        for name, text in (("az", AZ.replace("DIGEST", DIGEST)), ("azd", AZD), ("docker", DOCKER), ("sleep", "#!/bin/sh\n")):
            (tools / name).write_text(text)
            (tools / name).chmod(0o755)
        self.environment = {"PATH": f"{tools}:{os.environ['PATH']}", "HOME": str(self.home), "TOLD": str(self.told), "BRIDGE_VAULT": "kv", "BRIDGE_REGISTRY": "cr"}
        identity = ["-c", "user.name=test", "-c", "user.email=test@test"]
        for command in (["init", "--quiet"], ["add", "--all"], [*identity, "commit", "--quiet", "--message", "x"]):
            subprocess.run(["git", *command], cwd=self.root, env=self.environment, check=True)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.home)

    def run(self, *command, **environment):
        """What the script did: exit code, the calls it made."""
        (self.told / "calls").write_text("")
        (self.told / "secret").write_text("")
        (self.told / "held").touch()
        if not (self.told / "owner").exists():
            (self.told / "owner").write_text("jira-mcp-dev\n")
        done = run([self.root / command[0], *command[1:]], cwd=self.root, env=self.environment | environment)
        self.output = done.stdout + done.stderr
        return done.returncode, (self.told / "calls").read_text()

    @property
    def secret(self):
        return (self.told / "secret").read_text()


def fill_slot(stage):
    code, calls = stage.run("deploy/azure/fill-slot", "b")
    if code != 0 or not re.fullmatch("[0-9a-f]{64}", stage.secret):
        yield "script-secret", f"no random secret of 256 bits is written: {code} {stage.secret!r}"
    if stage.secret and (stage.secret in calls or stage.secret in stage.output):
        yield "script-secret", "the secret is shown, or handed over as an argument"
    if "--name gateway-secret-b" not in calls:
        yield "script-secret", "not the slot that was named"
    first = stage.secret
    stage.run("deploy/azure/fill-slot", "b")
    if stage.secret == first:
        yield "script-secret", "two secrets are the same"
    code, calls = stage.run("deploy/azure/fill-slot", "a", "--if-empty")
    if code != 0 or "--name gateway-secret-a" not in calls:
        yield "script-secret", f"--if-empty does not fill an empty slot: {stage.output}"
    (stage.told / "held").write_text("gateway-secret-b\ngateway-secret-a\n")
    code, calls = stage.run("deploy/azure/fill-slot", "a", "--if-empty")
    if code != 0 or "secret set" in calls:
        yield "script-secret", "--if-empty writes over a secret that is in use"
    (stage.told / "unavailable").touch()
    for words, named in ((["a", "--if-empty"], {}), (["b"], {}), (["b"], {"BRIDGE_APIM": "apim"})):
        code, calls = stage.run("deploy/azure/fill-slot", *words, **named)
        if code == 0 or "secret set" in calls:
            yield "script-secret", f"{words}: an error of Azure's is taken for an empty slot"
    (stage.told / "unavailable").unlink()
    (stage.told / "sent").write_text("https://kv.test/secrets/gateway-secret-a\n")
    code, calls = stage.run("deploy/azure/fill-slot", "a")
    if code == 0 or "secret set" in calls:
        yield "script-secret", "the secret that API Management sends is written over"
    code, calls = stage.run("deploy/azure/fill-slot", "b")
    if code != 0 or "--name gateway-secret-b" not in calls or "--service-name of-BRIDGE_APIM" not in calls:
        yield "script-secret", f"the slot that nobody sends cannot be filled: {stage.output}"
    yield from lonely(stage)
    if stage.run("deploy/azure/fill-slot", "c")[0] != 64:
        yield "script-secret", "a slot that nobody reads is filled"


def lonely(stage):
    """A vault without an API Management of its own, as that of Functions: the tag tells, and nothing else."""
    (stage.told / "owner").write_text("\n")
    code, calls = stage.run("deploy/azure/fill-slot", "a")
    if code != 0 or "--name gateway-secret-a" not in calls or "azd env" in calls or "only you know" not in stage.output:
        yield "script-secret", f"a vault that stands alone cannot be filled again: {stage.output}"
    (stage.told / "unavailable").touch()
    code, calls = stage.run("deploy/azure/fill-slot", "a")
    (stage.told / "unavailable").unlink()
    if code == 0 or "secret set" in calls:
        yield "script-secret", "a vault that cannot be looked at is taken for one that stands alone"
    code, calls = stage.run("deploy/azure/fill-slot", "a", BRIDGE_APIM="apim", AZURE_RESOURCE_GROUP="rg")
    if code == 0 or "secret set" in calls or "azd env" in calls:
        yield "script-secret", "the secret that a named API Management sends is written over"
    (stage.told / "owner").write_text("jira-mcp-dev\n")


def publish(stage):
    """Round one builds and remembers; what is built already, or chosen from outside, stays; production wants a pinned base."""
    revision = run(["git", "rev-parse", "HEAD"], cwd=stage.root).stdout.strip()
    code, calls = stage.run("deploy/azure/publish", BRIDGE_TIER="dev")
    for part in (f"--image jira-mcp-bridge:{revision}", f"azd env set BRIDGE_IMAGE registry.test/jira-mcp-bridge@{DIGEST}", f"azd env set BRIDGE_REVISION {revision}"):
        if code != 0 or part not in calls:
            yield "script-publish", f"the first round does not do: {part} ({code} {stage.output})"
    for label, environment in (
        ("it is built already", {"BRIDGE_IMAGE": "x", "BRIDGE_REVISION": revision, "BRIDGE_BUILD": "1"}),
        ("an image was chosen from outside", {"BRIDGE_IMAGE": "x"}),
        ("a setting was committed", {"BRIDGE_IMAGE": "x", "BRIDGE_REVISION": "of before"}),
    ):
        code, calls = stage.run("deploy/azure/publish", BRIDGE_TIER="dev", **environment)
        if code != 0 or "acr build" in calls or "env set" in calls:
            yield "script-publish", f"an image is built although {label}"
    code, calls = stage.run("deploy/azure/publish", BRIDGE_TIER="dev", BRIDGE_IMAGE="x", BRIDGE_REVISION="of before", BRIDGE_BUILD="1")
    if code != 0 or "acr build" not in calls:
        yield "script-publish", f"no image is built although it was asked for: {stage.output}"
    code, calls = stage.run("deploy/azure/publish", BRIDGE_TIER="prod", BRIDGE_RUNTIME="elsewhere")
    if code != 0 or calls:
        yield "script-publish", f"something is made for a bridge that runs elsewhere: {calls} {stage.output}"
    code, calls = stage.run("deploy/azure/publish", BRIDGE_TIER="prod")
    if code == 0 or "acr build" in calls:
        yield "script-publish", "production is built from a base that is not pinned"
    (stage.root / "deploy/changed").touch()
    code, calls = stage.run("deploy/azure/publish", BRIDGE_TIER="prod", BRIDGE_IMAGE="x", BRIDGE_REVISION="of before")
    if code != 0 or "acr build" in calls:
        yield "script-publish", "a setting that is changed in a hurry ends in an error, or in a new image"
    code, calls = stage.run("deploy/azure/publish", BRIDGE_TIER="dev")
    if code == 0 or "acr build" in calls:
        yield "script-publish", "changes that no commit holds are built"


def smoke(stage):
    """The last step of a deployment, as the pipeline runs it: with a token of Atlassian's only where one opens something."""
    workflow = yaml.safe_load((stage.project / ".github/workflows/provision.yml").read_text())
    script = stage.root / "smoke"
    script.write_text("#!/bin/bash\nset -eo pipefail\n" + workflow["jobs"]["provision"]["steps"][-1]["run"])
    script.chmod(0o755)
    given = {"BRIDGE_IMAGE": "image", "PUBLIC_URL": "https://a.test/jira-mcp", "DIRECT_URL": "https://b.test", "REGISTRY": "cr"}
    for policy, auth, takes in (("connector", None, True), ("oauth", "atlassian,signin", True), ("oauth", "signin", False), ("oauth", "entra", False), ("entra", None, False)):
        for tier in ("dev", "prod"):
            file = stage.root / f"deploy/azure/environments/{tier}.json"
            sizes = json.loads(file.read_text()) | {"gatewayPolicy": policy, "settings": {} if auth is None else {"AUTH": auth}}
            file.write_text(json.dumps(sizes))
            code, calls = stage.run("smoke", BRIDGE_TIER=tier, **given)
            words = "smoke --url https://a.test/jira-mcp/mcp" + " --token-env SMOKE_TOKEN" * takes + " --direct-url https://b.test/mcp" * (tier == "dev")
            if code != 0 or f"image {words}\n" not in calls:
                yield "script-smoke", f"{tier}, {policy}, AUTH={auth}: not {words}, but {calls} ({code} {stage.output})"


def run(command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60, **more)
