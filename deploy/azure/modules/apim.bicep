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
@description('The credential manager works in a service with an identity of its own only; its overview page, requirements.')
param usesCredentialManager bool
@description('Empty: API Management calls the bridge over its public address.')
param subnetId string

// One word for the path, which the connector's basePath repeats.
var path = 'jira-mcp'

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
    virtualNetworkType: empty(subnetId) ? 'None' : 'External'
    virtualNetworkConfiguration: empty(subnetId) ? null : { subnetResourceId: subnetId }
  }
}

output name string = service.name
output apiPath string = path
output publicBaseUrl string = '${service.properties.gatewayUrl}/${path}'
output gatewayHost string = replace(service.properties.gatewayUrl, 'https://', '')
