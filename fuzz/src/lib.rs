//! The laws that fuzz targets hold: each drives one reader of foreign input with any bytes and says
//! which law broke.

use futures_util::FutureExt;
use http::{HeaderMap, StatusCode};
use jira_mcp_bridge::{
    jira::{
        JiraError, Projects,
        names::FieldName,
        request, tools,
        views::{self, RenderOptions},
        wire,
    },
    jsonrpc::passed_on,
};
use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};
use tool_kit::{SigningKeys, Subject, ToolError, args::RawArguments};
use upstream::{RateLimit, Response};

/// What must hold for any input; the text says what did not.
pub type Law = Result<(), String>;

/// Bytes of a document for each byte of Markdown: a letter in a link with an address of 256 bytes
/// carries all of it.
const WRITTEN_FACTOR: usize = 200;

/// Bytes of Markdown for each byte of a document: a line of code in lists and quotes begins with
/// all their marks.
const READ_FACTOR: usize = 40;

/// What a document takes that holds next to nothing, and what the parser lets links by reference
/// add.
const MADE_BYTES_MIN: usize = 256 * 1024;

/// More than any message, hint and data of an error.
const ENVELOPE_BYTES_MAX: usize = 64 * 1024;

/// The JSON-RPC entry: what passes is an object that a strict second parser reads the same way.
pub fn json_rpc(body: &[u8]) -> Law {
    let Some(passed) = passed_on(body) else { return Ok(()) };
    let message: Value =
        serde_json::from_slice(&passed).map_err(|error| format!("passed on: {error}"))?;
    if message.get("jsonrpc") != Some(&Value::from("2.0")) {
        return Err("passed on without its version".to_owned());
    }
    if !message.get("method").is_some_and(Value::is_string) {
        return Err("passed on without a method".to_owned());
    }
    match message.get("id") {
        None | Some(Value::String(_) | Value::Number(_)) => Ok(()),
        Some(other) => Err(format!("passed on with the id {other}")),
    }
}

/// The arguments of a tool, chosen by the first byte: a refusal is short and says so.
pub fn arguments(data: &[u8]) -> Law {
    let Some((first, rest)) = data.split_first() else { return Ok(()) };
    let Ok(values) = serde_json::from_slice::<Map<String, Value>>(rest) else { return Ok(()) };
    let count = tools::all().count();
    let Some(tool) = tools::all().nth(usize::from(*first) % count.max(1)) else { return Ok(()) };
    let mut given = RawArguments::new(values);
    given.take_text("site");
    match (tool.read)(given) {
        Ok(()) => Ok(()),
        Err(error) => short(&error),
    }
}

/// Rich text from Jira: any tree becomes Markdown, and that becomes a document again.
pub fn adf_to_markdown(data: &[u8]) -> Law {
    if let Ok(node) = serde_json::from_slice::<adf::Node>(data) {
        adf::plain(&node);
        adf::unsupported_in_markdown(&node);
        let markdown = adf::to_markdown(&node);
        bounded(markdown.len(), data.len(), READ_FACTOR)?;
        markdown_to_adf(&markdown)?;
    }
    let Ok(raw) = serde_json::from_slice::<Box<RawValue>>(data) else { return Ok(()) };
    let addition = adf::from_markdown("more", &|_| None);
    if let Ok(patched) = adf::append(&raw, &addition) {
        serde_json::from_str::<Value>(patched.get())
            .map_err(|error| format!("patched: {error}"))?;
    }
    Ok(())
}

/// Rich text for Jira: any Markdown becomes a document that can be read and that Markdown can say.
pub fn markdown_to_adf(markdown: &str) -> Law {
    adf::mentioned(markdown);
    let document = adf::from_markdown(markdown, &|_| None);
    let json = serde_json::to_string(&document).map_err(|error| format!("written: {error}"))?;
    bounded(json.len(), markdown.len(), WRITTEN_FACTOR)?;
    if adf::check_parts(&document).is_err() {
        // Neither written nor read back.
        return Ok(());
    }
    let back: adf::Node =
        serde_json::from_str(&json).map_err(|error| format!("read back: {error}"))?;
    let lost = adf::unsupported_in_markdown(&back);
    if !lost.is_empty() {
        return Err(format!("writes what Markdown cannot say: {lost:?}"));
    }
    let shown = adf::to_markdown(&back);
    if shown.ends_with([' ', '\n']) { Err("blanks at the end".to_owned()) } else { Ok(()) }
}

/// An answer of Jira, as each of its kinds and as a refusal: nothing in it can break more than its
/// own call.
pub fn jira_answer(data: &[u8]) -> Law {
    let Some((first, body)) = data.split_first() else { return Ok(()) };
    read::<wire::SearchPage<'_>>(body, |page| page.issues.iter().for_each(show));
    read::<wire::Issue<'_>>(body, show);
    read::<wire::CommentPage<'_>>(body, |_| ());
    read::<wire::TransitionPage<'_>>(body, |_| ());
    read::<wire::ChangelogPage<'_>>(body, |_| ());
    read::<wire::WorklogPage<'_>>(body, |page| {
        page.worklogs.iter().for_each(|log| drop(views::WorklogView::of(log, 100)));
    });
    read::<wire::BoardIssuePage<'_>>(body, |page| page.issues.iter().for_each(show));
    read::<wire::FetchedIssues<'_>>(body, |_| ());
    read::<wire::CreateFieldPage>(body, |_| ());
    read::<wire::EditMeta>(body, |_| ());
    read::<wire::List<wire::FieldEntry<'_>>>(body, |_| ());
    read::<wire::List<wire::User<'_>>>(body, |_| ());
    read::<wire::Lenient<wire::Person<'_>>>(body, |somebody| drop(views::somebody(somebody)));
    read::<wire::List<wire::Resource>>(body, |_| ());
    read::<wire::ProjectDetail<'_>>(body, |project| drop(views::project_row(project, 100)));
    read::<wire::List<wire::TypeStatuses<'_>>>(body, |types| drop(views::status_rows(types)));
    read::<wire::ParsedQueries>(body, |_| ());
    read::<wire::Task<'_>>(body, |_| ());
    views::read_file(body, "text/plain", None);
    let status = StatusCode::from_u16(300 + u16::from(*first)).unwrap_or(StatusCode::BAD_REQUEST);
    let answer = Response {
        status,
        headers: HeaderMap::new(),
        body: body.to_vec().into(),
        rate_limit: RateLimit::default(),
        attempts: 1,
        bytes_read: 0,
    };
    let error = JiraError::from_answer(&request::create_version(&Value::Null), &answer);
    if error.to_string().chars().any(char::is_control) {
        return Err(format!("control characters in {error:?}"));
    }
    short(&ToolError::from(error))
}

/// The tokens that come back from an agent: a page token is ours or refused, a signed one cannot be
/// guessed.
pub fn tokens(data: &[u8]) -> Law {
    let Ok(text) = std::str::from_utf8(data) else { return Ok(()) };
    if let Err(error) = tools::offset(text) {
        short(&error)?;
    }
    let now_s = i64::try_from(data.len()).unwrap_or_default();
    let subject = Subject { tool: "jira_delete_issue", site_id: "s", account_id: "a", plan: "p" };
    let keys = SigningKeys::random().ok().and_then(|keys| keys.current().now_or_never());
    if keys.is_some_and(|keys| keys.verify(&subject, text, now_s)) {
        Err("a token that nobody signed is good".to_owned())
    } else {
        Ok(())
    }
}

/// The law of amplification: what is made of a text is no more than so many times its bytes.
fn bounded(made: usize, given: usize, factor: usize) -> Law {
    if made > factor * given + MADE_BYTES_MIN {
        return Err(format!("{made} bytes of {given}"));
    }
    Ok(())
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8], look: impl FnOnce(&T)) {
    let Ok(text) = std::str::from_utf8(body) else { return };
    if let Ok(answer) = json_borrow::from_str(text) {
        look(&answer);
    }
}

fn show(issue: &wire::Issue<'_>) {
    let own = issue
        .fields
        .iter()
        .map(|(id, _)| FieldName { id: id.to_owned(), label: id.to_owned().into() });
    let fields: Vec<_> = own.collect();
    let visible = Projects::default();
    let reading =
        RenderOptions { site_url: "https://a.example.com", text_chars: 100, visible: &visible };
    views::issue_view(issue, &fields, &reading);
}

fn short(error: &ToolError) -> Law {
    let bytes = error.envelope("r-1").to_string().len();
    if bytes > ENVELOPE_BYTES_MAX { Err(format!("an error of {bytes} bytes")) } else { Ok(()) }
}
