"""deploy/azure: who may do what, which alert looks at what, and the names by which one part finds another.

Each of these is a word that every grammar and every type takes, and that only the right counterpart makes true.
"""

import re

# Source: Azure's built-in roles; Azure Monitor's supported metrics by resource type.
ROLES = {"4633458b-17de-408a-b874-0445c86b69e6": "reads secrets", "b86a8fe4-44ce-4948-aee5-eccb2c155cd7": "writes secrets", "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba": "reads certificates", "7f951dda-4ed3-4680-a7ca-43fe172d538d": "pulls images"}
GRANTED = {
    ("vault", "appIdentity.properties.principalId", "reads secrets"),
    ("vault", "gatewayIdentity.properties.principalId", "reads secrets"),
    ("vault", "gatewayIdentity.properties.principalId", "reads certificates"),
    ("vault", "deployerPrincipalId", "writes secrets"),
    ("registry", "appIdentity.properties.principalId", "pulls images"),
}
METRICS = {"service": {"Requests"}, "app": {"RestartCount", "Replicas"}, "site": {"HealthCheckStatus"}}
# Lines that must stand as they are: file, line, what is wrong without it.
EXACT = (
    ("main.bicep", "'azd-env-name': environmentName", "azd does not find the resource group by its tag"),
    ("main.bicep", "tier == 'prod' ? loadJsonContent('environments/prod.json') : loadJsonContent('environments/dev.json')", "a tier gets the sizes of another"),
    ("modules/api.bicep", "tls: { validateCertificateChain: true, validateCertificateName: true }", "the gateway gives its token to any certificate"),
    ("modules/api.bicep", "secretIdentifier: '${vaultUri}secrets/gateway-secret-${gatewaySlot}'", "the gateway does not send the chosen slot"),
    ("main.bicep", "  name: 'kv-${token}'", "the secret of the OAuth app comes from another vault"),
    ("modules/foundation.bicep", "  name: 'kv-${token}'", "the secret of the OAuth app comes from another vault"),
    ("main.bicep", "identityPrincipalId: foundation.outputs.gatewayIdentityPrincipalId", "the credential manager admits somebody else than the gateway"),
    ("modules/foundation.bicep", "output gatewayIdentityPrincipalId string = gatewayIdentity.properties.principalId", "the credential manager admits somebody else than the gateway"),
    ("modules/credentials.bicep", "    objectId: identityPrincipalId\n", "the credential manager admits somebody else than the gateway"),
    ("modules/credentials.bicep", "{ name: 'jira-mcp-gateway-identity', value: identityClientId }", "the gateway asks the credential manager as somebody else"),
    ("modules/credentials.bicep", "  parent: provider\n  name: user\n", "a connection is not called as its user"),
    ("modules/credentials.bicep", "value: substring(audience, 0, length(audience) - 4) }", "the challenge of a 401 names a document that is not there"),
    ("main.bicep", "    usesCredentialManager: usesEntra\n", "the service has no identity of its own where the credential manager wants one"),
    ("modules/apim.bicep", "type: usesCredentialManager ? 'SystemAssigned, UserAssigned' : 'UserAssigned'", "the service has no identity of its own where the credential manager wants one"),
    ("main.bicep", "var isComplete = runsElsewhere ? !empty(backendUrl) : !empty(image)\n", "a bridge that runs elsewhere waits for an image, or one of ours comes before it"),
    ("main.bicep", "? containerApp!.outputs.url : usesAppService ? appService!.outputs.url : backendUrl\n    vaultUri:", "the gateway calls another bridge than the one that was chosen"),
    ("main.bicep", "    vaultUri: runsElsewhere ? elsewhere!.outputs.vaultUri : foundation.outputs.vaultUri\n", "the gateway sends the secret of another bridge"),
    ("main.bicep", "  scope: resourceGroup(runsElsewhere ? backendGroup : group.name)\n", "the right to the vault is given in another group than the vault's"),
    ("main.bicep", "    principalId: foundation.outputs.gatewayIdentityPrincipalId\n", "somebody else than the gateway may read the secrets of the bridge"),
    ("main.bicep", "= if (isComplete && usesAppService) {", "a site is made where none was chosen"),
    ("main.bicep", "    customDomain: gatewayDomain\n", "the host name that was chosen is not the gateway's"),
    ("main.bicep", "    vaultHoldsCertificate: !empty(gatewayDomain)\n", "the gateway may not read its certificate, or may without one"),
    ("modules/foundation.bicep", "roleAssignments@2022-04-01' = if (vaultHoldsCertificate) {", "the gateway may not read its certificate, or may without one"),
    ("modules/apim.bicep", "hostnameConfigurations: empty(customDomain) ? [] : [customHost]", "the gateway does not answer to the host name that was chosen"),
    ("modules/apim.bicep", "  type: 'Proxy'\n  hostName: customDomain\n", "the host name that was chosen is not the gateway's"),
    ("modules/apim.bicep", "  keyVaultId: '${vaultUri}secrets/${certificateName}'\n  identityClientId: identityClientId\n", "the gateway has no certificate for its host name, or keeps an old one"),
    ("modules/apim.bicep", "? '${service.properties.gatewayUrl}/${path}' : 'https://${customDomain}/${path}'", "the bridge tells clients another host than theirs"),
    ("modules/apim.bicep", "output gatewayHost string = replace(service.properties.gatewayUrl, 'https://', '')", "nobody learns where a host name of one's own has to lead"),
    ("main.bicep", "  dependsOn: [credentials]\n", "the policy comes before the values that it names"),
    ("modules/containerapp.bicep", "{ name: 'GATEWAY_SHARED_SECRET', secretRef: 'gateway-secret-a' }", "the app does not accept slot a"),
    ("modules/containerapp.bicep", "{ name: 'GATEWAY_SHARED_SECRET_PREVIOUS', secretRef: 'gateway-secret-b' }", "the app does not accept slot b"),
    ("modules/containerapp.bicep", "external: true", "API Management cannot reach the app, whose name is not one of inside the environment"),
    ("modules/containerapp.bicep", "var fqdn = '${name}.${apps.properties.defaultDomain}'", "ALLOWED_HOSTS is not the name that API Management calls"),
    ("modules/alerts.bicep", "smsReceivers: empty(alertPhone) ? [] : [{ name: 'on-call', countryCode: alertPhoneCountry, phoneNumber: alertPhone }]", "nobody gets a text message"),
    ("modules/alerts.bicep", "actions: { actionGroups: [one.isUrgent ? onCall.id : people.id] }", "what is urgent waits for somebody to read mail"),
    ("modules/appservice.bicep", "acrUseManagedIdentityCreds: true", "App Service pulls without the identity"),
    ("modules/appservice.bicep", "acrUserManagedIdentityID: identityClientId", "App Service pulls as somebody else"),
    ("modules/appservice.bicep", "keyVaultReferenceIdentity: identityId", "App Service reads the vault as somebody else"),
)


def check(project):
    """Every rule that is broken, as (rule, sentence)."""
    folder = project / "deploy/azure"
    files = {path.relative_to(folder).as_posix(): path.read_text() for path in sorted(folder.rglob("*.bicep"))}
    for name, line, without in EXACT:
        if line not in files[name]:
            yield "bicep-wiring", f"{name}: {without}"
    yield from roles(files["modules/foundation.bicep"], GRANTED)
    yield from roles(files["modules/elsewhere.bicep"], {("vault", "principalId", "reads secrets")})
    yield from alerts(project, files["modules/alerts.bicep"])
    yield from names(project, files["main.bicep"])
    yield from outputs(project, files["main.bicep"])


def roles(text, wanted):
    known = dict(re.findall(r"^  (\w+): '([0-9a-f-]{36})'$", text, re.M))
    granted = set()
    for body in re.findall(r"^resource \w+ 'Microsoft.Authorization/roleAssignments@[^\n]*\n(.*?)^\}", text, re.M | re.S):
        scope, principal, role = (re.search(rf"^ +{word}: (?:.*roles\.)?([\w.]+)\)?$", body, re.M)[1] for word in ("scope", "principalId", "roleDefinitionId"))
        granted.add((scope, principal, ROLES.get(known.get(role), known.get(role))))
    for one in sorted(map(str, granted ^ wanted)):
        yield "bicep-roles", f"granted and not meant to be, or the other way round: {one}"


def alerts(project, text):
    """The operators' book has a line for each, and each looks at a metric that there is."""
    made = set(re.findall(r"^  name: '([a-z-]+)-\$\{token\}'$", text, re.M)) - {"ag", "ag-on-call"} | set(re.findall(r"^    name: '([a-z-]+)'$", text, re.M))
    section = (project / "docs/OPERATIONS.md").read_text().partition("## Alerts")[2].partition("\n## ")[0]
    told = {re.match("[a-z-]+", word)[0] for word in re.findall(r"^\| ([a-z][^|]*?) \|", section, re.M)}
    for name in sorted(made ^ told):
        yield "bicep-alerts", f"{name} is in OPERATIONS.md or in alerts.bicep, not in both"
    for body in re.findall(r"^resource \w+ 'Microsoft.Insights/metricAlerts@[^\n]*\n(.*?)^\}", text, re.M | re.S):
        scope, metric = re.search(r"scopes: \[(\w+)\.id\]", body)[1], re.search(r"metricName: '(\w+)'", body)[1]
        if metric not in METRICS.get(scope, ()):
            yield "bicep-alerts", f"{scope} has no metric {metric}"


def names(project, main):
    """What the scripts and the books take from azd is an output, a parameter, or noted by the scripts themselves."""
    scripts = "".join((project / "deploy/azure" / name).read_text() for name in ("publish", "fill-slot"))
    books = "".join((project / "docs" / name).read_text() for name in ("DEPLOY.md", "OPERATIONS.md"))
    wanted = set(re.findall(r"\$\{?!?((?:BRIDGE|AZURE)_\w+)|", scripts)) | set(re.findall(r"\$\(value (\w+)\)", scripts)) | set(re.findall(r"azd env get-value (\w+)", books))
    given = set(re.findall(r"^output (\w+) ", main, re.M)) | set(re.findall(r"azd env set (\w+)", scripts)) | {"BRIDGE_BUILD", ""}
    given |= set(re.findall(r"readEnvironmentVariable\('(\w+)'", (project / "deploy/azure/main.bicepparam").read_text()))
    for name in sorted(wanted - given):
        yield "bicep-wiring", f"{name} is asked for and nobody gives it"


def outputs(project, main):
    """None of them is also read as a parameter."""
    # azd writes the outputs into the environment from which the next deployment reads its parameters.
    read = set(re.findall(r"readEnvironmentVariable\('(\w+)'", (project / "deploy/azure/main.bicepparam").read_text()))
    for name in sorted(read & set(re.findall(r"^output (\w+) ", main, re.M))):
        yield "bicep-wiring", f"{name} is an output, and would be the parameter {name} of the next deployment"
