//! What a board and an issue both show: an issue in a line, its status, a field in words.

use maud::{Markup, html};

use super::frame::Frame;
use crate::{
    fields::{changelog_value, pretty_duration},
    model::{Issue, Value},
    render::SiteView,
};

/// An issue in a line.
pub(super) fn line(view: &SiteView, frame: &Frame<'_>, issue: &Issue) -> Markup {
    html! {
        a href=(frame.to(&format!("/browse/{}", issue.key))) { (issue.key) } " " (issue.summary()) " "
        (status_tag(view, issue))
    }
}

/// The status, in the colour of its category.
pub(super) fn status_tag(view: &SiteView, issue: &Issue) -> Markup {
    let status = view.status(issue.status);
    let category = status.map(|status| status.category);
    html! {
        span.tag.good[category == Some(3)].busy[category == Some(4)] {
            (status.map_or("", |status| view.word(&status.name)))
        }
    }
}

/// A field in words; none when it is empty.
pub(super) fn field_text(view: &SiteView, issue: &Issue, id: &str) -> Option<String> {
    let (field, value) = (view.field(id)?, issue.values.get(id)?);
    let text = match value {
        Value::Estimates(original, remaining) => {
            let parts = [("estimated", original), ("remaining", remaining)];
            let said = |(word, seconds): (&str, &Option<u64>)| {
                Some(format!("{} {word}", pretty_duration((*seconds)?)))
            };
            parts.into_iter().filter_map(said).collect::<Vec<_>>().join(", ")
        }
        Value::Instant(ms) => view.rendered_time(*ms),
        _ => changelog_value(view, field, Some(value)).1?,
    };
    (!text.is_empty()).then_some(text)
}
