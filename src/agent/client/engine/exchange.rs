//! Single sign-on direct to engine: an OAuth card that asks for a token of the user gets one, once,
//! and the turn goes on in the stream of that answer.

use tokio::time::Instant;

use super::{access::Engine, endpoints::Endpoints, event_stream::EventStream, request};
use crate::agent::client::{
    asker::Asker,
    exchange::{Wanted, deadline},
};

impl Engine {
    /// Gets the token and sends it. What the agent says then, if it took it; whatever else happens,
    /// the user is shown the link.
    pub(super) async fn exchange(
        &self,
        (endpoints, id): (&Endpoints, &str),
        wanted: &Wanted,
        asker: &Asker<'_>,
        limit: Instant,
    ) -> Option<Box<EventStream>> {
        let deadline = deadline(limit);
        let url = endpoints.execute(id)?;
        let token = wanted.token(asker, deadline).await?;
        let body = request::token_exchange(id, &wanted.value(&token)).to_string();
        self.send(&url, &body, asker, deadline).await.ok()
    }
}
