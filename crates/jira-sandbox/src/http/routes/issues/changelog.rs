//! What happened to an issue: its history.

use crate::{
    answer::{Answer, Reply},
    http::{
        call::Call,
        paging::Window,
        route::{Route, read},
    },
    render::{self, SiteView},
};

pub(crate) const ROUTES: &[Route] = &[read("/rest/api/3/issue/{issue}/changelog", changelog)];

/// Oldest first.
fn changelog(call: &Call, site: &SiteView) -> Answer {
    let issue = call.issue(site)?;
    let window = Window::of(call, 100, 100)?;
    let shown =
        window.slice(&issue.changes).iter().map(|change| render::change(site, change)).collect();
    let address = format!("{}/rest/api/3/issue/{}/changelog", site.host, issue.key);
    Ok(Reply::json(200, window.page_bean(&address, issue.changes.len(), shown)))
}
