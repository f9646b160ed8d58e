//! What was handed out for one conversation: tokens of clients, and those in `streamUrl`.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::ids;

/// Expired tokens are kept for a while, to tell them from those that never were.
const KEPT_MS: i64 = 24 * 3_600_000;

/// How many more tokens there must be before old ones are looked for.
const TIDY_EVERY: usize = 1_000;

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The `Authorization` header.
    Calls,
    /// The parameter `t` of a `streamUrl`.
    Stream,
}

/// Whose a token is.
#[derive(Clone, Debug)]
pub(super) struct Access {
    pub(super) conversation: String,
    /// The web pages that may use it for a session of the browser.
    pub(super) origins: Vec<String>,
}

/// Why a token opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shut {
    Unknown,
    Expired,
}

struct Entry {
    purpose: Purpose,
    access: Access,
    expires_ms: i64,
}

#[derive(Default)]
struct Books {
    entries: HashMap<String, Entry>,
    tidied: usize,
}

/// All tokens ever, but those that ended long ago.
#[derive(Default)]
pub(super) struct Tokens(Mutex<Books>);

impl Tokens {
    fn books(&self) -> MutexGuard<'_, Books> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn issue(&self, purpose: Purpose, access: Access, now: i64, life_ms: i64) -> String {
        let token = ids::token(if purpose == Purpose::Calls { "dl" } else { "stream" });
        let mut books = self.books();
        if books.entries.len() > books.tidied + TIDY_EVERY {
            books.entries.retain(|_, entry| now < entry.expires_ms.saturating_add(KEPT_MS));
            books.tidied = books.entries.len();
        }
        let expires_ms = now.saturating_add(life_ms);
        books.entries.insert(token.clone(), Entry { purpose, access, expires_ms });
        token
    }

    pub(super) fn open(&self, purpose: Purpose, token: &str, now: i64) -> Result<Access, Shut> {
        let books = self.books();
        let entry = books.entries.get(token).filter(|entry| entry.purpose == purpose);
        let entry = entry.ok_or(Shut::Unknown)?;
        if now < entry.expires_ms { Ok(entry.access.clone()) } else { Err(Shut::Expired) }
    }

    /// Ends the tokens of one conversation, or all, before their time.
    pub(super) fn expire(&self, conversation: Option<&str>) {
        for entry in self.books().entries.values_mut() {
            if conversation.is_none_or(|id| entry.access.conversation == id) {
                entry.expires_ms = i64::MIN;
            }
        }
    }
}
