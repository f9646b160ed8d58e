"""One broken copy after another: (check, rule that must speak, file, what is replaced, by what)."""

import multiprocessing
import os
import re
import shutil
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import functions_broken

COPIED = [".ci", "Cargo.toml", "Cargo.lock", "build.rs", "Dockerfile", ".dockerignore", "LICENSE", "THIRD-PARTY.md", "rust-toolchain.toml", "azure.yaml", "deploy", ".github", "docs", "src", "crates", "tests"]
# What those checks read that are tried often, or that read everything; a copy of all takes its time.
READ = {
    "secrets": ["deploy"],
    "forms": [".github"],
    "functions": ["deploy", "LICENSE", "THIRD-PARTY.md"],
    "types": ["deploy"],
    "wiring": ["deploy", "docs"],
    "policies": ["deploy"],
    "frontdoor": ["deploy", "tests"],
    "kql": ["deploy", "docs"],
    "alerts": ["deploy", "tests"],
    "workflows": [".github"],
    "kubernetes": ["deploy", "Dockerfile"],
    "pipeline": ["deploy", ".github"],
    "checkov": ["deploy", "Dockerfile", ".github"],
    "spectral": [],
    "azure": ["deploy", "Dockerfile", "azure.yaml"],
}
SHARED = ["apim-policy.xml", "apim-policy.oauth.xml", "apim-policy.entra.xml", "connector"]
MAIN = "deploy/azure/main.bicep"
SERVICE = "deploy/azure/modules/apim.bicep"
ELSEWHERE = "deploy/azure/modules/elsewhere.bicep"
ALARMS = "deploy/azure/modules/alerts.bicep"
FOUNDATION = "deploy/azure/modules/foundation.bicep"
RULES = "deploy/observability/prometheus-rules.yaml"
BOOK = "deploy/observability/azure-workbook.json"
BASE = "deploy/kubernetes/base/"
APP = "deploy/azure/modules/containerapp.bicep"
SITE = "deploy/azure/modules/appservice.bicep"
API = "deploy/azure/modules/api.bicep"
OAUTH = "deploy/azure/modules/oauth.bicep"
OAUTH_POLICY = "apim-policy.oauth.xml"
DOOR = "deploy/azure/modules/frontdoor.bicep"
WALL = "deploy/azure/modules/firewall.bicep"
STACK = "deploy/azure/modules/behindfrontdoor.bicep"
REGIONS = "deploy/azure/regions/main.bicep"
DOOR_POLICY = "deploy/azure/front-door-policy.xml"
PROBE_POLICY = "deploy/azure/probe-policy.xml"
ENTRA = "deploy/azure/modules/entra.bicep"
CREDENTIALS = "deploy/azure/modules/credentials.bicep"
ENTRA_POLICY = "apim-policy.entra.xml"
DEV = "deploy/azure/environments/dev.json"
PROD = "deploy/azure/environments/prod.json"
FLOW = ".github/workflows/"

IMAGE = [
    ("image-parses", "Dockerfile", "ARG RUST_IMAGE=rust:1.95.0-slim-bookworm\n", "RUN true\n"),
    ("image-toolchain", "rust-toolchain.toml", "1.95.0", "1.96.0"),
    ("image-toolchain", "Dockerfile", "RUSTUP_TOOLCHAIN=1.95.0", "RUSTUP_TOOLCHAIN=1.94.0"),
    ("image-base", "deploy/image/base.env", "\nRUST_IMAGE=rust:1.95.0", "\nRUST_IMAGE=rust:1.94.0"),
    ("image-base", "deploy/image/base.env", "RUST_IMAGE_DIGEST=", "RUST_IMAGE_DIGEST=sha256:abc"),
    ("image-plain-syntax", "Dockerfile", "COPY src ./src", "COPY --chmod=0555 src ./src"),
    ("image-plain-syntax", "Dockerfile", "RUN rustup", "RUN --mount=type=cache,target=/x rustup"),
    ("image-build-flags", "Dockerfile", " --no-default-features", ""),
    ("image-build-flags", "Dockerfile", "--release --locked", "--release"),
    ("image-build-flags", "Dockerfile", "ARG FEATURES=\n", "ARG FEATURES=demo\n"),
    ("image-reproducible", "Dockerfile", "musl-tools=1.2.3-1", "musl-tools"),
    ("image-reproducible", "Dockerfile", " --remap-path-prefix=/src=/bridge", ""),
    ("image-papers", "Dockerfile", "python3 deploy/supply/sbom.py --target", "echo"),
    ("image-empty-base", "Dockerfile", "FROM scratch\nARG", "FROM debian:12\nARG"),
    ("image-user", "Dockerfile", "not root.\nUSER 65532:65532", "not root.\nUSER root"),
    ("image-healthcheck", "Dockerfile", ', "healthcheck"]\nENTRYPOINT ["/jira-mcp-bridge"]\nCMD ["serve"]', ']\nENTRYPOINT ["/jira-mcp-bridge"]\nCMD ["serve"]'),
    ("image-entry", "Dockerfile", 'CMD ["serve"]', "CMD serve"),
    ("image-settings", "Dockerfile", "LOG_FORMAT=json", "LOG_FORMATS=json"),
    ("image-settings", "Dockerfile", "LOG_FORMAT=json", "INSECURE_NO_GATEWAY=true"),
    ("image-settings", "Dockerfile", "EXPOSE 8080\n", "EXPOSE 80\n"),
    ("image-settings", "Dockerfile", "EXPOSE 8080 8090", "EXPOSE 8080"),
    ("image-labels", "Cargo.toml", '\nversion = "0.1.0"', '\nversion = "0.2.0"'),
    ("image-labels", "Dockerfile", 'org.opencontainers.image.source="${SOURCE_URL}"\nCOPY --from=build /out /\n# Listening', 'source="${SOURCE_URL}"\nCOPY --from=build /out /\n# Listening'),
    ("image-context", ".dockerignore", "*\n!Cargo.toml", "!Cargo.toml"),
    ("image-context", ".dockerignore", "!src\n", "!src\n!docs\n"),
    ("image-context", ".dockerignore", "**/.env*\n", ""),
    ("image-context", "Cargo.toml", "[profile.dev]", '[[bench]]\nname = "work"\n\n[profile.dev]'),
    ("image-context", "Dockerfile", "COPY connector ./connector\n", ""),
    ("image-embeds", "src/connector/mod.rs", "../../connector/icon.png", "../../docs/DEPLOY.md"),
    ("image-embeds", "Cargo.toml", "[features]", "[build-dependencies]\nkit = { path = \"parts/kit\" }\n\n[features]"),
    ("image-hadolint", "Dockerfile", "WORKDIR /src", "WORKDIR src"),
]
AZURE = [
    ("bicep-syntax", APP, "output name string = app.name", "output name string == app.name"),
    ("bicep-unused", APP, "        minReplicas: minReplicas\n", "        minReplicas: 1\n"),
    ("bicep-modules", "deploy/azure/main.bicep", "    cpu: sizes.cpu\n", ""),
    ("bicep-modules", "deploy/azure/main.bicep", "    cpu: sizes.cpu\n", "    cpu: sizes.cpu\n    gpu: 1\n"),
    ("bicep-modules", "deploy/azure/main.bicep", "foundation.outputs.vaultName", "foundation.outputs.vault"),
    ("bicep-modules", "deploy/azure/main.bicep", "'modules/alerts.bicep'", "'modules/alarms.bicep'"),
    ("bicep-environments", PROD, '  "cpu": "0.5",\n', ""),
    ("bicep-environments", PROD, '"apimCapacity": 1', '"apimCapacity": "1"'),
    ("bicep-placeholder", PROD, '"info"', '"<level>"'),
    ("bicep-settings", PROD, '"TOOLSETS"', '"TOOLSET"'),
    ("bicep-settings", PROD, '"secretSettings": {}', '"secretSettings": {"SESSION_KEY": "session-key"}'),
    ("bicep-settings", APP, "name: 'ALLOWED_HOSTS'", "name: 'ALLOWED_HOST'"),
    ("bicep-settings", SITE, "name: 'PUBLIC_BASE_URL'", "name: 'PUBLIC_URL'"),
    ("bicep-scale", PROD, '"callsPerAddressPerMinute": 12000', '"callsPerAddressPerMinute": 130'),
    ("bicep-scale", PROD, '"minReplicas": 3', '"minReplicas": 0'),
    ("bicep-scale", PROD, '"privateNetwork": true', '"privateNetwork": false'),
    ("bicep-scale", APP, "concurrentRequests: string(concurrentRequestsPerReplica)", "concurrentRequests: '1000'"),
    ("bicep-parameters", "deploy/azure/main.bicepparam", "readEnvironmentVariable('BRIDGE_ALERT_EMAIL')", "readEnvironmentVariable('BRIDGE_ALERT_EMAIL', 'a@b.c')"),
    ("bicep-parameters", "deploy/azure/main.bicepparam", "readEnvironmentVariable('BRIDGE_TIER')", "'prod'"),
    ("bicep-parameters", "deploy/azure/main.bicepparam", "param image =", "param images ="),
    ("bicep-secrets", APP, "name: 'GATEWAY_SHARED_SECRET', secretRef: 'gateway-secret-a'", "name: 'GATEWAY_SHARED_SECRET', value: vaultUri"),
    ("bicep-secrets", APP, "secretRef: 'gateway-secret-b'", "secretRef: 'gateway-secret-c'"),
    ("bicep-secrets", SITE, "secrets/gateway-secret-b)", "secrets/gateway-secret)"),
    ("bicep-secrets", SITE, "          { name: 'ALLOWED_HOSTS'", "          { name: 'INSECURE_NO_GATEWAY', value: 'true' }\n          { name: 'ALLOWED_HOSTS'"),
    ("bicep-ports", APP, "var port = 8080", "var port = 80"),
    ("bicep-ports", APP, "targetPort: port", "targetPort: 80"),
    ("bicep-probes", APP, "path: '/readyz'", "path: '/mcp'"),
    ("bicep-probes", APP, "failureThreshold: 10", "failureThreshold: 30"),
    ("bicep-probes", SITE, "healthCheckPath: '/healthz'", "healthCheckPath: '/'"),
    ("bicep-https", APP, "allowInsecure: false", "allowInsecure: true"),
    ("bicep-grace", APP, "terminationGracePeriodSeconds: 60", "terminationGracePeriodSeconds: 30"),
    ("bicep-vault", "deploy/azure/modules/foundation.bicep", "enablePurgeProtection: true", "enablePurgeProtection: false"),
    ("bicep-vault", "deploy/azure/modules/foundation.bicep", "adminUserEnabled: false", "adminUserEnabled: true"),
    ("bicep-vault", "deploy/azure/modules/foundation.bicep", "output vaultName", "resource s 'Microsoft.KeyVault/vaults/secrets@2023-07-01' existing = { name: 'x' }\noutput vaultName"),
    ("bicep-policy", API, "../apim-policy.xml", "../policy.xml"),
    ("bicep-policy", API, "name: 'jira-mcp-sign-ins-per-address'\n  properties", "name: 'sign-ins'\n  properties"),
    ("bicep-policy", API, "value: string(registrationsPerAddressPerMinute)", "value: '30'"),
    ("bicep-policy", OAUTH_POLICY, 'backend-id="jira-mcp-bridge"', 'backend-id="bridge"'),
    ("bicep-modules", MAIN, "    loggerName: api!.outputs.loggerName\n  }\n}\n\nmodule entra", "  }\n}\n\nmodule entra"),
    ("bicep-environments", PROD, '  "gatewayPolicy": "connector",\n', ""),
    ("bicep-policy", API, "method: 'DELETE'", "method: 'PUT'"),
    ("bicep-policy", API, "url: '/mcp/readonly'", "url: '/healthz'"),
    ("bicep-policy", API, "subscriptionRequired: false", "subscriptionRequired: true"),
    ("bicep-policy", API, "logClientIp: false", "logClientIp: true"),
    ("bicep-policy", "deploy/azure/modules/apim.bicep", "@allowed(['BasicV2'", "@allowed(['Consumption'"),
    ("bicep-policy", API, "value: string(callsPerAddressPerMinute)", "value: '1200'"),
    ("bicep-policy", API, "value: string(callsPerUserPerMinute)", "value: '120'"),
    ("bicep-policy", API, "value: string(bodyBytesMax)", "value: '4194304'"),
    ("bicep-policy", API, "value: string(gatewayTimeoutSeconds)", "value: '30'"),
    ("bicep-policy", API, "name: 'jira-mcp-timeout-seconds'\n  properties", "name: 'jira-mcp-timeout'\n  properties"),
    ("bicep-policy", API, "url: '/api/mcp/stream'", "url: '/api/mcp/metrics'"),
    ("bicep-policy", MAIN, "gatewayTimeoutSeconds: sizes.gatewayTimeoutSeconds", "gatewayTimeoutSeconds: sizes.bodyBytesMax"),
    ("bicep-policy", CREDENTIALS, "{ name: 'jira-mcp-entra-tenant', value: tenantId }", "{ name: 'jira-mcp-tenant', value: tenantId }"),
    ("bicep-policy", CREDENTIALS, "{ name: 'jira-mcp-connect-url', value: connectUrl }", "{ name: 'jira-mcp-connect', value: connectUrl }"),
    ("bicep-policy", ENTRA_POLICY, 'backend-id="jira-mcp-bridge"', 'backend-id="bridge"'),
    ("bicep-modules", MAIN, "    audience: entraAudience\n", ""),
    ("bicep-unused", CREDENTIALS, "          scopes: atlassianScopes\n", ""),
    ("bicep-parameters", "deploy/azure/main.bicepparam", "param connectUrl = readEnvironmentVariable('BRIDGE_CONNECT_URL', '')\n", ""),
    ("bicep-scale", PROD, '"gatewayTimeoutSeconds": 110', '"gatewayTimeoutSeconds": 30'),
    ("bicep-scale", PROD, '"gatewayTimeoutSeconds": 110', '"gatewayTimeoutSeconds": 300'),
    ("bicep-scale", PROD, '"callsPerUserPerMinute": 120', '"callsPerUserPerMinute": 300'),
    ("bicep-scale", PROD, '"bodyBytesMax": 1048576', '"bodyBytesMax": 4194304'),
    ("bicep-scale", PROD, '"readerToolsets": "core,context"', '"readerToolsets": "core,agile"'),
    ("bicep-scale", PROD, '"memberToolsets": "core,context,collab"', '"memberToolsets": "core,context,destructive"'),
    ("bicep-scale", PROD, '"leadToolsets": "core,context,collab"', '"leadToolsets": "core,context,collab,agile"'),
    ("bicep-placeholder", PROD, '"readerToolsets": "core,context"', '"readerToolsets": ""'),
    ("bicep-secrets", CREDENTIALS, "@secure()\n", ""),
    ("bicep-secrets", CREDENTIALS, "output redirectUrl string", "output secret string = atlassianClientSecret\noutput redirectUrl string"),
    ("bicep-secrets", MAIN, "vault.getSecret('atlassian-client-secret')", "atlassianClientId"),
    ("bicep-secrets", MAIN, "vaultServesDeployments: usesEntra", "vaultServesDeployments: true"),
    ("bicep-secrets", FOUNDATION, "    enabledForTemplateDeployment: vaultServesDeployments\n", "    enabledForTemplateDeployment: true\n"),
    ("bicep-policy", "apim-policy.xml", "{{jira-mcp-calls-per-token}}", "{{calls-per-token}}"),
    ("bicep-network", "deploy/azure/modules/apim.bicep", "@allowed(['BasicV2'", "@allowed(['Developer'"),
    ("bicep-network", "deploy/azure/main.bicep", "sizes.privateNetwork && usesContainerApps", "sizes.privateNetwork"),
    ("bicep-logs", APP, "destination: 'azure-monitor'", "destination: 'log-analytics'"),
    ("bicep-logs", APP, "category: 'ContainerAppConsoleLogs', enabled: true", "category: 'ContainerAppConsoleLogs', enabled: false"),
    ("bicep-logs", SITE, "category: 'AppServiceConsoleLogs', enabled: true", "category: 'AppServiceHTTPLogs', enabled: true"),
    ("bicep-logs", APP, "output name string = app.name", "output name string = logs.listKeys().primarySharedKey"),
    ("bicep-vault", FOUNDATION, "    createMode: vaultCreateMode\n", ""),
    ("bicep-vault", FOUNDATION, " = if (!empty(deployerPrincipalId)) {", " = {"),
    ("bicep-vault", FOUNDATION, "    principalType: deployerPrincipalType\n", ""),
    ("bicep-syntax", DOOR, "output publicHost string = hasDomain", "output publicHost string == hasDomain"),
    ("bicep-modules", REGIONS, "    routing: routing\n", ""),
    ("bicep-modules", REGIONS, "frontDoor.outputs.publicHost", "frontDoor.outputs.host"),
    ("bicep-modules", DOOR, "    managedRules: managedRules\n", ""),
    ("bicep-unused", DOOR, "    callsPerAddressPerMinute: callsPerAddressPerMinute\n", "    callsPerAddressPerMinute: 100\n"),
    ("bicep-parameters", "deploy/azure/regions/main.bicepparam", "readEnvironmentVariable('BRIDGE_SECOND_GATEWAY')", "readEnvironmentVariable('BRIDGE_SECOND_GATEWAY', 'apim.azure-api.net')"),
    ("bicep-parameters", "deploy/azure/main.bicepparam", "param frontDoorId =", "param frontDoor ="),
    ("bicep-azd", "azure.yaml", '  azd: ">= 1.21.0"', '  azd: ">= 1.17.0"'),
    ("bicep-azd", "azure.yaml", "      # Everything that needs them.\n      - azd: provision\n", ""),
    ("bicep-azd", "azure.yaml", "run: deploy/azure/publish", "run: deploy/azure/publisher"),
    ("bicep-azd", "azure.yaml", "module: main", "module: base"),
]
POLICY = [
    ("bicep-policy", API, "name: 'jira-mcp-gateway-token'\n  properties", "name: 'gateway-token'\n  properties"),
    ("bicep-policy", API, "name: 'jira-mcp-bridge'", "name: 'bridge'"),
]
POLICIES = [
    ("policy-csharp", "apim-policy.xml", 'context.Request.Method == "POST"', 'context.Request.Method == == "POST"'),
    ("policy-csharp", OAUTH_POLICY, 'UrlTemplate == "/register"', 'UrlTemplate == == "/register"'),
    ("policy-csharp", OAUTH_POLICY, '.Replace("/jira-mcp", "")', '.Replace("/jira-mcp", "" "")'),
    ("bicep-oauth", OAUTH_POLICY, '.Replace("/jira-mcp", "")', '.Replace("/jira", "")'),
    ("bicep-oauth", "deploy/azure/modules/apim.bicep", "var path = 'jira-mcp'", "var path = 'jira'"),
    ("bicep-oauth", OAUTH, "method: 'OPTIONS', url: '/token'", "method: 'PUT', url: '/token'"),
    ("bicep-oauth", OAUTH, "method: 'POST', url: '/auth/logout'", "method: 'GET', url: '/auth/logout'"),
    ("bicep-oauth", OAUTH, "  { name: 'get-callback', method: 'GET', url: '/auth/callback', parameters: [] }\n", ""),
    ("bicep-oauth", OAUTH, "method: 'GET', url: '/auth/login'", "method: 'GET', url: '/readyz'"),
    ("bicep-oauth", OAUTH, "url: '/.well-known/oauth-authorization-server/${apiPath}', ", "url: '/${apiPath}/.well-known/oauth-authorization-server', "),
    ("bicep-oauth", OAUTH, "name: 'server-mcp', url: '/.well-known/oauth-authorization-server/${apiPath}/mcp'", "name: 'server-mcp', url: '/.well-known/oauth-authorization-server/${apiPath}'"),
    ("bicep-oauth", OAUTH, "    path: ''\n", "    path: 'documents'\n"),
    ("bicep-oauth", OAUTH, "subscriptionRequired: false", "subscriptionRequired: true"),
    ("bicep-oauth", OAUTH, "../apim-policy.oauth.xml", "../apim-policy.xml"),
    ("bicep-oauth", OAUTH, "frontend: { request: noQuery,", "frontend: { request: nothing,"),
    ("bicep-oauth", OAUTH, "mode: 'Hide', value: '*'", "mode: 'Hide', value: 'code'"),
    ("bicep-oauth", API, "backend: { request: noQuery,", "backend: { request: nothing,"),
    ("bicep-oauth", API, "logClientIp: false", "logClientIp: true"),
    ("bicep-oauth", API, "body: { bytes: 0 } }\nvar noQuery", "body: { bytes: 8192 } }\nvar noQuery"),
    ("bicep-oauth", OAUTH, "body: { bytes: 0 }, dataMasking", "body: { bytes: 8192 }, dataMasking"),
    ("bicep-oauth", OAUTH, "var noQuery = { headers: []", "var noQuery = { headers: ['Location']"),
    ("bicep-oauth", API, "  oauth: loadTextContent('../../../apim-policy.oauth.xml')", "  oauth: loadTextContent('../../../apim-policy.entra.xml')"),
    ("bicep-oauth", API, "  entra: loadTextContent('../../../apim-policy.entra.xml')", "  entra: loadTextContent('../../../apim-policy.oauth.xml')"),
    ("bicep-oauth", API, "value: policies[gatewayPolicy]", "value: policies['connector']"),
    ("policy-csharp", ENTRA_POLICY, '((Jwt)context.Variables["entra"]).Claims.GetValueOrDefault("oid", ""))\' context-variable-name', '((Jwt context.Variables["entra"]).Claims.GetValueOrDefault("oid", ""))\' context-variable-name'),
    ("policy-csharp", ENTRA_POLICY, 'new JProperty("id", JValue.CreateNull()),\n            new JProperty("error", new JObject(\n              new JProperty("code", -32001),\n              new JProperty("message", "You', 'new JProperty("id", JValue.CreateNull(),\n            new JProperty("error", new JObject(\n              new JProperty("code", -32001),\n              new JProperty("message", "You'),
    ("bicep-entra", ENTRA_POLICY, 'provider-id="atlassian"', 'provider-id="jira"'),
    ("bicep-entra", CREDENTIALS, "  name: 'atlassian'", "  name: 'jira'"),
    ("bicep-entra", CREDENTIALS, "?audience=api.atlassian.com&prompt=consent", ""),
    ("bicep-entra", CREDENTIALS, "identityProvider: 'oauth2'", "identityProvider: 'aad'"),
    ("bicep-entra", CREDENTIALS, "oauth2grantType: 'AuthorizationCode'", "oauth2grantType: 'ClientCredentials'"),
    ("bicep-entra", CREDENTIALS, "clientSecret: atlassianClientSecret", "clientSecret: ''"),
    ("bicep-entra", ENTRA, "url: '/.well-known/oauth-protected-resource/mcp/readonly'", "url: '/healthz'"),
    ("bicep-entra", ENTRA, "url: '/.well-known/oauth-protected-resource/${apiPath}/mcp', parameters", "url: '/.well-known/oauth-protected-resource/mcp/${apiPath}', parameters"),
    ("bicep-entra", ENTRA, "../apim-policy.entra.xml", "../apim-policy.oauth.xml"),
    ("bicep-entra", ENTRA, "    path: ''\n", "    path: 'documents'\n"),
    ("bicep-entra", ENTRA, "subscriptionRequired: false", "subscriptionRequired: true"),
    ("bicep-oauth", ENTRA, "frontend: { request: noQuery,", "frontend: { request: nothing,"),
    ("bicep-entra", MAIN, "var usesEntra = sizes.gatewayPolicy == 'entra'", "var usesEntra = sizes.gatewayPolicy != 'connector'"),
    ("bicep-entra", MAIN, "module credentials 'modules/credentials.bicep' = if (isComplete && usesEntra)", "module credentials 'modules/credentials.bicep' = if (isComplete)"),
    ("bicep-entra", DEV, "jira-user offline_access", "jira-user"),
    ("bicep-entra", DEV, '"connectedUsers": []', '"connectedUsers": ["anna"]'),
    ("bicep-entra", DEV, '"LOG_LEVEL": ', '"AUTH": "entra",\n    "LOG_LEVEL": '),
    ("bicep-oauth", MAIN, "if (isComplete && sizes.gatewayPolicy == 'oauth')", "if (isComplete)"),
    ("bicep-oauth", PROD, '"gatewayPolicy": "connector"', '"gatewayPolicy": "open"'),
    ("bicep-oauth", PROD, '"LOG_LEVEL": ', '"AUTH": "atlassian,signin",\n    "LOG_LEVEL": '),
]
CONNECTOR = [("bicep-policy", "deploy/azure/modules/apim.bicep", "var path = 'jira-mcp'", "var path = 'jira'")]
WIRING = [
    ("bicep-roles", FOUNDATION, "readSecrets: '4633458b-17de-408a-b874-0445c86b69e6'", "readSecrets: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'"),
    ("bicep-roles", FOUNDATION, "pullImages: '7f951dda-4ed3-4680-a7ca-43fe172d538d'", "pullImages: '8311e382-0749-4cb8-b61a-304f252e45ec'"),
    ("bicep-roles", FOUNDATION, "roles.readCertificates)\n  properties: {\n    principalId: gatewayIdentity.", "roles.readCertificates)\n  properties: {\n    principalId: appIdentity."),
    ("bicep-alerts", ALARMS, "name: 'jira-quota'", "name: 'jira-points'"),
    ("bicep-alerts", ALARMS, "name: 'restarts-${token}'", "name: 'restart-${token}'"),
    ("bicep-alerts", ALARMS, "metricName: 'RestartCount'", "metricName: 'Restarts'"),
    ("bicep-alerts", ALARMS, "    name: 'error-rate'", "    name: 'errors'"),
    ("bicep-alerts", "docs/OPERATIONS.md", "| streams-refused |", "| streams |"),
    ("bicep-wiring", ALARMS, "empty(alertPhone) ? [] :", "!empty(alertPhone) ? [] :"),
    ("bicep-wiring", ALARMS, "[one.isUrgent ? onCall.id : people.id]", "[people.id]"),
    ("bicep-wiring", API, "validateCertificateName: true", "validateCertificateName: false"),
    ("bicep-wiring", API, "gateway-secret-${gatewaySlot}", "gateway-secret-a"),
    ("bicep-wiring", MAIN, "'azd-env-name': environmentName", "'azd-env': environmentName"),
    ("bicep-wiring", MAIN, "output BRIDGE_VAULT string", "output VAULT string"),
    ("bicep-wiring", MAIN, "'prod' ? loadJsonContent('environments/prod.json')", "'prod' ? loadJsonContent('environments/dev.json')"),
    ("bicep-wiring", APP, "{ name: 'GATEWAY_SHARED_SECRET_PREVIOUS', secretRef: 'gateway-secret-b' }", "{ name: 'GATEWAY_SHARED_SECRET_PREVIOUS', secretRef: 'gateway-secret-a' }"),
    ("bicep-wiring", MAIN, "  name: 'kv-${token}'", "  name: 'vault-${token}'"),
    ("bicep-wiring", FOUNDATION, "  name: 'kv-${token}'", "  name: 'vault-${token}'"),
    ("bicep-wiring", MAIN, "identityPrincipalId: foundation.outputs.gatewayIdentityPrincipalId", "identityPrincipalId: foundation.outputs.gatewayIdentityClientId"),
    ("bicep-wiring", FOUNDATION, "output gatewayIdentityPrincipalId string = gatewayIdentity", "output gatewayIdentityPrincipalId string = appIdentity"),
    ("bicep-wiring", CREDENTIALS, "    objectId: identityPrincipalId\n", "    objectId: user\n"),
    ("bicep-wiring", CREDENTIALS, "value: identityClientId }", "value: clientA }"),
    ("bicep-wiring", CREDENTIALS, "  name: user\n", "  name: 'connection-${user}'\n"),
    ("bicep-wiring", CREDENTIALS, "value: substring(audience, 0, length(audience) - 4) }", "value: audience }"),
    ("bicep-wiring", MAIN, "    usesCredentialManager: usesEntra\n", "    usesCredentialManager: false\n"),
    ("bicep-wiring", "deploy/azure/modules/apim.bicep", "'SystemAssigned, UserAssigned'", "'SystemAssigned'"),
    ("bicep-wiring", MAIN, "  dependsOn: [credentials]\n", ""),
    ("bicep-roles", FOUNDATION, "readCertificates: 'db79e9a7-68ee-4b58-9aeb-b90e7c24fcba'", "readCertificates: 'a4417e6f-fecd-4de8-b567-7b0420556985'"),
    ("bicep-wiring", FOUNDATION, "if (vaultHoldsCertificate)", "if (vaultServesDeployments)"),
    ("bicep-wiring", MAIN, "    customDomain: gatewayDomain\n", "    customDomain: publicHost\n"),
    ("bicep-wiring", MAIN, "vaultHoldsCertificate: !empty(gatewayDomain)", "vaultHoldsCertificate: false"),
    ("bicep-wiring", MAIN, "output BRIDGE_GATEWAY_HOST string", "output BRIDGE_GATEWAY_DOMAIN string"),
    ("bicep-roles", ELSEWHERE, "'4633458b-17de-408a-b874-0445c86b69e6'", "'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'"),
    ("bicep-roles", ELSEWHERE, "  scope: vault\n", "  scope: tenant\n"),
    ("bicep-wiring", MAIN, "runsElsewhere ? !empty(backendUrl) : !empty(image)", "!empty(image)"),
    ("bicep-wiring", MAIN, "appService!.outputs.url : backendUrl\n    vaultUri", "appService!.outputs.url : publicBaseUrl\n    vaultUri"),
    ("bicep-wiring", MAIN, "runsElsewhere ? elsewhere!.outputs.vaultUri : foundation", "foundation"),
    ("bicep-wiring", MAIN, "resourceGroup(runsElsewhere ? backendGroup : group.name)", "group"),
    ("bicep-wiring", MAIN, "    principalId: foundation.outputs.gatewayIdentityPrincipalId\n", "    principalId: deployerPrincipalId\n"),
    ("bicep-wiring", MAIN, "if (isComplete && usesAppService) {", "if (isComplete && !usesContainerApps) {"),
    ("bicep-wiring", SERVICE, "empty(customDomain) ? [] : [customHost]", "[]"),
    ("bicep-wiring", SERVICE, "  type: 'Proxy'\n", "  type: 'Portal'\n"),
    ("bicep-wiring", SERVICE, "'${vaultUri}secrets/${certificateName}'", "'${vaultUri}certificates/${certificateName}'"),
    ("bicep-wiring", SERVICE, " : 'https://${customDomain}/${path}'", " : '${service.properties.gatewayUrl}/${path}'"),
    ("bicep-wiring", SERVICE, "replace(service.properties.gatewayUrl, 'https://', '')", "customDomain"),
    ("bicep-wiring", APP, "external: true", "external: false"),
    ("bicep-wiring", APP, "${name}.${apps.properties.defaultDomain}", "${name}.internal.${apps.properties.defaultDomain}"),
    ("bicep-wiring", SITE, "acrUseManagedIdentityCreds: true", "acrUseManagedIdentityCreds: false"),
]
FRONT_DOOR = [
    ("front-door", DOOR, "supportedProtocols: ['Https']", "supportedProtocols: ['Http', 'Https']"),
    ("front-door", DOOR, "forwardingProtocol: 'HttpsOnly'", "forwardingProtocol: 'MatchRequest'"),
    ("front-door", DOOR, "enforceCertificateNameCheck: true", "enforceCertificateNameCheck: false"),
    ("front-door", DOOR, "    originHostHeader: host\n", ""),
    ("front-door", DOOR, "sessionAffinityState: 'Disabled'", "sessionAffinityState: 'Enabled'"),
    ("front-door", DOOR, "routing == 'priority' ? index + 1 : 1", "1"),
    ("front-door", DOOR, "hasDomain ? [{ id: endpoint.id }, { id: domain.id }] : [{ id: endpoint.id }]", "[{ id: endpoint.id }]"),
    ("front-door", DOOR, "matchVariable: 'QueryStringArgNames', selectorMatchOperator: 'EqualsAny', state: 'Enabled'", "matchVariable: 'QueryStringArgNames', selectorMatchOperator: 'EqualsAny', state: 'Disabled'"),
    ("front-door", DOOR, "probeRequestType: 'GET'", "probeRequestType: 'HEAD'"),
    ("front-door", WALL, "mode: 'Prevention'", "mode: 'Detection'"),
    ("front-door", WALL, "groupBy: [{ variableName: 'SocketAddr' }]", "groupBy: [{ variableName: 'None' }]"),
    ("front-door", WALL, "rateLimitThreshold: callsPerAddressPerMinute", "rateLimitThreshold: 1000"),
    ("front-door", WALL, "        { matchVariable: 'RequestBodyJsonArgNames', selectorMatchOperator: 'StartsWith', selector: 'params' }\n", ""),
    ("front-door", WALL, "managedRules: managedRules == 'off' ? null : {", "managedRules: managedRules == 'log' ? null : {"),
    ("front-door", STACK, "loadTextContent('../front-door-policy.xml')", "loadTextContent('../probe-policy.xml')"),
    ("front-door", MAIN, "empty(publicHost) ? apim.outputs.publicBaseUrl : 'https://${publicHost}/${apim.outputs.apiPath}'", "apim.outputs.publicBaseUrl"),
    ("front-door", MAIN, "if (isComplete && !empty(frontDoorId)) {", "if (isComplete) {"),
    ("front-door", MAIN, "signInsPerAddressPerMinute: sizes.signInsPerAddressPerMinute * callersOfAnAddress", "signInsPerAddressPerMinute: sizes.signInsPerAddressPerMinute"),
    ("front-door-times", DOOR, "originResponseTimeoutSeconds: 240", "originResponseTimeoutSeconds: 300"),
    ("front-door-times", DOOR, "originResponseTimeoutSeconds: 240", "originResponseTimeoutSeconds: 60"),
    ("front-door-times", PROD, '"gatewayTimeoutSeconds": 110', '"gatewayTimeoutSeconds": 240'),
    ("front-door-times", DOOR, "successfulSamplesRequired: 3", "successfulSamplesRequired: 4"),
    ("front-door-times", "tests/regions/frontdoor.py", "SAMPLES, NEEDED = 4, 3", "SAMPLES, NEEDED = 2, 1"),
    ("front-door-ways", DOOR, "    forwardingProtocol:", "    cacheConfiguration: { queryStringCachingBehavior: 'UseQueryString' }\n    forwardingProtocol:"),
    ("front-door-ways", DOOR, "'/.well-known/*']", "'/*']"),
    ("front-door-ways", DOOR, "probePath: '/jira-mcp-probe/readyz'", "probePath: '/status-0123456789abcdef'"),
    ("front-door-ways", STACK, "urlTemplate: '/readyz'", "urlTemplate: '/healthz'"),
    ("front-door-ways", STACK, "    path: 'jira-mcp-probe'\n", "    path: 'jira-mcp/probe'\n"),
    ("front-door-policy", DOOR_POLICY, 'check-header name="X-Azure-FDID"', 'check-header name="X-Forwarded-Host"'),
    ("front-door-policy", DOOR_POLICY, 'failed-check-httpcode="403" ', ""),
    ("front-door-policy", DOOR_POLICY, "<value>{{jira-mcp-front-door-id}}</value>", "<value>55ce4ed1-4b06-4bf1-b40e-4638452104da</value>"),
    ("front-door-policy", DOOR_POLICY, "    <forward-request />\n", ""),
    ("front-door-policy", STACK, "name: 'jira-mcp-front-door-id'\n  properties", "name: 'front-door-id'\n  properties"),
    ("front-door-policy", PROBE_POLICY, "  <inbound>\n", "  <inbound>\n    <base />\n"),
    ("front-door-policy", PROBE_POLICY, '<rate-limit-by-key calls="120"', '<rate-limit calls="120"'),
    ("front-door-policy", PROBE_POLICY, '<set-header name="X-Gateway-Token" exists-action="delete" />', '<set-header name="X-Gateway-Token" exists-action="override"><value>{{jira-mcp-gateway-token}}</value></set-header>'),
    ("front-door-policy", "apim-policy.xml", "  <inbound>\n    <base />\n", "  <inbound>\n"),
    ("policy-csharp", PROBE_POLICY, '"probes " + context', '"probes " context'),
]
TYPES = [
    ("bicep-types", DOOR, "originResponseTimeoutSeconds: 240", "responseTimeoutSeconds: 240"),
    ("bicep-types", DOOR, "sku: { name: sku }", "skuName: sku"),
    ("bicep-types", DOOR, "probeProtocol: 'Https'", "probeProtocol: 'Tls'"),
    ("bicep-types", DOOR, "    patternsToMatch: paths\n", "    patterns: paths\n"),
    ("bicep-types", DOOR, "certificateType: 'ManagedCertificate', ", ""),
    ("bicep-types", WALL, "ruleType: 'RateLimitRule'", "ruleType: 'RateRule'"),
    ("bicep-types", WALL, "          priority: 100\n", ""),
    ("bicep-types", WALL, "selectorMatchOperator: 'StartsWith', selector: 'params'", "selectorMatchOperator: 'StartsWith', selector: 7"),
    ("bicep-types", STACK, "urlTemplate: '/readyz'", "uriTemplate: '/readyz'"),
    ("bicep-types", FOUNDATION, "adminUserEnabled: false", "adminUserEnabled: false\n    anonymousPullsEnabled: false"),
    ("bicep-types", FOUNDATION, "registries@2025-04-01", "registries@2023-07-01"),
    ("bicep-types", FOUNDATION, "softDeleteRetentionInDays: 90", "softDeleteRetentionInDays: '90'"),
    ("bicep-types", FOUNDATION, "    tenantId: tenant().tenantId\n", ""),
    ("bicep-types", FOUNDATION, "    createMode: vaultCreateMode\n", "    createMode: 'restore'\n"),
    ("bicep-types", APP, "targetPort: port", "targetPort: '8080'"),
    ("bicep-types", APP, "transport: 'http'", "transport: 'https'"),
    ("bicep-types", APP, "periodSeconds: 3\n", "periodSecond: 3\n"),
    ("bicep-types", APP, "activeRevisionsMode: 'Single'", "latestRevisionName: 'x'\n      activeRevisionsMode: 'Single'"),
    ("bicep-types", SITE, "httpsOnly: true", "httpOnly: true"),
    ("bicep-types", SITE, "operator: 'LessThan'", "operator: 'Less'"),
    ("bicep-types", API, "verbosity: 'information'", "verbosity: 'info'"),
    ("bicep-types", "deploy/azure/modules/apim.bicep", "'SystemAssigned, UserAssigned'", "'System, User'"),
    ("bicep-types", SERVICE, "  type: 'Proxy'\n", "  type: 'Gateway'\n"),
    ("bicep-types", SERVICE, "certificateSource: 'KeyVault'", "certificateSource: 'Vault'"),
    ("bicep-types", SERVICE, "  keyVaultId: ", "  keyVaultSecretId: "),
    ("bicep-types", CREDENTIALS, "authorizationType: 'OAuth2'", "authorizationType: 'OAuth1'"),
    ("bicep-types", CREDENTIALS, "oauth2grantType: 'AuthorizationCode'", "grantType: 'AuthorizationCode'"),
    ("bicep-types", CREDENTIALS, "    objectId: identityPrincipalId\n", "    principalId: identityPrincipalId\n"),
    ("bicep-types", CREDENTIALS, "redirectUrl: 'https", "redirectUri: 'https"),
    ("bicep-types", CREDENTIALS, "        authorizationCode: {", "        authorization_code: {"),
    ("bicep-types", CREDENTIALS, "authorizations/accessPolicies@2024-05-01", "authorizations/accessPolicies@2023-05-01-preview"),
    ("bicep-types", ENTRA, "urlTemplate: document.url\n    templateParameters: document.parameters\n  }\n}]\n\nresource root ", "uriTemplate: document.url\n    templateParameters: document.parameters\n  }\n}]\n\nresource root "),
    ("bicep-types", OAUTH, "urlTemplate: operation.url", "uriTemplate: operation.url"),
    ("bicep-types", OAUTH, "dataMasking: { queryParams:", "dataMasking: { queryParameters:"),
    ("bicep-types", OAUTH, "apiType: 'http'", "apiType: 'https'"),
    ("bicep-types", "deploy/azure/modules/dns.bicep", "ipv4Address:", "ipV4Address:"),
    ("bicep-types", ALARMS, "countryCode: alertPhoneCountry", "country: alertPhoneCountry"),
    ("bicep-types", ALARMS, "metricMeasureColumn: one.measure", "metricMeasure: one.measure"),
    ("bicep-types", ALARMS, "timeAggregation: 'Maximum'\n          operator: 'GreaterThan'\n          threshold: one.threshold", "timeAggregation: 'Max'\n          operator: 'GreaterThan'\n          threshold: one.threshold"),
    ("bicep-types", "deploy/azure/modules/alerts.bicep", "groupShortName: 'jiramcp'", "groupShortName: 'jira-mcp-bridge'"),
]
KQL = [
    ("kql-parses", "deploy/azure/modules/alerts.bicep", "Line = Log_s", "Line = Log_z"),
    ("kql-parses", BOOK, "| where cloud_RoleName == '{Role}' and name == 'jira_mcp.breakers_open'", "| where cloud_RoleNam == '{Role}' and name == 'jira_mcp.breakers_open'"),
    ("kql-parses", "docs/OPERATIONS.md", '| where Log has "tool call"', '| were Log has "tool call"'),
    ("kql-parses", ALARMS, "| where isnotempty(customDimensions['gen_ai.tool.name'])", "| where isnotempty(customDimension['gen_ai.tool.name'])"),
    ("kql-parses", ALARMS, "used = max(100.0 * inUse / places)", "used = max(100.0 * open / places)"),
    ("kql-parses", "docs/TELEMETRY.md", 'where name == "MCPEvent"', 'where names == "MCPEvent"'),
    ("kql-measure", ALARMS, "measure: 'rate'", "measure: 'ratio'"),
    ("kql-measure", ALARMS, "| project rate = 100.0 * failed / calls", "| project rate = strcat(100.0 * failed / calls, ' %')"),
    ("kql-tables", "deploy/azure/modules/alerts.bicep", "    (ContainerAppConsoleLogs | project TimeGenerated, Line = Log),\n", ""),
    ("kql-found", BOOK, "name == 'jira_mcp.breakers_open'", "name == '{Name}'"),
]
ALERTS = [
    ("alerts-parse", RULES, "expr: absent(jira_mcp_build_info)", "expr: absent(jira_mcp_build_info"),
    ("alerts-tried", RULES, "alert: JiraMcpSlow", "alert: JiraMcpSlower"),
    ("alerts-fire", RULES, "(changes(process_start_time_seconds[30m]) > 2", '(changes(process_start_time_seconds{job=~".*jira-mcp-bridge.*"}[30m]) > 2'),
    ("alerts-fire", RULES, "            (jira_mcp_tool_calls_total{outcome=\"internal\"} unless jira_mcp_tool_calls_total{outcome=\"internal\"} offset 15m)\n            or ", "            "),
    ("alerts-fire", RULES, "last_over_time(jira_mcp_build_info[1d])", "jira_mcp_build_info"),
    ("alerts-fire", RULES, "and on (job, instance) last_over_time(jira_mcp_build_info[1d])", ""),
    ("alerts-fire", RULES, '              > on (namespace, deployment) kube', '              < on (namespace, deployment) kube'),
    ("alerts-fire", RULES, 'restarts_total{container="jira-mcp-bridge"}', 'restarts_total{container="bridge"}'),
    ("alerts-fire", RULES, 'reason="gateway_token_refused"', 'reason="gateway_refused"'),
    ("alerts-fire", RULES, "            ) >= 20\n", "            ) >= 21\n"),
    ("alerts-fire", RULES, "            ) >= 20\n", "            ) >= 15\n"),
    ("alerts-fire", RULES, "          ) > 0.05\n", "          ) >= 0.05\n"),
    ("alerts-fire", RULES, "          ) > 0.05\n", "          ) > 0.07\n"),
    ("alerts-fire", RULES, "              or increase(jira_mcp_tool_calls_total[5m])\n", "              or increase(jira_mcp_tool_calls_total[10m])\n"),
    ("alerts-fire", RULES, "              (jira_mcp_tool_calls_total unless jira_mcp_tool_calls_total offset 5m)\n              or ", "              "),
    ("alerts-fire", RULES, "jira_mcp_connections_open / jira_mcp_connections_max > 0.8", "jira_mcp_streams_open / jira_mcp_connections_max > 0.8"),
    ("alerts-fire", RULES, 'reason="too_many_streams"', 'reason="too_many_calls"'),
    ("alerts-fire", RULES, "sum(increase(jira_mcp_agent_turns_total[10m])) >= 10", "sum(increase(jira_mcp_agent_turns_total[10m])) >= 1"),
    ("alerts-fire", RULES, 'result!="ok"}[15m])) > 1', 'result!="ok"}[15m])) > 0'),
    ("alerts-fire", RULES, 'limit=~"in_flight|callers"', 'limit=~"inflight|callers"'),
]
ALERTS += [("alerts-dashboard", "deploy/observability/grafana-dashboard.json", '"expr": "sum by (outcome) (rate(jira_mcp_tool', '"expr": "sum by outcome (rate(jira_mcp_tool'),
           ("alerts-dashboard", "deploy/observability/grafana-dashboard.json", '"expr": "count by (version) (', '"expr": "counts by (version) (')]
CHECKOV = [("checkov", "Dockerfile", "not root.\nUSER 65532:65532", "not root.\nUSER root"), ("checkov", BASE + "deployment.yaml", "privileged: false", "privileged: true"), ("checkov-unread", SERVICE, "var path = 'jira-mcp'", "var path = cidrSubnet('10.60.0.0/16', 24, 0)")]
SPECTRAL = [("spectral", "connector/apiDefinition.swagger.json", '"operationId"', '"operation"')]
WORKFLOWS = [
    ("actionlint", FLOW + "deploy.yml", "needs: [image, dev]", "needs: [image, test]"),
    ("actionlint", FLOW + "deploy.yml", 'az acr login --name "$REGISTRY"', "az acr login --name $REGISTRY"),
    ("zizmor", FLOW + "ci.yml", " .ci/run\n", " .ci/run ${{ github.event.pull_request.title }}\n"),
    ("workflow-schema", FLOW + "provision.yml", "    timeout-minutes: 90", "    timeout-minute: 90"),
]
KUBERNETES = [
    ("kubernetes-overlays", "deploy/kubernetes/overlays/trial", None, None),
    ("kubernetes-settings-file", "deploy/kubernetes/overlays/production/settings.env", "", "ALLOWED_HOSTS=x\n"),
    ("kubernetes-builds", BASE + "kustomization.yaml", "  - service.yaml\n", "  - services.yaml\n"),
    ("kubernetes-builds", BASE + "kustomization.yaml", "includeTemplates: true", "includeSelectors: true"),
    ("kubernetes-builds", BASE + "kustomization.yaml", "resources:\n", "namePrefix: x-\nresources:\n"),
    ("kubernetes-schema", BASE + "deployment.yaml", "readOnlyRootFilesystem:", "readOnlyRootFileSystem:"),
    ("kubernetes-schema", BASE + "autoscaler.yaml", "averageUtilization: 60", "averageUtilization: sixty"),
    ("kubernetes-schema", BASE + "disruption.yaml", "apiVersion: policy/v1", "apiVersion: policy/v2"),
    ("kubernetes-complete", BASE + "kustomization.yaml", "  - network.yaml\n", ""),
    ("kubernetes-account", BASE + "deployment.yaml", "      automountServiceAccountToken: false\n", ""),
    ("kubernetes-account", BASE + "serviceaccount.yaml", "automountServiceAccountToken: false", "automountServiceAccountToken: true"),
    ("kubernetes-restricted", BASE + "deployment.yaml", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false"),
    ("kubernetes-restricted", BASE + "deployment.yaml", "drop: [ALL]", "add: [NET_RAW]"),
    ("kubernetes-restricted", BASE + "deployment.yaml", "runAsUser: 65532", "runAsUser: 0"),
    ("kubernetes-grace", BASE + "deployment.yaml", "terminationGracePeriodSeconds: 60", "terminationGracePeriodSeconds: 30"),
    ("kubernetes-grace", BASE + "deployment.yaml", "seconds: 5\n          startup", "seconds: 1\n          startup"),
    ("kubernetes-resources", BASE + "deployment.yaml", "            limits:\n              memory: 512Mi\n", ""),
    ("kubernetes-image", BASE + "deployment.yaml", ":named-by-overlay", ":latest"),
    ("kubernetes-probes", BASE + "deployment.yaml", "path: /readyz", "path: /mcp"),
    ("kubernetes-probes", BASE + "deployment.yaml", "          livenessProbe:", "          livenessProbes:"),
    ("kubernetes-settings", BASE + "deployment.yaml", "name: ADMIN_ADDR", "name: ADMIN_ADDRESS"),
    ("kubernetes-settings", "deploy/kubernetes/overlays/trial/kustomization.yaml", "      - ALLOWED_HOSTS=localhost\n", ""),
    ("kubernetes-settings", "deploy/kubernetes/overlays/production/settings.env.example", "TOOLSETS=", "TOOLSET="),
    ("kubernetes-secret", "deploy/kubernetes/overlays/production/settings.env.example", "TOOLSETS=", "GATEWAY_SHARED_SECRET="),
    ("kubernetes-secret", BASE + "deployment.yaml", "value: /run/secrets/gateway/secrets", "value: /etc/secrets"),
    ("kubernetes-secret", BASE + "deployment.yaml", "optional: false", "optional: true"),
    ("kubernetes-secret", BASE + "deployment.yaml", "/run/secrets/gateway\n              readOnly: true\n", "/run/secrets/gateway\n              readOnly: true\n              subPath: secrets\n"),
    ("kubernetes-ports", BASE + "deployment.yaml", "containerPort: 8080", "containerPort: 8081"),
    ("kubernetes-ports", BASE + "service.yaml", "targetPort: http", "targetPort: metrics"),
    ("kubernetes-ports", BASE + "deployment.yaml", "value: 0.0.0.0:9090", "value: 0.0.0.0:9091"),
    ("kubernetes-selectors", BASE + "service.yaml", "    app.kubernetes.io/name: jira-mcp-bridge", "    app: jira-mcp-bridge"),
    ("kubernetes-selectors", BASE + "autoscaler.yaml", "    name: jira-mcp-bridge\n  min", "    name: bridge\n  min"),
    ("kubernetes-ports", BASE + "service.yaml", "port: 80\n", "port: 8080\n"),
    ("kubernetes-ports", BASE + "deployment.yaml", 'prometheus.io/port: "9090"', 'prometheus.io/port: "8080"'),
    ("kubernetes-secret", BASE + "deployment.yaml", "gateway\n            defaultMode: 0440", "gateway\n            defaultMode: 0400"),
    ("kubernetes-scale", BASE + "disruption.yaml", "maxUnavailable: 1", "maxUnavailable: 0"),
    ("kubernetes-scale", BASE + "deployment.yaml", "maxUnavailable: 0", "maxUnavailable: 100%"),
    ("kubernetes-scale", "deploy/kubernetes/overlays/production/scale.yaml", "minReplicas: 3", "minReplicas: 1"),
    ("kubernetes-network", BASE + "network.yaml", 'jira-mcp-bridge/gateway: "true"', 'jira-mcp-bridge/monitoring: "true"'),
    ("kubernetes-network", BASE + "network.yaml", "policyTypes: [Ingress, Egress]", "policyTypes: [Ingress]"),
    ("kubernetes-network", BASE + "network.yaml", "              - 169.254.0.0/16\n", ""),
    ("kubernetes-network", BASE + "network.yaml", "              - fc00::/7\n", ""),
    ("kubernetes-network", BASE + "network.yaml", "          port: 4318\n", "          port: 4318\n        - protocol: TCP\n          port: 4317\n"),
    ("kubernetes-network", BASE + "network.yaml", "        - ipBlock:\n            cidr: ::/0\n            except:\n              - fc00::/7\n              - fe80::/10\n", ""),
    ("kubernetes-scale", "deploy/kubernetes/overlays/trial/scale.yaml", "maxReplicas: 1", "maxReplicas: 0"),
    ("kubernetes-scale", BASE + "deployment.yaml", "spec:\n  # The number", "spec:\n  replicas: 2\n  # The number"),
]
PIPELINE = [
    ("workflow-parses", FLOW + "ci.yml", "name: ci", "name: [ci"),
    ("workflow-pinned", FLOW + "deploy.yml", "azure/login@a457da9ea143d694b1b9c7c869ebb04ebe844ef5", "azure/login@v2"),
    ("workflow-permissions", FLOW + "ci.yml", "permissions:\n  contents: read", "permissions: write-all"),
    ("workflow-permissions", FLOW + "ci.yml", "  pull_request:", "  pull_request_target:"),
    ("workflow-injection", FLOW + "ci.yml", " .ci/run\n", " .ci/run ${{ github.head_ref }}\n"),
    ("workflow-order", FLOW + "deploy.yml", "needs: [image, dev]", "needs: [image]"),
    ("workflow-order", FLOW + "provision.yml", "    environment: ${{ inputs.environment }}\n", ""),
    ("workflow-order", FLOW + "deploy.yml", "      tier: prod\n      image: ${{ needs.image.outputs.reference }}", "      tier: prod\n      image: latest"),
    ("workflow-order", FLOW + "deploy.yml", "    needs: gate\n", ""),
    ("workflow-concurrency", FLOW + "deploy.yml", "group: deploy-production", "group: deploy-dev"),
    ("workflow-concurrency", FLOW + "deploy.yml", "jobs:\n  gate", "concurrency: deploy\njobs:\n  gate"),
    ("workflow-vault", FLOW + "provision.yml", "      BRIDGE_TIER: ${{ inputs.tier }}\n", "      BRIDGE_TIER: ${{ inputs.tier }}\n      AZURE_PRINCIPAL_ID: ${{ vars.AZURE_PRINCIPAL_ID }}\n"),
    ("workflow-registry", FLOW + "provision.yml", 'az acr login --name "$REGISTRY"', 'az acr login --name "${BRIDGE_IMAGE%%.*}"'),
    ("workflow-registry", FLOW + "provision.yml", 'source=(--registry "$SOURCE_REGISTRY_ID" ', 'source=('),
    ("workflow-complete", FLOW + "provision.yml", "      BRIDGE_RUNTIME: ${{ vars.BRIDGE_RUNTIME || 'containerapp' }}\n", ""),
    ("workflow-smoke", FLOW + "provision.yml", " smoke --url ", " check --url "),
    ("workflow-complete", FLOW + "ci.yml", " .ci/run\n", " cargo test\n"),
    ("workflow-complete", FLOW + "deploy.yml", '            --build-arg "RUST_IMAGE=$base" \\\n', ""),
    ("workflow-complete", FLOW + "provision.yml", "      BRIDGE_FRONT_DOOR_ID: ${{ vars.BRIDGE_FRONT_DOOR_ID }}\n", ""),
    ("workflow-complete", FLOW + "ci.yml", "az bicep build --file deploy/azure/regions/main.bicep", "az bicep lint --file deploy/azure/regions/main.bicep"),
    ("workflow-complete", FLOW + "ci.yml", "-lt 30000000", "-lt 300000000"),
    ("workflow-complete", FLOW + "provision.yml", "--parameters deploy/azure/main.bicepparam", "--parameters main.bicepparam"),
    ("workflow-complete", FLOW + "provision.yml", "past=(--direct-url", "past=(--url"),
    ("workflow-complete", FLOW + "deploy.yml", "base=$(deploy/image/pinned)", "base=rust:latest"),
    ("workflow-complete", FLOW + "provision.yml", "      BRIDGE_ALERT_PHONE: ${{ vars.BRIDGE_ALERT_PHONE }}\n", ""),
    ("workflow-complete", FLOW + "provision.yml", "      BRIDGE_ALERT_EMAIL: ${{ vars.BRIDGE_ALERT_EMAIL }}\n", ""),
    ("workflow-permissions", FLOW + "release.yml", "    environment: release\n    permissions:\n      # The", "    permissions:\n      # The"),
    ("workflow-release", FLOW + "release.yml", "target: aarch64-apple-darwin, runner: macos-15,", "target: aarch64-apple-darwin, runner: macos-15-intel,"),
    ("workflow-release", FLOW + "release.yml", "needs: [gate, pack, image]", "needs: [pack, image]"),
    ("workflow-release", FLOW + "release.yml", "finish.py release --all", "finish.py release"),
    ("workflow-release", FLOW + "release.yml", "uses: actions/attest-build-provenance@", "uses: actions/cache@"),
]
FORMS = [
    ("issue-forms", ".github/ISSUE_TEMPLATE/bug.yml", "  - type: dropdown", "  - type: choice"),
    ("issue-forms", ".github/ISSUE_TEMPLATE/config.yml", "blank_issues_enabled: false", "blank_issues_enabled: never"),
]
# Made here, so that no file of ours looks like a secret.
SECRETS = [
    ("secret", "deploy/leak.pem", "", "-----BEGIN " + "RSA PRIVATE KEY-----\n"),
    ("secret", "deploy/leak.yaml", "", "key: '" + bytes(range(7, 252, 9)).hex() + "'\n"),
    ("secret", "deploy/leak.env", "", "TOKEN=ATATT3x" + "FfGF0aBcDeFgHiJkLmNoPqRs\n"),
    ("secret", "deploy/leak.txt", "", "https://deploy:" + "kT9vQ2xLw7" + "@registry.test/x\n"),
]
SCRIPTS = [
    ("script-lint", "deploy/image/pinned", 'echo "$image@$digest"', "echo $image@$digest"),
    ("script-lint", FLOW + "deploy.yml", 'az acr login --name "$REGISTRY"', "az acr login --name $REGISTRY"),
    ("script-pinned", "deploy/image/pinned", "[0-9a-f]{64}$", "[0-9a-f]*$"),
    ("script-secret", "deploy/azure/fill-slot", "openssl rand -hex 32", "echo secret"),
    ("script-secret", "deploy/azure/fill-slot", '--file /dev/stdin --encoding utf-8', '--value "$(cat)"'),
    ("script-secret", "deploy/azure/fill-slot", '"${2:-}" = --if-empty', '"${2:-}" = --if-missing'),
    ("script-secret", "deploy/azure/fill-slot", "name=gateway-secret-$slot", "name=gateway-secret"),
    ("script-secret", "deploy/azure/fill-slot", "held=$(patiently names)", "held=$(names || true)"),
    ("script-secret", "deploy/azure/fill-slot", "if [[ $sent != *NotFound* ]]; then", "if false; then"),
    ("script-secret", "deploy/azure/fill-slot", "elif [[ $sent =~ /$name(/|$) ]]; then", "elif false; then"),
    ("script-publish", "deploy/azure/publish", ' && [ "${BRIDGE_BUILD:-}" != 1 ]', ' && [ -z "${BRIDGE_REVISION:-}" ]'),
    ("script-publish", "deploy/azure/publish", ' = prod ]; then\n  exit 1', ' = prod ]; then\n  true'),
    ("script-publish", "deploy/azure/publish", '"${BRIDGE_RUNTIME:-}" = elsewhere', "false"),
    ("script-secret", "deploy/azure/fill-slot", 'if [ -z "$owner" ]; then', "if false; then"),
    ("script-secret", "deploy/azure/fill-slot", 'if [ -z "$owner" ]; then', "if true; then"),
    ("script-secret", "deploy/azure/fill-slot", "--output tsv)\n    if", "--output tsv || true)\n    if"),
    ("script-secret", "deploy/azure/fill-slot", ' && [ -z "${BRIDGE_APIM:-}" ]', ""),
    ("script-smoke", FLOW + "provision.yml", 'sizes["gatewayPolicy"] != "entra" and ', ""),
    ("script-smoke", FLOW + "provision.yml", ' and "atlassian" in sizes["settings"].get("AUTH", "atlassian")', ""),
    ("script-smoke", FLOW + "provision.yml", ' "${as[@]}"', " --token-env SMOKE_TOKEN"),
    ("script-smoke", FLOW + "provision.yml", 'if [ "$BRIDGE_TIER" = dev ]; then past', "if true; then past"),
    ("script-publish", "deploy/azure/publish", '[ -n "$(git status --porcelain)" ]', "false"),
    ("script-publish", "deploy/azure/publish", '"${BRIDGE_REVISION:-}" = "$revision"', '"" = "$revision"'),
    ("script-publish", "deploy/azure/publish", 'azd env set BRIDGE_IMAGE "$server/jira-mcp-bridge@$digest"', 'azd env set BRIDGE_IMAGE "$server/jira-mcp-bridge:latest"'),
]
DOCUMENTS = [
    ("document-tests", "docs/CHECKLIST.md", "`no_other_verb_does_anything`", "`no_verb_does_anything`"),
    ("document-rules", "docs/CHECKLIST.md", "`bicep-vault`", "`bicep-safe`"),
    ("document-settings", "docs/OPERATIONS.md", "`ALLOWED_HOSTS` = the", "`ALLOW_HOSTS` = the"),
    ("document-tests", "docs/AZURE.md", "`custom_events::unasked_none_is_sent`", "`custom_events::unasked_some_is_sent`"),
    ("document-settings", "docs/ENTRA.md", "\nENTRA_REQUIRED_SCOPE=access", "\nENTRA_SCOPE=access"),
    ("document-files", "docs/DEPLOY.md", "](CHECKLIST.md)", "](CHECKS.md)"),
    ("document-files", "docs/OPERATIONS.md", "`deploy/azure/modules/alerts.bicep`", "`deploy/azure/alerts.bicep`"),
]
ALL = [(check, *one) for check, some in (("image", IMAGE), ("azure", AZURE), ("wiring", WIRING), ("frontdoor", FRONT_DOOR), ("policies", POLICIES), ("types", TYPES), ("kql", KQL), ("alerts", ALERTS), ("checkov", CHECKOV), ("spectral", SPECTRAL), ("workflows", WORKFLOWS), ("kubernetes", KUBERNETES), ("pipeline", PIPELINE), ("forms", FORMS), ("scripts", SCRIPTS), ("secrets", SECRETS), ("documents", DOCUMENTS)) for one in some] + functions_broken.ALL


def missed(project, checks):
    """What was broken and not found, and the rules that nothing here breaks."""
    wanted = ALL + [("azure", *one) for one in POLICY if (project / "apim-policy.xml").exists()]
    wanted += [("azure", *one) for one in CONNECTOR if (project / "connector").exists()]
    with tempfile.TemporaryDirectory(prefix="broken-") as home:
        # Processes, since most of it is Python's own work; forked, so that each has what was read and judged before.
        with ProcessPoolExecutor(os.cpu_count(), mp_context=multiprocessing.get_context("fork")) as pool:
            WORK.update(project=project, checks=checks, home=home)
            sentences = [sentence for sentence in pool.map(said_of, range(len(wanted)), wanted) if sentence]
    rules = {rule for path in Path(__file__).parent.iterdir() if path.suffix == ".py" or path.name == "check" for rule in re.findall(r'yield "([a-z-]+)"', path.read_text())}
    # Those of the parts are shown in supply.py, for they need cargo and no copy.
    rules = {rule for rule in rules if not rule.startswith("supply-")} - {rule for _, rule, *_ in wanted}
    return sentences + [f"nothing here breaks {rule}" for rule in sorted(rules)]


# What `said_of` needs and cannot be sent to another process: set before the processes are made.
WORK = {}


def said_of(number, breakage):
    """Break one copy: None if its rule found it, and otherwise the sentence that says so."""
    check, rule, file, old, new = breakage
    project, copy = WORK["project"], Path(WORK["home"], str(number))
    copied(project, copy, READ.get(check, COPIED))
    try:
        if times := breaks(copy / file, old, new):
            return f"{rule}: {old!r} stands {times} times in {file}, so this breaks nothing"
        # Only as far as it takes: what else is broken by it is nobody's question.
        found = set()
        for name, _ in WORK["checks"][check](copy):
            if name == rule:
                return None
            found.add(name)
        return f"{rule} did not find {file} with {new!r} for {old!r}; {sorted(found)} spoke"
    finally:
        shutil.rmtree(copy)


def copied(project, copy, names):
    copy.mkdir()
    for name in names + [name for name in SHARED if (project / name).exists()]:
        (link_tree if (project / name).is_dir() else shutil.copy)(project / name, copy / name)


def link_tree(folder, copy):
    """Hard links are cheap; `breaks` replaces a file and never writes into one."""
    shutil.copytree(folder, copy, copy_function=placed, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))


def placed(path, copy):
    try:
        os.link(path, copy)
    except OSError:
        shutil.copy(path, copy)


def breaks(path, old, new):
    """Break the file; how often the text stands there if not once."""
    if old is None:
        shutil.rmtree(path)
    elif old == "":
        path.write_text(new)
    else:
        text = path.read_text()
        if text.count(old) != 1:
            return f"{text.count(old)}"
        mode = path.stat().st_mode
        path.unlink()
        path.write_text(text.replace(old, new))
        path.chmod(mode)
    return ""
