//! The books of the identity provider: codes, grants, and the tokens of each.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::secret;
use crate::model::{Token, scope};

/// Whom the provider answers like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// `auth.atlassian.com`.
    Atlassian,
    /// `login.microsoftonline.com`.
    Entra,
}

/// What a person once granted to a client, as the books have it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Counts from 0, in the order in which codes were redeemed.
    pub id: usize,
    /// At whose endpoints it was given.
    pub provider: Provider,
    /// Such as `anna`.
    pub user: String,
    /// Whom it was given to.
    pub client_id: String,
    /// As asked for.
    pub scopes: Vec<String>,
    /// How often its refresh tokens were answered.
    pub refreshes: u64,
    /// Nothing of it is good any more.
    pub revoked: bool,
}

/// What a client asked for and a person agreed to.
#[derive(Clone)]
pub(super) struct Offer {
    pub(super) provider: Provider,
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    pub(super) scopes: Vec<String>,
    /// The person's own token: name, account, sites.
    pub(super) person: Arc<Token>,
    /// `code_challenge` by S256.
    pub(super) challenge: Option<String>,
    /// OpenID Connect's `nonce`, for the identity token.
    pub(super) nonce: Option<String>,
}

/// Who brings a code, and with what.
pub(super) struct Redemption<'a> {
    pub(super) provider: Provider,
    pub(super) client_id: &'a str,
    pub(super) redirect_uri: &'a str,
    pub(super) verifier: Option<&'a str>,
}

/// Who brings a refresh token.
pub(super) struct Renewal<'a> {
    pub(super) provider: Provider,
    pub(super) client_id: &'a str,
    pub(super) idle_life_ms: i64,
    /// How long one that was replaced is still answered; `None` if its use leaves it as good as
    /// it was.
    pub(super) leeway_ms: Option<i64>,
}

/// Why a code or a refresh token is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// Nothing of this name, or another client's.
    Unknown,
    /// Its time is over.
    Expired,
    /// A code was redeemed before, or a refresh token replaced too long ago.
    Used,
    /// The redirect URI is not that of the code.
    OtherRedirect,
    /// The `code_verifier` does not fit the challenge, or only one of the two is there.
    Verifier,
    /// The grant was revoked.
    Revoked,
    /// The account is gone.
    NoUser,
}

struct Code {
    offer: Offer,
    expires_ms: i64,
    used: bool,
}

struct Access {
    grant: usize,
    expires_ms: i64,
    token: Arc<Token>,
}

struct Refresh {
    grant: usize,
    issued_ms: i64,
    replaced_ms: Option<i64>,
}

struct Entry {
    grant: Grant,
    offer: Offer,
}

#[derive(Default)]
struct Books {
    codes: HashMap<String, Code>,
    grants: Vec<Entry>,
    access: HashMap<String, Access>,
    refresh: HashMap<String, Refresh>,
    /// Names of accounts that were deleted.
    deleted: BTreeSet<String>,
}

/// Everything handed out, behind one lock; no method waits while it holds it.
#[derive(Default)]
pub(crate) struct Grants(Mutex<Books>);

impl Grants {
    fn books(&self) -> MutexGuard<'_, Books> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The token that the gateway takes for an access token; `None` once it ended.
    pub(crate) fn access(&self, secret: &str, now: i64) -> Option<Arc<Token>> {
        let books = self.books();
        let access = books.access.get(secret).filter(|access| now < access.expires_ms)?;
        let entry = books.grants.get(access.grant)?;
        (!entry.grant.revoked).then(|| Arc::clone(&access.token))
    }

    /// Whether the account was not deleted.
    pub(crate) fn is_user(&self, name: &str) -> bool {
        !self.books().deleted.contains(name)
    }

    pub(super) fn delete_user(&self, name: &str) {
        self.books().deleted.insert(name.to_owned());
    }

    /// All grants, the oldest first.
    pub(super) fn all(&self) -> Vec<Grant> {
        self.books().grants.iter().map(|entry| entry.grant.clone()).collect()
    }

    /// A code for what a person agreed to; `None` without randomness.
    pub(super) fn offer(&self, offer: Offer, expires_ms: i64, now: i64) -> Option<String> {
        let code = secret::fresh("code")?;
        let mut books = self.books();
        // A used code is kept until its end, to tell a second use from a guess.
        books.codes.retain(|_, code| now < code.expires_ms);
        books.codes.insert(code.clone(), Code { offer, expires_ms, used: false });
        Some(code)
    }

    /// Turns a code into a grant, once. A refusal leaves the code as it was.
    pub(super) fn redeem(
        &self,
        code: &str,
        by: &Redemption<'_>,
        now: i64,
    ) -> Result<Grant, Refused> {
        let mut books = self.books();
        let Books { codes, grants, deleted, .. } = &mut *books;
        let code = codes.get_mut(code).ok_or(Refused::Unknown)?;
        let offer = &code.offer;
        if offer.provider != by.provider || offer.client_id != by.client_id {
            return Err(Refused::Unknown);
        }
        if code.used {
            return Err(Refused::Used);
        }
        if now >= code.expires_ms {
            return Err(Refused::Expired);
        }
        if offer.redirect_uri != by.redirect_uri {
            return Err(Refused::OtherRedirect);
        }
        if offer.challenge != by.verifier.map(secret::s256) {
            return Err(Refused::Verifier);
        }
        if deleted.contains(offer.person.name) {
            return Err(Refused::NoUser);
        }
        code.used = true;
        let grant = Grant {
            id: grants.len(),
            provider: offer.provider,
            user: offer.person.name.to_owned(),
            client_id: offer.client_id.clone(),
            scopes: offer.scopes.clone(),
            refreshes: 0,
            revoked: false,
        };
        grants.push(Entry { grant: grant.clone(), offer: offer.clone() });
        Ok(grant)
    }

    /// The grant of a refresh token that is good, counted as one refresh.
    pub(super) fn renew(&self, secret: &str, by: &Renewal<'_>, now: i64) -> Result<Grant, Refused> {
        let mut books = self.books();
        let Books { grants, refresh, deleted, .. } = &mut *books;
        let refresh = refresh.get_mut(secret).ok_or(Refused::Unknown)?;
        let Entry { grant, .. } = grants.get_mut(refresh.grant).ok_or(Refused::Unknown)?;
        if grant.provider != by.provider || grant.client_id != by.client_id {
            return Err(Refused::Unknown);
        }
        if grant.revoked {
            return Err(Refused::Revoked);
        }
        if deleted.contains(&grant.user) {
            return Err(Refused::NoUser);
        }
        if now >= refresh.issued_ms.saturating_add(by.idle_life_ms) {
            return Err(Refused::Expired);
        }
        if let Some(leeway_ms) = by.leeway_ms {
            // The time runs from the first replacement: each use within it is answered, none
            // prolongs it.
            let replaced_ms = *refresh.replaced_ms.get_or_insert(now);
            if now > replaced_ms.saturating_add(leeway_ms) {
                return Err(Refused::Used);
            }
        }
        grant.refreshes += 1;
        Ok(grant.clone())
    }

    /// An access token that the gateway takes; `None` without randomness.
    pub(super) fn issue_access(&self, grant: usize, expires_ms: i64, now: i64) -> Option<String> {
        let secret = secret::fresh("access")?;
        let mut books = self.books();
        books.access.retain(|_, access| now < access.expires_ms);
        let offer = &books.grants.get(grant)?.offer;
        let token = Token {
            secret: secret.clone(),
            scopes: offer.scopes.clone(),
            expired: false,
            ..(*offer.person).clone()
        };
        books.access.insert(secret.clone(), Access { grant, expires_ms, token: Arc::new(token) });
        Some(secret)
    }

    /// A refresh token, if the grant is for a client whose user is away.
    pub(super) fn issue_refresh(&self, grant: usize, now: i64) -> Option<String> {
        let secret = secret::fresh("refresh")?;
        let mut books = self.books();
        let entry = books.grants.get(grant)?;
        if !entry.grant.scopes.iter().any(|scope| scope == scope::OFFLINE) {
            return None;
        }
        books.refresh.insert(secret.clone(), Refresh { grant, issued_ms: now, replaced_ms: None });
        Some(secret)
    }

    /// The grant that an access or refresh token of this client belongs to.
    pub(super) fn grant_of(&self, secret: &str, client_id: &str) -> Option<usize> {
        let books = self.books();
        let access = books.access.get(secret).map(|access| access.grant);
        let id = access.or_else(|| books.refresh.get(secret).map(|refresh| refresh.grant))?;
        (books.grants.get(id)?.grant.client_id == client_id).then_some(id)
    }

    /// A grant of the same person to the same client, for other scopes, with refresh tokens of its
    /// own.
    pub(super) fn derived(&self, from: usize, scopes: &[String]) -> Option<usize> {
        let mut books = self.books();
        let Entry { grant, offer } = books.grants.get(from)?;
        let (id, scopes) = (books.grants.len(), scopes.to_vec());
        let grant = Grant { id, scopes: scopes.clone(), refreshes: 0, ..grant.clone() };
        let offer = Offer { scopes, ..offer.clone() };
        books.grants.push(Entry { grant, offer });
        Some(id)
    }

    /// What was agreed to when the grant was given.
    pub(super) fn offer_of(&self, id: usize) -> Option<Offer> {
        self.books().grants.get(id).map(|entry| entry.offer.clone())
    }

    /// Ends all access tokens of a user before their time.
    pub(super) fn expire_access(&self, user: &str) {
        self.books().access.retain(|_, access| access.token.name != user);
    }

    /// Ends all tokens of a grant; false if there is no such grant.
    pub(super) fn revoke(&self, id: usize) -> bool {
        let mut books = self.books();
        let Some(entry) = books.grants.get_mut(id) else { return false };
        entry.grant.revoked = true;
        true
    }
}
