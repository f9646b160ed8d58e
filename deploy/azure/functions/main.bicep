// The bridge in Azure Functions (Flex Consumption), in a resource group that is there already.
//
// Deploy it, fill both secrets of its vault (deploy/azure/fill-slot), publish the package (deploy/azure/functions/package),
// in this order: without a secret the program ends at its start. docs/AZURE.md, Azure Functions.
@description('Azure region; not every one has Flex Consumption.')
param location string = resourceGroup().location

@description('Told apart from another one in the same group by this.')
@minLength(2)
@maxLength(20)
param environmentName string

@description('The URL that clients see: API Management\'s for this API, or the site\'s own where nothing stands in front.')
param publicBaseUrl string = ''

@description('Who may call the site, such as API Management\'s addresses; empty: everybody, guarded by the gateway secret.')
param allowedCidrs array = []

@description('For the package made with --mcp.')
param usesMcpProfile bool = false

@description('Names and values of the bridge\'s settings; docs/CONFIGURATION.md.')
param settings object = {}

@description('Names of settings, each with the name of the secret of the vault that holds its value.')
param secretSettings object = {}

@description('Memory of an instance, which the Functions host shares; its part of a processor goes with it.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Instances at most.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Instances that wait for calls and are paid for all the time; 0: the first call after a pause waits for a start.')
@minValue(0)
param alwaysReadyInstances int = 1

@description('Calls and open streams of one instance, before there is another one.')
@minValue(1)
@maxValue(1000)
param perInstanceConcurrency int = 100

@description('A /21 or larger for a network of its own, through which the bridge calls Jira; empty: none.')
param addressPrefix string = ''

@description('Days for which logs are kept.')
param logRetentionDays int = 30

@description('Object id of whoever fills the vault and publishes by hand; empty: nobody may.')
param deployerPrincipalId string = ''

@description('What kind of principal that is.')
@allowed(['User', 'ServicePrincipal', 'Group'])
param deployerPrincipalType string = 'User'

@description('recover for the first deployment after this vault was deleted.')
@allowed(['default', 'recover'])
param vaultCreateMode string = 'default'

var token = uniqueString(resourceGroup().id, environmentName, location)
var tags = { application: 'jira-mcp-bridge', environment: environmentName }
var name = 'func-jira-mcp-bridge-${token}'
var fqdn = '${name}.azurewebsites.net'
var usesNetwork = !empty(addressPrefix)
var packages = 'packages'
var vaultName = 'kv-f-${token}'
// Known before the vault is there, as a loop over settings needs it.
var vaultUri = 'https://${vaultName}${environment().suffixes.keyvaultDns}/'

// Built-in roles, the same in every tenant.
// Source: learn.microsoft.com/azure/role-based-access-control/built-in-roles
var roles = {
  readSecrets: '4633458b-17de-408a-b874-0445c86b69e6'
  writeSecrets: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'
  ownBlobs: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
}

resource logs 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: 'log-func-${token}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: logRetentionDays
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-func-${token}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: logs.id
  }
}

resource appIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-func-${token}'
  location: location
  tags: tags
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: vaultName
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    createMode: vaultCreateMode
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
  }
}

resource vaultAudit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: vault
  name: 'audit'
  properties: {
    workspaceId: logs.id
    logs: [{ categoryGroup: 'audit', enabled: true }]
  }
}

// Functions wants one: for the package, and for what instances agree about.
resource storage 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: 'stf${token}'
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: {
    // Who may do what is a matter of roles; there is no key that could leak.
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    allowBlobPublicAccess: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }

  resource blobs 'blobServices@2025-06-01' = {
    name: 'default'

    resource container 'containers@2025-06-01' = {
      name: packages
      properties: { publicAccess: 'None' }
    }
  }
}

resource appReadsSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, appIdentity.id, roles.readSecrets)
  properties: {
    principalId: appIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.readSecrets)
  }
}

resource appOwnsBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: storage
  name: guid(storage.id, appIdentity.id, roles.ownBlobs)
  properties: {
    principalId: appIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.ownBlobs)
  }
}

resource deployerWritesSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployerPrincipalId)) {
  scope: vault
  name: guid(vault.id, deployerPrincipalId, roles.writeSecrets)
  properties: {
    principalId: deployerPrincipalId
    principalType: deployerPrincipalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.writeSecrets)
  }
}

module network '../modules/network.bicep' = if (usesNetwork) {
  name: 'functions-network'
  params: {
    location: location
    tags: tags
    token: 'func-${token}'
    addressPrefix: addressPrefix
  }
}

var fixedSettings = [
  { name: 'AzureWebJobsStorage__credential', value: 'managedidentity' }
  { name: 'AzureWebJobsStorage__clientId', value: appIdentity.properties.clientId }
  { name: 'AzureWebJobsStorage__blobServiceUri', value: storage.properties.primaryEndpoints.blob }
  { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: insights.properties.ConnectionString }
  // The host forwards to loopback, and on no other address should anybody reach the bridge.
  { name: 'HOST', value: '127.0.0.1' }
  // The host's proxy sends the first as Host; one that passed the caller's on would send the second.
  { name: 'ALLOWED_HOSTS', value: '127.0.0.1,${fqdn}' }
  { name: 'PUBLIC_BASE_URL', value: empty(publicBaseUrl) ? 'https://${fqdn}' : publicBaseUrl }
  { name: 'GATEWAY_SHARED_SECRET', value: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/gateway-secret-a)' }
  { name: 'GATEWAY_SHARED_SECRET_PREVIOUS', value: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/gateway-secret-b)' }
  { name: 'LOG_FORMAT', value: 'json' }
  // A stream ends by itself before a load balancer ends it, at 230 s without a byte or altogether.
  { name: 'STREAM_MAX_MS', value: '210000' }
]
var profileSettings = usesMcpProfile ? [{ name: 'AzureWebJobsFeatureFlags', value: 'EnableMcpCustomHandlerPreview' }] : []
var plainSettings = [for setting in items(settings): { name: setting.key, value: setting.value }]
var vaultSettings = [for one in items(secretSettings): {
  name: one.key
  value: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/${one.value})'
}]

resource plan 'Microsoft.Web/serverfarms@2023-12-01' = {
  name: 'asp-func-${token}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource site 'Microsoft.Web/sites@2023-12-01' = {
  name: name
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${appIdentity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    keyVaultReferenceIdentity: appIdentity.id
    virtualNetworkSubnetId: usesNetwork ? network!.outputs.appSubnetId : null
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storage.properties.primaryEndpoints.blob}${packages}'
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: appIdentity.id }
        }
      }
      runtime: { name: 'custom', version: '1.0' }
      scaleAndConcurrency: {
        maximumInstanceCount: maximumInstanceCount
        instanceMemoryMB: instanceMemoryMB
        alwaysReady: alwaysReadyInstances > 0 ? [{ name: 'http', instanceCount: alwaysReadyInstances }] : []
        triggers: { http: { perInstanceConcurrency: perInstanceConcurrency } }
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      http20Enabled: true
      ipSecurityRestrictionsDefaultAction: empty(allowedCidrs) ? 'Allow' : 'Deny'
      ipSecurityRestrictions: [for (cidr, index) in allowedCidrs: {
        name: 'allowed-${index}'
        action: 'Allow'
        ipAddress: cidr
        priority: 100 + index
      }]
      appSettings: concat(fixedSettings, profileSettings, plainSettings, vaultSettings)
    }
  }
  // The identity opens the package and the secrets at the first start.
  dependsOn: [appOwnsBlobs, appReadsSecrets, storage::blobs::container]

  // Passwords would be a second way in.
  resource ftp 'basicPublishingCredentialsPolicies@2023-12-01' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scm 'basicPublishingCredentialsPolicies@2023-12-01' = {
    name: 'scm'
    properties: { allow: false }
  }
}

resource logging 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: site
  name: 'logs'
  properties: {
    workspaceId: logs.id
    logs: [{ category: 'FunctionAppLogs', enabled: true }]
  }
}

output BRIDGE_VAULT string = vault.name
output BRIDGE_SITE string = site.name
output BRIDGE_DIRECT_URL string = 'https://${fqdn}'
output BRIDGE_PUBLIC_URL string = empty(publicBaseUrl) ? 'https://${fqdn}' : publicBaseUrl
