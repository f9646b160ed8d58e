"""What is wrong with Azure Functions in one copy after another, as in breakages.py."""

HERE = "deploy/azure/functions/"
BICEP = HERE + "main.bicep"
SETTING = "  { name: 'LOG_FORMAT', value: 'json' }\n"

FUNCTIONS = [
    ("functions-schema", HERE + "host.json", '"version": "2.0",', '"version": "2.0",\n  "customHandlers": {},'),
    ("functions-schema", HERE + "mcp/host.json", '"arguments": ["serve"]', '"arguments": "serve"'),
    ("functions-schema", HERE + "bridge/function.json", '"direction": "out"', '"direction": "outwards"'),
    ("functions-host", HERE + "host.json", "enableProxyingHttpRequest", "enableForwardingHttpRequest"),
    ("functions-host", HERE + "host.json", '"enableProxyingHttpRequest": true', '"enableProxyingHttpRequest": false'),
    ("functions-host", HERE + "host.json", '"routePrefix": ""', '"routePrefix": "api"'),
    ("functions-host", HERE + "mcp/host.json", '"routePrefix": ""', '"routePrefix": "api"'),
    ("functions-host", HERE + "mcp/host.json", '"anonymous"', '"function"'),
    ("functions-host", HERE + "mcp/host.json", "mcp-custom-handler", "default"),
    ("functions-host", HERE + "mcp/host.json", '"8080"', '"80"'),
    ("functions-host", HERE + "host.json", '"enableProxyingHttpRequest": true', '"enableProxyingHttpRequest": true,\n    "port": "8080"'),
    ("functions-host", HERE + "host.json", '["serve"]', '["serve", "--insecure"]'),
    ("functions-host", HERE + "host.json", "00:05:00", "00:03:00"),
    ("functions-function", HERE + "bridge/function.json", '"anonymous"', '"function"'),
    ("functions-function", HERE + "bridge/function.json", "{*path}", "mcp"),
    ("functions-function", HERE + "bridge/function.json", '"get", ', ""),
    ("functions-function", HERE + "mcp/function.json", "", '{"bindings": []}'),
    ("functions-local", HERE + "local.settings.json", '"ALLOWED_HOSTS"', '"GATEWAY_SHARED_SECRET": "in-the-open",\n    "ALLOWED_HOSTS"'),
    ("functions-local", HERE + "local.settings.json", '"ALLOWED_HOSTS"', '"AzureWebJobsStorage": "AccountName=a;AccountKey=b",\n    "ALLOWED_HOSTS"'),
    ("functions-local", HERE + "local.settings.json", '"ALLOWED_HOSTS"', '"INSECURE_NO_GATEWAY": "true",\n    "ALLOWED_HOSTS"'),
    ("functions-local", HERE + "local.settings.json", "ALLOWED_HOSTS", "ALLOWED_HOST"),
    ("functions-bicep", BICEP, "    userAssignedIdentities: { '${appIdentity.id}': {} }\n", ""),
    ("functions-bicep", BICEP, "    keyVaultReferenceIdentity: appIdentity.id\n", ""),
    ("functions-bicep", BICEP, "allowSharedKeyAccess: false", "allowSharedKeyAccess: true"),
    ("functions-bicep", BICEP, "allowBlobPublicAccess: false", "allowBlobPublicAccess: true"),
    ("functions-bicep", BICEP, "name: 'FC1', tier: 'FlexConsumption'", "name: 'Y1', tier: 'Dynamic'"),
    ("functions-bicep", BICEP, "name: 'custom', version: '1.0'", "name: 'python', version: '3.12'"),
    ("functions-bicep", BICEP, "'127.0.0.1,${fqdn}'", "fqdn"),
    ("functions-bicep", BICEP, "{ name: 'HOST', value: '127.0.0.1' }", "{ name: 'HOST', value: '0.0.0.0' }"),
    ("functions-bicep", BICEP, "value: 'managedidentity' }", "value: 'key' }"),
    ("functions-settings", BICEP, SETTING, SETTING + "  { name: 'PORT', value: '8081' }\n"),
    ("functions-settings", BICEP, SETTING, SETTING + "  { name: 'INSECURE_NO_GATEWAY', value: 'true' }\n"),
    ("functions-settings", BICEP, SETTING, SETTING + "  { name: 'FUNCTIONS_WORKER_RUNTIME', value: 'custom' }\n"),
    ("functions-settings", BICEP, "'LOG_FORMAT'", "'LOG_FORM'"),
    ("functions-settings", BICEP, "secrets/gateway-secret-b)", "secrets/gateway-secret-a)"),
    ("functions-settings", BICEP, "'@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/gateway-secret-a)'", "'0123456789abcdef-in-the-open-0123456789'"),
    ("functions-settings", BICEP, "name: 'PUBLIC_BASE_URL'", "name: 'SERVER_NAME'"),
    ("functions-settings", BICEP, "'210000'", "'900000'"),
    ("functions-secrets", BICEP, "output BRIDGE_VAULT string = vault.name", "output BRIDGE_KEY string = storage.listKeys().keys[0].value"),
    ("functions-roles", BICEP, "  scope: storage\n", "  scope: vault\n"),
    ("functions-roles", BICEP, "readSecrets: '4633458b-17de-408a-b874-0445c86b69e6'", "readSecrets: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'"),
    ("functions-package", HERE + "package", "0o755 if name == PROGRAM else 0o644", "0o644"),
    ("functions-package", HERE + "package", "zipfile.ZipInfo(name, TIME)", "zipfile.ZipInfo(name, __import__('time').localtime(Path(sys.argv[1]).stat().st_mtime)[:6])"),
    ("functions-package", HERE + "package", "SEGMENT_INTERPRETER) in kinds", "SEGMENT_INTERPRETER) is kinds"),
    ("functions-package", HERE + "package", "machine != MACHINE_X86_64", "machine == 0"),
    ("functions-package", HERE + "package", "    except OSError as fault:\n        print(f\"{target}", "    except ValueError as fault:\n        print(f\"{target}"),
    ("functions-package", HERE + "package", "entry.create_system = 3", "entry.create_system = 0"),
    ("functions-package", HERE + "package", 'here / "mcp/host.json"', 'here / "host.json"'),
    ("functions-package", HERE + "package", 'PAPERS = ("LICENSE", "THIRD-PARTY.md")', 'PAPERS = ("LICENSE",)'),
]
TYPES = [
    ("bicep-types", BICEP, "minimumTlsVersion: 'TLS1_2'", "minimumTlsVersion: 'TLS1_9'"),
    ("bicep-types", BICEP, "    functionAppConfig: {", "    functionsAppConfig: {"),
    ("bicep-types", BICEP, "maximumInstanceCount: maximumInstanceCount", "maximumInstances: maximumInstanceCount"),
    ("bicep-types", BICEP, "'Microsoft.Storage/storageAccounts@2025-06-01'", "'Microsoft.Storage/storageAccounts@2019-06-01'"),
]
CHECKOV = [
    ("checkov", BICEP, "minimumTlsVersion: 'TLS1_2'", "minimumTlsVersion: 'TLS1_0'"),
]
ALL = [("functions", *one) for one in FUNCTIONS] + [("types", *one) for one in TYPES] + [("checkov", *one) for one in CHECKOV]
