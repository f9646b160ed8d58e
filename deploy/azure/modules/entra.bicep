// What API Management publishes besides /mcp for clients whose users sign in at Entra ID (apim-policy.entra.xml): the document that
// names the tenant. The policy answers it; the bridge is not asked.
//
// The document about https://HOST/jira-mcp/mcp stands at the root of HOST (RFC 9728 section 3.1), so there is a second API, whose
// path is empty. A service has room for one such API; where it is taken, its operations must come to stand there.
param apimName string
param apiName string
param apiPath string
param loggerName string

var toolsets = [{ name: 'toolsets', type: 'string', required: true }]

// Below the API's path, which the challenge of a 401 names.
var documents = [
  { name: 'resource', url: '/.well-known/oauth-protected-resource', parameters: [] }
  { name: 'resource-mcp', url: '/.well-known/oauth-protected-resource/mcp', parameters: [] }
  { name: 'resource-readonly', url: '/.well-known/oauth-protected-resource/mcp/readonly', parameters: [] }
  { name: 'resource-toolsets', url: '/.well-known/oauth-protected-resource/mcp/x/{toolsets}', parameters: toolsets }
  { name: 'resource-compat-stream', url: '/.well-known/oauth-protected-resource/api/mcp/stream', parameters: [] }
  { name: 'resource-compat-command', url: '/.well-known/oauth-protected-resource/api/mcp/command', parameters: [] }
]
// At the host's root.
var rootDocuments = [
  { name: 'resource-mcp', url: '/.well-known/oauth-protected-resource/${apiPath}/mcp', parameters: [] }
  { name: 'resource-readonly', url: '/.well-known/oauth-protected-resource/${apiPath}/mcp/readonly', parameters: [] }
  { name: 'resource-toolsets', url: '/.well-known/oauth-protected-resource/${apiPath}/mcp/x/{toolsets}', parameters: toolsets }
  { name: 'resource-compat-stream', url: '/.well-known/oauth-protected-resource/${apiPath}/api/mcp/stream', parameters: [] }
  { name: 'resource-compat-command', url: '/.well-known/oauth-protected-resource/${apiPath}/api/mcp/command', parameters: [] }
]

resource service 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: apimName
}

resource api 'Microsoft.ApiManagement/service/apis@2024-05-01' existing = {
  parent: service
  name: apiName
}

resource logger 'Microsoft.ApiManagement/service/loggers@2024-05-01' existing = {
  parent: service
  name: loggerName
}

resource gets 'Microsoft.ApiManagement/service/apis/operations@2024-05-01' = [for document in documents: {
  parent: api
  name: 'get-document-${document.name}'
  properties: {
    displayName: 'GET ${document.url}'
    method: 'GET'
    urlTemplate: document.url
    templateParameters: document.parameters
  }
}]

resource root 'Microsoft.ApiManagement/service/apis@2024-05-01' = {
  parent: service
  name: 'jira-mcp-documents'
  properties: {
    displayName: 'Jira MCP: documents at the root'
    description: 'Where clients learn how to sign in; nothing else stands at the root.'
    path: ''
    protocols: ['https']
    apiType: 'http'
    type: 'http'
    subscriptionRequired: false
  }
}

resource rootGets 'Microsoft.ApiManagement/service/apis/operations@2024-05-01' = [for document in rootDocuments: {
  parent: root
  name: 'get-document-${document.name}'
  properties: {
    displayName: 'GET ${document.url}'
    method: 'GET'
    urlTemplate: document.url
    templateParameters: document.parameters
  }
}]

resource policy 'Microsoft.ApiManagement/service/apis/policies@2024-05-01' = {
  parent: root
  name: 'policy'
  properties: {
    format: 'rawxml'
    value: loadTextContent('../../../apim-policy.entra.xml')
  }
}

// As in api.bicep: no body, no header and no query.
var nothing = { headers: [], body: { bytes: 0 } }
var noQuery = { headers: [], body: { bytes: 0 }, dataMasking: { queryParams: [{ mode: 'Hide', value: '*' }] } }

resource diagnostics 'Microsoft.ApiManagement/service/apis/diagnostics@2024-05-01' = {
  parent: root
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
