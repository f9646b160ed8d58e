//! What an upstream said of its own make-up a short while ago, for all replicas to remember: one
//! that has not met a user yet asks for them only what none of the others has asked.

use std::{fmt, time::Duration};

use auth::{BoxFuture, PrincipalKey};
use bytes::Bytes;

/// Whose answer it is, and to what. An upstream shows each user what their permissions allow, so
/// nobody else is ever given it.
#[derive(Clone, Copy, Debug)]
pub struct AnswerName<'a> {
    /// Who asked.
    pub owner: PrincipalKey,
    /// What was asked.
    pub url: &'a str,
}

/// Keeps answers for some minutes. Nothing here fails: without a store, or while it does not
/// answer, nothing is found and nothing is kept.
pub trait SharedAnswers: fmt::Debug + Send + Sync {
    /// The answer that a replica got, and where one may be put.
    fn find<'a>(&'a self, name: AnswerName<'a>) -> BoxFuture<'a, Found>;

    /// Keeps what the upstream answered to a question that was sent `asked` ago.
    fn keep<'a>(
        &'a self,
        name: AnswerName<'a>,
        place: Place,
        asked: Duration,
        body: &'a Bytes,
    ) -> BoxFuture<'a, ()>;

    /// Forgets all that this user was told, also what is on its way to [`Self::keep`]. Begins when
    /// it is called, and goes on where its end is not waited for.
    fn forget(&self, owner: PrincipalKey) -> BoxFuture<'_, ()>;
}

/// What is known of a question.
#[derive(Debug, Default)]
pub struct Found {
    /// How long ago it was asked, and the body of the answer.
    pub answer: Option<(Duration, Bytes)>,
    /// Where a newer answer may be put; none where it may not be.
    pub place: Option<Place>,
}

/// Where an answer may be put, as it was before the upstream was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Since when nothing of the user was forgotten.
    pub since: Mark,
    /// What it takes the place of.
    pub replaces: Option<Mark>,
}

/// Tells one writing of the store from every other.
pub type Mark = [u8; 12];
