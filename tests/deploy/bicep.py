"""deploy/azure: parsed with a Bicep grammar, and the files held against each other and against the bridge.

The grammar knows syntax only; names and types of Azure's own properties are azuretypes.py's. What only Bicep's own compiler can tell
is left to `az bicep build`, which the public pipeline runs and an offline machine cannot.
"""

import json
import os
import re
import xml.etree.ElementTree as ElementTree

import tree_sitter
import tree_sitter_bicep
import yaml

import dockerfile

PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bicep.language()))
SLOTS = {"gateway-secret-a", "gateway-secret-b"}
ASSIGNED = r"param (\w+) = readEnvironmentVariable\('([A-Z][A-Z0-9_]*)'(, '[^']*')?\)"


def check(project, settings):
    """Every rule that is broken, as (rule, sentence)."""
    folder = project / "deploy/azure"
    files = {path.relative_to(folder).as_posix(): path.read_text() for path in sorted(folder.rglob("*.bicep"))}
    yield from syntax(files)
    for name, text in files.items():
        yield from parameters(name, text)
        yield from modules(name, text, files)
    yield from environments(folder, files, settings)
    yield from parameter_file(folder, files)
    yield from apps(project, files, settings)
    yield from vault(folder, files)
    yield from logs(files)
    yield from networks(files)
    yield from gateway(project, files)
    yield from secrets(files)
    yield from azd(project)


def syntax(files):
    for name, text in files.items():
        tree = PARSER.parse(text.encode())
        for node in wrong(tree.root_node):
            yield "bicep-syntax", f"{name}:{node.start_point[0] + 1}: {node.text.decode()[:60]!r}"


def wrong(node):
    if node.is_error or node.is_missing:
        yield node
    elif node.has_error:
        for child in node.children:
            yield from wrong(child)


def declared(text):
    """Parameters with whether they have a default."""
    return {name: default == "=" for name, default in re.findall(r"^param (\w+) \w+(?: *(=))?", text, re.M)}


def parameters(name, text):
    names = [*declared(text), *re.findall(r"^var (\w+)", text, re.M)]
    for parameter in names:
        if len(re.findall(rf"\b{parameter}\b", re.sub(r"^\s+\w+:", "", code(text), flags=re.M))) < 2:
            yield "bicep-unused", f"{name}: {parameter} is declared and never used"


def code(text):
    return re.sub(r"^\s*//.*$|^@description\(.*$", "", text, flags=re.M)


def modules(name, text, files):
    """Each module gets what it asks for and gives what is read of it."""
    here = name.rpartition("/")[0]
    for symbol, path, body in re.findall(r"^module (\w+) '([^']+)' = (?:if [^\n]*)?\{\n(.*?)^\}", text, re.M | re.S):
        file = os.path.normpath(os.path.join(here, path))
        if file not in files:
            yield "bicep-modules", f"{name}: {path} does not exist"
            continue
        asked = declared(files[file])
        block = re.search(r"^  params: \{\n(.*?)^  \}", body, re.M | re.S)
        given = set(re.findall(r"^    (\w+):", block[1], re.M)) if block else set()
        for parameter in sorted(set(asked) - given):
            if not asked[parameter]:
                yield "bicep-modules", f"{name}: {symbol} is not given {parameter}"
        for parameter in sorted(given - set(asked)):
            yield "bicep-modules", f"{name}: {symbol} has no parameter {parameter}"
        outputs = set(re.findall(r"^output (\w+)", files[file], re.M))
        for output in set(re.findall(rf"\b{symbol}!?\.outputs\.(\w+)", text)) - outputs:
            yield "bicep-modules", f"{name}: {symbol} has no output {output}"


def environments(folder, files, settings):
    """dev and prod have the same fields, real values, and settings that the bridge knows."""
    read = {path.stem: json.loads(path.read_text()) for path in sorted((folder / "environments").glob("*.json"))}
    if set(read) != {"dev", "prod"}:
        yield "bicep-environments", f"the environments are {sorted(read)}"
        return
    shapes = {name: {field: type(value) for field, value in one.items()} for name, one in read.items()}
    if shapes["dev"] != shapes["prod"]:
        yield "bicep-environments", "dev and prod have different fields"
    used = set(re.findall(r"\bsizes\.(\w+)", files["main.bicep"]))
    for field in used ^ set(read["prod"]):
        yield "bicep-environments", f"{field} is used and not given, or given and not used"
    for name, one in read.items():
        for setting in one.get("settings", {}):
            if setting not in settings or "SECRET" in setting or setting == "INSECURE_NO_GATEWAY":
                yield "bicep-settings", f"{name}.json: {setting} is no setting, or none for there"
        for setting, secret in one.get("secretSettings", {}).items():
            if setting not in settings or setting.startswith("GATEWAY_") or not re.fullmatch(r"[a-z][a-z0-9-]*", secret):
                yield "bicep-settings", f"{name}.json: {setting} is no setting that a secret called {secret} can hold"
        for value in strings(one):
            if not value.strip() or re.search(r"example|todo|change|replace|your|<|\{\{|x{3,}", value, re.IGNORECASE):
                yield "bicep-placeholder", f"{name}.json: {value!r} looks like a placeholder"
        if one["callsPerAddressPerMinute"] < 5 * one["callsPerTokenPerMinute"]:
            yield "bicep-scale", f"{name}.json: the limit by address is too narrow: users share addresses"
        # Source: the bridge's CALL_DEADLINE_MS, its limit of a body, and the idle limit of Azure's load balancer.
        if not 40 < one["gatewayTimeoutSeconds"] <= 240 or not 0 < one["bodyBytesMax"] <= 1048576:
            yield "bicep-scale", f"{name}.json: the gateway gives up before the bridge, or lets more through than it takes"
        # Source: the limits of the credential manager, for a connection.
        if not 0 < one["callsPerUserPerMinute"] <= 250:
            yield "bicep-scale", f"{name}.json: the credential manager gives up before a user's calls do"
        sets = [set(one[f"{role}Toolsets"].split(",")) for role in ("reader", "member", "lead")]
        if not sets[0] <= sets[1] <= sets[2]:
            yield "bicep-scale", f"{name}.json: a lower role has a set of tools that a higher one lacks, and only the highest counts"
        if more := sets[2] - set(one["settings"].get("TOOLSETS", settings["TOOLSETS"]).split(",")):
            yield "bicep-scale", f"{name}.json: leadToolsets has {sorted(more)}, which TOOLSETS does not open for anybody"
        if not 1 <= one["minReplicas"] <= one["maxReplicas"] or one["concurrentRequestsPerReplica"] < 1:
            yield "bicep-scale", f"{name}.json: {one['minReplicas']} to {one['maxReplicas']} replicas"
    if read["prod"]["minReplicas"] < 2 or not read["prod"]["privateNetwork"]:
        yield "bicep-scale", "production on one replica, or open to the world"


def strings(value):
    if isinstance(value, dict):
        value = value.values()
    elif isinstance(value, str):
        yield value
        return
    elif not isinstance(value, list):
        return
    for one in value:
        yield from strings(one)


def parameter_file(folder, files):
    """Every value comes from the environment; one that the template requires has no default here either."""
    for name in ("main.bicep", "regions/main.bicep"):
        file = f"{name}param"
        lines = (folder / file).read_text().splitlines()
        lines = [line for line in lines if line.strip() and not line.startswith("//")]
        if lines[0] != "using 'main.bicep'":
            yield "bicep-parameters", f"{file} does not use main.bicep"
        asked = declared(files[name])
        given = {}
        for line in lines[1:]:
            match = re.fullmatch(ASSIGNED, line)
            if not match:
                yield "bicep-parameters", f"{file}: not read from the environment: {line}"
                continue
            given[match[1]] = match[3] is not None
        for parameter, has_default in asked.items():
            if parameter not in given:
                yield "bicep-parameters", f"{file} says nothing of {parameter}"
            elif given[parameter] and not has_default:
                yield "bicep-parameters", f"{file}: {parameter} is required and would be made up where it is missing"
        for parameter in set(given) - set(asked):
            yield "bicep-parameters", f"{name} has no parameter {parameter}"


def apps(project, files, settings):
    """Both hosts give the bridge what it needs under its own names."""
    image = dockerfile.parse((project / "Dockerfile").read_text())
    port = dockerfile.pairs(" ".join(image.last.all("ENV")))["PORT"]
    for name in ("modules/containerapp.bicep", "modules/appservice.bicep"):
        text = code(files[name])
        given = re.findall(r"\{ name: '([A-Z][A-Z0-9_]+)', (value|secretRef): (.*?) \}\n", text)
        for setting, kind, value in given:
            if setting not in settings:
                yield "bicep-settings", f"{name}: the bridge has no setting {setting}"
            is_secret = "SECRET" in setting and not setting.endswith("_FILE")
            if is_secret and kind != "secretRef" and "@Microsoft.KeyVault(SecretUri=" not in value:
                yield "bicep-secrets", f"{name}: {setting} is no reference to the vault"
        names = {setting for setting, _, _ in given}
        for needed in ("ALLOWED_HOSTS", "PUBLIC_BASE_URL", "GATEWAY_SHARED_SECRET", "GATEWAY_SHARED_SECRET_PREVIOUS"):
            if needed not in names:
                yield "bicep-settings", f"{name}: {needed} is not set"
        if "INSECURE_NO_GATEWAY" in text:
            yield "bicep-secrets", f"{name}: waives the gateway secret"
        if f"var port = {port}\n" not in text:
            yield "bicep-ports", f"{name}: not the image's port {port}"
        read = set(re.findall(r"\$\{vaultUri\}secrets/([a-z-]+)", text))
        if read != SLOTS:
            yield "bicep-secrets", f"{name}: reads {sorted(read)} from the vault"
    text = code(files["modules/containerapp.bicep"])
    known = set(re.findall(r"\{ name: '([a-z-]+)', (?:keyVaultUrl|value):", text))
    for reference in re.findall(r"secretRef: '([a-z-]+)'", text):
        if reference not in known:
            yield "bicep-secrets", f"secretRef {reference} names no secret"
    probes = re.findall(r"type: '(\w+)'\s+httpGet: \{ path: '([^']+)', port: port \}", text)
    if probes != [("Startup", "/healthz"), ("Liveness", "/healthz"), ("Readiness", "/readyz")]:
        yield "bicep-probes", f"the container's probes are {probes}"
    # Source: the type ContainerAppProbe of Microsoft.App.
    if any(int(count) > 10 for count in re.findall(r"failureThreshold: (\d+)", text)):
        yield "bicep-probes", "Container Apps takes ten failures at most"
    if "healthCheckPath: '/healthz'" not in files["modules/appservice.bicep"]:
        yield "bicep-probes", "App Service does not ask /healthz"
    if "targetPort: port" not in text:
        yield "bicep-ports", "the ingress does not lead to the port"
    if "allowInsecure: false" not in text or "httpsOnly: true" not in files["modules/appservice.bicep"]:
        yield "bicep-https", "plain http is let in"
    if "concurrentRequests: string(concurrentRequestsPerReplica)" not in text:
        yield "bicep-scale", "no scale rule on concurrent requests"
    grace = re.search(r"terminationGracePeriodSeconds: (\d+)", text)
    if not grace or int(grace[1]) * 1000 <= int(settings["SHUTDOWN_GRACE_MS"]):
        yield "bicep-grace", "the container is killed before the drain has ended"


def vault(folder, files):
    text = files["modules/foundation.bicep"]
    for needed in ("enablePurgeProtection: true", "enableSoftDelete: true", "enableRbacAuthorization: true"):
        if needed not in text:
            yield "bicep-vault", f"the vault has no {needed}"
    if "adminUserEnabled: false" not in text:
        yield "bicep-vault", "the registry has a password"
    if "createMode: vaultCreateMode" not in text:
        yield "bicep-vault", "a vault that was deleted with its environment cannot be brought back"
    if not re.search(r"resource deployerWritesSecrets '[^']+' = if \(!empty\(deployerPrincipalId\)\) \{", text):
        yield "bicep-vault", "whoever deploys gets the vault, named or not"
    if text.count("principalId:") != text.count("principalType:"):
        yield "bicep-vault", "a role assignment without principalType, which a new principal does not survive"
    for name, text in files.items():
        if re.search(r"Microsoft.KeyVault/vaults/secrets@", text):
            yield "bicep-vault", f"{name}: a secret's value would pass through the deployment's history"
    for script in ("publish", "fill-slot"):
        if not os.access(folder / script, os.X_OK):
            yield "bicep-azd", f"deploy/azure/{script} cannot be run"


def logs(files):
    """The console of both hosts reaches the workspace, and no key of the workspace is handed out for it."""
    for name, text in files.items():
        if "listKeys(" in text or "sharedKey" in text:
            yield "bicep-logs", f"{name}: a shared key"
    text = code(files["modules/containerapp.bicep"])
    if "destination: 'azure-monitor'" not in text:
        yield "bicep-logs", "the logs of Container Apps go the legacy way"
    if not re.search(r"diagnosticSettings@[^']+' = \{\s+scope: apps\b.*?category: 'ContainerAppConsoleLogs', enabled: true", text, re.S):
        yield "bicep-logs", "the console of Container Apps goes nowhere"
    if not re.search(r"scope: site\b.*?category: 'AppServiceConsoleLogs', enabled: true", files["modules/appservice.bicep"], re.S):
        yield "bicep-logs", "the console of App Service goes nowhere"


def networks(files):
    main = files["main.bicep"]
    if "var usesNetwork = sizes.privateNetwork && usesContainerApps\n" not in main or "module network 'modules/network.bicep' = if (usesNetwork) {" not in main:
        yield "bicep-network", "a network is made that nothing stands in"
    # network.bicep delegates the subnet as the v2 tiers want it; the classic ones are injected in another way.
    allowed = re.search(r"@allowed\(\[([^\]]*)\]\)\s+param skuName", files["modules/apim.bicep"])
    if not allowed or not set(re.findall(r"'(\w+)'", allowed[1])) <= {"BasicV2", "StandardV2"}:
        yield "bicep-network", "a tier of API Management that network.bicep does not fit"


def gateway(project, files):
    """API Management: the policy that tests know, what it names, and nothing that reads bodies."""
    text = code(files["modules/api.bicep"])
    if "  connector: loadTextContent('../../../apim-policy.xml')\n" not in text or "format: 'rawxml'" not in text:
        yield "bicep-policy", "the API's policy is not apim-policy.xml"
    for method in ("POST", "GET", "DELETE"):
        if f"method: '{method}'" not in text:
            yield "bicep-policy", f"no operation for {method}"
    for needed in ("subscriptionRequired: false", "protocols: ['https']", "secret: true", "body: { bytes: 0 }", "headers: []", "logClientIp: false"):
        if needed not in text:
            yield "bicep-policy", f"the API has no {needed}"
    if "'Consumption'" in code(files["modules/apim.bicep"]):
        yield "bicep-policy", "the Consumption tier knows no limits by key"
    for path in re.findall(r"url: '([^']+)'", text):
        if not path.startswith("/mcp") and path not in ("/api/mcp/stream", "/api/mcp/command"):
            yield "bicep-policy", f"{path} must not be published"
    connector = project / "connector/apiDefinition.swagger.json"
    if connector.exists():
        base = json.loads(connector.read_text())["basePath"]
        if f"var path = '{base.strip('/')}'\n" not in files["modules/apim.bicep"]:
            yield "bicep-policy", f"the connector calls {base}, API Management publishes something else"
    named = set(re.findall(r"namedValues@[\d-]+' = \{\s+parent: service\s+name: '([^']+)'", text))
    # Those that apim-policy.entra.xml alone needs are made where it is chosen.
    own = set(re.findall(r"\{ name: '(jira-mcp-[\w-]+)', value: \S", code(files["modules/credentials.bicep"])))
    limits = ("callsPerToken", "callsPerUser", "callsPerAddress", "registrationsPerAddress", "signInsPerAddress", "tokenRequestsPerAddress")
    for name in (*(f"{limit}PerMinute" for limit in limits), "bodyBytesMax", "gatewayTimeoutSeconds"):
        if f"value: string({name})" not in text or f"{name}: sizes.{name}" not in files["main.bicep"]:
            yield "bicep-policy", f"the limit {name} of the environment does not reach the policy"
    backends = set(re.findall(r"backends@[\d-]+' = \{\s+parent: service\s+name: '([^']+)'", text))
    for kind in ("", ".oauth", ".entra"):
        policy = project / f"apim-policy{kind}.xml"
        source = policy.read_text()
        made = named | own if kind == ".entra" else named
        for value in set(re.findall(r"\{\{([^}]+)\}\}", source)) - made:
            yield "bicep-policy", f"{policy.name} reads the named value {value}, which nobody makes"
        for element in ElementTree.fromstring(source).iter("set-backend-service"):
            if element.get("backend-id") not in backends:
                yield "bicep-policy", f"{policy.name} calls the backend {element.attrib}, which nobody makes"


def secrets(files):
    """What is called a secret is @secure, comes from the vault, and is told to nobody."""
    for name, text in files.items():
        for above, parameter in re.findall(r"^(.*)\nparam (\w*[sS]ecret\w*) string", text, re.M):
            if above != "@secure()":
                yield "bicep-secrets", f"{name}: {parameter} is not @secure"
        for line in re.findall(r"^    (\w*[sS]ecret): (.*)$", text, re.M):
            if name == "main.bicep" and not re.fullmatch(r"vault\.getSecret\('[a-z-]+'\)", line[1]):
                yield "bicep-secrets", f"{name}: {line[0]} does not come from the vault"
        for line in re.findall(r"^output .*[sS]ecret.*$", text, re.M):
            yield "bicep-secrets", f"{name}: shows {line}"
    if "vaultServesDeployments: usesEntra\n" not in files["main.bicep"] or "enabledForTemplateDeployment: vaultServesDeployments\n" not in files["modules/foundation.bicep"]:
        yield "bicep-secrets", "the vault hands secrets to deployments where nothing needs it, or does not where something does"


def azd(project):
    wanted = yaml.safe_load((project / "azure.yaml").read_text())
    infra = wanted.get("infra", {})
    if not (project / infra.get("path", "-") / f"{infra.get('module')}.bicep").exists():
        yield "bicep-azd", "azure.yaml names no module"
    asked = re.fullmatch(r">= (\d+)\.(\d+)\.\d+", wanted.get("requiredVersions", {}).get("azd", ""))
    # Source: Azure/azure-dev #5446 (1.18) and #6063 (1.21), which read the environment again for the second round.
    if not asked or tuple(map(int, asked.groups())) < (1, 21):
        yield "bicep-azd", "an azd that knows no second round is taken"
    steps = wanted.get("workflows", {}).get("up", {}).get("steps", [])
    if steps != [{"azd": "provision"}, {"azd": "provision"}]:
        yield "bicep-azd", "azd up does not provision in two rounds"
    hook = wanted.get("hooks", {}).get("postprovision", {})
    if hook.get("run") != "deploy/azure/publish" or hook.get("continueOnError") is not False:
        yield "bicep-azd", "nothing fills the vault between the rounds"
