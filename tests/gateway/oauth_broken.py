"""Copies of apim-policy.oauth.xml with one thing wrong each; the rules of oauth_lint.py must see every one."""

import oauth_lint

PAGES = '"/authorize", "/auth/callback", "/auth/connect", "/auth/login", "/auth/logout", "/auth/status"'
COOKIES = f"condition='@(!new[] {{ {PAGES} }}.Contains(context.Operation.UrlTemplate))'>\n        <set-header name=\"Cookie\""
OUTBOUND = '<set-header name="X-AspNet-Version" exists-action="delete" />'
# What is broken: the text that is replaced, by what.
COPIES = {
    "no XML": ("</policies>", ""),
    "base is missing": ("<inbound>\n    <base />", "<inbound>"),
    "cors answers preflights": ("<inbound>\n    <base />", "<inbound>\n    <base />\n    <cors><allowed-origins><origin>*</origin></allowed-origins></cors>"),
    "the gateway answers 401 by itself": ("<set-backend-service", '<return-response><set-status code="401" reason="Unauthorized" /></return-response><set-backend-service'),
    "only some addresses come in": ("<set-backend-service", '<ip-filter action="allow"><address>192.0.2.1</address></ip-filter><set-backend-service'),
    "the bridge's own tokens are held to addresses": (
        "<set-backend-service",
        "<choose><when condition='@(context.Request.Headers.GetValueOrDefault(\"Authorization\", \"\").Contains(\"jmb_\"))'>"
        '<ip-filter action="allow"><address>192.0.2.1</address></ip-filter></when></choose><set-backend-service',
    ),
    "a subscription key is asked for": ("<set-backend-service", '<check-header name="Ocp-Apim-Subscription-Key" failed-check-httpcode="401" /><set-backend-service'),
    "tokens are cached": ("<backend>", "<backend><cache-lookup />"),
    "a caller's gateway token passes": ('<set-header name="X-Gateway-Token" exists-action="delete" />', ""),
    "a caller's gateway token passes to the pages": (
        '<set-header name="X-Gateway-Token" exists-action="delete" />', "",
        '<set-header name="Cookie" exists-action="delete" />',
        '<set-header name="Cookie" exists-action="delete" /><set-header name="X-Gateway-Token" exists-action="delete" />',
    ),
    "a caller's narrowing is lost": ('<set-header name="Forwarded"', '<set-header name="X-MCP-Toolsets" exists-action="delete" /><set-header name="Forwarded"'),
    "everybody only reads": ('<set-header name="X-Request-Id"', '<set-header name="X-MCP-Readonly" exists-action="override"><value>true</value></set-header><set-header name="X-Request-Id"'),
    "a caller's address claim passes": ('<set-header name="X-Forwarded-For" exists-action="delete" />', ""),
    "a caller's host claim passes": ('<set-header name="X-Forwarded-Host" exists-action="delete" />', ""),
    "a subscription key travels on": ('<set-header name="Ocp-Apim-Subscription-Key" exists-action="delete" />', ""),
    "cookies travel to /mcp": (COOKIES, COOKIES.replace("@(!new", "@(new")),
    "the callback has no cookie": (COOKIES, COOKIES.replace('"/auth/callback", ', "")),
    "the sign-out has no cookie": (COOKIES, COOKIES.replace('"/auth/logout", ', "")),
    "cookies travel to /token": (COOKIES, COOKIES.replace('"/authorize", ', '"/authorize", "/token", ')),
    "a caller chooses the kind of a path": ("@(!new[]", '@(context.Request.Path == "/authorize" || !new[]'),
    "Authorization is dropped": ('<set-header name="Forwarded"', '<set-header name="Authorization" exists-action="delete" /><set-header name="Forwarded"'),
    "Origin is dropped": ('<set-header name="Forwarded"', '<set-header name="Origin" exists-action="delete" /><set-header name="Forwarded"'),
    "documents at the root keep the path": ('.Replace("/jira-mcp", "")', '.Replace("/jira", "")'),
    "no document at the root": ('UrlTemplate.Contains("/jira-mcp")', 'UrlTemplate.Contains("/jira-mcp/")'),
    "everything is rewritten": ('@(context.Operation.UrlTemplate.Contains("/jira-mcp"))', '@(context.Operation.UrlTemplate.Contains("/"))'),
    "a document's query travels on": ('copy-unmatched-params="false"', 'copy-unmatched-params="true"'),
    "one address is not limited": ("""<rate-limit-by-key calls="{{jira-mcp-calls-per-address}}" renewal-period="60" counter-key='@("all " + context.Request.IpAddress)' />""", ""),
    "registrations are not limited": ('UrlTemplate == "/register"', 'UrlTemplate == "/registers"'),
    "token requests are not limited": ('"/token", "/revoke"', '"/revoke"'),
    "revocations are not limited": ('"/token", "/revoke"', '"/token"'),
    "sign-ins are not limited": (f"<when condition='@(new[] {{ {PAGES} }}", "<when condition='@(new[] { \"/auth/login\" }"),
    "the limits are mixed up": ("{{jira-mcp-registrations-per-address}}", "{{jira-mcp-sign-ins-per-address}}"),
    "a limit is fixed": ('calls="{{jira-mcp-token-requests-per-address}}"', 'calls="300"'),
    "two limits share a counter": ('@("registrations " +', '@("all " +'),
    "all registrations share a counter": ('@("registrations " + context.Request.IpAddress)', '@("registrations ")'),
    "a token is counted by address": ('condition=\'@(context.Request.Headers.GetValueOrDefault("Authorization", "").StartsWith(', 'condition=\'@(!context.Request.Headers.GetValueOrDefault("Authorization", "").StartsWith('),
    "the bearer is matched by case": (", StringComparison.OrdinalIgnoreCase", ""),
    "more blanks are another token": (".Substring(7).Trim()", ".Substring(7)"),
    "the token is the counter's name": (
        'Convert.ToBase64String(System.Security.Cryptography.SHA256.Create().ComputeHash(System.Text.Encoding.UTF8.GetBytes(context.Request.Headers.GetValueOrDefault("Authorization", "").Substring(7).Trim())))',
        'context.Request.Headers.GetValueOrDefault("Authorization", "").Substring(7).Trim()',
    ),
    "a limit is by the five minutes": ('renewal-period="60" counter-key=\'@("sign-ins "', 'renewal-period="300" counter-key=\'@("sign-ins "'),
    "the gateway token stands in the file": ("{{jira-mcp-gateway-token}}", "0123456789abcdef0123456789abcdef"),
    "the gateway token is set too early": ("<!-- All that one address", '<set-header name="X-Gateway-Token" exists-action="override"><value>{{jira-mcp-gateway-token}}</value></set-header><!-- All that one address'),
    "the gateway token is shown to callers": ("<value>nosniff</value>", "<value>{{jira-mcp-gateway-token}}</value>"),
    "another backend": ('backend-id="jira-mcp-bridge"', 'backend-id="other"'),
    "no request id": ('name="X-Request-Id"', 'name="X-Request"'),
    "the timeout is fixed": ('timeout="{{jira-mcp-timeout-seconds}}"', 'timeout="110"'),
    "a large body passes": ("{{jira-mcp-body-bytes-max}}) != {{jira-mcp-body-bytes-max}}", "{{jira-mcp-body-bytes-max}}) == 0"),
    "a large body's refusal may be stored": ("<value>no-store</value>", "<value>public</value>"),
    "redirects are followed": ('follow-redirects="false"', 'follow-redirects="true"'),
    "answers are buffered": ('buffer-response="false"', 'buffer-response="true"'),
    "bodies are buffered": ('buffer-request-body="false"', 'buffer-request-body="true"'),
    "errors of the bridge are replaced": ('fail-on-error-status-code="false"', 'fail-on-error-status-code="true"'),
    "redirects are rewritten": (OUTBOUND, OUTBOUND + "<redirect-content-urls />"),
    "the challenge is replaced": (OUTBOUND, OUTBOUND + '<set-header name="WWW-Authenticate" exists-action="override"><value>Bearer realm="jira-mcp"</value></set-header>'),
    "cookies are dropped from answers": (OUTBOUND, OUTBOUND + '<set-header name="Set-Cookie" exists-action="delete" />'),
    "Location is changed": (OUTBOUND, OUTBOUND + '<set-header name="Location" exists-action="delete" />'),
    "the pages' policy is dropped": (OUTBOUND, OUTBOUND + '<set-header name="Content-Security-Policy" exists-action="delete" />'),
    "every answer is open to pages": (OUTBOUND, OUTBOUND + '<set-header name="Access-Control-Allow-Origin" exists-action="override"><value>*</value></set-header>'),
    "tokens may be stored": ("<value>no-store</value>\n    </set-header>\n    <set-header name=\"X-Content", "<value>public</value>\n    </set-header>\n    <set-header name=\"X-Content"),
    "a 429 is hidden from pages": ('<set-header name="Access-Control-Allow-Origin" exists-action="override">', '<set-header name="Access-Control-Allow" exists-action="override">'),
    "an error admits credentials": ("<!-- The status stays", '<set-header name="Access-Control-Allow-Credentials" exists-action="override"><value>true</value></set-header><!-- The status stays'),
    "a body is read": ("context.LastError.Source", "context.Request.Body"),
    "an exception's message is shown": ("context.LastError.Reason", "context.LastError.Message"),
    "an expression is not closed": ('UrlTemplate == "/register")', 'UrlTemplate == "/register"'),
    "an expression is escaped": ('UrlTemplate == "/register"', 'UrlTemplate == "/register" &amp;&amp; true'),
}


def unseen(text, operations):
    """The copies that pass, and those that are no other text; both mean that a rule does not work."""
    for what, (*changes,) in COPIES.items():
        copy = text
        for old, new in zip(changes[::2], changes[1::2]):
            if old not in copy:
                yield f"{what}: the policy does not hold {old[:50]!r}"
            copy = copy.replace(old, new, 1)
        if not oauth_lint.faults(copy, operations):
            yield f"{what}: not seen"
