//! A request sent to one site until it is answered, and the answer judged.

use http::StatusCode;
use tokio::time::Instant;

use super::{
    error::JiraError,
    request::{Request, Safety},
    response::Response,
    scoped_token,
    session::Session,
    settings::Route,
};

impl Session {
    /// Sends it before the deadline of the call.
    pub(super) async fn send(
        &self,
        cloud_id: &str,
        request: Request,
    ) -> Result<Response, JiraError> {
        self.send_until(cloud_id, request, self.deadline).await
    }

    /// Sends it before `until`. Every status but 2xx is a [`JiraError`].
    pub(super) async fn send_until(
        &self,
        cloud_id: &str,
        request: Request,
        until: Instant,
    ) -> Result<Response, JiraError> {
        let mut is_at_site =
            self.jira.settings.route == Route::Direct && self.jira.token_route.api_host().is_none();
        let answer = loop {
            let outgoing = self.signed(cloud_id, &request).await?;
            let answer = self.exchange(&request, &outgoing, until).await?;
            if answer.status == StatusCode::UNAUTHORIZED
                && self.caller.credentials().renew_refused()
            {
                if request.safety() == Safety::Read {
                    continue;
                }
                // A write is sent once, whatever was said of it. The token is renewed all the same:
                // the next call finds a good one.
                let _ = self.signed(cloud_id, &request).await?;
            }
            // Refused before anything was done, so a write may be sent again. Boxed: it happens
            // once in a process.
            if !is_at_site
                || answer.status != StatusCode::UNAUTHORIZED
                || !Box::pin(scoped_token::works_at_api_host(self, until)).await
            {
                break answer;
            }
            is_at_site = false;
        };
        let (metadata, owner) = (&self.jira.metadata, self.caller.credential_key());
        let is_forgotten = metadata.invalidate_after(owner, &request, answer.status);
        // All that this process forgets, before anything is waited for.
        let refusal = (!answer.status.is_success()).then(|| self.refusal(&request, &answer));
        if is_forgotten && let Some(forgetting) = self.forgetting_at_replicas() {
            forgetting.await;
        }
        match refusal {
            Some(refusal) => Err(refusal),
            None => Response::new(answer.body, request.safety() != Safety::Read).validate(),
        }
    }
}
