// The vault of a bridge that these files do not run: API Management may read there the gateway secret that it sends.
param vaultName string
param principalId string

// A built-in role, the same in every tenant.
// Source: learn.microsoft.com/azure/role-based-access-control/built-in-roles
var roles = {
  readSecrets: '4633458b-17de-408a-b874-0445c86b69e6'
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  name: vaultName
}

resource gatewayReadsSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, principalId, roles.readSecrets)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.readSecrets)
  }
}

output vaultUri string = vault.properties.vaultUri
