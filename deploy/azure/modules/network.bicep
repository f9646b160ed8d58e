// A network of its own, so that only API Management reaches the bridge.
param location string
param tags object
param token string
param addressPrefix string

resource gatewayRules 'Microsoft.Network/networkSecurityGroups@2023-11-01' = {
  name: 'nsg-gateway-${token}'
  location: location
  tags: tags
}

resource network 'Microsoft.Network/virtualNetworks@2023-11-01' = {
  name: 'vnet-${token}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 23, 0)
          delegations: [{ name: 'app', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
      {
        name: 'gateway'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 24, 2)
          // The v2 tiers integrate as App Service does, hence its name.
          delegations: [{ name: 'gateway', properties: { serviceName: 'Microsoft.Web/serverFarms' } }]
          networkSecurityGroup: { id: gatewayRules.id }
        }
      }
    ]
  }
}

output networkId string = network.id
output appSubnetId string = '${network.id}/subnets/app'
output gatewaySubnetId string = '${network.id}/subnets/gateway'
