//! A page of a list of the service desk API.

use json_borrow::{Lenient, List, or_default};
use serde::Deserialize;

/// A page of a list.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeskPage<T> {
    /// The page.
    #[serde(default = "List::new")]
    pub values: List<T>,
    #[serde(default, deserialize_with = "or_default")]
    is_last_page: Option<bool>,
    #[serde(default, rename = "_links")]
    links: Lenient<PageLinks>,
}

#[derive(Debug, Deserialize)]
struct PageLinks {
    #[serde(default, deserialize_with = "or_default")]
    next: String,
}

impl<T> DeskPage<T> {
    /// Where the next page begins, of a page that began at `start`; none at the end. Items that
    /// the user may not see can be missing from a page, so the link to the next one knows better
    /// than a count; of its address only the number is read.
    pub fn next(&self, start: u32) -> Option<u32> {
        if self.is_last_page == Some(true) {
            return None;
        }
        let linked = self.links.as_ref().and_then(|links| start_in(&links.next));
        let received = u32::try_from(self.values.received()).unwrap_or(u32::MAX);
        let counted = (received > 0).then(|| start.saturating_add(received));
        linked.filter(|next| *next > start).or(counted)
    }
}

fn start_in(address: &str) -> Option<u32> {
    let (_, query) = address.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix("start="))?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jira::client::wire::desk::ServiceDesk;

    fn check(json: &str, start: u32, expected: Option<u32>) {
        let page: DeskPage<ServiceDesk> = json_borrow::from_str(json).unwrap();
        assert_eq!(page.next(start), expected, "{json}");
    }

    #[test]
    fn the_next_page_begins_where_the_answer_says() {
        let two = r#"[{"id": "1"}, {"id": "2"}]"#;
        check(&format!(r#"{{"values": {two}, "isLastPage": true}}"#), 0, None);
        check(&format!(r#"{{"values": {two}, "isLastPage": false}}"#), 4, Some(6));
        let link =
            |start: &str| format!(r#"{{"next": "https://x.example/a?limit=5&start={start}"}}"#);
        let with = |values: &str, start: &str| {
            format!(r#"{{"values": {values}, "isLastPage": false, "_links": {}}}"#, link(start))
        };
        // Three of five items are not for this user.
        check(&with(two, "5"), 0, Some(5));
        check(&with("[]", "5"), 0, Some(5));
        // A link that leads nowhere is none.
        check(&with(two, "0"), 4, Some(6));
        check(&with(two, "x"), 4, Some(6));
        check(r#"{"values": []}"#, 4, None);
        check("{}", 0, None);
    }
}
