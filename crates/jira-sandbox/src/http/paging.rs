//! Jira's `startAt` pages, and the opaque tokens of `/search/jql`.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value as Json;

use super::call::Call;
use crate::{
    answer::Fault,
    json::{object, put},
};

/// One window into a list: `startAt` and `maxResults` as asked, capped as Jira caps them.
#[derive(Clone, Copy)]
pub(crate) struct Window {
    pub(crate) start: usize,
    pub(crate) size: usize,
}

impl Window {
    /// # Errors
    /// A parameter that is not a whole number, or negative, is a 400 of the framework.
    pub(crate) fn of(call: &Call, default: usize, cap: usize) -> Result<Self, Fault> {
        let number = |name: &str, default: usize| match call.query(name) {
            None | Some("") => Ok(default),
            Some(text) => text.parse::<usize>().map_err(|_| {
                Fault::message(
                    400,
                    format!("The value '{text}' is not valid for the parameter '{name}'."),
                )
            }),
        };
        let size = number("maxResults", default)?;
        Ok(Self { start: number("startAt", 0)?, size: size.min(cap) })
    }

    /// The items of the window; empty beyond the end.
    pub(crate) fn slice<'a, T>(&self, items: &'a [T]) -> &'a [T] {
        let rest = items.get(self.start.min(items.len())..).unwrap_or_default();
        rest.get(..self.size.min(rest.len())).unwrap_or_default()
    }

    /// Whether nothing stands behind the window.
    pub(crate) fn is_last(&self, total: usize) -> bool {
        self.start.saturating_add(self.size) >= total
    }

    /// The page bean with `values`, `isLast`, `total` and `self`.
    pub(crate) fn page_bean(&self, address: &str, total: usize, values: Vec<Json>) -> Json {
        let link = |start: usize| format!("{address}?maxResults={}&startAt={start}", self.size);
        let mut page = self.page_named("values", total, values);
        put(&mut page, "self", link(self.start));
        put(&mut page, "isLast", self.is_last(total));
        if !self.is_last(total) {
            put(&mut page, "nextPage", link(self.start + self.size));
        }
        page
    }

    /// The older envelope, whose items stand under a name of their own.
    pub(crate) fn page_named(&self, name: &str, total: usize, items: Vec<Json>) -> Json {
        object([
            ("startAt", self.start.into()),
            ("maxResults", self.size.into()),
            ("total", total.into()),
            (name, items.into()),
        ])
    }
}

/// Where a search went on: bound to the query, the person and the page size.
pub(crate) struct PageToken {
    /// The last issue already answered, and its position, should it have vanished meanwhile.
    pub(crate) after: u64,
    pub(crate) position: usize,
}

impl PageToken {
    /// The token as clients hand it back, opaque to them.
    pub(crate) fn encode(&self, jql: &str, account_id: &str) -> String {
        let text =
            format!("{}|{}|{}|{jql}", self.after, self.position, fingerprint(jql, account_id));
        URL_SAFE_NO_PAD.encode(text)
    }

    /// `None` when the token is not ours, or was given for another query or person.
    pub(crate) fn decode(token: &str, jql: &str, account_id: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        let mut parts = text.splitn(4, '|');
        let after = parts.next()?.parse().ok()?;
        let position = parts.next()?.parse().ok()?;
        (parts.next()? == fingerprint(jql, account_id) && parts.next()? == jql)
            .then_some(Self { after, position })
    }
}

/// Of the query and the person, so that a token serves no other search.
fn fingerprint(jql: &str, account_id: &str) -> String {
    blake3::hash(format!("{account_id}\n{jql}").as_bytes()).to_hex().chars().take(16).collect()
}
