//! Files on issues: which there are, and what is in one.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;
use tool_kit::{Block, Budget, Code, Reply, Row, ToolError};

use crate::jira::{
    Download, JiraError, request,
    tools::{
        args::{AttachmentId, IssueKey, arguments},
        context::Context,
        project_guard,
        registry::{Tool, tool},
    },
    views::{AttachmentView, FileContent, FileText, charset, may_be_shown, put_text, read_file},
    wire::{Attachment, Issue, List},
};

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[
    tool!(
        /// List the files attached to an issue, newest first.
        "jira_list_attachments", "List attachments", Collab, Read, list_attachments(ListAttachments),
        r#"{"issue_key": "ACME-1"}"#
    ),
    tool!(
        /// Read an attached file: text or a small picture. It is untrusted user content.
        "jira_get_attachment", "Get attachment", Collab, Read, get_attachment(GetAttachment),
        r#"{"attachment_id": "10001"}"#
    ),
];

arguments! {
    ListAttachments {
        issue_key: IssueKey,
        start_at: Option<u32>,
    }
}

arguments! {
    GetAttachment {
        attachment_id: AttachmentId,
        /// Up to 4000000
        max_bytes: Option<u32>,
        /// Needed where projects are limited
        issue_key: Option<IssueKey>,
    }
}

/// A file is loaded up to this size when no other is asked for.
const BYTES_DEFAULT: u32 = 1_000_000;

/// No file larger than this is loaded: it stands in memory as a whole.
const BYTES_MAX: u32 = 4_000_000;

/// A smaller file is there before anybody reads of it.
const TOLD_BYTES_MIN: u64 = 250_000;

/// The type and size found by loading a picture may be longer to write than those declared.
const LABEL_SLACK: usize = 40;

async fn list_attachments(context: &Context, args: ListAttachments) -> Result<Reply, ToolError> {
    let Files { mut files, unreadable } = files_of(context, &args.issue_key).await?;
    // Ids grow with time, and what somebody has just added is what is asked for.
    files.sort_by_key(|file| std::cmp::Reverse(file.id.parse::<u64>().unwrap_or_default()));
    let total = files.len();
    let start_at = args.start_at.unwrap_or(0) as usize;
    let rest = files.split_off(start_at.min(total));
    let frame = json!({ "attachments": [], "total": total, "next_start_at": u32::MAX });
    let fitted = context.budget.fit(&frame, rest);
    let mut reply = Row::new();
    reply.push("attachments", json!(fitted.kept));
    reply.put_non_empty("total", total);
    if fitted.dropped > 0 {
        reply.put_non_empty("next_start_at", total - fitted.dropped);
    }
    reply.put_unreadable(unreadable);
    Reply::json(&reply)
}

/// The files of an issue.
pub(in crate::jira::tools) struct Files {
    /// In Jira's order.
    files: Vec<AttachmentView>,
    /// How many others there are.
    unreadable: usize,
}

/// The files of an issue that may be shown.
pub(in crate::jira::tools) async fn files_of(
    context: &Context,
    key: &IssueKey,
) -> Result<Files, ToolError> {
    let named = context.projects.check_issue(key)?;
    let answer = context.ask(request::issue(&named, &["attachment"], &[])).await?;
    let issue: Issue<'_> = answer.read()?;
    project_guard::found(context, &named, &issue)?;
    let files: List<Attachment<'_>> = issue.fields.list("attachment");
    Ok(Files {
        files: files.iter().map(AttachmentView::from).collect(),
        unreadable: files.unreadable(),
    })
}

async fn get_attachment(context: &Context, args: GetAttachment) -> Result<Reply, ToolError> {
    let AttachmentId(id) = args.attachment_id;
    let bytes_max = args.max_bytes.unwrap_or(BYTES_DEFAULT).clamp(1, BYTES_MAX);
    let file = describe(context, id, args.issue_key.as_ref()).await?;
    let uri = uri(context, &file, args.issue_key.as_ref());
    if !may_be_shown(&file.media_type) {
        return linked(&file, uri, Omitted::Binary, context.budget);
    }
    let mut limit_bytes = bytes_max as usize;
    if file.media_type.starts_with("image/") && !file.media_type.starts_with("image/svg") {
        limit_bytes = limit_bytes.min(picture_bytes_max(&file, context.budget));
    }
    if file.bytes > limit_bytes as u64 {
        return linked(&file, uri, Omitted::TooLarge { limit_bytes }, context.budget);
    }
    if file.bytes > TOLD_BYTES_MIN {
        context.progress.report(0.0, Some(1.0), || format!("Loading {} bytes.", file.bytes));
    }
    let download = context.jira.download(request::attachment_content(id), bytes_max as usize);
    let file_sent = download.await.map_err(|error| explain(error, bytes_max))?;
    show(&file, uri, &file_sent, context.budget)
}

/// What the file is called and how large it is.
///
/// The file's own metadata does not say which issue it is on, so where the operator allows some
/// projects only, the issue must be named: it is checked like every other key, and the file must be
/// among its own.
async fn describe(
    context: &Context,
    id: u64,
    issue_key: Option<&IssueKey>,
) -> Result<AttachmentView, ToolError> {
    match issue_key {
        Some(key) => {
            let wanted = id.to_string();
            let found =
                files_of(context, key).await?.files.into_iter().find(|file| file.id == wanted);
            found.ok_or_else(|| {
                ToolError::new(Code::NotFound, format!("{key} has no attachment {id}."))
                    .hint("Call jira_list_attachments to see the files of the issue.")
            })
        }
        None if context.projects.is_open() => {
            let answer = context.ask(request::attachment(id)).await?;
            Ok(AttachmentView::from(&answer.read::<Attachment<'_>>()?))
        }
        None => Err(ToolError::invalid_argument(
            "`issue_key` is required here: some projects only are allowed.",
        )
        .hint("Repeat the call with the key of the issue that the file is on.")),
    }
}

/// A file can be larger than its metadata says.
fn explain(error: JiraError, bytes_max: u32) -> ToolError {
    match error {
        JiraError::TooLarge { status: None, .. } => ToolError::new(
            Code::PayloadTooLarge,
            format!("The file is larger than {bytes_max} bytes."),
        )
        .hint(format!("Set max_bytes, up to {BYTES_MAX}, or open the file in Jira.")),
        other => other.into(),
    }
}

/// Why a file is named but not shown.
#[derive(Clone, Copy)]
enum Omitted {
    Binary,
    TooLarge { limit_bytes: usize },
}

fn show(
    file: &AttachmentView,
    uri: String,
    content: &Download,
    budget: Budget,
) -> Result<Reply, ToolError> {
    let served = content.content_type.as_deref().and_then(charset);
    let declared = file.charset.as_deref().or(served.as_deref());
    let content = &content.bytes;
    match read_file(content, &file.media_type, declared) {
        FileContent::Text(read) => shown_text(row(file), &read, budget),
        FileContent::Markup(read) => {
            let mut row = row(file);
            row.put_non_empty("shown", "visible text only");
            shown_text(row, &read, budget)
        }
        FileContent::Image(media_type) => {
            let limit_bytes = picture_bytes_max(file, budget);
            if content.len() > limit_bytes {
                return linked(file, uri, Omitted::TooLarge { limit_bytes }, budget);
            }
            let shown = AttachmentView {
                media_type: media_type.to_owned(),
                bytes: content.len() as u64,
                ..file.clone()
            };
            Ok(Reply::json(&row(&shown))?
                .beside(Block::Image { base64: STANDARD.encode(content), media_type }))
        }
        FileContent::Opaque => linked(file, uri, Omitted::Binary, budget),
    }
}

/// A text, and how it was read where that is not plain UTF-8.
fn shown_text(mut row: Row, read: &FileText<'_>, budget: Budget) -> Result<Reply, ToolError> {
    if read.encoding != "UTF-8" {
        row.put_non_empty("encoding", read.encoding);
    }
    if read.is_guessed {
        row.put_non_empty("encoding_guessed", true);
    }
    if read.undecodable > 0 {
        row.put_non_empty("undecodable", read.undecodable);
    }
    put_text(&mut row, &read.text, budget);
    Reply::json(&row)
}

/// The largest picture that fits into a reply beside its description.
fn picture_bytes_max(file: &AttachmentView, budget: Budget) -> usize {
    let block = json!({ "type": "image", "data": "", "mimeType": "image/jpeg" });
    // Base64 makes four characters of three bytes.
    budget.reserve(&block).reserve(&row(file)).bytes().saturating_sub(LABEL_SLACK) / 4 * 3
}

/// The file as a resource. Where projects are limited, it can be read only together with its issue.
fn uri(context: &Context, file: &AttachmentView, issue_key: Option<&IssueKey>) -> String {
    let query = issue_key
        .filter(|_| !context.projects.is_open())
        .map(|key| format!("?issue_key={key}"))
        .unwrap_or_default();
    format!("jira://attachment/{}{query}", file.id)
}

fn linked(
    file: &AttachmentView,
    uri: String,
    omitted: Omitted,
    budget: Budget,
) -> Result<Reply, ToolError> {
    let mut row = row(file);
    match omitted {
        Omitted::Binary => row.put_non_empty("omitted", "binary"),
        Omitted::TooLarge { limit_bytes } => {
            row.put_non_empty("omitted", "too_large");
            row.put_non_empty("limit_bytes", limit_bytes);
        }
    }
    let (name, media_type, bytes) = (file.name.clone(), file.media_type.clone(), file.bytes);
    let block = json!({ "type": "resource_link", "uri": uri, "name": name, "mimeType": media_type, "size": bytes });
    budget.reserve(&block).shrink_to_fit(&mut row);
    Ok(Reply::json(&row)?.beside(Block::Link { uri, name, media_type, bytes }))
}

fn row(file: &AttachmentView) -> Row {
    let mut row = Row::new();
    row.put_non_empty("id", file.id.as_str());
    row.put_non_empty("name", file.name.as_str());
    row.put_non_empty("type", file.media_type.as_str());
    row.put_non_empty("bytes", file.bytes);
    row
}
