//! Links from issues to pages elsewhere.

use serde_json::json;
use tool_kit::{Reply, ToolError};
use url::Url;

use crate::jira::{
    request,
    tools::{
        args::{IssueKey, arguments, shown},
        context::Context,
        project_guard,
        registry::{Tool, tool},
    },
    wire::CreatedRemoteLink,
};

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[tool!(
    /// Add a web link to an issue, or retitle the one with the same URL.
    "jira_add_remote_link", "Add web link", Collab, Idempotent, add_remote_link(AddRemoteLink),
    r#"{"issue_key": "ACME-1", "url": "https://example.com", "title": "x"}"#
)];

arguments! {
    AddRemoteLink {
        issue_key: IssueKey,
        url: String,
        title: String,
    }
}

/// Jira stores titles and addresses of remote links up to this length.
const TITLE_CHARS_MAX: usize = 255;
const URL_CHARS_MAX: usize = 2_000;

async fn add_remote_link(context: &Context, args: AddRemoteLink) -> Result<Reply, ToolError> {
    let url = web_address(&args.url)?;
    let title = args.title.split_whitespace().collect::<Vec<_>>().join(" ");
    if title.chars().count() > TITLE_CHARS_MAX {
        return Err(ToolError::invalid_argument(format!(
            "`title` may have at most {TITLE_CHARS_MAX} characters"
        )));
    }
    let key = &project_guard::allowed(context, &args.issue_key).await?;
    let answer = context.ask(request::add_remote_link(key, &url, &title)).await?;
    let made: CreatedRemoteLink = answer.read()?;
    Reply::json(&json!({ "key": key, "link_id": made.id.to_string() }))
}

/// People will click it, so it is an address of the web and nothing else.
fn web_address(text: &str) -> Result<String, ToolError> {
    let text = text.trim();
    let fault = || {
        ToolError::invalid_argument(format!(
            "`url` must be an http or https address, not '{}'",
            shown(text)
        ))
    };
    let url = Url::parse(text).map_err(|_| fault())?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(fault());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(ToolError::invalid_argument("`url` must not hold a user name or password"));
    }
    if url.as_str().chars().count() > URL_CHARS_MAX {
        return Err(ToolError::invalid_argument(format!(
            "`url` may have at most {URL_CHARS_MAX} characters"
        )));
    }
    Ok(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_are_linked() {
        for good in ["https://wiki.example.com/a?b=c#d", " http://localhost:8080/x "] {
            assert!(web_address(good).is_ok(), "{good}");
        }
        assert_eq!(web_address("HTTPS://Example.COM").unwrap(), "https://example.com/");
        for bad in [
            "javascript:alert(1)",
            "ftp://x.example/",
            "file:///etc/passwd",
            "//x.example",
            "wiki",
            "https://",
            "https://me:pw@x.example/",
            "data:text/html,x",
        ] {
            assert!(web_address(bad).is_err(), "{bad}");
        }
        assert!(web_address(&format!("https://x.example/{}", "a".repeat(2_000))).is_err());
    }
}
