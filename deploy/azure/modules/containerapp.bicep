// The bridge in Azure Container Apps.
param location string
param tags object
param token string
param image string
param registryServer string
param identityId string
param vaultUri string
param logWorkspaceName string
param applicationInsightsName string
param publicBaseUrl string
@description('Names and values of the bridge\'s settings; docs/CONFIGURATION.md.')
param settings object
@description('Names of settings, each with the name of the secret of the vault that holds its value.')
param secretSettings object
@description('Empty: the environment has a public address.')
param subnetId string
param networkId string
param zoneRedundant bool
@description('Who may connect when the address is public; empty lets everybody as far as the gateway secret.')
param allowedCidrs array
@description('At least one: a cold start would cost the first caller the connector\'s patience.')
@minValue(1)
param minReplicas int
param maxReplicas int
param concurrentRequestsPerReplica int
param cpu string
param memory string

var name = 'ca-jira-mcp-bridge'
var port = 8080
var isPrivate = !empty(subnetId)
var fqdn = '${name}.${apps.properties.defaultDomain}'

resource logs 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: logWorkspaceName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

resource apps 'Microsoft.App/managedEnvironments@2024-03-01' = {
  name: 'cae-${token}'
  location: location
  tags: tags
  properties: {
    workloadProfiles: [{ name: 'Consumption', workloadProfileType: 'Consumption' }]
    vnetConfiguration: isPrivate ? { infrastructureSubnetId: subnetId, internal: true } : null
    zoneRedundant: zoneRedundant && isPrivate
    // Where to is said below; the other way, with the workspace's shared key, is a legacy one.
    appLogsConfiguration: { destination: 'azure-monitor' }
  }
}

resource logging 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: apps
  name: 'logs'
  properties: {
    workspaceId: logs.id
    logs: [
      { category: 'ContainerAppConsoleLogs', enabled: true }
      { category: 'ContainerAppSystemLogs', enabled: true }
    ]
  }
}

resource app 'Microsoft.App/containerApps@2024-03-01' = {
  name: name
  location: location
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    environmentId: apps.id
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      maxInactiveRevisions: 5
      registries: [{ server: registryServer, identity: identityId }]
      secrets: concat(
        [
          { name: 'gateway-secret-a', keyVaultUrl: '${vaultUri}secrets/gateway-secret-a', identity: identityId }
          { name: 'gateway-secret-b', keyVaultUrl: '${vaultUri}secrets/gateway-secret-b', identity: identityId }
          // The environment's own OpenTelemetry agent speaks gRPC only and takes no metrics, so the bridge sends by itself.
          { name: 'application-insights', value: insights.properties.ConnectionString }
        ],
        map(items(secretSettings), one => { name: one.value, keyVaultUrl: '${vaultUri}secrets/${one.value}', identity: identityId })
      )
      ingress: {
        // In a private environment this still means the network's inside only.
        external: true
        targetPort: port
        transport: 'http'
        allowInsecure: false
        ipSecurityRestrictions: [for (cidr, index) in allowedCidrs: {
          name: 'allowed-${index}'
          action: 'Allow'
          ipAddressRange: cidr
        }]
      }
    }
    template: {
      // Longer than SHUTDOWN_GRACE_MS, so that calls in hand end by themselves.
      terminationGracePeriodSeconds: 60
      scale: {
        minReplicas: minReplicas
        maxReplicas: maxReplicas
        rules: [
          {
            name: 'concurrent-requests'
            http: { metadata: { concurrentRequests: string(concurrentRequestsPerReplica) } }
          }
        ]
      }
      containers: [
        {
          name: 'jira-mcp-bridge'
          image: image
          resources: { cpu: json(cpu), memory: memory }
          env: concat(
            [
              { name: 'PORT', value: string(port) }
              { name: 'ALLOWED_HOSTS', value: fqdn }
              { name: 'PUBLIC_BASE_URL', value: publicBaseUrl }
              { name: 'GATEWAY_SHARED_SECRET', secretRef: 'gateway-secret-a' }
              { name: 'GATEWAY_SHARED_SECRET_PREVIOUS', secretRef: 'gateway-secret-b' }
              { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', secretRef: 'application-insights' }
            ],
            map(items(settings), setting => { name: setting.key, value: setting.value }),
            map(items(secretSettings), one => { name: one.key, secretRef: one.value })
          )
          probes: [
            {
              type: 'Startup'
              httpGet: { path: '/healthz', port: port }
              periodSeconds: 3
              failureThreshold: 10
            }
            {
              type: 'Liveness'
              httpGet: { path: '/healthz', port: port }
              periodSeconds: 10
              failureThreshold: 3
            }
            {
              type: 'Readiness'
              httpGet: { path: '/readyz', port: port }
              periodSeconds: 5
              failureThreshold: 2
            }
          ]
        }
      ]
    }
  }
}

module dns 'dns.bicep' = if (isPrivate) {
  name: 'dns'
  params: {
    tags: tags
    domain: apps.properties.defaultDomain
    address: apps.properties.staticIp
    networkId: networkId
  }
}

output name string = app.name
output url string = 'https://${fqdn}'
