"""deploy/azure/functions: what the Functions host reads, what Bicep gives the program, and the script that makes the package.

The public schemas know the older half of host.json (neither the proxy nor the profiles), so the rules here are ours, after the
host's source and Microsoft's pages; tests/functions plays the host with them.
"""

import hashlib
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import jsonschema

import judges

FOLDER = "deploy/azure/functions"
PLAIN, PROFILE, FUNCTION, LOCAL = "host.json", "mcp/host.json", "bridge/function.json", "local.settings.json"
# In the host's source (HostConfigurationProfile, HttpWorkerOptions), and not yet in the schema.
NEWER = {"configurationProfile", "enableProxyingHttpRequest", "http", "port"}
METHODS = {"get", "post", "put", "delete", "patch", "head", "options"}
# A load balancer of Azure's ends an exchange in which nothing is said for so long.
# Source: learn.microsoft.com/azure/azure-functions/functions-scale, function app timeout duration
CUT_SECONDS = 230
ROLES = {"4633458b-17de-408a-b874-0445c86b69e6": "reads secrets", "b86a8fe4-44ce-4948-aee5-eccb2c155cd7": "writes secrets", "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "owns blobs"}
GRANTED = {
    ("vault", "appIdentity.properties.principalId", "reads secrets"),
    ("storage", "appIdentity.properties.principalId", "owns blobs"),
    ("vault", "deployerPrincipalId", "writes secrets"),
}
# What Flex Consumption refuses, or what would move the program away from the port that the host forwards to.
FORBIDDEN = {
    "FUNCTIONS_EXTENSION_VERSION", "FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_CUSTOMHANDLER_PORT", "WEBSITE_RUN_FROM_PACKAGE",
    "AzureWebJobsStorage", "PORT", "WEBSITES_PORT", "INSECURE_NO_GATEWAY",
}
# Lines of main.bicep that must stand as they are, and what is wrong without them.
EXACT = (
    ("sku: { name: 'FC1', tier: 'FlexConsumption' }", "not Flex Consumption, the only plan with the profile"),
    ("runtime: { name: 'custom', version: '1.0' }", "not the stack of custom handlers"),
    ("type: 'UserAssigned'\n    userAssignedIdentities: { '${appIdentity.id}': {} }", "the site has no identity"),
    ("keyVaultReferenceIdentity: appIdentity.id", "the vault is read as somebody else"),
    ("authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: appIdentity.id }", "the package is read with a key"),
    ("value: '${storage.properties.primaryEndpoints.blob}${packages}'", "the package lies elsewhere"),
    ("allowSharedKeyAccess: false", "the storage has keys"),
    ("allowBlobPublicAccess: false", "the package can be public"),
    ("properties: { publicAccess: 'None' }", "the package is public"),
    ("enablePurgeProtection: true", "the secrets can be destroyed"),
    ("enableRbacAuthorization: true", "who reads the vault is no matter of roles"),
    ("httpsOnly: true", "plain http is let in"),
    ("{ name: 'AzureWebJobsStorage__credential', value: 'managedidentity' }", "the host takes a key for its storage"),
    ("{ name: 'AzureWebJobsStorage__clientId', value: appIdentity.properties.clientId }", "the host is somebody else at its storage"),
    ("{ name: 'AzureWebJobsStorage__blobServiceUri', value: storage.properties.primaryEndpoints.blob }", "the host has no storage"),
    ("{ name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: insights.properties.ConnectionString }", "nothing is seen in Application Insights"),
    ("{ name: 'HOST', value: '127.0.0.1' }", "the program listens on more than the host calls"),
    ("{ name: 'ALLOWED_HOSTS', value: '127.0.0.1,${fqdn}' }", "the Host that the proxy sends is refused"),
    ("var vaultSettings = [for one in items(secretSettings): {", "secrets of the settings stand in the open"),
    ("usesMcpProfile ? [{ name: 'AzureWebJobsFeatureFlags', value: 'EnableMcpCustomHandlerPreview' }] : []", "the profile is not switched on"),
    ("dependsOn: [appOwnsBlobs, appReadsSecrets, storage::blobs::container]", "the site starts before it may read what it starts with"),
    ("usesNetwork ? network!.outputs.appSubnetId : null", "the network is not used"),
    ("{ category: 'FunctionAppLogs', enabled: true }", "the log of the program goes nowhere"),
)
SLOTS = {"GATEWAY_SHARED_SECRET": "gateway-secret-a", "GATEWAY_SHARED_SECRET_PREVIOUS": "gateway-secret-b"}


def check(project, settings):
    """Every rule that is broken, as (rule, sentence)."""
    folder = project / FOLDER
    read = {name: json.loads((folder / name).read_text()) for name in (PLAIN, PROFILE, FUNCTION, LOCAL)}
    yield from schemas(read)
    for name in (PLAIN, PROFILE):
        yield from host(name, read[name])
    yield from function(folder, read[FUNCTION])
    yield from local(read[LOCAL], settings)
    bicep = re.sub(r"^\s*//.*$", "", (folder / "main.bicep").read_text(), flags=re.M)
    yield from site(bicep, settings, min(seconds(read[name]) for name in (PLAIN, PROFILE)))
    yield from roles(bicep)
    yield from package(folder)


def schemas(read):
    """The public ones, without the names that came after them; those are held by the rules below."""
    known = judges.schemas()
    for name, content in read.items():
        schema = json.loads(known[f"https://json.schemastore.org/{Path(name).name}"])
        if Path(name).name == "host.json":
            # It takes either of two versions; only by naming ours it says what is wrong.
            schema = {"$schema": schema["$schema"], "definitions": schema["definitions"], "$ref": "#/definitions/version-2"}
            handler = {key: value for key, value in content.get("customHandler", {}).items() if key not in NEWER}
            content = {key: value for key, value in content.items() if key not in NEWER} | {"customHandler": handler}
        for fault in jsonschema.validators.validator_for(schema)(schema).iter_errors(content):
            yield "functions-schema", f"{name}: {fault.json_path} {fault.message[:200]}"


def host(name, content):
    """What makes the host start our program and pass on all of every request and answer as it comes."""
    handler, uses_profile = content.get("customHandler", {}), name == PROFILE
    description = handler.get("description", {})
    if content.get("version") != "2.0" or content.get("configurationProfile", "") != ("mcp-custom-handler" if uses_profile else ""):
        yield "functions-host", f"{name}: not the version, or not the profile, that it is there for"
    if description != {"defaultExecutablePath": "jira-mcp-bridge", "arguments": ["serve"]}:
        yield "functions-host", f"{name}: it starts something else than the package's program: {description}"
    if "enableForwardingHttpRequest" in handler:
        yield "functions-host", f"{name}: answers are read whole before they are passed on, so nothing streams"
    if not uses_profile and handler.get("enableProxyingHttpRequest") is not True:
        yield "functions-host", f"{name}: requests do not reach the program as they are"
    if content.get("extensions", {}).get("http", {}).get("routePrefix") != "":
        yield "functions-host", f"{name}: /mcp and /.well-known are not at the root"
    if uses_profile and handler.get("http", {}).get("defaultAuthorizationLevel") != "anonymous":
        yield "functions-host", f"{name}: a key of Functions is asked for; the gateway's secret is what guards"
    # With the profile Microsoft's page has a port; the host hands it to the program like one that it chose itself.
    port = handler.get("port")
    if (port is not None) != uses_profile or not re.fullmatch(r"[1-9]\d{3,4}", port or "8080"):
        yield "functions-host", f"{name}: port {port!r}"
    if not CUT_SECONDS < seconds(content) <= 3600:
        yield "functions-host", f"{name}: a call that hangs ends the host's worker too early, or is paid for too long"


def seconds(content):
    text = content.get("functionTimeout", "")
    found = re.fullmatch(r"(\d\d):(\d\d):(\d\d)", text)
    return sum(int(part) * unit for part, unit in zip(found.groups(), (3600, 60, 1))) if found else 0


def function(folder, content):
    """One function for everything; the profile makes it itself, and refuses a second source."""
    found = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("function.json"))
    if found != [FUNCTION]:
        yield "functions-function", f"there are {found}"
    trigger = next((one for one in content["bindings"] if one["type"] == "httpTrigger"), {})
    if trigger.get("authLevel") != "anonymous":
        yield "functions-function", "a key of Functions is asked for; the gateway's secret is what guards"
    if trigger.get("route") != "{*path}" or set(trigger.get("methods", ())) != METHODS:
        yield "functions-function", "some path or some method does not reach the program"
    if {(one["type"], one["direction"]) for one in content["bindings"]} != {("httpTrigger", "in"), ("http", "out")}:
        yield "functions-function", "it has other bindings than those of HTTP, so requests are payloads"


def local(content, settings):
    """For trying it out: no secret, and nothing that a trial would not need."""
    for name, value in content.get("Values", {}).items():
        if re.search(r"SECRET(?!StorageType)|TOKEN|PASSWORD|CONNECTION|_KEY", name.upper().replace("SECRETSTORAGETYPE", "")) or "AccountKey=" in value:
            yield "functions-local", f"{LOCAL}: {name} is a secret, or looks like one"
        if re.fullmatch(r"[A-Z][A-Z0-9_]+", name) and name not in {*settings, "FUNCTIONS_WORKER_RUNTIME"} or name == "INSECURE_NO_GATEWAY":
            yield "functions-local", f"{LOCAL}: {name} is no setting, or none for there"
    if content.get("IsEncrypted") is not False or content["Values"].get("FUNCTIONS_WORKER_RUNTIME") != "custom":
        yield "functions-local", f"{LOCAL}: not the stack of custom handlers"


def site(text, settings, timeout):
    for line, without in EXACT:
        if line not in text:
            yield "functions-bicep", f"without {line[:60]!r}: {without}"
    fixed = text.partition("var fixedSettings = [")[2].partition("\n]")[0]
    given = dict(re.findall(r"\{ name: '(\w+)', value: (.*) \}\n?", fixed))
    for name, value in given.items():
        if name in FORBIDDEN or not name.startswith("AzureWebJobs") and name not in settings:
            yield "functions-settings", f"{name} is no setting, or none for there"
        if "SECRET" in name and value != f"'@Microsoft.KeyVault(SecretUri=${{vaultUri}}secrets/{SLOTS.get(name)})'":
            yield "functions-settings", f"{name} is no reference to its slot of the vault"
    for name in {*SLOTS, "PUBLIC_BASE_URL"} - set(given):
        yield "functions-settings", f"{name} is not set"
    ends = re.fullmatch(r"'(\d+)'", given.get("STREAM_MAX_MS", ""))
    if not ends or not int(ends[1]) / 1000 < CUT_SECONDS < timeout:
        yield "functions-settings", "streams do not end by themselves before something else ends them"
    if re.search(r"listKeys\(|primaryConnectionString|AccountKey", text) or re.search(r"^output .*(secret|Connection)", text, re.M | re.I):
        yield "functions-secrets", "a key is read, or something secret is an output"


def roles(text):
    known = dict(re.findall(r"^  (\w+): '([0-9a-f-]{36})'$", text, re.M))
    granted = set()
    for body in re.findall(r"^resource \w+ 'Microsoft.Authorization/roleAssignments@[^\n]*\n(.*?)^\}", text, re.M | re.S):
        scope, principal, role = (re.search(rf"^ +{word}: (?:.*roles\.)?([\w.]+)\)?$", body, re.M)[1] for word in ("scope", "principalId", "roleDefinitionId"))
        granted.add((scope, principal, ROLES.get(known.get(role), known.get(role))))
    for one in sorted(map(str, granted ^ GRANTED)):
        yield "functions-roles", f"granted and not meant to be, or the other way round: {one}"


def program(machine=62, kinds=(1,), magic=b"\x7fELF\x02\x01"):
    """The head of a program for Linux: where its table of segments is, and of which kinds they are."""
    head = magic.ljust(16, b"\0") + struct.pack("<HHIQQQIHHH", 2, machine, 1, 0, 64, 0, 0, 64, 56, len(kinds))
    return head.ljust(64, b"\0") + b"".join(struct.pack("<I", kind).ljust(56, b"\0") for kind in kinds)


def package(folder):
    """The same zip wherever and whenever it is made, with what the host needs and nothing else; and only of a fitting program."""
    with tempfile.TemporaryDirectory() as home:
        binary, digests = Path(home, "built"), set()
        binary.write_bytes(program())
        for number, (zone, mask, mtime) in enumerate((("UTC", 0o022, 1_000_000_000), ("Asia/Tokyo", 0o077, 1_700_000_000))):
            os.utime(binary, (mtime, mtime))
            target = Path(home, f"{number}.zip")
            done = make(folder, binary, target, TZ=zone, umask=mask)
            if done.returncode != 0:
                yield "functions-package", f"no package is made: {done.stderr[-300:]}"
                return
            digests.add(hashlib.sha256(target.read_bytes()).hexdigest())
        if len(digests) != 1:
            yield "functions-package", "two packages of the same files differ"
        yield from contents(folder, target, binary, {"host.json": PLAIN, FUNCTION: FUNCTION})
        if make(folder, binary, target, "--mcp").returncode != 0:
            yield "functions-package", "no package with the profile is made"
        yield from contents(folder, target, binary, {"host.json": PROFILE})
        for what, unfit in (
            ("a program that needs a loader", program(kinds=(1, 3))),
            ("a program for ARM", program(machine=183)),
            ("a program of 32 bits", program(magic=b"\x7fELF\x01\x01")),
            ("a script", b"#!/bin/sh\n"),
            ("nothing", b""),
        ):
            binary.write_bytes(unfit)
            target.unlink(missing_ok=True)
            if make(folder, binary, target).returncode != 65 or target.exists():
                yield "functions-package", f"{what} is packed"
        binary.write_bytes(program())
        done = make(folder, binary, Path(home, "nowhere/bridge.zip"))
        if done.returncode != 73 or "nowhere/bridge.zip cannot be written: No such file or directory" not in done.stderr or "Traceback" in done.stderr:
            yield "functions-package", f"a folder that is not there is not said: {done.stderr[-300:]}"
        binary.unlink()
        if make(folder, binary, target).returncode != 66 or make(folder, binary).returncode != 64:
            yield "functions-package", "what is missing is not said"


def make(folder, *words, umask=0o022, **environment):
    """A Python without what it compiled: no file may come to be beside the script."""
    command = [sys.executable, "-B", folder / "package", *words]
    return subprocess.run(command, env={"PATH": os.environ["PATH"]} | environment, umask=umask, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def contents(folder, target, binary, files):
    with zipfile.ZipFile(target) as held:
        entries = {entry.filename: entry for entry in held.infolist()}
        if set(entries) != {"jira-mcp-bridge", "LICENSE", "THIRD-PARTY.md", *files}:
            yield "functions-package", f"the package holds {sorted(entries)}"
            return
        modes = {name: (entry.create_system, entry.external_attr >> 16) for name, entry in entries.items()}
        if any(mode != (3, 0o100755 if name == "jira-mcp-bridge" else 0o100644) for name, mode in modes.items()):
            yield "functions-package", f"the program cannot be started, or more than it: {modes}"
        wanted = {name: (folder / file).read_bytes() for name, file in files.items()} | {"jira-mcp-bridge": binary.read_bytes()}
        if any(held.read(name) != content for name, content in wanted.items()):
            yield "functions-package", "what is packed is not what lies there"
