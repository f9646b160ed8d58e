//! `jira://` resources: one issue, one attachment.
//!
//! Reading one runs the tool that shows the same thing, so policy, scopes, limits, trimming, budget
//! and audit are those of the tool. Nothing is listed: what a user may see is found by searching.

use rmcp::{
    ErrorData, RoleServer,
    model::{
        CallToolResponse, CallToolResult, ContentBlock, ListResourceTemplatesResult,
        ReadResourceRequestParams, ReadResourceResult, ResourceContents, ResourceTemplate,
    },
    service::RequestContext,
};
use serde_json::{Map, Value, json};
use url::Url;

use crate::tools;

use super::{
    asked::{traces, verdict},
    call::Call,
    handler::{Server, is_modern},
    provenance,
};

/// Nobody's address of an issue is longer, and it comes back in the reply.
const URI_BYTES_MAX: usize = 1_024;

/// A kind of resource and the tool that reads it.
struct Kind {
    host: &'static str,
    tool: &'static str,
    /// The argument that takes the path.
    id: &'static str,
    /// The arguments that the query may hold.
    query: &'static [&'static str],
    title: &'static str,
    about: &'static str,
    media_type: Option<&'static str>,
}

const KINDS: &[Kind] = &[
    Kind {
        host: "issue",
        tool: "jira_get_issue",
        id: "issue_key",
        query: &["site"],
        title: "Jira issue",
        about: "One issue with its newest comments, as JSON with Markdown texts",
        media_type: Some("application/json"),
    },
    Kind {
        host: "attachment",
        tool: "jira_get_attachment",
        id: "attachment_id",
        query: &["issue_key", "site"],
        title: "Jira attachment",
        about: "A file on an issue: its text or picture; what else it is, described",
        media_type: None,
    },
];

pub(super) fn templates(
    server: &Server,
    context: &RequestContext<RoleServer>,
) -> ListResourceTemplatesResult {
    let policy = server.policy_of(context);
    let is_open = |kind: &&Kind| tools::named(kind.tool).is_some_and(|tool| policy.allows(tool));
    let describe = |kind: &Kind| {
        let query: Vec<&str> = kind
            .query
            .iter()
            .copied()
            .filter(|name| match *name {
                "site" => !server.is_pinned(),
                // Only there a file's own id does not say enough.
                _ => !policy.projects().is_open(),
            })
            .collect();
        let query =
            if query.is_empty() { String::new() } else { format!("{{?{}}}", query.join(",")) };
        let template = ResourceTemplate::new(
            format!("jira://{}/{{{}}}{query}", kind.host, kind.id),
            kind.host,
        )
        .with_title(kind.title)
        .with_description(kind.about);
        match kind.media_type {
            Some(media_type) => template.with_mime_type(media_type),
            None => template,
        }
    };
    ListResourceTemplatesResult::with_all_items(
        KINDS.iter().filter(is_open).map(describe).collect(),
    )
}

pub(super) async fn read(
    server: &Server,
    request: ReadResourceRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<ReadResourceResult, ErrorData> {
    let uri = request.uri;
    let (kind, arguments) = parse(&uri).ok_or_else(unknown)?;
    let result = server.ask(context, kind.tool, arguments, uri.len()).await?.ok_or_else(unknown)?;
    let contents = contents(kind, &uri, result)?;
    let mut result = ReadResourceResult::new(vec![contents]);
    if is_modern(context) {
        server.put_server_info(result.meta.get_or_insert_default());
    }
    Ok(result)
}

fn unknown() -> ErrorData {
    ErrorData::resource_not_found("No such resource; the templates say which there are", None)
}

/// The kind and the tool's arguments that an address stands for.
fn parse(uri: &str) -> Option<(&'static Kind, Map<String, Value>)> {
    // It comes back in the reply, so it must need no escapes; the parser would forgive blanks and
    // controls around it.
    let is_plain =
        uri.len() <= URI_BYTES_MAX && uri.chars().all(|c| !c.is_control() && c != '"' && c != '\\');
    let url = Url::parse(uri).ok().filter(|url| url.scheme() == "jira" && is_plain)?;
    let is_bare = url.username().is_empty()
        && url.password().is_none()
        && url.port().is_none()
        && url.fragment().is_none();
    let kind = KINDS.iter().find(|kind| is_bare && url.host_str() == Some(kind.host))?;
    let id = url.path().strip_prefix('/').filter(|id| !id.is_empty() && !id.contains('/'))?;
    let mut arguments = Map::new();
    arguments.insert(kind.id.to_owned(), json!(id));
    for (name, value) in url.query_pairs() {
        if !kind.query.contains(&name.as_ref())
            || arguments.insert(name.into_owned(), json!(value)).is_some()
        {
            return None;
        }
    }
    if kind.host == "issue" {
        arguments.insert("include".to_owned(), json!(["comments"]));
    }
    Some((kind, arguments))
}

/// What the tool shows, as a resource's contents.
fn contents(kind: &Kind, uri: &str, result: CallToolResult) -> Result<ResourceContents, ErrorData> {
    let is_error = result.is_error.unwrap_or(false);
    let (mut json, mut picture) = (String::new(), None);
    for block in result.content {
        match block {
            ContentBlock::Text(text) => json = text.text,
            ContentBlock::Image(image) => picture = Some((image.data, image.mime_type)),
            _ => {}
        }
    }
    let shown: Value = serde_json::from_str(&json).unwrap_or_default();
    if is_error {
        return Err(refused(shown));
    }
    let contents = match (picture, shown.get("text").and_then(Value::as_str)) {
        (Some((base64, media_type)), _) => {
            ResourceContents::blob(base64, uri).with_mime_type(media_type)
        }
        (None, Some(text)) if kind.host == "attachment" => {
            let declared = shown.get("type").and_then(Value::as_str).unwrap_or("text/plain");
            ResourceContents::text(text, uri).with_mime_type(declared)
        }
        _ => ResourceContents::text(json, uri).with_mime_type("application/json"),
    };
    Ok(contents.with_meta(provenance::untrusted()))
}

/// A tool's error as a protocol error, which is all that reading a resource has; the envelope goes
/// along.
fn refused(envelope: Value) -> ErrorData {
    let text =
        |name: &str| envelope.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let message = [text("message"), text("hint")].join(" ").trim().to_owned();
    match text("error").as_str() {
        "not_found" => ErrorData::resource_not_found(message, Some(envelope)),
        "invalid_argument" | "ambiguous_site" => ErrorData::invalid_params(message, Some(envelope)),
        _ => ErrorData::internal_error(message, Some(envelope)),
    }
}

impl Server {
    /// Runs a tool that changes nothing for what is no tool call; none when it does not exist for
    /// this request. `extra_bytes` of the reply's budget are spent otherwise.
    pub(super) async fn ask(
        &self,
        context: &RequestContext<RoleServer>,
        tool: &str,
        arguments: Map<String, Value>,
        extra_bytes: usize,
    ) -> Result<Option<CallToolResult>, ErrorData> {
        let policy = self.policy_of(context);
        let Some(tool) =
            tools::named(tool).filter(|tool| tool.effect.is_read() && policy.allows(tool))
        else {
            return Ok(None);
        };
        let caller = Self::caller(context)
            .ok_or_else(|| ErrorData::internal_error("the request brought no caller", None))?;
        let call = Call {
            tool,
            policy: &policy,
            caller,
            verdict: verdict(context),
            traces: traces(context),
            gone: &context.ct,
            is_modern: false,
            can_ask: false,
            answer: None,
            progress: tools::Progress::default(),
        };
        let id_bytes = serde_json::to_string(&context.id).map_or(0, |id| id.len());
        match self.run(call, arguments, id_bytes + extra_bytes).await {
            CallToolResponse::Complete(result) => Ok(Some(result)),
            _ => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(uri: &str, expected: Option<(&str, &Value)>) {
        let parsed = parse(uri).map(|(kind, arguments)| (kind.tool, Value::Object(arguments)));
        assert_eq!(parsed.as_ref().map(|(tool, arguments)| (*tool, arguments)), expected, "{uri}");
    }

    #[test]
    fn an_address_means_one_thing_or_nothing() {
        let issue = |key: &str| json!({ "issue_key": key, "include": ["comments"] });
        check("jira://issue/ACME-1", Some(("jira_get_issue", &issue("ACME-1"))));
        let mut on_site = issue("ACME-1");
        on_site["site"] = json!("one.atlassian.net");
        check("jira://issue/ACME-1?site=one.atlassian.net", Some(("jira_get_issue", &on_site)));
        check(
            "jira://attachment/7",
            Some(("jira_get_attachment", &json!({ "attachment_id": "7" }))),
        );
        check(
            "jira://attachment/7?issue_key=ACME-1",
            Some(("jira_get_attachment", &json!({ "attachment_id": "7", "issue_key": "ACME-1" }))),
        );
        for nothing in [
            "jira://issue",
            "jira://issue/",
            "jira://issue/A-1/x",
            "jira://issue/A-1?fields=*all",
            "jira://issue/A-1?site=a&site=b",
            "jira://attachment/7?attachment_id=8",
            "jira://issue/A-1#x",
            "jira://me@issue/A-1",
            "jira://issue:1/A-1",
            "jira://Issue/A-1",
            "jira://project/A",
            "jira:issue/A-1",
            "http://issue/A-1",
            "file:///etc/hosts",
            "",
        ] {
            check(nothing, None);
        }
        check(&format!("jira://issue/{}", "A".repeat(URI_BYTES_MAX)), None);
    }
}
