// The bridge in App Service: for who has it already. Public address, guarded by the gateway secret and by allowedCidrs.
param location string
param tags object
param token string
param image string
param identityId string
param identityClientId string
param vaultUri string
param logWorkspaceName string
param applicationInsightsName string
param publicBaseUrl string
@description('Names and values of the bridge\'s settings; docs/CONFIGURATION.md.')
param settings object
@description('Names of settings, each with the name of the secret of the vault that holds its value.')
param secretSettings object
param allowedCidrs array
@minValue(1)
param minReplicas int
param maxReplicas int
param planSku string
param zoneRedundant bool

var name = 'app-jira-mcp-bridge-${token}'
var port = 8080
var fqdn = '${name}.azurewebsites.net'

resource logs 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: logWorkspaceName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

resource plan 'Microsoft.Web/serverfarms@2023-12-01' = {
  name: 'asp-${token}'
  location: location
  tags: tags
  kind: 'linux'
  sku: { name: planSku, capacity: minReplicas }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

resource site 'Microsoft.Web/sites@2023-12-01' = {
  name: name
  location: location
  tags: tags
  kind: 'app,linux,container'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    keyVaultReferenceIdentity: identityId
    siteConfig: {
      linuxFxVersion: 'DOCKER|${image}'
      acrUseManagedIdentityCreds: true
      acrUserManagedIdentityID: identityClientId
      alwaysOn: true
      ftpsState: 'Disabled'
      minTlsVersion: '1.2'
      healthCheckPath: '/healthz'
      ipSecurityRestrictionsDefaultAction: empty(allowedCidrs) ? 'Allow' : 'Deny'
      ipSecurityRestrictions: [for (cidr, index) in allowedCidrs: {
        name: 'allowed-${index}'
        action: 'Allow'
        ipAddress: cidr
        priority: 100 + index
      }]
      appSettings: concat(
        [
          // The image sets PORT; this is how the platform learns it.
          { name: 'WEBSITES_PORT', value: string(port) }
          { name: 'ALLOWED_HOSTS', value: fqdn }
          { name: 'PUBLIC_BASE_URL', value: publicBaseUrl }
          { name: 'GATEWAY_SHARED_SECRET', value: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/gateway-secret-a)' }
          { name: 'GATEWAY_SHARED_SECRET_PREVIOUS', value: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/gateway-secret-b)' }
          { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: insights.properties.ConnectionString }
        ],
        map(items(settings), setting => { name: setting.key, value: setting.value }),
        map(items(secretSettings), one => { name: one.key, value: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/${one.value})' })
      )
    }
  }

  // Passwords would be a second way in.
  resource ftp 'basicPublishingCredentialsPolicies@2023-12-01' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scm 'basicPublishingCredentialsPolicies@2023-12-01' = {
    name: 'scm'
    properties: { allow: false }
  }
}

resource logging 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: site
  name: 'logs'
  properties: {
    workspaceId: logs.id
    logs: [
      { category: 'AppServiceConsoleLogs', enabled: true }
      { category: 'AppServicePlatformLogs', enabled: true }
    ]
  }
}

resource scaling 'Microsoft.Insights/autoscaleSettings@2022-10-01' = {
  name: 'scale-${token}'
  location: location
  tags: tags
  properties: {
    enabled: true
    targetResourceUri: plan.id
    profiles: [
      {
        name: 'cpu'
        capacity: { minimum: string(minReplicas), maximum: string(maxReplicas), default: string(minReplicas) }
        rules: [
          {
            metricTrigger: {
              metricName: 'CpuPercentage'
              metricResourceUri: plan.id
              operator: 'GreaterThan'
              threshold: 60
              statistic: 'Average'
              timeAggregation: 'Average'
              timeGrain: 'PT1M'
              timeWindow: 'PT5M'
            }
            scaleAction: { direction: 'Increase', type: 'ChangeCount', value: '1', cooldown: 'PT5M' }
          }
          {
            metricTrigger: {
              metricName: 'CpuPercentage'
              metricResourceUri: plan.id
              operator: 'LessThan'
              threshold: 25
              statistic: 'Average'
              timeAggregation: 'Average'
              timeGrain: 'PT1M'
              timeWindow: 'PT15M'
            }
            scaleAction: { direction: 'Decrease', type: 'ChangeCount', value: '1', cooldown: 'PT15M' }
          }
        ]
      }
    ]
  }
}

output name string = site.name
output url string = 'https://${fqdn}'
