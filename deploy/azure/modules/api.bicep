// What API Management publishes: the MCP endpoints with apim-policy.xml, and nothing of the bridge's health or metrics.
param apimName string
param apiPath string
param backendUrl string
param vaultUri string
param gatewaySlot string
@description('Per Atlassian token; a turn of Copilot Studio is four calls.')
@minValue(1)
param callsPerTokenPerMinute int
@description('Per calling address, which all users of a Power Platform region share: wide enough for all of them together.')
@minValue(1)
param callsPerAddressPerMinute int
param identityClientId string
param applicationInsightsName string

// GET and DELETE as well, or API Management answers 404 where MCP clients expect 405.
var operations = [
  { name: 'mcp', url: '/mcp', parameters: [] }
  { name: 'mcp-readonly', url: '/mcp/readonly', parameters: [] }
  { name: 'mcp-toolsets', url: '/mcp/x/{toolsets}', parameters: [{ name: 'toolsets', type: 'string', required: true }] }
]

resource service 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: apimName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

resource gatewayToken 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: service
  name: 'jira-mcp-gateway-token'
  properties: {
    displayName: 'jira-mcp-gateway-token'
    secret: true
    keyVault: {
      // Without a version, so that the newest is taken; pointing at the other slot takes effect at once.
      secretIdentifier: '${vaultUri}secrets/gateway-secret-${gatewaySlot}'
      identityClientId: identityClientId
    }
  }
}

resource callsPerToken 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: service
  name: 'jira-mcp-calls-per-token'
  properties: {
    displayName: 'jira-mcp-calls-per-token'
    value: string(callsPerTokenPerMinute)
  }
}

resource callsPerAddress 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: service
  name: 'jira-mcp-calls-per-address'
  properties: {
    displayName: 'jira-mcp-calls-per-address'
    value: string(callsPerAddressPerMinute)
  }
}

resource backend 'Microsoft.ApiManagement/service/backends@2024-05-01' = {
  parent: service
  name: 'jira-mcp-bridge'
  properties: {
    protocol: 'http'
    url: backendUrl
    tls: { validateCertificateChain: true, validateCertificateName: true }
  }
}

resource api 'Microsoft.ApiManagement/service/apis@2024-05-01' = {
  parent: service
  name: 'jira-mcp'
  properties: {
    displayName: 'Jira MCP'
    description: 'MCP for Jira Cloud; the bearer is the user\'s own Atlassian token.'
    path: apiPath
    protocols: ['https']
    apiType: 'http'
    type: 'http'
    // Copilot Studio sends the user's bearer and no subscription key.
    subscriptionRequired: false
  }
}

resource posts 'Microsoft.ApiManagement/service/apis/operations@2024-05-01' = [for operation in operations: {
  parent: api
  name: 'post-${operation.name}'
  properties: {
    displayName: 'POST ${operation.url}'
    method: 'POST'
    urlTemplate: operation.url
    templateParameters: operation.parameters
  }
}]

resource gets 'Microsoft.ApiManagement/service/apis/operations@2024-05-01' = [for operation in operations: {
  parent: api
  name: 'get-${operation.name}'
  properties: {
    displayName: 'GET ${operation.url}'
    method: 'GET'
    urlTemplate: operation.url
    templateParameters: operation.parameters
  }
}]

resource deletes 'Microsoft.ApiManagement/service/apis/operations@2024-05-01' = [for operation in operations: {
  parent: api
  name: 'delete-${operation.name}'
  properties: {
    displayName: 'DELETE ${operation.url}'
    method: 'DELETE'
    urlTemplate: operation.url
    templateParameters: operation.parameters
  }
}]

resource policy 'Microsoft.ApiManagement/service/apis/policies@2024-05-01' = {
  parent: api
  name: 'policy'
  properties: {
    format: 'rawxml'
    value: loadTextContent('../../../apim-policy.xml')
  }
  // The policy names them.
  dependsOn: [gatewayToken, callsPerToken, callsPerAddress, backend]
}

resource connectionString 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: service
  name: 'application-insights'
  properties: {
    displayName: 'application-insights'
    secret: true
    value: insights.properties.ConnectionString
  }
}

resource logger 'Microsoft.ApiManagement/service/loggers@2024-05-01' = {
  parent: service
  name: 'application-insights'
  properties: {
    loggerType: 'applicationInsights'
    resourceId: insights.id
    credentials: { connectionString: '{{application-insights}}' }
  }
  dependsOn: [connectionString]
}

// No body and no header is logged: bodies hold Jira's content, headers hold tokens, and logging a body would buffer it.
var nothing = { headers: [], body: { bytes: 0 } }

resource diagnostics 'Microsoft.ApiManagement/service/apis/diagnostics@2024-05-01' = {
  parent: api
  name: 'applicationinsights'
  properties: {
    loggerId: logger.id
    alwaysLog: 'allErrors'
    httpCorrelationProtocol: 'W3C'
    verbosity: 'information'
    logClientIp: false
    sampling: { samplingType: 'fixed', percentage: 100 }
    frontend: { request: nothing, response: nothing }
    backend: { request: nothing, response: nothing }
  }
}
