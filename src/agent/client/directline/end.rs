//! Ending a conversation: the service is told, and from then on the activities say so.

use tokio::time::{Instant, timeout_at};

use super::{
    access::DirectLine,
    post::{Posted, judge},
    request::{self, Sender},
};
use crate::agent::client::{
    asker::Asker,
    delivery::Delivery,
    error::{AgentError, AgentErrorKind},
    mark::client_mark,
};

impl DirectLine {
    /// Ends it, and says how many messages there were.
    pub(in crate::agent::client) async fn end(
        &self,
        id: &str,
        asker: &Asker<'_>,
        deadline: Instant,
    ) -> Result<usize, AgentError> {
        let user_id = self.user_id(asker).await?;
        let sender = Sender { user_id: &user_id, locale: self.locale.as_deref() };
        let known = self.memory.of(id, Instant::now());
        let mut known = timeout_at(deadline, known.lock())
            .await
            .map_err(|_| AgentError::from(AgentErrorKind::Busy))?;
        // From the beginning, so that all messages are counted on every replica.
        known.forget_reading();
        self.look(&mut known, id, asker, deadline).await?;
        let messages = known.messages;
        let operation = request::post(&self.address(), id, &request::end(sender, &client_mark()));
        let sending = self.send_in(&mut known, id, &operation, asker, deadline);
        let answer = sending.await.map_err(|error| error.with(Delivery::Unknown))?;
        match judge(Ok(answer)) {
            Posted::Delivered(_) => {}
            Posted::Uncertain(kind) => return Err(AgentError::from(kind).with(Delivery::Unknown)),
            Posted::Refused => return Err(AgentErrorKind::OperatorCredentials.into()),
            Posted::Failed(error) => return Err(error),
        }
        known.end();
        Ok(messages)
    }
}
