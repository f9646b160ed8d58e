// What somebody must be told about; docs/OPERATIONS.md says what to do for each.
param location string
param tags object
param token string
param alertEmail string
param apimName string
param logWorkspaceName string
@description('Empty where App Service runs the bridge, as siteName is where Container Apps does.')
param containerAppName string
param siteName string
param maxReplicas int

resource service 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: apimName
}

resource logs 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: logWorkspaceName
}

resource app 'Microsoft.App/containerApps@2024-03-01' existing = if (!empty(containerAppName)) {
  name: containerAppName
}

resource site 'Microsoft.Web/sites@2023-12-01' existing = if (!empty(siteName)) {
  name: siteName
}

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${token}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'jiramcp'
    enabled: true
    emailReceivers: [{ name: 'operators', emailAddress: alertEmail, useCommonAlertSchema: true }]
  }
}

resource gatewayErrors 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'gateway-errors-${token}'
  location: 'global'
  tags: tags
  properties: {
    description: 'API Management answers with 5xx: the bridge is away, overloaded or too slow.'
    severity: 1
    enabled: true
    scopes: [service.id]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.MultipleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'errors'
          criterionType: 'StaticThresholdCriterion'
          metricName: 'Requests'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 10
          dimensions: [{ name: 'GatewayResponseCodeCategory', operator: 'Include', values: ['5xx'] }]
        }
      ]
    }
    actions: [{ actionGroupId: people.id }]
  }
}

resource restarts 'Microsoft.Insights/metricAlerts@2018-03-01' = if (!empty(containerAppName)) {
  name: 'restarts-${token}'
  location: 'global'
  tags: tags
  properties: {
    description: 'The container restarts again and again.'
    severity: 1
    enabled: true
    scopes: [app.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.MultipleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'restarts'
          criterionType: 'StaticThresholdCriterion'
          metricName: 'RestartCount'
          timeAggregation: 'Maximum'
          operator: 'GreaterThan'
          threshold: 2
        }
      ]
    }
    actions: [{ actionGroupId: people.id }]
  }
}

resource ceiling 'Microsoft.Insights/metricAlerts@2018-03-01' = if (!empty(containerAppName)) {
  name: 'replicas-at-maximum-${token}'
  location: 'global'
  tags: tags
  properties: {
    description: 'All replicas that are allowed are running: more load would be refused.'
    severity: 2
    enabled: true
    scopes: [app.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.MultipleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'replicas'
          criterionType: 'StaticThresholdCriterion'
          metricName: 'Replicas'
          timeAggregation: 'Maximum'
          operator: 'GreaterThanOrEqual'
          threshold: maxReplicas
        }
      ]
    }
    actions: [{ actionGroupId: people.id }]
  }
}

resource siteErrors 'Microsoft.Insights/metricAlerts@2018-03-01' = if (!empty(siteName)) {
  name: 'site-unhealthy-${token}'
  location: 'global'
  tags: tags
  properties: {
    description: 'App Service finds instances that fail their health check.'
    severity: 1
    enabled: true
    scopes: [site.id]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.MultipleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'health'
          criterionType: 'StaticThresholdCriterion'
          metricName: 'HealthCheckStatus'
          timeAggregation: 'Average'
          operator: 'LessThan'
          threshold: 100
        }
      ]
    }
    actions: [{ actionGroupId: people.id }]
  }
}

// The bridge's own log lines; isfuzzy because only one of the tables exists. The one with _CL is that of environments which
// were made with a shared key.
var lines = '''
let lines = union isfuzzy=true
    (ContainerAppConsoleLogs | project TimeGenerated, Line = Log),
    (ContainerAppConsoleLogs_CL | project TimeGenerated, Line = Log_s),
    (AppServiceConsoleLogs | project TimeGenerated, Line = ResultDescription);
lines
'''

// A field's whole text where a code is looked for: the bare word stands in other lines too.
var findings = [
  {
    name: 'breaker-opened'
    description: 'The circuit breaker opened: Jira fails, or the way to it.'
    query: '| where Line has "circuit breaker opened"'
    severity: 2
    threshold: 0
  }
  {
    name: 'jira-quota'
    description: 'Jira refuses calls because the OAuth app has used its quota, which all users share.'
    query: '| where Line has "tool call" and Line contains \'"outcome":"rate_limited"\''
    severity: 2
    threshold: 20
  }
  {
    name: 'signed-out'
    description: 'Many calls come with tokens that Jira no longer takes: the connector does not refresh them.'
    query: '| where Line has "tool call" and Line contains \'"outcome":"unauthenticated"\''
    severity: 3
    threshold: 50
  }
  {
    name: 'own-fault'
    description: 'Tool calls end with internal: a fault of the bridge itself.'
    query: '| where Line has "tool call" and Line contains \'"outcome":"internal"\''
    severity: 2
    threshold: 0
  }
]

resource logAlerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for finding in findings: {
  name: '${finding.name}-${token}'
  location: location
  tags: tags
  properties: {
    displayName: finding.name
    description: finding.description
    severity: finding.severity
    enabled: true
    scopes: [logs.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    // The table of the host that is not used does not exist.
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: '${lines}${finding.query}'
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: finding.threshold
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: [people.id] }
  }
}]
