//! Files on issues: what they are, where their bytes lie, adding and deleting them.

use serde_json::{Value as Json, json};

use crate::{
    answer::{Answer, Fault, Reply},
    fields::touch,
    http::{
        call::Call,
        media, multipart,
        route::{Route, read, write},
    },
    model::{Access, Attachment, ChangeItem, Issue, Site},
    render::{self, SiteView},
};

/// Small, so that the refusal can be met with an upload of ordinary size.
const BYTES_MAX: usize = 512 * 1024;
/// Source: `POST /issue/{issueIdOrKey}/attachments`, response 413.
const FILES_MAX: usize = 60;
/// Source: Jira Cloud's limit of attachments of one issue.
const PER_ISSUE_MAX: usize = 2_000;

pub(crate) const ROUTES: &[Route] = &[
    read("/rest/api/3/attachment/{id}", metadata),
    read("/rest/api/3/attachment/content/{id}", content),
    write("DELETE", "/rest/api/3/attachment/{id}", delete),
    write("POST", "/rest/api/3/issue/{issue}/attachments", add),
];

/// Here the id is a number, inside an issue it is a text.
fn metadata(call: &Call, site: &SiteView) -> Answer {
    let (_, file) = find(call, site)?;
    let mut shown = render::attachment(site, file);
    if let Some(shown) = shown.as_object_mut() {
        shown.insert("id".into(), file.id.into());
    }
    Ok(Reply::json(200, shown))
}

fn content(call: &Call, site: &SiteView) -> Answer {
    let (_, file) = find(call, site)?;
    if !call.flag("redirect", true) {
        return Ok(Reply::file(&file.mime, file.content.clone()));
    }
    let address = format!("http://{}{}", call.header("host"), media::address(site, file, call.now));
    Ok(Reply::empty(303).with_header("location", address))
}

fn add(call: &Call, site: &mut Site) -> Answer {
    // Jira guards forms against other sites' pages before it looks at anything else.
    if !call.header("x-atlassian-token").eq_ignore_ascii_case("no-check") {
        return Err(Fault(Reply {
            status: 403,
            ..Reply::file("text/html", b"XSRF check failed".to_vec())
        }));
    }
    let issue = call.issue(site)?;
    if !call.may(site, issue, Access::Member) {
        return Err(Fault::message(
            403,
            "You do not have permission to create attachments for this issue.",
        ));
    }
    let (id, present) = (issue.id, issue.attachments.len());
    let Some(files) = multipart::files(call.header("content-type"), call.body()) else {
        let body = json!({ "message": "HTTP 415 Unsupported Media Type", "status-code": 415 });
        return Err(Fault(Reply::json(415, body)));
    };
    let files: Vec<_> = files.into_iter().filter(|file| file.field == "file").collect();
    if files.is_empty() {
        return Err(Fault::message(400, "No file was attached: the part must be named 'file'."));
    }
    if let Some(large) = files.iter().find(|file| file.content.len() > BYTES_MAX) {
        let text = format!(
            "The attachment {} exceeds its maximum permitted size of {BYTES_MAX} bytes.",
            large.name
        );
        return Err(Fault::message(413, text));
    }
    if files.len() > FILES_MAX || present + files.len() > PER_ISSUE_MAX {
        return Err(Fault::message(413, "The limit of attachments is reached."));
    }
    let mut made: Vec<Json> = Vec::new();
    for file in files {
        let file = Attachment {
            id: site.next_id(),
            author: call.who,
            name: file.name,
            mime: file.kind,
            created: call.now,
            content: file.content.to_vec(),
        };
        made.push(render::attachment(&SiteView::new(site, call.who), &file));
        touch(site, id, call.who, call.now, vec![added(&file)]);
        if let Some(issue) = site.issues.get_mut(&id) {
            issue.attachments.push(file);
        }
    }
    Ok(Reply::json(200, made.into()))
}

fn added(file: &Attachment) -> ChangeItem {
    ChangeItem {
        field: "Attachment".into(),
        field_id: "attachment".into(),
        custom: false,
        from: (None, None),
        to: (Some(file.id.to_string()), Some(file.name.clone())),
    }
}

fn delete(call: &Call, site: &mut Site) -> Answer {
    let (issue, file) = find(call, site)?;
    if !call.may_change(site, issue, file.author) {
        let text = format!("You do not have permission to delete attachment with id: {}", file.id);
        return Err(Fault::message(403, text));
    }
    let (id, gone) = (issue.id, file.id);
    touch(site, id, call.who, call.now, Vec::new());
    if let Some(issue) = site.issues.get_mut(&id) {
        issue.attachments.retain(|file| file.id != gone);
    }
    Ok(Reply::empty(204))
}

/// The file a path names, and its issue, if the caller may browse that.
fn find<'a>(call: &Call, site: &'a Site) -> Result<(&'a Issue, &'a Attachment), Fault> {
    let id = call.param("id");
    let issues = site.issues.values().filter(|issue| call.may(site, issue, Access::Viewer));
    let mut files =
        issues.flat_map(|issue| issue.attachments.iter().map(move |file| (issue, file)));
    let found = files.find(|(_, file)| file.id.to_string() == id);
    found
        .ok_or_else(|| Fault::message(404, format!("The attachment with id '{id}' does not exist")))
}
