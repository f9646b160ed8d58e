// The bridge behind API Management, in a resource group of its own.
//
// It is deployed twice in a row (azure.yaml does both). The first time there is no image and no secret yet: only what
// holds them comes to be. deploy/azure/publish then fills both, and the second time everything else follows.
targetScope = 'subscription'

@description('Name of this environment; part of the resource group\'s name.')
@minLength(2)
@maxLength(32)
param environmentName string

@description('Which of the files in environments/ holds sizes and settings.')
@allowed(['dev', 'prod'])
param tier string

@description('Azure region.')
@minLength(3)
param location string

@description('What runs the container. elsewhere: nothing of these files; API Management calls backendUrl.')
@allowed(['containerapp', 'appservice', 'elsewhere'])
param runtime string = 'containerapp'

@description('runtime elsewhere: the URL of that bridge, such as BRIDGE_DIRECT_URL of functions/main.bicep.')
param backendUrl string = ''

@description('runtime elsewhere: the name of the vault that holds the gateway secrets of that bridge.')
param backendVault string = ''

@description('runtime elsewhere: the resource group of that vault.')
param backendGroup string = ''

@description('The image by digest, REGISTRY/NAME@sha256:…; empty only in the first round.')
param image string = ''

@description('Which of the two accepted gateway secrets API Management sends; docs/OPERATIONS.md, rotation.')
@allowed(['a', 'b'])
param gatewaySlot string = 'a'

@description('Who is named as the publisher in API Management.')
@minLength(2)
param publisherName string

@description('Where API Management writes to its publisher.')
@minLength(6)
param publisherEmail string

@description('Who is told about alerts.')
@minLength(6)
param alertEmail string

@description('Country code of the phone that gets urgent alerts as text messages, digits only, such as 49.')
param alertPhoneCountry string = ''

@description('Its number, digits only, without the country code; empty: no text messages.')
param alertPhone string = ''

@description('Object id of whoever deploys by hand; may write the gateway secrets. Empty in the pipeline, which never does.')
param deployerPrincipalId string = ''

@description('What kind of principal that is.')
@allowed(['User', 'ServicePrincipal', 'Group'])
param deployerPrincipalType string = 'User'

@description('A host name of your own for API Management, whose certificate is in the vault; empty: NAME.azure-api.net.')
param gatewayDomain string = ''

@description('The name of that certificate in the vault.')
param gatewayCertificate string = 'gateway-certificate'

@description('The host that people and clients call, where Front Door stands in front of two stacks; empty: API Management\'s own.')
param publicHost string = ''

@description('Id of that Front Door, the only one whose calls are taken; empty: anybody\'s.')
param frontDoorId string = ''

@description('recover for the first deployment after this environment was deleted; docs/DEPLOY.md, taking it down.')
@allowed(['default', 'recover'])
param vaultCreateMode string = 'default'

@description('gatewayPolicy entra: the URL of /mcp as clients call it, which is the Application ID URI of the app registration.')
param entraAudience string = ''

@description('gatewayPolicy entra: client id of that app registration.')
param entraApplicationId string = ''

@description('gatewayPolicy entra: client id of a client whose tokens are taken; VS Code unless it is said otherwise.')
param entraClientA string = 'aebc6443-996d-45c2-90f0-388ff96faa56'

@description('gatewayPolicy entra: client id of one more such client.')
param entraClientB string = ''

@description('gatewayPolicy entra: the scope of the app registration that a token needs.')
param entraScope string = 'access'

@description('gatewayPolicy entra: the page where people learn how to connect Jira.')
param connectUrl string = ''

@description('gatewayPolicy entra: client id of the OAuth app at Atlassian; its secret is the vault\'s atlassian-client-secret.')
param atlassianClientId string = ''

var sizes = tier == 'prod' ? loadJsonContent('environments/prod.json') : loadJsonContent('environments/dev.json')
var token = uniqueString(subscription().id, environmentName, location)
var tags = { 'azd-env-name': environmentName, application: 'jira-mcp-bridge', tier: tier }
var usesContainerApps = runtime == 'containerapp'
var usesAppService = runtime == 'appservice'
var runsElsewhere = runtime == 'elsewhere'
var isComplete = runsElsewhere ? !empty(backendUrl) : !empty(image)
var publicBaseUrl = empty(publicHost) ? apim.outputs.publicBaseUrl : 'https://${publicHost}/${apim.outputs.apiPath}'
// Behind Front Door an address is one of its servers, which very many callers share; frontdoor.bicep counts theirs.
var callersOfAnAddress = empty(frontDoorId) ? 1 : 100
var usesEntra = sizes.gatewayPolicy == 'entra'
// App Service stays public here, so a network would stand there for nothing.
var usesNetwork = sizes.privateNetwork && usesContainerApps

resource group 'Microsoft.Resources/resourceGroups@2024-07-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module foundation 'modules/foundation.bicep' = {
  scope: group
  name: 'foundation'
  params: {
    location: location
    tags: tags
    token: token
    logRetentionDays: sizes.logRetentionDays
    registrySku: sizes.registrySku
    deployerPrincipalId: deployerPrincipalId
    deployerPrincipalType: deployerPrincipalType
    vaultCreateMode: vaultCreateMode
    // The credential manager takes the secret of the OAuth app, and no reference to it.
    vaultServesDeployments: usesEntra
    vaultHoldsCertificate: !empty(gatewayDomain)
  }
}

module network 'modules/network.bicep' = if (usesNetwork) {
  scope: group
  name: 'network'
  params: {
    location: location
    tags: tags
    token: token
    addressPrefix: sizes.addressPrefix
  }
}

module apim 'modules/apim.bicep' = {
  scope: group
  name: 'apim'
  params: {
    location: location
    tags: tags
    token: token
    skuName: sizes.apimSku
    skuCapacity: sizes.apimCapacity
    publisherName: publisherName
    publisherEmail: publisherEmail
    identityId: foundation.outputs.gatewayIdentityId
    identityClientId: foundation.outputs.gatewayIdentityClientId
    customDomain: gatewayDomain
    certificateName: gatewayCertificate
    vaultUri: foundation.outputs.vaultUri
    usesCredentialManager: usesEntra
    subnetId: usesNetwork ? network!.outputs.gatewaySubnetId : ''
  }
}

module containerApp 'modules/containerapp.bicep' = if (isComplete && usesContainerApps) {
  scope: group
  name: 'containerapp'
  params: {
    location: location
    tags: tags
    token: token
    image: image
    registryServer: foundation.outputs.registryServer
    identityId: foundation.outputs.appIdentityId
    vaultUri: foundation.outputs.vaultUri
    logWorkspaceName: foundation.outputs.logWorkspaceName
    applicationInsightsName: foundation.outputs.applicationInsightsName
    publicBaseUrl: publicBaseUrl
    settings: sizes.settings
    secretSettings: sizes.secretSettings
    subnetId: usesNetwork ? network!.outputs.appSubnetId : ''
    networkId: usesNetwork ? network!.outputs.networkId : ''
    zoneRedundant: sizes.zoneRedundant
    allowedCidrs: sizes.allowedCidrs
    minReplicas: sizes.minReplicas
    maxReplicas: sizes.maxReplicas
    concurrentRequestsPerReplica: sizes.concurrentRequestsPerReplica
    cpu: sizes.cpu
    memory: sizes.memory
  }
}

module appService 'modules/appservice.bicep' = if (isComplete && usesAppService) {
  scope: group
  name: 'appservice'
  params: {
    location: location
    tags: tags
    token: token
    image: image
    identityId: foundation.outputs.appIdentityId
    identityClientId: foundation.outputs.appIdentityClientId
    vaultUri: foundation.outputs.vaultUri
    logWorkspaceName: foundation.outputs.logWorkspaceName
    applicationInsightsName: foundation.outputs.applicationInsightsName
    publicBaseUrl: publicBaseUrl
    settings: sizes.settings
    secretSettings: sizes.secretSettings
    allowedCidrs: sizes.allowedCidrs
    minReplicas: sizes.minReplicas
    maxReplicas: sizes.maxReplicas
    planSku: sizes.planSku
    zoneRedundant: sizes.zoneRedundant
  }
}

// The one that foundation makes; a secret can only be handed on from a vault that is named here.
resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {
  scope: group
  name: 'kv-${token}'
}

module credentials 'modules/credentials.bicep' = if (isComplete && usesEntra) {
  scope: group
  name: 'credentials'
  params: {
    apimName: apim.outputs.name
    tenantId: tenant().tenantId
    audience: entraAudience
    applicationId: entraApplicationId
    clientA: entraClientA
    clientB: empty(entraClientB) ? entraClientA : entraClientB
    scope: entraScope
    connectUrl: connectUrl
    leadToolsets: sizes.leadToolsets
    memberToolsets: sizes.memberToolsets
    readerToolsets: sizes.readerToolsets
    identityClientId: foundation.outputs.gatewayIdentityClientId
    identityPrincipalId: foundation.outputs.gatewayIdentityPrincipalId
    atlassianClientId: atlassianClientId
    atlassianClientSecret: vault.getSecret('atlassian-client-secret')
    atlassianScopes: sizes.atlassianScopes
    connectedUsers: sizes.connectedUsers
  }
}

module elsewhere 'modules/elsewhere.bicep' = if (isComplete && runsElsewhere) {
  // The scope is looked at also where nothing is made.
  scope: resourceGroup(runsElsewhere ? backendGroup : group.name)
  name: 'elsewhere-${token}'
  params: {
    vaultName: backendVault
    principalId: foundation.outputs.gatewayIdentityPrincipalId
  }
}

module api 'modules/api.bicep' = if (isComplete) {
  scope: group
  name: 'api'
  params: {
    apimName: apim.outputs.name
    apiPath: apim.outputs.apiPath
    backendUrl: usesContainerApps ? containerApp!.outputs.url : usesAppService ? appService!.outputs.url : backendUrl
    vaultUri: runsElsewhere ? elsewhere!.outputs.vaultUri : foundation.outputs.vaultUri
    gatewaySlot: gatewaySlot
    callsPerTokenPerMinute: sizes.callsPerTokenPerMinute
    callsPerUserPerMinute: sizes.callsPerUserPerMinute
    callsPerAddressPerMinute: sizes.callsPerAddressPerMinute * callersOfAnAddress
    registrationsPerAddressPerMinute: sizes.registrationsPerAddressPerMinute * callersOfAnAddress
    signInsPerAddressPerMinute: sizes.signInsPerAddressPerMinute * callersOfAnAddress
    tokenRequestsPerAddressPerMinute: sizes.tokenRequestsPerAddressPerMinute * callersOfAnAddress
    bodyBytesMax: sizes.bodyBytesMax
    gatewayTimeoutSeconds: sizes.gatewayTimeoutSeconds
    gatewayPolicy: sizes.gatewayPolicy
    identityClientId: foundation.outputs.gatewayIdentityClientId
    applicationInsightsName: foundation.outputs.applicationInsightsName
  }
  // apim-policy.entra.xml names its values.
  dependsOn: [credentials]
}

module behindFrontDoor 'modules/behindfrontdoor.bicep' = if (isComplete && !empty(frontDoorId)) {
  scope: group
  name: 'behindfrontdoor'
  params: {
    apimName: apim.outputs.name
    frontDoorId: frontDoorId
  }
  // Whose backend the probe asks.
  dependsOn: [api]
}

module oauth 'modules/oauth.bicep' = if (isComplete && sizes.gatewayPolicy == 'oauth') {
  scope: group
  name: 'oauth'
  params: {
    apimName: apim.outputs.name
    apiName: api!.outputs.apiName
    apiPath: apim.outputs.apiPath
    loggerName: api!.outputs.loggerName
  }
}

module entra 'modules/entra.bicep' = if (isComplete && usesEntra) {
  scope: group
  name: 'entra'
  params: {
    apimName: apim.outputs.name
    apiName: api!.outputs.apiName
    apiPath: apim.outputs.apiPath
    loggerName: api!.outputs.loggerName
  }
}

module alerts 'modules/alerts.bicep' = if (isComplete) {
  scope: group
  name: 'alerts'
  params: {
    location: location
    tags: tags
    token: token
    alertEmail: alertEmail
    alertPhoneCountry: alertPhoneCountry
    alertPhone: alertPhone
    apimName: apim.outputs.name
    applicationInsightsName: foundation.outputs.applicationInsightsName
    logWorkspaceName: foundation.outputs.logWorkspaceName
    containerAppName: usesContainerApps ? containerApp!.outputs.name : ''
    siteName: usesAppService ? appService!.outputs.name : ''
    maxReplicas: sizes.maxReplicas
  }
}

output AZURE_RESOURCE_GROUP string = group.name
output BRIDGE_VAULT string = foundation.outputs.vaultName
output BRIDGE_REGISTRY string = foundation.outputs.registryName
output BRIDGE_APIM string = apim.outputs.name
output BRIDGE_PUBLIC_URL string = publicBaseUrl
output BRIDGE_GATEWAY_HOST string = apim.outputs.gatewayHost
output BRIDGE_DIRECT_URL string = isComplete ? (usesContainerApps ? containerApp!.outputs.url : usesAppService ? appService!.outputs.url : backendUrl) : ''
output BRIDGE_ATLASSIAN_REDIRECT string = isComplete && usesEntra ? credentials!.outputs.redirectUrl : ''
