//! What each answer of a deployment means, in words that say what to change.

use http::header;
use serde_json::Value;
use upstream::Response;

use super::super::{
    remote::{beginning, code_of, explained},
    report::Finding,
};

pub(super) fn challenged(answer: &Response) -> Finding {
    let step = "no bearer";
    match answer.status.as_u16() {
        401 if asks_for_bearer(answer) => Finding::ok(step, "401 with WWW-Authenticate"),
        401 => Finding::failed(step, "401 without WWW-Authenticate: Bearer"),
        403 => Finding::failed(step, format!("403 instead of 401: {}", body_of(answer))),
        code => Finding::failed(step, format!("HTTP {code} instead of 401: {}", body_of(answer))),
    }
}

fn asks_for_bearer(answer: &Response) -> bool {
    let challenge =
        answer.headers.get(header::WWW_AUTHENTICATE).and_then(|line| line.to_str().ok());
    challenge.is_some_and(|line| line.to_ascii_lowercase().starts_with("bearer"))
}

pub(super) fn method_refused(answer: &Response) -> Finding {
    let step = "GET refused";
    let allow =
        answer.headers.get(header::ALLOW).and_then(|line| line.to_str().ok()).unwrap_or_default();
    match answer.status.as_u16() {
        405 if allow.contains("POST") => Finding::ok(step, "405 with Allow: POST"),
        405 => Finding::failed(step, "405 without Allow: POST"),
        // Who brings no token is asked for one first.
        401 if asks_for_bearer(answer) => Finding::ok(step, "401 with WWW-Authenticate"),
        404 => Finding::failed(step, "404: the gateway's API has no GET operation for this path"),
        code => Finding::failed(step, format!("HTTP {code} instead of 405")),
    }
}

pub(super) fn initialized(result: &Value) -> Finding {
    let part =
        |place: &str| result.pointer(place).and_then(Value::as_str).unwrap_or("?").to_owned();
    let (version, name) = (part("/protocolVersion"), part("/serverInfo/name"));
    if version == "2024-11-05" {
        Finding::ok(
            "initialize",
            format!("{name} {}, protocol {version}", part("/serverInfo/version")),
        )
    } else {
        Finding::failed(
            "initialize",
            format!("the protocol is {version}, Copilot Studio asked for 2024-11-05"),
        )
    }
}

pub(super) fn taken(answer: &Response) -> Finding {
    let step = "notification";
    match answer.status.as_u16() {
        202 if answer.body.is_empty() => Finding::ok(step, "202"),
        code => Finding::failed(
            step,
            format!("HTTP {code} instead of an empty 202: {}", body_of(answer)),
        ),
    }
}

pub(super) fn listed(result: &Value) -> Finding {
    let step = "tools/list";
    let tools = result.get("tools").and_then(Value::as_array);
    let names: Vec<&str> =
        tools.into_iter().flatten().filter_map(|tool| tool.get("name")?.as_str()).collect();
    let missing: Vec<&str> =
        ["jira_whoami", "jira_search"].into_iter().filter(|name| !names.contains(name)).collect();
    if missing.is_empty() {
        Finding::ok(step, format!("{} tools, {} B", names.len(), result.to_string().len()))
    } else {
        let missing = missing.join(", ");
        Finding::failed(
            step,
            format!("{missing} missing: TOOLSETS, TOOLS_DENY, or a scope of the token"),
        )
    }
}

pub(super) fn who(result: &Value) -> Finding {
    let step = "jira_whoami";
    let me = match payload(result) {
        Ok(me) => me,
        Err(fault) => return Finding::failed(step, fault),
    };
    // Names of people stay out of a deployment's log.
    let site = me.pointer("/site/name").and_then(Value::as_str).unwrap_or("no single site: --site");
    let groups = me.get("hidden_tools").and_then(Value::as_array);
    let scopes: Vec<&str> =
        groups.into_iter().flatten().filter_map(|group| group.get("scope")?.as_str()).collect();
    if scopes.is_empty() {
        Finding::ok(step, format!("site {site}"))
    } else {
        Finding::warn(
            step,
            format!("site {site}; tools are hidden, the token lacks: {}", scopes.join(", ")),
        )
    }
}

pub(super) fn found(result: &Value) -> Finding {
    let step = "jira_search";
    match payload(result) {
        Ok(page) => match page.get("issues").and_then(Value::as_array).map(Vec::len) {
            Some(0) => Finding::warn(step, "no issue changed in 30 days, or the user sees none"),
            Some(_) => Finding::ok(step, "Jira answered"),
            None => Finding::failed(step, "the result has no issues"),
        },
        Err(fault) => Finding::failed(step, fault),
    }
}

/// The JSON in a tool's one text block, or what the tool says went wrong.
fn payload(result: &Value) -> Result<Value, String> {
    let text = result.pointer("/content/0/text").and_then(Value::as_str).unwrap_or_default();
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        return Err(format!("no result: {}", beginning(text.as_bytes())));
    };
    if result.get("isError").and_then(Value::as_bool) == Some(true) {
        let is_ambiguous = value.get("error").and_then(Value::as_str) == Some("ambiguous_site");
        let advice = if is_ambiguous { "; give --site with one of them" } else { "" };
        return Err(explained(&value) + advice);
    }
    Ok(value)
}

pub(super) fn refused(step: &'static str, answer: &Response) -> Finding {
    let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    match (answer.status.as_u16(), code_of(&said)) {
        (403, Some("gateway_token_refused")) => Finding::ok(step, "403 by the app"),
        (403, Some("host_not_allowed")) => Finding::failed(
            step,
            "403 for the host name only; add it to ALLOWED_HOSTS to see the gateway check",
        ),
        (403, _) => Finding::ok(step, "403 before the app"),
        (200 | 401, _) => Finding::failed(
            step,
            format!(
                "HTTP {}: the app asks for no gateway token; set GATEWAY_SHARED_SECRET",
                answer.status.as_u16()
            ),
        ),
        (code, _) => {
            Finding::failed(step, format!("HTTP {code} instead of 403: {}", body_of(answer)))
        }
    }
}

fn body_of(answer: &Response) -> String {
    serde_json::from_slice::<Value>(&answer.body)
        .map_or_else(|_| beginning(&answer.body), |said| explained(&said))
}
