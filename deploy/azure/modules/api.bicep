// What API Management publishes: the MCP endpoints with the policy that is chosen, and nothing of the bridge's health or
// metrics. What the clients of a policy need besides is in oauth.bicep and entra.bicep.
param apimName string
@description('connector: apim-policy.xml, for Copilot Studio alone. oauth: apim-policy.oauth.xml. entra: apim-policy.entra.xml.')
@allowed(['connector', 'oauth', 'entra'])
param gatewayPolicy string
param apiPath string
param backendUrl string
param vaultUri string
param gatewaySlot string
@description('Per token of a user; a turn of Copilot Studio is four calls.')
@minValue(1)
param callsPerTokenPerMinute int
@description('With apim-policy.entra.xml: per user of the directory, however many tokens. The credential manager has 250 for a connection.')
@minValue(1)
@maxValue(250)
param callsPerUserPerMinute int
@description('Per calling address, which all users of a Power Platform region share: wide enough for all of them together.')
@minValue(1)
param callsPerAddressPerMinute int
@description('Per address, with apim-policy.oauth.xml: clients that register themselves.')
@minValue(1)
param registrationsPerAddressPerMinute int
@description('Per address, with apim-policy.oauth.xml: requests of browsers; a sign-in is three.')
@minValue(1)
param signInsPerAddressPerMinute int
@description('Per address, with apim-policy.oauth.xml: codes redeemed, tokens refreshed or revoked.')
@minValue(1)
param tokenRequestsPerAddressPerMinute int
@description('The largest body of a request; the bridge takes 1 MiB.')
@minValue(1)
@maxValue(1048576)
param bodyBytesMax int
@description('Until the head of an answer: longer than a call of the bridge (40 s), within the load balancer\'s idle limit (240 s).')
@minValue(41)
@maxValue(240)
param gatewayTimeoutSeconds int
param identityClientId string
param applicationInsightsName string

var policies = {
  connector: loadTextContent('../../../apim-policy.xml')
  oauth: loadTextContent('../../../apim-policy.oauth.xml')
  entra: loadTextContent('../../../apim-policy.entra.xml')
}

// GET and DELETE as well, or API Management answers 404 where MCP clients expect 405.
var operations = [
  { name: 'mcp', url: '/mcp', parameters: [] }
  { name: 'mcp-readonly', url: '/mcp/readonly', parameters: [] }
  { name: 'mcp-toolsets', url: '/mcp/x/{toolsets}', parameters: [{ name: 'toolsets', type: 'string', required: true }] }
  // COMPAT_STREAM; without it the bridge answers 404.
  { name: 'compat-stream', url: '/api/mcp/stream', parameters: [] }
  { name: 'compat-command', url: '/api/mcp/command', parameters: [] }
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

resource callsPerUser 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: service
  name: 'jira-mcp-calls-per-user'
  properties: {
    displayName: 'jira-mcp-calls-per-user'
    value: string(callsPerUserPerMinute)
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

resource registrationsPerAddress 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: service
  name: 'jira-mcp-registrations-per-address'
  properties: {
    displayName: 'jira-mcp-registrations-per-address'
    value: string(registrationsPerAddressPerMinute)
  }
}

resource signInsPerAddress 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: service
  name: 'jira-mcp-sign-ins-per-address'
  properties: {
    displayName: 'jira-mcp-sign-ins-per-address'
    value: string(signInsPerAddressPerMinute)
  }
}

resource tokenRequestsPerAddress 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: service
  name: 'jira-mcp-token-requests-per-address'
  properties: {
    displayName: 'jira-mcp-token-requests-per-address'
    value: string(tokenRequestsPerAddressPerMinute)
  }
}

resource bodyBytes 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: service
  name: 'jira-mcp-body-bytes-max'
  properties: {
    displayName: 'jira-mcp-body-bytes-max'
    value: string(bodyBytesMax)
  }
}

resource gatewayTimeout 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = {
  parent: service
  name: 'jira-mcp-timeout-seconds'
  properties: {
    displayName: 'jira-mcp-timeout-seconds'
    value: string(gatewayTimeoutSeconds)
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
    description: 'MCP for Jira Cloud; the bearer is the user\'s own.'
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
    value: policies[gatewayPolicy]
  }
  // The policies name them; those of apim-policy.entra.xml alone are in credentials.bicep.
  dependsOn: [
    gatewayToken
    callsPerToken
    callsPerUser
    callsPerAddress
    registrationsPerAddress
    signInsPerAddress
    tokenRequestsPerAddress
    bodyBytes
    gatewayTimeout
    backend
  ]
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

// No body and no header is logged: bodies hold Jira's content, headers hold tokens, and logging a body would buffer it. And no
// query: that of a sign-in holds a code, the state, and the client's address.
var nothing = { headers: [], body: { bytes: 0 } }
var noQuery = { headers: [], body: { bytes: 0 }, dataMasking: { queryParams: [{ mode: 'Hide', value: '*' }] } }

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
    frontend: { request: noQuery, response: nothing }
    backend: { request: noQuery, response: nothing }
  }
}

output apiName string = api.name
output loggerName string = logger.name
