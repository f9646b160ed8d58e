// What holds secrets, images and logs, and the two identities that may read them.
param location string
param tags object
param token string
param logRetentionDays int
param registrySku string
@description('Empty: nobody but the two identities gets to the vault; the pipeline never fills it.')
param deployerPrincipalId string
param deployerPrincipalType string
@description('recover brings back the vault of that name which was deleted in the last 90 days.')
@allowed(['default', 'recover'])
param vaultCreateMode string
@description('Whether a deployment may hand a secret of the vault to a resource that cannot read the vault by itself.')
param vaultServesDeployments bool
@description('Whether API Management takes the certificate of its host name from here.')
param vaultHoldsCertificate bool

// Built-in roles, the same in every tenant.
// Source: learn.microsoft.com/azure/role-based-access-control/built-in-roles
var roles = {
  readSecrets: '4633458b-17de-408a-b874-0445c86b69e6'
  writeSecrets: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'
  readCertificates: 'db79e9a7-68ee-4b58-9aeb-b90e7c24fcba'
  pullImages: '7f951dda-4ed3-4680-a7ca-43fe172d538d'
}

resource logs 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: 'log-${token}'
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: logRetentionDays
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-${token}'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: logs.id
  }
}

resource appIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-app-${token}'
  location: location
  tags: tags
}

resource gatewayIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-gateway-${token}'
  location: location
  tags: tags
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'kv-${token}'
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    createMode: vaultCreateMode
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enabledForTemplateDeployment: vaultServesDeployments
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    // Nobody, not even an owner, can destroy the secrets for good within the 90 days; this cannot be taken back.
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

resource registry 'Microsoft.ContainerRegistry/registries@2025-04-01' = {
  name: 'cr${token}'
  location: location
  tags: tags
  sku: { name: registrySku }
  properties: {
    adminUserEnabled: false
    anonymousPullEnabled: false
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

resource gatewayReadsSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, gatewayIdentity.id, roles.readSecrets)
  properties: {
    principalId: gatewayIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.readSecrets)
  }
}

resource gatewayReadsCertificate 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (vaultHoldsCertificate) {
  scope: vault
  name: guid(vault.id, gatewayIdentity.id, roles.readCertificates)
  properties: {
    principalId: gatewayIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.readCertificates)
  }
}

resource deployerWritesSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployerPrincipalId)) {
  scope: vault
  name: guid(vault.id, deployerPrincipalId, roles.writeSecrets)
  properties: {
    principalId: deployerPrincipalId
    // Named, or a principal that is minutes old is not found.
    principalType: deployerPrincipalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.writeSecrets)
  }
}

resource appPullsImages 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: registry
  name: guid(registry.id, appIdentity.id, roles.pullImages)
  properties: {
    principalId: appIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.pullImages)
  }
}

output logWorkspaceName string = logs.name
output applicationInsightsName string = insights.name
output vaultName string = vault.name
output vaultUri string = vault.properties.vaultUri
output registryName string = registry.name
output registryServer string = registry.properties.loginServer
output appIdentityId string = appIdentity.id
output appIdentityClientId string = appIdentity.properties.clientId
output gatewayIdentityId string = gatewayIdentity.id
output gatewayIdentityPrincipalId string = gatewayIdentity.properties.principalId
output gatewayIdentityClientId string = gatewayIdentity.properties.clientId
