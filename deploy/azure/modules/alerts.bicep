// What somebody must be told about; docs/OPERATIONS.md says what to do for each.
param location string
param tags object
param token string
param alertEmail string
@description('Country code, digits only, such as 49; empty together with alertPhone.')
param alertPhoneCountry string
@description('Who gets a text message for what cannot wait; digits only, without the country code. Empty: nobody.')
param alertPhone string
param apimName string
param logWorkspaceName string
param applicationInsightsName string
@description('Empty where something else runs the bridge; the same for siteName and App Service.')
param containerAppName string
param siteName string
param maxReplicas int

resource service 'Microsoft.ApiManagement/service@2024-05-01' existing = {
  name: apimName
}

resource logs 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: logWorkspaceName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
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

// The same people, and the phone: for what cannot wait until somebody reads mail. Azure sends one text message in five
// minutes to a number at most.
resource onCall 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-on-call-${token}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'jiramcpcall'
    enabled: true
    emailReceivers: [{ name: 'operators', emailAddress: alertEmail, useCommonAlertSchema: true }]
    smsReceivers: empty(alertPhone) ? [] : [{ name: 'on-call', countryCode: alertPhoneCountry, phoneNumber: alertPhone }]
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
    actions: [{ actionGroupId: onCall.id }]
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
    actions: [{ actionGroupId: onCall.id }]
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
    actions: [{ actionGroupId: onCall.id }]
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

// Tool calls as Application Insights has them, docs/TELEMETRY.md; customMetrics come once a minute. itemCount also counts
// what Application Insights has sampled away; of what the bridge leaves out (OTEL_TRACES_SAMPLER_ARG) nothing is known there.
var measures = [
  {
    name: 'error-rate'
    description: 'More than 5 of 100 tool calls fail for Jira or the bridge, of 20 calls or more within five minutes.'
    query: '''
requests
| where isnotempty(customDimensions['gen_ai.tool.name'])
| extend outcome = tostring(customDimensions['jira_mcp.outcome'])
| summarize calls = sum(itemCount), failed = sumif(itemCount, outcome in ('internal', 'upstream_unavailable', 'upstream_timeout', 'circuit_open'))
| where calls >= 20
| project rate = 100.0 * failed / calls
'''
    measure: 'rate'
    window: 'PT5M'
    severity: 2
    threshold: 5
    isUrgent: true
  }
  {
    name: 'connections-nearly-full'
    description: 'A replica has four fifths of its connections in use, event streams among them; beyond the last one it answers 503.'
    query: '''
customMetrics
| where name in ('jira_mcp.connections_open', 'jira_mcp.connections_max')
| summarize inUse = maxif(valueMax, name == 'jira_mcp.connections_open'), places = maxif(valueMax, name == 'jira_mcp.connections_max') by cloud_RoleInstance
| where places > 0
| summarize used = max(100.0 * inUse / places)
'''
    measure: 'used'
    window: 'PT5M'
    severity: 2
    threshold: 80
    isUrgent: false
  }
  {
    name: 'streams-refused'
    description: 'Event streams are refused again and again because a user has as many as one may have: a client does not close them.'
    query: '''
customMetrics
| where name == 'jira_mcp.http_refusals' and tostring(customDimensions['reason']) == 'too_many_streams'
| summarize refused = sum(valueSum)
'''
    measure: 'refused'
    window: 'PT15M'
    severity: 3
    threshold: 20
    isUrgent: false
  }
  {
    name: 'entra-keys'
    description: 'The keys of a tenant of Entra ID cannot be read: tokens under new keys are refused, without any keys all of them.'
    query: '''
customMetrics
| where name == 'jira_mcp.entra_key_fetches' and tostring(customDimensions['result']) != 'ok'
| summarize failed = sum(valueSum)
'''
    measure: 'failed'
    window: 'PT15M'
    severity: 2
    threshold: 1
    isUrgent: false
  }
]

resource measureAlerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for one in measures: {
  name: '${one.name}-${token}'
  location: location
  tags: tags
  properties: {
    displayName: one.name
    description: one.description
    severity: one.severity
    enabled: true
    scopes: [insights.id]
    evaluationFrequency: 'PT5M'
    windowSize: one.window
    criteria: {
      allOf: [
        {
          query: one.query
          metricMeasureColumn: one.measure
          timeAggregation: 'Maximum'
          operator: 'GreaterThan'
          threshold: one.threshold
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: [one.isUrgent ? onCall.id : people.id] }
  }
}]
