// What a stack has besides when it stands behind Front Door (frontdoor.bicep): it takes calls from that one only, and tells its
// probe whether a bridge wants traffic.
param apimName string
@description('The id that this Front Door, and no other, sends as X-Azure-FDID.')
param frontDoorId string

resource service 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: apimName
}

resource frontDoor 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: service
  name: 'jira-mcp-front-door-id'
  properties: {
    displayName: 'jira-mcp-front-door-id'
    value: frontDoorId
  }
}

// Above every API of the service, which each begins with <base />.
resource onlyFrontDoor 'Microsoft.ApiManagement/service/policies@2024-05-01' = {
  parent: service
  name: 'policy'
  properties: {
    format: 'rawxml'
    value: loadTextContent('../front-door-policy.xml')
  }
  dependsOn: [frontDoor]
}

// Outside the paths that Front Door's route passes on, so that people do not see it.
resource probe 'Microsoft.ApiManagement/service/apis@2024-05-01' = {
  parent: service
  name: 'jira-mcp-probe'
  properties: {
    displayName: 'Jira MCP: probe'
    description: 'Whether a bridge behind this gateway wants traffic; for Front Door.'
    path: 'jira-mcp-probe'
    protocols: ['https']
    apiType: 'http'
    type: 'http'
    subscriptionRequired: false
  }
}

resource readyz 'Microsoft.ApiManagement/service/apis/operations@2024-05-01' = {
  parent: probe
  name: 'get-readyz'
  properties: {
    displayName: 'GET /readyz'
    method: 'GET'
    urlTemplate: '/readyz'
  }
}

resource probePolicy 'Microsoft.ApiManagement/service/apis/policies@2024-05-01' = {
  parent: probe
  name: 'policy'
  properties: {
    format: 'rawxml'
    value: loadTextContent('../probe-policy.xml')
  }
}
