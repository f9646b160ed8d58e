// What apim-policy.entra.xml needs besides: the values that only it names, and the credential manager that keeps people's Atlassian
// tokens. A connection is called as its user's object id in Entra ID: the policy looks for one by that claim of a checked token.
//
// Nobody has agreed to anything yet when this is deployed. Each user opens the login link of the own connection once
// (docs/AZURE.md); whoever opens it connects the account that they are signed in with at Atlassian, so a link is for one person.
param apimName string
param tenantId string
@description('The URL of /mcp as clients call it, and the Application ID URI of the app registration: https://HOST/PATH/mcp.')
@minLength(13)
param audience string
@description('Client id of the app registration: the audience in version 2 of the tokens.')
@minLength(36)
@maxLength(36)
param applicationId string
@description('The clients whose tokens are taken, by client id.')
@minLength(36)
@maxLength(36)
param clientA string
@minLength(36)
@maxLength(36)
param clientB string
@description('A scope of the app registration, without its URI.')
@minLength(1)
param scope string
@description('Where a person learns how to connect Jira.')
@minLength(9)
param connectUrl string
@description('What the app roles Lead, Member and Reader may use; a Reader only reads.')
@minLength(1)
param leadToolsets string
@minLength(1)
param memberToolsets string
@minLength(1)
param readerToolsets string
@description('The managed identity that asks the credential manager, by client id and object id.')
param identityClientId string
param identityPrincipalId string
@minLength(1)
param atlassianClientId string
@secure()
param atlassianClientSecret string
@description('With offline_access, or a connection ends after an hour.')
param atlassianScopes string
@description('Object ids of the users who have a connection.')
@maxLength(10000)
param connectedUsers array

var values = [
  { name: 'jira-mcp-entra-tenant', value: tenantId }
  { name: 'jira-mcp-entra-audience', value: audience }
  { name: 'jira-mcp-entra-application', value: applicationId }
  { name: 'jira-mcp-entra-client-a', value: clientA }
  { name: 'jira-mcp-entra-client-b', value: clientB }
  { name: 'jira-mcp-entra-scope', value: scope }
  // The audience without its /mcp.
  { name: 'jira-mcp-public-url', value: substring(audience, 0, length(audience) - 4) }
  { name: 'jira-mcp-connect-url', value: connectUrl }
  { name: 'jira-mcp-gateway-identity', value: identityClientId }
  { name: 'jira-mcp-toolsets-lead', value: leadToolsets }
  { name: 'jira-mcp-toolsets-member', value: memberToolsets }
  { name: 'jira-mcp-toolsets-reader', value: readerToolsets }
]

resource service 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: apimName
}

resource namedValues 'Microsoft.ApiManagement/service/namedValues@2024-05-01' = [for value in values: {
  parent: service
  name: value.name
  properties: {
    displayName: value.name
    value: value.value
  }
}]

// Source: developer.atlassian.com, OAuth 2.0 (3LO) apps; Azure's example of a generic OAuth 2.0 provider.
resource provider 'Microsoft.ApiManagement/service/authorizationProviders@2024-05-01' = {
  parent: service
  name: 'atlassian'
  properties: {
    displayName: 'Atlassian'
    identityProvider: 'oauth2'
    oauth2: {
      redirectUrl: 'https://authorization-manager.consent.azure-apim.net/redirect/apim/${apimName}'
      grantTypes: {
        authorizationCode: {
          clientId: atlassianClientId
          clientSecret: atlassianClientSecret
          // Atlassian gives no refresh token without these two parameters.
          authorizationUrl: 'https://auth.atlassian.com/authorize?audience=api.atlassian.com&prompt=consent'
          tokenUrl: 'https://auth.atlassian.com/oauth/token'
          refreshUrl: 'https://auth.atlassian.com/oauth/token'
          scopes: atlassianScopes
        }
      }
    }
  }
}

resource connections 'Microsoft.ApiManagement/service/authorizationProviders/authorizations@2024-05-01' = [for user in connectedUsers: {
  parent: provider
  name: user
  properties: {
    authorizationType: 'OAuth2'
    oauth2grantType: 'AuthorizationCode'
  }
}]

// The gateway's identity alone: the credential manager takes no token of a user (docs/AZURE.md).
resource access 'Microsoft.ApiManagement/service/authorizationProviders/authorizations/accessPolicies@2024-05-01' = [for (user, index) in connectedUsers: {
  parent: connections[index]
  name: 'gateway'
  properties: {
    tenantId: tenantId
    objectId: identityPrincipalId
  }
}]

output redirectUrl string = 'https://authorization-manager.consent.azure-apim.net/redirect/apim/${apimName}'
