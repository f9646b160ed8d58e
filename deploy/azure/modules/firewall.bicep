// Front Door's firewall: a rate rule where calls come in, and with the tier Premium the rules that Microsoft manages.
param tags object
param token string
param sku string
@allowed(['off', 'log', 'block'])
param managedRules string
@minValue(100)
param callsPerAddressPerMinute int

// What a sign-in sends: addresses, codes and tokens.
var signInFields = ['client_id', 'client_secret', 'code', 'code_challenge', 'code_verifier', 'redirect_uri', 'refresh_token', 'resource', 'scope', 'state', 'token']
var inQueries = [for field in signInFields: { matchVariable: 'QueryStringArgNames', selectorMatchOperator: 'Equals', selector: field }]
var inForms = [for field in signInFields: { matchVariable: 'RequestBodyPostArgNames', selectorMatchOperator: 'Equals', selector: field }]
// Some rules read the whole body as text, whatever is excluded: begin with log, read its log for a week, and switch off those of
// them that find issues suspicious.
var managed = [
  {
    ruleSetType: 'Microsoft_DefaultRuleSet'
    ruleSetVersion: '2.1'
    ruleSetAction: managedRules == 'block' ? 'Block' : 'Log'
    // What people write into issues looks like anything: queries, code, markup. The bridge hands it to no shell, no SQL and no
    // page, so the rules do not judge it.
    exclusions: concat(
      [
        { matchVariable: 'RequestHeaderNames', selectorMatchOperator: 'Equals', selector: 'Authorization' }
        { matchVariable: 'RequestBodyJsonArgNames', selectorMatchOperator: 'StartsWith', selector: 'params' }
      ],
      inQueries,
      inForms
    )
  }
]

resource policy 'Microsoft.Network/FrontDoorWebApplicationFirewallPolicies@2024-02-01' = {
  name: 'waf${token}'
  location: 'global'
  tags: tags
  sku: { name: sku }
  properties: {
    policySettings: {
      enabledState: 'Enabled'
      // Detection would only write down what the rate rule finds.
      mode: 'Prevention'
      // A body is judged by the managed rules alone; without them nothing has to read it.
      requestBodyCheck: managedRules == 'off' ? 'Disabled' : 'Enabled'
      // The status is 429 for the rate, 403 for a managed rule.
      customBlockResponseBody: base64('{"error":"gateway_error","reason":"refused by the firewall"}')
    }
    customRules: {
      rules: [
        {
          name: 'CallsPerAddress'
          priority: 100
          enabledState: 'Enabled'
          ruleType: 'RateLimitRule'
          rateLimitDurationInMinutes: 1
          rateLimitThreshold: callsPerAddressPerMinute
          // The address that the connection comes from, which nobody can claim in a header.
          groupBy: [{ variableName: 'SocketAddr' }]
          // Every request; a rule must have a condition.
          matchConditions: [{ matchVariable: 'RequestUri', operator: 'Contains', matchValue: ['/'] }]
          action: 'Block'
        }
      ]
    }
    // The tier Standard refuses the property, even without a set in it.
    managedRules: managedRules == 'off' ? null : { managedRuleSets: managed }
  }
}

output policyId string = policy.id
