// What API Management publishes besides /mcp for clients that sign their users in by themselves (apim-policy.oauth.xml).
//
// A document about https://HOST/jira-mcp stands at the root of HOST, its path behind the document's name (RFC 8414 section 3.1,
// RFC 9728 section 3.1): /.well-known/oauth-authorization-server/jira-mcp. So there is a second API, whose path is empty. A
// service has room for one such API; where it is taken, its operations must come to stand there.
param apimName string
param apiName string
param apiPath string
param loggerName string

var toolsets = [{ name: 'toolsets', type: 'string', required: true }]

// Below the API's path. OPTIONS as well wherever a page's program may call: without an operation API Management answers a
// preflight by itself.
var operations = [
  { name: 'options-mcp', method: 'OPTIONS', url: '/mcp', parameters: [] }
  { name: 'options-mcp-readonly', method: 'OPTIONS', url: '/mcp/readonly', parameters: [] }
  { name: 'options-mcp-toolsets', method: 'OPTIONS', url: '/mcp/x/{toolsets}', parameters: toolsets }
  { name: 'options-compat-stream', method: 'OPTIONS', url: '/api/mcp/stream', parameters: [] }
  { name: 'options-compat-command', method: 'OPTIONS', url: '/api/mcp/command', parameters: [] }
  { name: 'get-authorize', method: 'GET', url: '/authorize', parameters: [] }
  { name: 'post-authorize', method: 'POST', url: '/authorize', parameters: [] }
  { name: 'post-token', method: 'POST', url: '/token', parameters: [] }
  { name: 'options-token', method: 'OPTIONS', url: '/token', parameters: [] }
  { name: 'post-register', method: 'POST', url: '/register', parameters: [] }
  { name: 'options-register', method: 'OPTIONS', url: '/register', parameters: [] }
  { name: 'post-revoke', method: 'POST', url: '/revoke', parameters: [] }
  { name: 'options-revoke', method: 'OPTIONS', url: '/revoke', parameters: [] }
  { name: 'get-callback', method: 'GET', url: '/auth/callback', parameters: [] }
  { name: 'get-login', method: 'GET', url: '/auth/login', parameters: [] }
  { name: 'get-status', method: 'GET', url: '/auth/status', parameters: [] }
  { name: 'get-connect', method: 'GET', url: '/auth/connect', parameters: [] }
  { name: 'post-logout', method: 'POST', url: '/auth/logout', parameters: [] }
]
// Which the challenge of a 401 names, and where clients look that put the path first.
var documents = [
  { name: 'server', url: '/.well-known/oauth-authorization-server', parameters: [] }
  { name: 'openid', url: '/.well-known/openid-configuration', parameters: [] }
  { name: 'keys', url: '/.well-known/jwks.json', parameters: [] }
  { name: 'resource', url: '/.well-known/oauth-protected-resource', parameters: [] }
  { name: 'resource-mcp', url: '/.well-known/oauth-protected-resource/mcp', parameters: [] }
  { name: 'resource-readonly', url: '/.well-known/oauth-protected-resource/mcp/readonly', parameters: [] }
  { name: 'resource-toolsets', url: '/.well-known/oauth-protected-resource/mcp/x/{toolsets}', parameters: toolsets }
  { name: 'resource-compat-stream', url: '/.well-known/oauth-protected-resource/api/mcp/stream', parameters: [] }
  { name: 'resource-compat-command', url: '/.well-known/oauth-protected-resource/api/mcp/command', parameters: [] }
]
// At the host's root. The issuer has the API's path; clients that ask by the URL of /mcp itself find the same document.
var rootDocuments = [
  { name: 'server', url: '/.well-known/oauth-authorization-server/${apiPath}', parameters: [] }
  { name: 'server-mcp', url: '/.well-known/oauth-authorization-server/${apiPath}/mcp', parameters: [] }
  { name: 'openid', url: '/.well-known/openid-configuration/${apiPath}', parameters: [] }
  { name: 'openid-mcp', url: '/.well-known/openid-configuration/${apiPath}/mcp', parameters: [] }
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

resource calls 'Microsoft.ApiManagement/service/apis/operations@2024-05-01' = [for operation in operations: {
  parent: api
  name: operation.name
  properties: {
    displayName: '${operation.method} ${operation.url}'
    method: operation.method
    urlTemplate: operation.url
    templateParameters: operation.parameters
  }
}]

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

resource preflights 'Microsoft.ApiManagement/service/apis/operations@2024-05-01' = [for document in documents: {
  parent: api
  name: 'options-document-${document.name}'
  properties: {
    displayName: 'OPTIONS ${document.url}'
    method: 'OPTIONS'
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

resource rootPreflights 'Microsoft.ApiManagement/service/apis/operations@2024-05-01' = [for document in rootDocuments: {
  parent: root
  name: 'options-document-${document.name}'
  properties: {
    displayName: 'OPTIONS ${document.url}'
    method: 'OPTIONS'
    urlTemplate: document.url
    templateParameters: document.parameters
  }
}]

resource policy 'Microsoft.ApiManagement/service/apis/policies@2024-05-01' = {
  parent: root
  name: 'policy'
  properties: {
    format: 'rawxml'
    value: loadTextContent('../../../apim-policy.oauth.xml')
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
