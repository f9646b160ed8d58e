"""Copies of apim-policy.xml with one thing wrong each; the rules of lint.py must see every one."""

import lint

# What is broken: the text that is replaced, by what.
COPIES = {
    "no XML": ("</policies>", ""),
    "a section is missing": ("<outbound>", "<outbounds>", "</outbound>", "</outbounds>"),
    "base is missing": ("<inbound>\n    <base />", "<inbound>"),
    "cors is not first": ("<inbound>\n    <base />", '<inbound>\n    <base />\n    <set-header name="A" exists-action="delete" />'),
    "cors allows all origins": ("<origin>https://make.powerapps.com</origin>", "<origin>*</origin>"),
    "cors allows credentials": ('allow-credentials="false"', 'allow-credentials="true"'),
    "cors leaves open what ends": (' terminate-unmatched-request="false"', ""),
    "cors allows GET": ("<method>POST</method>", "<method>POST</method><method>GET</method>"),
    "cors allows an origin that is refused": (
        "</allowed-origins>",
        "<origin>https://other.example</origin></allowed-origins>",
    ),
    "an origin is refused that cors allows": ('"https://make.powerapps.com", ', ""),
    "origins are not checked": ("condition='@(!new[]", "condition='@(new[]"),
    "a caller's gateway token passes": ('<set-header name="X-Gateway-Token" exists-action="delete" />', ""),
    "a caller's narrowing is lost": ('<set-header name="Forwarded"', '<set-header name="X-MCP-Toolsets" exists-action="delete" /><set-header name="Forwarded"'),
    "everybody only reads": ('<set-header name="X-Request-Id"', '<set-header name="X-MCP-Readonly" exists-action="override"><value>true</value></set-header><set-header name="X-Request-Id"'),
    "a caller's address claim passes": ('<set-header name="X-Forwarded-For" exists-action="delete" />', ""),
    "a caller's host claim passes": ('<set-header name="Forwarded" exists-action="delete" />', ""),
    "a subscription key travels on": ('<set-header name="Ocp-Apim-Subscription-Key" exists-action="delete" />', ""),
    "cookies travel on": ('<set-header name="Cookie" exists-action="delete" />', ""),
    "GET is forwarded": ('context.Request.Method == "POST"', 'context.Request.Method != "PUT"'),
    "every GET is a stream": ('== "GET/api/mcp/stream"', '!= "GET/api/mcp/stream"'),
    "no stream passes": ('"GET/api/mcp/stream"', '"GET/api/mcp/streams"'),
    "405 without Allow": ('<set-header name="Allow" exists-action="override">', '<set-header name="Allows" exists-action="override">'),
    "no bearer is needed": ('@(!context.Request.Headers.GetValueOrDefault("Authorization"', '@(context.Request.Headers.GetValueOrDefault("Authorization"'),
    "401 without a challenge": ('name="WWW-Authenticate"', 'name="X-Authenticate"'),
    "401 as text": ('<value>Bearer realm="jira-mcp"</value>\n          </set-header>\n          <set-header name="Content-Type"', '<value>Bearer realm="jira-mcp"</value>\n          </set-header>\n          <set-header name="Content-Kind"'),
    "a bare challenge": ('<value>Bearer realm="jira-mcp"</value>', "<value>Bearer</value>"),
    "a refusal may be stored": ('          <set-header name="Cache-Control" exists-action="override">\n            <value>no-store</value>', '          <set-header name="Cache-Control" exists-action="override">\n            <value>public</value>'),
    "a refusal may be sniffed": ('          <set-header name="X-Content-Type-Options"', '          <set-header name="X-Content-Options"'),
    "the bearer is matched by case": (', StringComparison.OrdinalIgnoreCase', ""),
    "the token is the counter's name": (
        "counter-key='@(Convert.ToBase64String(System.Security.Cryptography.SHA256.Create().ComputeHash(System.Text.Encoding.UTF8.GetBytes(context.Request.Headers.GetValueOrDefault(\"Authorization\", \"\").Substring(7).Trim()))))'",
        "counter-key='@(context.Request.Headers.GetValueOrDefault(\"Authorization\", \"\"))'",
    ),
    "more blanks are another token": (".Substring(7).Trim()", ".Substring(7)"),
    "another case is another token": (".Substring(7).Trim()", ".Trim()"),
    "all users share one counter": ('counter-key="@(context.Request.IpAddress)"', 'counter-key="all"'),
    "a limit is fixed": ('calls="{{jira-mcp-calls-per-address}}"', 'calls="1200"'),
    "the limits are mixed up": ('calls="{{jira-mcp-calls-per-address}}"', 'calls="{{jira-mcp-calls-per-token}}"'),
    "a window is longer than allowed": ('renewal-period="60" counter-key="', 'renewal-period="600" counter-key="'),
    "refused requests are counted": (
        "<!-- What only this gateway",
        '<rate-limit-by-key calls="1" renewal-period="1" counter-key="@(context.Request.IpAddress)" /><!-- What only this gateway',
    ),
    "the gateway token stands in the file": ("{{jira-mcp-gateway-token}}", "0123456789abcdef0123456789abcdef"),
    "the gateway token is appended": (
        '<set-header name="X-Gateway-Token" exists-action="override">',
        '<set-header name="X-Gateway-Token" exists-action="append">',
    ),
    "the gateway token is set twice": (
        '<set-header name="X-Request-Id"',
        '<set-header name="X-Gateway-Token" exists-action="override"><value>x</value></set-header><set-header name="X-Request-Id"',
    ),
    "the gateway token is shown to callers": ("<value>nosniff</value>", "<value>{{jira-mcp-gateway-token}}</value>"),
    "another named value is used": ("<value>nosniff</value>", "<value>{{unknown}}</value>"),
    "no request id": ('name="X-Request-Id"', 'name="X-Request"'),
    "another backend": ('backend-id="jira-mcp-bridge"', 'backend-id="other"'),
    "answers are buffered": ('buffer-response="false"', 'buffer-response="true"'),
    "buffering is left to the default": (' buffer-response="false"', ""),
    "redirects are followed": ('follow-redirects="false"', 'follow-redirects="true"'),
    "errors of the bridge are replaced": ('fail-on-error-status-code="false"', 'fail-on-error-status-code="true"'),
    "the timeout is fixed": ('timeout="{{jira-mcp-timeout-seconds}}"', 'timeout="110"'),
    "the timeout is another value": ('timeout="{{jira-mcp-timeout-seconds}}"', 'timeout="{{jira-mcp-body-bytes-max}}"'),
    "a large body passes": ("{{jira-mcp-body-bytes-max}}) != {{jira-mcp-body-bytes-max}}", "{{jira-mcp-body-bytes-max}}) == 0"),
    "every body is refused": ("{{jira-mcp-body-bytes-max}}) != {{jira-mcp-body-bytes-max}}", "{{jira-mcp-body-bytes-max}}) == {{jira-mcp-body-bytes-max}}"),
    "the limit of a body is fixed": ("{{jira-mcp-body-bytes-max}}) != {{jira-mcp-body-bytes-max}}", "4194304) != 4194304"),
    "answers are cached": ("<backend>", "<backend><cache-lookup />"),
    "bodies are validated": ("<choose>", '<validate-content unspecified-content-type-action="prevent" /><choose>'),
    "a server header is shown": ('<set-header name="Server" exists-action="delete" />', ""),
    "answers may be stored": ("<value>no-store</value>\n    </set-header>\n    <set-header name=\"X-Content", "<value>public</value>\n    </set-header>\n    <set-header name=\"X-Content"),
    "a body is read": ("context.LastError.Source", "context.Response.Body"),
    "an exception's message is shown": ("context.LastError.Reason", "context.LastError.Message"),
    "errors are all 502": ("<on-error>\n    <base />", '<on-error>\n    <base />\n    <set-status code="502" reason="Bad Gateway" />'),
    "an error says nothing": ('new JProperty("reason", context.LastError.Reason),', ""),
    "an error is no JSON": ("<!-- The status stays", '<set-header name="Content-Type" exists-action="delete" /><!-- The status stays', "<value>application/json</value>\n    </set-header>\n    <set-header name=\"Cache", "<value>text/html</value>\n    </set-header>\n    <set-header name=\"Cache"),
    "an expression is not closed": ('"GET/api/mcp/stream"))', '"GET/api/mcp/stream")'),
    "an expression uses what is unknown": ("context.Request.IpAddress", "context.Subscription.Id"),
    "an expression is escaped": ('context.Request.Method == "POST"', 'context.Request.Method == "POST" &amp;&amp; true'),
    "an attribute is misspelt": ("renewal-period=", "renewal-periods="),
}


def unseen(text, origins):
    """The copies that pass, and those that are no other text; both mean that a rule does not work."""
    for what, (*changes,) in COPIES.items():
        copy = text
        for old, new in zip(changes[::2], changes[1::2]):
            if old not in copy:
                yield f"{what}: the policy does not hold {old[:50]!r}"
            copy = copy.replace(old, new, 1)
        if not lint.faults(copy, origins):
            yield f"{what}: not seen"
