//! Single sign-on over Direct Line: an OAuth card that asks for a token of the user gets one, once.

use tokio::time::Instant;

use super::{
    access::DirectLine,
    post::{Posted, judge},
    request::{self, Sender},
};
use crate::agent::client::{
    asker::Asker,
    exchange::{Wanted, deadline},
    mark::client_mark,
};

impl DirectLine {
    /// Gets the token and posts it. The id of the post if the agent took it, which may be none;
    /// whatever else happens, the user is shown the link.
    pub(super) async fn exchange(
        &self,
        (id, bearer): (&str, &str),
        wanted: &Wanted,
        sender: Sender<'_>,
        asker: &Asker<'_>,
        limit: Instant,
    ) -> Option<Option<String>> {
        let deadline = deadline(limit);
        let token = wanted.token(asker, deadline).await?;
        let activity = request::token_exchange(sender, &client_mark(), wanted.value(&token));
        let operation = request::post(&self.address(), id, &activity);
        // A refusal of the token comes back as 502 too, so only a good answer is one.
        let result = self.send(&operation, Some(bearer), asker, deadline).await;
        let is_good = matches!(&result, Ok(answer) if answer.status.is_success());
        match judge(result) {
            Posted::Delivered(id) if is_good => Some(id),
            _ => None,
        }
    }
}
