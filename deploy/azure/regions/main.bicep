// Azure Front Door in front of two stacks of deploy/azure, in a resource group of its own, so that neither region takes it along.
//
// Deployed after both stacks, which then learn its name and its id; docs/OPERATIONS.md, two regions, has the steps.
targetScope = 'subscription'

@description('Name of this pair of regions; part of the resource group\'s name and of Front Door\'s host.')
@minLength(2)
@maxLength(32)
param pairName string

@description('Region of the resource group. Front Door itself is everywhere.')
@minLength(3)
param location string

@description('Host of the first stack\'s API Management, NAME.azure-api.net.')
@minLength(4)
param firstGatewayHost string

@description('Host of the second stack\'s API Management.')
@minLength(4)
param secondGatewayHost string

@description('priority: the first region serves, the second one when the first is not ready. latency: each caller\'s nearest one.')
@allowed(['priority', 'latency'])
param routing string = 'priority'

@description('Rules that Microsoft manages. off is the tier Standard; log and block are Premium, which cannot become Standard again.')
@allowed(['off', 'log', 'block'])
param managedRules string = 'off'

@description('Calls a minute from one address, counted where they come in. All users of a Power Platform region share its addresses.')
param callsPerAddressPerMinute string = '12000'

@description('A host name of your own for all of it; empty: Front Door\'s.')
param customDomain string = ''

var tags = { application: 'jira-mcp-bridge', pair: pairName }

resource group 'Microsoft.Resources/resourceGroups@2024-07-01' = {
  name: 'rg-${pairName}-front-door'
  location: location
  tags: tags
}

module frontDoor '../modules/frontdoor.bicep' = {
  scope: group
  name: 'frontdoor'
  params: {
    tags: tags
    name: pairName
    token: uniqueString(subscription().id, pairName)
    gatewayHosts: [firstGatewayHost, secondGatewayHost]
    routing: routing
    managedRules: managedRules
    callsPerAddressPerMinute: int(callsPerAddressPerMinute)
    customDomain: customDomain
  }
}

output BRIDGE_PUBLIC_HOST string = frontDoor.outputs.publicHost
output BRIDGE_FRONT_DOOR_ID string = frontDoor.outputs.frontDoorId
output BRIDGE_FRONT_DOOR_HOST string = frontDoor.outputs.endpointHost
output BRIDGE_DOMAIN_PROOF string = frontDoor.outputs.domainProof
