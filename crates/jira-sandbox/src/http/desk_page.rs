//! The pages of the service desk API, which count with `start` and `limit`.

use serde_json::{Value as Json, json};

use super::call::Call;
use crate::{answer::Fault, json::put, render::SiteView};

/// Items on a page at most.
const LIMIT_MAX: usize = 50;

/// One page of a list, with its frame; `path` begins at the site's address.
///
/// # Errors
/// A `start` or `limit` that is no number, or negative.
pub(crate) fn page<T>(
    call: &Call,
    site: &SiteView,
    path: &str,
    items: &[T],
    show: impl Fn(&T) -> Json,
) -> Result<Json, Fault> {
    let number = |name: &str, default: usize| match call.query(name) {
        None | Some("") => Ok(default),
        Some(text) => text
            .parse::<usize>()
            .map_err(|_| Fault::desk(400, format!("'{text}' is not valid for '{name}'."))),
    };
    let start = number("start", 0)?;
    let limit = number("limit", LIMIT_MAX)?.min(LIMIT_MAX);
    let rest = items.get(start.min(items.len())..).unwrap_or_default();
    let shown: Vec<Json> = rest.iter().take(limit).map(show).collect();
    let is_last = start.saturating_add(limit) >= items.len();
    let link = |start: usize| format!("{}{path}?limit={limit}&start={start}", site.host);
    let mut links = json!({ "base": site.host, "context": "", "self": link(start) });
    if !is_last {
        put(&mut links, "next", link(start + limit));
    }
    if start > 0 {
        put(&mut links, "prev", link(start.saturating_sub(limit)));
    }
    Ok(json!({
        "_expands": [], "size": shown.len(), "start": start, "limit": limit,
        "isLastPage": is_last, "_links": links, "values": shown,
    }))
}
