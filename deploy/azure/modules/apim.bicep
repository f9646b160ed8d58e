// The API Management service itself. What it publishes is in api.bicep.
param location string
param tags object
param token string
@description('A tier with rate-limit-by-key, without response buffering, and integrated into a network as network.bicep makes one.')
@allowed(['BasicV2', 'StandardV2'])
param skuName string
@minValue(1)
param skuCapacity int
param publisherName string
param publisherEmail string
param identityId string
param identityClientId string
@description('A host name of your own for the gateway; empty: NAME.azure-api.net alone.')
param customDomain string
@description('The certificate of that name in the vault.')
param certificateName string
param vaultUri string
@description('The credential manager works in a service with an identity of its own only; its overview page, requirements.')
param usesCredentialManager bool
@description('Empty: API Management calls the bridge over its public address.')
param subnetId string

// One word for the path, which the connector's basePath repeats.
var path = 'jira-mcp'

// NAME.azure-api.net stays beside it. The certificate is read as the secret of its name, which is there for each certificate.
// Source: learn.microsoft.com/azure/api-management/configure-custom-domain
var customHost = {
  type: 'Proxy'
  hostName: customDomain
  certificateSource: 'KeyVault'
  // Without a version, so that a renewed one is taken.
  keyVaultId: '${vaultUri}secrets/${certificateName}'
  identityClientId: identityClientId
  defaultSslBinding: true
  negotiateClientCertificate: false
}

resource service 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: 'apim-${token}'
  location: location
  tags: tags
  sku: { name: skuName, capacity: skuCapacity }
  identity: {
    type: usesCredentialManager ? 'SystemAssigned, UserAssigned' : 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    publisherName: publisherName
    publisherEmail: publisherEmail
    hostnameConfigurations: empty(customDomain) ? [] : [customHost]
    virtualNetworkType: empty(subnetId) ? 'None' : 'External'
    virtualNetworkConfiguration: empty(subnetId) ? null : { subnetResourceId: subnetId }
  }
}

output name string = service.name
output apiPath string = path
output publicBaseUrl string = empty(customDomain) ? '${service.properties.gatewayUrl}/${path}' : 'https://${customDomain}/${path}'
// Azure's own name in any case: where a name of one's own leads to, and what Front Door calls.
output gatewayHost string = replace(service.properties.gatewayUrl, 'https://', '')
