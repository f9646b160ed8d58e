"""General judges, as they come: checkov, actionlint, zizmor, check-jsonschema and spectral. What is not followed stands here with its reason."""

import json
import subprocess
import tempfile
from pathlib import Path

import judges

# Rule and where: why it is not followed.
CHECKOV = {
    ("CKV_DOCKER_7", "Dockerfile"): "the base is an argument, whose tag and digest deploy/image holds",
    ("CKV_K8S_11", "base/deployment.yaml"): "a CPU limit throttles while the node is idle; the request is the promise",
    ("CKV_K8S_15", "base/deployment.yaml"): "the image is named by digest, so that there is nothing newer to pull",
    ("CKV_K8S_35", "base/deployment.yaml"): "REDIS_URL is read from the environment only; all other secrets are files",
    ("CKV_K8S_21", "base/"): "the namespace is the overlay's",
    ("CKV_K8S_43", "base/deployment.yaml"): "the digest is the overlay's",
    ("CKV_OPENAPI_17", "apiDefinition.swagger.json"): "consumes stands at the top, for all operations",
    ("CKV_AZURE_109", "foundation.bicep"): "docs/DEPLOY.md, decisions: the vault on the network",
    ("CKV_AZURE_189", "foundation.bicep"): "docs/DEPLOY.md, decisions: the vault on the network",
    ("CKV_AZURE_139", "foundation.bicep"): "the pipeline pushes from outside; pulling needs the identity's role",
    ("CKV_AZURE_163", "foundation.bicep"): "scanning is a matter of the subscription's Defender plan",
    ("CKV_AZURE_166", "foundation.bicep"): "quarantine is a feature of the premium registry",
    ("CKV_AZURE_174", "apim.bicep"): "the gateway is the public way in",
    ("CKV_AZURE_109", "functions/main.bicep"): "docs/DEPLOY.md, decisions: the vault on the network",
    ("CKV_AZURE_189", "functions/main.bicep"): "docs/DEPLOY.md, decisions: the vault on the network",
    ("CKV_AZURE_35", "functions/main.bicep"): "packages are published from outside; there are no keys, and roles decide",
    ("CKV_AZURE_206", "functions/main.bicep"): "what lies there is a package, which can be published again",
    ("CKV_AZURE_43", "functions/main.bicep"): "the name is computed: stf and thirteen letters and digits",
    ("CKV_AZURE_225", "functions/main.bicep"): "zones are for who needs them; Container Apps is the hosting for production",
    ("CKV_AZURE_78", "functions/main.bicep"): "Flex Consumption has no FTP, and its password is switched off",
    ("CKV_AZURE_222", "functions/main.bicep"): "the gateway comes over the public address; its secret and allowedCidrs guard it",
    ("CKV_AZURE_17", "functions/main.bicep"): "the gateway shows its secret, not a certificate",
    ("CKV_AZURE_212", "functions/main.bicep"): "instances are counted by scaleAndConcurrency, not by the site",
    ("CKV_AZURE_213", "functions/main.bicep"): "the Functions host watches the program that it started",
}
# Its parser of Bicep stops at these, each with where; azuretypes.py reads them.
UNREAD = {
    "containerapp.bicep": "an array as an argument of concat",
    "appservice.bicep": "an array as an argument of concat",
    "firewall.bicep": "an array as an argument of concat",
    "network.bicep": "the function cidrSubnet",
}
ZIZMOR = {
    "secrets-inherit": "a called workflow's environment secrets are empty without it",
    "self-repository": "the called workflows are this repository's own, of the same commit",
}
SPECTRAL = {"operation-tags": "one operation needs no grouping"}


def checkov(project):
    found = subprocess.run(
        # Not --quiet: it leaves out what could not be read.
        [judges.checkov(), "--skip-download", "--compact", "--output", "json", "--framework", "bicep", "dockerfile", "kubernetes"]
        + ["github_actions", "openapi", *(word for name in ("tests", "fuzz", "target", "src", "crates") for word in ("--skip-path", name)), "--directory", project],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    reports = json.loads(found.stdout)
    reports = reports if isinstance(reports, list) else [reports]
    judged = {report["check_type"] for report in reports}
    for missing in {"bicep", "dockerfile", "kubernetes", "openapi", "github_actions"} - judged:
        yield "checkov", f"nothing was judged as {missing}"
    used, unread = set(), set()
    for report in reports:
        for path in report["results"].get("parsing_errors", []):
            unread.add(Path(path).name)
            if Path(path).name not in UNREAD:
                yield "checkov-unread", f"{path} cannot be read, so nothing in it is judged"
        for one in report["results"].get("failed_checks", []):
            reasons = [key for key in CHECKOV if key[0] == one["check_id"] and key[1] in one["file_path"]]
            used |= set(reasons)
            if not reasons:
                yield "checkov", f"{one['file_path']}: {one['check_id']} {one['check_name']} ({one['resource']})"
    for name in set(UNREAD) - unread:
        yield "checkov-unread", f"{name} can be read, and is excused for nothing"
    for key in set(CHECKOV) - used:
        yield "checkov", f"the exception {key} is needed by nothing"


def actionlint(project):
    # With shellcheck of the same venv over each step.
    shellcheck = judges.program("shellcheck")
    for path in sorted((project / ".github/workflows").glob("*.yml")):
        code, said = judges.said([judges.program("actionlint"), "-no-color", "-oneline", "-shellcheck", shellcheck, path], cwd=project)
        for line in said.splitlines() if code != 0 else ():
            yield "actionlint", line.removeprefix(f"{project}/")


def zizmor(project):
    done = subprocess.run(
        [judges.program("zizmor"), "--offline", "--no-config", "--format", "json", project / ".github/workflows"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    try:
        findings = json.loads(done.stdout)
    except ValueError:
        yield "zizmor", done.stderr[-500:]
        return
    for one in findings:
        if one["ident"] not in ZIZMOR:
            yield "zizmor", f"{one['ident']}: {one['desc']}"


def schemas(project):
    command = [judges.program("check-jsonschema"), "--builtin-schema", "vendor.github-workflows"]
    code, said = judges.said([*command, *sorted((project / ".github/workflows").glob("*.yml"))])
    if code != 0:
        yield "workflow-schema", said.strip()[:1000]


def forms(project):
    """What GitHub shows to who opens an issue."""
    folder = project / ".github/ISSUE_TEMPLATE"
    pages = {"config": [folder / "config.yml"], "forms": sorted(set(folder.glob("*.yml")) - {folder / "config.yml"})}
    for kind, files in pages.items():
        command = [judges.program("check-jsonschema"), "--builtin-schema", f"vendor.github-issue-{kind}"]
        code, said = judges.said([*command, *files])
        if code != 0:
            yield "issue-forms", said.strip()[:1000]


def spectral(project):
    with tempfile.TemporaryDirectory(prefix="spectral-") as home:
        rules = Path(home, "rules.json")
        rules.write_text(json.dumps({"extends": "spectral:oas", "rules": dict.fromkeys(SPECTRAL, "off")}))
        command = [judges.npm() / "node_modules/.bin/spectral", "lint", "--ruleset", rules, "--format", "text", "--fail-severity", "hint"]
        code, said = judges.said([*command, project / "connector/apiDefinition.swagger.json"])
        if code != 0:
            yield "spectral", said.strip()[:1000]


def workflows(project):
    yield from actionlint(project)
    yield from zizmor(project)
    yield from schemas(project)
