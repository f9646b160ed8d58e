//! What the tools of service desks share: their scopes; which desk, type or queue is meant, by
//! name, key or id; and whole lists of them.

use serde::de::DeserializeOwned;
use serde_json::json;
use tool_kit::{Reply, Row, ToolError};

use crate::jira::{
    AllowedDesk, JiraError, Request,
    names::{self, NameError, Picked},
    request::{desk, scope},
    tools::{args::shown, context::Context},
    wire::desk::{DeskPage, Queue, RequestType, ServiceDesk},
};

/// What reading at a service desk needs.
pub(super) const READS: &[&str] = &[scope::READ_REQUESTS];

/// What writing there needs: desks, types and approvals are looked up first.
pub(super) const WRITES: &[&str] = &[scope::READ_REQUESTS, scope::WRITE_REQUESTS];

/// Pages that one list is read for.
const PAGES_MAX: usize = 40;

/// Entries that are on so many pages.
const ENTRIES_MAX: usize = PAGES_MAX * desk::LIMIT_MAX as usize;

/// How many names an error lists.
const LISTED_MAX: usize = 30;

/// A list as far as it was read.
pub(super) struct All<T> {
    pub(super) items: Vec<T>,
    /// Entries that could not be read.
    pub(super) unreadable: usize,
    /// Whether there is no more.
    pub(super) is_whole: bool,
}

/// Every item of a list, page by page.
pub(super) async fn all<T: DeserializeOwned + Send>(
    context: &Context,
    list: Request,
) -> Result<All<T>, JiraError> {
    all_until(context, list, |_| false).await
}

/// The same, up to the page that holds what is looked for.
async fn all_until<T: DeserializeOwned + Send>(
    context: &Context,
    list: Request,
    is_meant: impl Fn(&T) -> bool,
) -> Result<All<T>, JiraError> {
    let mut all = All { items: Vec::new(), unreadable: 0, is_whole: false };
    let mut start = 0;
    for _ in 0..PAGES_MAX {
        let answer = context.jira.call(list.clone().from_start(start)).await?;
        let page: DeskPage<T> = answer.read()?;
        let next = page.next(start);
        all.unreadable += page.values.unreadable();
        let is_found = page.values.iter().any(&is_meant);
        all.items.extend(page.values.into_vec());
        match next {
            Some(_) if is_found => return Ok(all),
            Some(next) => start = next,
            None => return Ok(All { is_whole: true, ..all }),
        }
    }
    Ok(all)
}

/// The desks that may be shown: those of allowed projects.
pub(super) async fn desks(context: &Context) -> Result<All<ServiceDesk>, ToolError> {
    let mut found: All<ServiceDesk> = all(context, desk::desks()).await?;
    found.items.retain(|desk| context.projects.desk(&desk.id, &desk.project_key).is_some());
    Ok(found)
}

/// A desk that was found, and what people call it.
pub(super) struct Desk {
    pub(super) allowed: AllowedDesk,
    pub(super) name: String,
}

/// The desk that is meant: by id, by its project's key, or by name.
pub(super) async fn desk(context: &Context, given: &str) -> Result<Desk, ToolError> {
    let given = given.trim();
    let is_named = |desk: &ServiceDesk| {
        desk.id == given || (!given.is_empty() && desk.project_key.eq_ignore_ascii_case(given))
    };
    let mut found: All<ServiceDesk> = all_until(context, desk::desks(), is_named).await?;
    found.items.retain(|desk| context.projects.desk(&desk.id, &desk.project_key).is_some());
    let picked = match found.items.iter().find(|desk| is_named(desk)) {
        Some(desk) => Picked::One(desk),
        None => {
            names::pick(&found.items, given, true, |desk| [Some(desk.project_name.as_str()), None])
        }
    };
    let say = |desk: &ServiceDesk| {
        format!("{} ({}, id {})", desk.project_name, desk.project_key, desk.id)
    };
    let desk = one(picked, "service desk", given, &found.items, found.is_whole, say)?;
    let allowed = context.projects.desk(&desk.id, &desk.project_key);
    let allowed = allowed.ok_or_else(|| context.projects.refusal(&desk.project_key))?;
    Ok(Desk { allowed, name: desk.project_name.clone() })
}

/// The request type that is meant, by id or name.
pub(super) async fn request_type(
    context: &Context,
    desk: &Desk,
    given: &str,
) -> Result<RequestType, ToolError> {
    let given = given.trim();
    let list = desk::request_types(&desk.allowed);
    let found: All<RequestType> =
        all_until(context, list, |kind: &RequestType| kind.id == given).await?;
    let picked = match found.items.iter().find(|kind| kind.id == given) {
        Some(kind) => Picked::One(kind),
        None => names::pick(&found.items, given, true, |kind| [Some(kind.name.as_str()), None]),
    };
    let say = |kind: &RequestType| format!("{} (id {})", kind.name, kind.id);
    one(picked, "request type", given, &found.items, found.is_whole, say).cloned()
}

/// The queue that is meant, by id or name.
pub(super) async fn queue(context: &Context, desk: &Desk, given: &str) -> Result<Queue, ToolError> {
    let given = given.trim();
    let list = desk::queues(&desk.allowed, false);
    let found: All<Queue> = all_until(context, list, |queue: &Queue| queue.id == given).await?;
    let picked = match found.items.iter().find(|queue| queue.id == given) {
        Some(queue) => Picked::One(queue),
        None => names::pick(&found.items, given, true, |queue| [Some(queue.name.as_str()), None]),
    };
    let say = |queue: &Queue| format!("{} (id {})", queue.name, queue.id);
    one(picked, "queue", given, &found.items, found.is_whole, say).cloned()
}

fn one<'t, T>(
    picked: Picked<'t, T>,
    what: &'static str,
    given: &str,
    all: &[T],
    is_whole: bool,
    say: impl Fn(&T) -> String,
) -> Result<&'t T, ToolError> {
    match picked {
        Picked::One(found) => Ok(found),
        Picked::Several(several) => Err(NameError::Ambiguous {
            given: given.to_owned(),
            candidates: several.into_iter().map(say).collect(),
        }
        .into()),
        Picked::Nothing => {
            let known: Vec<String> = all.iter().take(LISTED_MAX).map(say).collect();
            let where_looked = if is_whole {
                "that the signed-in user may see here".to_owned()
            } else {
                format!("among the first {ENTRIES_MAX}; further ones were not read")
            };
            let error = ToolError::invalid_argument(format!(
                "'{}' is no {what} {where_looked}.",
                shown(given)
            ));
            let more = if is_whole && all.len() <= LISTED_MAX { "" } else { ", and more" };
            Err(if known.is_empty() {
                error.hint(format!("The signed-in user sees no {what} there."))
            } else {
                error
                    .hint(format!("There is: {}{more}.", known.join("; ")))
                    .with("candidates", known)
            })
        }
    }
}

/// A page of a list that was read whole: rows from `start_at` on, as many as were asked for and
/// fit.
pub(super) fn page<T>(
    context: &Context,
    name: &'static str,
    all: &All<T>,
    start_at: Option<u32>,
    max_results: Option<u32>,
    mut reply: Row,
    row: impl Fn(&T) -> Row,
) -> Result<Reply, ToolError> {
    let start = start_at.unwrap_or(0) as usize;
    let size = context.page_size(max_results) as usize;
    let rows: Vec<Row> = all.items.iter().skip(start).take(size).map(row).collect();
    let total = all.is_whole.then_some(all.items.len());
    let frame = json!({ "reply": reply, name: [], "total": total, "next_start_at": u32::MAX, "unreadable": 1 });
    let fitted = context.budget.fit_rows(&frame, rows);
    let next = start.saturating_add(fitted.kept.len());
    reply.push(name, json!(fitted.kept));
    reply.put_non_empty("total", total);
    if next < all.items.len() {
        reply.put_non_empty("next_start_at", next);
    }
    reply.put_unreadable(all.unreadable);
    if !all.is_whole {
        reply.put_non_empty("is_cut", true);
    }
    Reply::json(&reply)
}
