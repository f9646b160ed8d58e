""".github/workflows: what the checklist asks of the pipeline, and what keeps the pipeline itself safe."""

import re
import sys
from pathlib import Path

import yaml

from imagefiles import BYTES_MAX

sys.path.append(str(Path(__file__).resolve().parents[2] / "deploy/packages"))

import platforms

# Who deploys by hand fills the vault, and brings a deleted one back.
BY_HAND = {"AZURE_PRINCIPAL_ID", "AZURE_PRINCIPAL_TYPE", "BRIDGE_VAULT_MODE"}
PUBLISHING = {("contents", "write"), ("attestations", "write"), ("packages", "write")}
PINNED = r"\./\.github/workflows/[\w-]+\.yml|[\w-]+/[\w-]+@[0-9a-f]{40}"


def check(project):
    """Every rule that is broken, as (rule, sentence)."""
    folder = project / ".github/workflows"
    read = {}
    for path in sorted(folder.glob("*.yml")):
        try:
            read[path.stem] = yaml.safe_load(path.read_text())
        except yaml.YAMLError as fault:
            yield "workflow-parses", f"{path.name}: {fault}"
            return
    if set(read) != {"ci", "deploy", "provision", "release"}:
        yield "workflow-parses", f"the workflows are {sorted(read)}"
        return
    for name, workflow in read.items():
        yield from safe(name, workflow)
    yield from order(read)
    yield from waiting(read)
    yield from complete(project, read)
    yield from release(project, read["release"])


def safe(name, workflow):
    if workflow.get("permissions") != {"contents": "read"}:
        yield "workflow-permissions", f"{name}: the default token may do more than read"
    for job in workflow["jobs"].values():
        rights = job.get("permissions", {})
        # Who publishes may write more, once somebody has approved it.
        more = PUBLISHING if name == "release" and job.get("environment") == "release" else set()
        if not set(rights.items()) <= {("contents", "read"), ("id-token", "write")} | more:
            yield "workflow-permissions", f"{name}: a job may {rights}"
        for step in [job, *job.get("steps", [])]:
            if "uses" in step and not re.fullmatch(PINNED, step["uses"]):
                yield "workflow-pinned", f"{name}: {step['uses']} is not pinned to a commit"
            # What others can write, such as a branch's name, must not become part of a script.
            if "${{" in step.get("run", ""):
                yield "workflow-injection", f"{name}: an expression inside a script: {step['run'][:60]}"
    for event in ("pull_request_target", "workflow_run"):
        # YAML reads the key `on` as true.
        if event in (workflow.get(True) or {}):
            yield "workflow-permissions", f"{name}: {event} runs foreign code with our rights"


def order(read):
    """dev by itself, production after dev and an approval, the same image in both, a smoke test after each."""
    jobs = read["deploy"]["jobs"]
    production, dev = jobs.get("production", {}), jobs.get("dev", {})
    if "dev" not in production.get("needs", []):
        yield "workflow-order", "production does not wait for dev"
    if production.get("with", {}).get("environment") != "production" or dev.get("with", {}).get("environment") != "dev":
        yield "workflow-order", "an environment is not the one that asks for approval"
    if not production.get("with", {}).get("image") == dev.get("with", {}).get("image") == "${{ needs.image.outputs.reference }}":
        yield "workflow-order", "dev and production do not get the same image"
    provision = read["provision"]["jobs"]["provision"]
    if provision.get("environment") != "${{ inputs.environment }}":
        yield "workflow-order", "the deployment runs outside its environment, so nobody approves it"
    steps = provision["steps"]
    if steps[-1].get("name") != "smoke" or " smoke --url " not in steps[-1].get("run", "") or steps[-1].get("continue-on-error"):
        yield "workflow-smoke", "a deployment does not end with the smoke test"


def waiting(read):
    """The gate goes first; and what waits for an approval holds up nothing but its own environment."""
    jobs = read["deploy"]["jobs"]
    if jobs.get("gate", {}).get("uses") != "./.github/workflows/ci.yml" or "gate" not in jobs["image"].get("needs", []):
        yield "workflow-order", "an image is deployed whose tests may fail"
    groups = [jobs.get(name, {}).get("concurrency", {}) for name in ("image", "dev", "production")]
    names = {one.get("group") for one in groups}
    if "concurrency" in read["deploy"] or len(names - {None}) != 3 or any(one.get("cancel-in-progress") for one in groups):
        yield "workflow-concurrency", "the environments wait for each other, or a deployment is cut off"


def release(project, workflow):
    """Every system that there are packages for is built, on its own machine, and nothing is published before the gate is green."""
    jobs = workflow["jobs"]
    built = {(one["target"], one["runner"], one["program"]) for one in jobs["pack"]["strategy"]["matrix"]["include"]}
    if built != {(one.target, one.runner, one.program) for one in platforms.ALL}:
        yield "workflow-release", "the systems are not those of deploy/packages/platforms.py"
    if jobs["gate"].get("uses") != "./.github/workflows/ci.yml" or not {"gate", "pack", "image"} <= set(jobs["publish"].get("needs", [])):
        yield "workflow-release", "something is published that the gate has not seen"
    runs = "\n".join(step.get("run", "") for job in jobs.values() for step in job.get("steps", []))
    for command in ("finish.py release --all", "notes.py", "--target demo --build-arg FEATURES=demo", "npm publish", "uv publish --trusted-publishing", "gh release create"):
        if command not in runs:
            yield "workflow-release", f"release does not run: {command}"
    if not any(step.get("uses", "").startswith("actions/attest-build-provenance@") for step in jobs["publish"]["steps"]):
        yield "workflow-release", "nothing is attested"


def complete(project, read):
    runs = {name: "\n".join(step.get("run", "") for job in one["jobs"].values() for step in job.get("steps", [])) for name, one in read.items()}
    for name, command in (
        ("ci", ".ci/run"),
        ("ci", "cmp first.bin second.bin"),
        ("ci", "az bicep build --file deploy/azure/main.bicep"),
        ("ci", "az bicep build --file deploy/azure/regions/main.bicep"),
        ("ci", "az bicep lint"),
        ("ci", f"--format '{{{{.Size}}}}')\" -lt {BYTES_MAX}\n"),
        ("deploy", "base=$(deploy/image/pinned)"),
        ("deploy", '--build-arg "RUST_IMAGE=$base"'),
        ("provision", "--parameters deploy/azure/main.bicepparam"),
        ("provision", 'past=(--direct-url "$DIRECT_URL/mcp")'),
        ("deploy", "--sbom=true --provenance=mode=max"),
    ):
        if command not in runs[name]:
            yield "workflow-complete", f"{name} does not run: {command}"
    given = set(read["provision"]["jobs"]["provision"].get("env", {})) | set(re.findall(r'echo "(\w+)=[^"]*" >> "\$GITHUB_ENV"', runs["provision"]))
    wanted = set(re.findall(r"readEnvironmentVariable\('(\w+)'", (project / "deploy/azure/main.bicepparam").read_text()))
    for name in sorted((wanted | {"BRIDGE_IMAGE"}) - given - BY_HAND):
        yield "workflow-complete", f"provision does not set {name}"
    for name in sorted(BY_HAND & given):
        yield "workflow-vault", f"provision sets {name}: the pipeline has no business in the vault"
    for part in ('source=(--registry "$SOURCE_REGISTRY_ID"', 'az acr login --name "$REGISTRY"'):
        if part not in runs["provision"]:
            yield "workflow-registry", f"provision does not do: {part}"
