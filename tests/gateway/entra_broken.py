"""Copies of apim-policy.entra.xml with one thing wrong each; the rules of entra_lint.py must see every one."""

import entra_lint

OID = """'@(((Jwt)context.Variables["entra"]).Claims.GetValueOrDefault("oid", ""))' context-variable-name"""
SCOPE = """!(" " + ((Jwt)context.Variables["entra"]).Claims.GetValueOrDefault("scp", "") + " ").Contains(" {{jira-mcp-entra-scope}} ")"""
CHALLENGE = """<value>Bearer resource_metadata="{{jira-mcp-public-url}}/.well-known/oauth-protected-resource/mcp", scope="{{jira-mcp-entra-audience}}/{{jira-mcp-entra-scope}}"</value>"""
INVALID = 'Bearer error="invalid_token", resource_metadata="{{jira-mcp-public-url}}/.well-known/oauth-protected-resource/mcp"'
AUTHORIZATION = """<set-header name="Authorization" exists-action="override">
      <value>@("Bearer " + ((Authorization)context.Variables.GetValueOrDefault("atlassian")).AccessToken)</value>
    </set-header>"""
NO_GRANT = """@(string.IsNullOrEmpty(((Authorization)context.Variables.GetValueOrDefault("atlassian"))?.AccessToken))"""
LEAD = """<set-header name="X-MCP-Toolsets" exists-action="override">
          <value>{{jira-mcp-toolsets-lead}}</value>
        </set-header>"""
VALIDATE = '<validate-azure-ad-token tenant-id="{{jira-mcp-entra-tenant}}" header-name="Authorization" failed-validation-httpcode="401" output-token-variable-name="entra">'
USER_KEY = """'@("user " + ((Jwt)context.Variables["entra"]).Claims.GetValueOrDefault("tid", "") + "/" + ((Jwt)context.Variables["entra"]).Claims.GetValueOrDefault("oid", ""))'"""
AUDIENCES = """<audiences>
        <audience>{{jira-mcp-entra-audience}}</audience>
        <audience>{{jira-mcp-entra-application}}</audience>
      </audiences>"""
CLIENTS = """<client-application-ids>
        <application-id>{{jira-mcp-entra-client-a}}</application-id>
        <application-id>{{jira-mcp-entra-client-b}}</application-id>
      </client-application-ids>"""
CLAIM = '((Jwt)context.Variables["entra"]).Claims'
# What is broken: the text that is replaced, by what.
COPIES = {
    "no XML": ("</policies>", ""),
    "base is missing": ("<inbound>\n    <base />", "<inbound>"),
    "cors allows all origins": ("<origin>https://make.powerapps.com</origin>", "<origin>*</origin>"),
    "origins are not checked": ("@(!new[] {", "@(new[] { }.Contains(\"\") || !new[] { context.Request.Headers.GetValueOrDefault(\"Origin\", \"\"),"),
    # Who the caller is.
    "any tenant's tokens are good": ('tenant-id="{{jira-mcp-entra-tenant}}"', 'tenant-id="common"'),
    "the tenant stands in the file": ('tenant-id="{{jira-mcp-entra-tenant}}"', 'tenant-id="99999999-2222-4333-8444-555555555555"'),
    "another tenant's named value": ('tenant-id="{{jira-mcp-entra-tenant}}"', 'tenant-id="{{jira-mcp-entra-application}}"'),
    "a named value that nobody makes": ("{{jira-mcp-entra-client-b}}", "{{jira-mcp-entra-client-c}}"),
    "any client's tokens are good": (CLIENTS, ""),
    "one client is forgotten": ("<application-id>{{jira-mcp-entra-client-b}}</application-id>", ""),
    "any audience is good": (AUDIENCES, ""),
    "version 1 is refused": ("<audience>{{jira-mcp-entra-audience}}</audience>", ""),
    "version 2 is refused": ("<audience>{{jira-mcp-entra-application}}</audience>", ""),
    "audiences come before clients": (CLIENTS, "", AUDIENCES, AUDIENCES + CLIENTS),
    "an unknown child": (AUDIENCES, AUDIENCES + "<issuers />"),
    "an unknown attribute": (VALIDATE, VALIDATE[:-1] + ' require-scheme="Bearer">'),
    "a token in the query": ('header-name="Authorization" failed', 'query-parameter-name="access_token" failed'),
    "the token is not kept": (' output-token-variable-name="entra">', ">"),
    "a bad token is 403": ('failed-validation-httpcode="401"', 'failed-validation-httpcode="403"'),
    "tokens are not checked": (VALIDATE, "<!--", "</validate-azure-ad-token>", "-->"),
    "an app's own token is a user's": (SCOPE, "false"),
    "a part of a scope is enough": (SCOPE, '!' + CLAIM + '.GetValueOrDefault("scp", "").Contains("{{jira-mcp-entra-scope}}")'),
    "a scope by its end": ('.Contains(" {{jira-mcp-entra-scope}} ")', '.Contains("{{jira-mcp-entra-scope}} ")'),
    # What it is told.
    "401 without metadata": (CHALLENGE, "<value>Bearer</value>"),
    "401 without a scope": (CHALLENGE, CHALLENGE.replace(', scope="{{jira-mcp-entra-audience}}/{{jira-mcp-entra-scope}}"', "")),
    "401 names the document by the caller's host": (CHALLENGE, CHALLENGE.replace("{{jira-mcp-public-url}}", "https://localhost")),
    "401 comes from validate-azure-ad-token": ('@(!context.Request.Headers.GetValueOrDefault("Authorization"', '@(context.Request.Headers.GetValueOrDefault("Authorization"'),
    "another scheme is a token": ('.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)', '.Contains(" ")'),
    "a bad token's 401 without metadata": (INVALID, 'Bearer error="invalid_token"'),
    "a bad token's 401 without a challenge": ("StatusCode == 401)\">\n        <set-header", "StatusCode == 402)\">\n        <set-header"),
    "a missing scope is 401": ('<set-status code="403" reason="Forbidden" />\n          <set-header name="WWW-Authenticate"', '<set-status code="401" reason="Unauthorized" />\n          <set-header name="WWW-Authenticate"'),
    "the document wants a token": ('UrlTemplate.StartsWith("/.well-known/")', 'UrlTemplate.StartsWith("/.well-knowns/")'),
    "the caller's path is the document's": ('context.Operation.UrlTemplate.StartsWith("/.well-known/")', '(context.Operation.UrlTemplate.StartsWith("/.well-known/") || context.Request.Headers.GetValueOrDefault("Accept", "") == "")'),
    "the document names Atlassian": ("https://login.microsoftonline.com/{{jira-mcp-entra-tenant}}/v2.0", "https://auth.atlassian.com"),
    "the document names every tenant": ("microsoftonline.com/{{jira-mcp-entra-tenant}}/", "microsoftonline.com/common/"),
    "the document's resource is the application": ('"resource", "{{jira-mcp-entra-audience}}"', '"resource", "{{jira-mcp-entra-application}}"'),
    "pages cannot read the document": ('name="Access-Control-Allow-Origin"', 'name="Access-Control-Allow"'),
    "the document may be stored": ("<value>no-store</value>", "<value>public</value>"),
    # What it may do.
    "the caller's X-MCP-Toolsets survives": ('<set-header name="X-MCP-Toolsets" exists-action="delete" />', ""),
    "the caller's X-MCP-Readonly survives": ('<set-header name="X-MCP-Readonly" exists-action="delete" />', ""),
    "skip instead of override": (LEAD, LEAD.replace("override", "skip")),
    "append instead of override": (LEAD, LEAD.replace("override", "append")),
    "a role's sets are not set": (LEAD, ""),
    "readers write": ("<value>true</value>", "<value>false</value>"),
    "members lead": ("{{jira-mcp-toolsets-member}}", "{{jira-mcp-toolsets-lead}}"),
    "the lowest role counts": ('Contains("Lead")', 'Contains("Reader")', 'Claims["roles"].Contains("Reader") : false)\'>\n        <set-header name="X-MCP-Toolsets" exists-action="override">\n          <value>{{jira-mcp-toolsets-reader}}', 'Claims["roles"].Contains("Lead") : false)\'>\n        <set-header name="X-MCP-Toolsets" exists-action="override">\n          <value>{{jira-mcp-toolsets-reader}}'),
    "a part of a role is enough": (CLAIM + '["roles"].Contains("Lead")', CLAIM + '.GetValueOrDefault("roles", "").Contains("Lead")'),
    "no role is a fault": (CLAIM + '.ContainsKey("roles") ? ' + CLAIM + '["roles"].Contains("Reader") : false', CLAIM + '["roles"].Contains("Reader")'),
    "no role is every role": ("<otherwise>", "<when condition='@(false)'>", "</otherwise>", "</when>"),
    "no role sends to sign in": ('"no_role"', '"unauthenticated"'),
    # Whose Jira.
    "the Entra token reaches the upstream": (AUTHORIZATION, ""),
    "the Atlassian token stands beside Entra's": (AUTHORIZATION, AUTHORIZATION.replace('exists-action="override"', 'exists-action="append"')),
    "the Entra token travels in another header": (AUTHORIZATION, '<set-header name="X-Caller-Token" exists-action="override"><value>@(context.Request.Headers.GetValueOrDefault("Authorization", "").Substring(7))</value></set-header>' + AUTHORIZATION),
    "the gateway's own token reaches the upstream": (AUTHORIZATION, AUTHORIZATION.replace('((Authorization)context.Variables.GetValueOrDefault("atlassian")).AccessToken', '(string)context.Variables["gateway"]')),
    "everybody has one connection": (OID, "'00000000-0000-4000-8000-000000000001' context-variable-name"),
    "the caller chooses the connection": (OID, """'@(context.Request.Headers.GetValueOrDefault("X-User", ""))' context-variable-name"""),
    "the caller may choose the connection": (OID, OID.replace(CLAIM + '.GetValueOrDefault("oid", "")', 'context.Request.Headers.GetValueOrDefault("X-Object-Id", ' + CLAIM + '.GetValueOrDefault("oid", ""))')),
    "the connection is by subject": (OID, OID.replace('"oid"', '"sub"')),
    "the manager is asked with the caller's token": ("""identity='@((string)context.Variables["gateway"])'""", """identity='@(context.Request.Headers.GetValueOrDefault("Authorization", "").Substring(7))'"""),
    "the manager is asked as the service": ('identity-type="jwt"', 'identity-type="managed"'),
    "the gateway's token is for somebody else": ("https://azure-api.net/authorization-manager\"", "https://management.azure.com/\""),
    "the gateway asks as another identity": ('client-id="{{jira-mcp-gateway-identity}}"', 'client-id="{{jira-mcp-entra-application}}"'),
    "the gateway asks as no identity": (' client-id="{{jira-mcp-gateway-identity}}"', ""),
    "another provider": ('provider-id="atlassian"', 'provider-id="github"'),
    "an attribute of the manager is misspelt": ("context-variable-name=", "context-variable="),
    "no connection is a 500": ('identity=\'@((string)context.Variables["gateway"])\' ignore-error="true"', 'identity=\'@((string)context.Variables["gateway"])\' ignore-error="false"'),
    "no connection goes on": (NO_GRANT, "@(false)"),
    "a missing variable goes on": (NO_GRANT, '@(((Authorization)context.Variables["atlassian"])?.AccessToken == "")'),
    "no connection is nowhere explained": ('new JProperty("url", "{{jira-mcp-connect-url}}"),', ""),
    "no connection is not said to people": (" Connect Jira at {{jira-mcp-connect-url}}, then try again.", ""),
    "no connection is another error": ('"sign_in_required"', '"forbidden"'),
    "no connection is 401": ("-->\n    <choose>\n      <when condition='" + NO_GRANT + "'>\n        <return-response>\n          <set-status code=\"403\" reason=\"Forbidden\" />", "-->\n    <choose>\n      <when condition='" + NO_GRANT + "'>\n        <return-response>\n          <set-status code=\"401\" reason=\"Unauthorized\" />"),
    "the bridge's 401 sends to Entra": ('<set-status code="403" reason="Forbidden" />\n      </when>\n    </choose>\n    <set-header name="WWW', '<set-status code="401" reason="Unauthorized" />\n      </when>\n    </choose>\n    <set-header name="WWW'),
    "the bridge's challenge is shown": ('<set-header name="WWW-Authenticate" exists-action="delete" />', ""),
    # How much.
    "a person is not limited": (USER_KEY, "'@(context.RequestId.ToString())'"),
    "a person is counted by subject": (USER_KEY, USER_KEY.replace('"oid"', '"sub"')),
    "people are counted together": (USER_KEY, """'@("user")'"""),
    "a person is counted by token": (USER_KEY, """'@(context.Request.Headers.GetValueOrDefault("Authorization", ""))'"""),
    "a person is counted by address": (USER_KEY, "'@(\"user \" + context.Request.IpAddress)'"),
    "the tenant does not count": (USER_KEY, USER_KEY.replace(CLAIM + '.GetValueOrDefault("tid", "")', '""')),
    "addresses are not limited": ("""'@("all " + context.Request.IpAddress)'""", "'@(context.RequestId.ToString())'"),
    "what is refused is not counted": ("""    <rate-limit-by-key calls="{{jira-mcp-calls-per-address}}" renewal-period="60" counter-key='@("all " + context.Request.IpAddress)' />\n""", "", '    <set-header name="X-Request-Id"', """    <rate-limit-by-key calls="{{jira-mcp-calls-per-address}}" renewal-period="60" counter-key='@("all " + context.Request.IpAddress)' />\n    <set-header name="X-Request-Id\""""),
    "a limit is fixed": ('calls="{{jira-mcp-calls-per-user}}"', 'calls="100"'),
    "the limits are mixed up": ('calls="{{jira-mcp-calls-per-user}}"', 'calls="{{jira-mcp-calls-per-address}}"'),
    "a large body passes": ("{{jira-mcp-body-bytes-max}}) != {{jira-mcp-body-bytes-max}}", "{{jira-mcp-body-bytes-max}}) == 0"),
    "the timeout is fixed": ('timeout="{{jira-mcp-timeout-seconds}}"', 'timeout="110"'),
    # What goes through.
    "streams are buffered": ('buffer-response="false"', 'buffer-response="true"'),
    "buffering is left to the default": (' buffer-response="false"', ""),
    "no stream passes": ('"GET/api/mcp/stream"', '"GET/api/mcp/streams"'),
    "every GET passes": ('== "GET/api/mcp/stream"', '!= "GET/api/mcp/stream"'),
    "a caller's gateway token passes": ('<set-header name="X-Gateway-Token" exists-action="delete" />', ""),
    "a caller's address claim passes": ('<set-header name="X-Forwarded-For" exists-action="delete" />', ""),
    "cookies travel on": ('<set-header name="Cookie" exists-action="delete" />', ""),
    "the gateway token stands in the file": ("<value>{{jira-mcp-gateway-token}}</value>", "<value>0123456789abcdef0123456789abcdef</value>"),
    "the gateway token is shown to callers": ('"resource_name", "Jira MCP"', '"resource_name", "{{jira-mcp-gateway-token}}"'),
    "another backend": ('backend-id="jira-mcp-bridge"', 'backend-id="other"'),
    "redirects are followed": ('follow-redirects="false"', 'follow-redirects="true"'),
    "answers are cached": ("<backend>", "<backend><cache-lookup />"),
    "an exception's message is shown": ("context.LastError.Reason", "context.LastError.Message"),
    "a body is read": ("context.LastError.Source", "context.Request.Body"),
    "an expression is escaped": ('context.Request.Method == "POST"', 'context.Request.Method == "POST" &amp;&amp; true'),
    "a cast is of no known type": ("(Jwt)context", "(JObject)context"),
}


def unseen(text, operations, origins):
    """The copies that pass, and those that are no other text; both mean that a rule does not work."""
    for what, (*changes,) in COPIES.items():
        copy = text
        for old, new in zip(changes[::2], changes[1::2]):
            if old not in copy:
                yield f"{what}: the policy does not hold {old[:50]!r}"
            copy = copy.replace(old, new, 1)
        if not entra_lint.faults(copy, operations, origins):
            yield f"{what}: not seen"
