//! One call to Jira as the tools make it: the site is found, and metadata may come from the cache.

use std::time::Duration;

use auth::BoxFuture;
use tokio::time::Instant;

use super::{
    error::JiraError,
    request::{self, Request},
    response::Response,
    session::Session,
    settings::Route,
};

impl Session {
    /// Asks Jira, as the caller; metadata may be answered as Jira did a short while ago. Every
    /// status but 2xx is a [`JiraError`].
    pub async fn call(&self, request: Request) -> Result<Response, JiraError> {
        let site = self.site().await?;
        if request.is_metadata() {
            return self.call_remembering(&site.id, request, true).await;
        }
        self.send(&site.id, request).await
    }

    /// Like [`Session::call`], but ends early enough to leave `reserve`, or a quarter of what is
    /// left if that is less, for a look at what became of it.
    pub async fn call_leaving(
        &self,
        request: Request,
        reserve: Duration,
    ) -> Result<Response, JiraError> {
        let site = self.site().await?;
        let reserve = reserve.min(self.time_left() / 4);
        self.send_until(
            &site.id,
            request,
            self.deadline.checked_sub(reserve).unwrap_or(self.deadline),
        )
        .await
    }

    /// Like sending it, unless Jira answered the same to this caller a short while ago, here or at
    /// another replica. `is_decisive` where what fails by an old answer is looked at again.
    fn call_remembering<'a>(
        &'a self,
        cloud_id: &'a str,
        request: Request,
        is_decisive: bool,
    ) -> BoxFuture<'a, Result<Response, JiraError>> {
        // Boxed: it happens once in a while, and every call would carry its size.
        Box::pin(async move {
            let url = self.jira.url(cloud_id, &request).ok_or(JiraError::Request)?;
            let key = (self.caller.credential_key(), String::from(url));
            let now = Instant::now();
            let is_bypassed = is_decisive && self.cache_use.is_bypassed();
            let own = self.jira.metadata.fresh(&key, now);
            let (mut known, mut place) = (own.filter(|_| !is_bypassed), None);
            if known.is_none() {
                let found = self.found_by_replicas(&key.1).await;
                place = found.place;
                if let Some((age, body)) = found.answer.filter(|_| !is_bypassed) {
                    if let Some(asked) = now.checked_sub(age) {
                        self.jira.metadata.keep(key.clone(), asked, now, &body);
                    }
                    known = Some(body);
                }
            }
            if let Some(body) = known {
                if is_decisive {
                    self.cache_use.hit();
                }
                return Ok(Response::of_read(body));
            }
            let asked = Instant::now();
            let answer = self.send(cloud_id, request).await?;
            self.tell_replicas(&key.1, place, asked, &answer.body).await;
            self.jira.metadata.keep(key, asked, asked, &answer.body);
            Ok(answer)
        })
    }

    /// What Jira answered to this a short while ago. Unlike metadata for [`Session::call`] it gives
    /// no reason to look again.
    pub(super) fn cached(&self, cloud_id: &str, request: &Request) -> Option<Response> {
        let url = self.jira.url(cloud_id, request)?;
        let body = self
            .jira
            .metadata
            .fresh(&(self.caller.credential_key(), String::from(url)), Instant::now())?;
        Some(Response::of_read(body))
    }

    /// `GET /myself`, asked once in five minutes. The account behind a token never changes, so that
    /// what is remembered of it is no reason to doubt a failure.
    pub async fn myself(&self) -> Result<Response, JiraError> {
        let site = self.site().await?;
        self.remembered(&site.id, request::myself()).await
    }

    /// What is asked once in five minutes and gives no reason to look again.
    pub(super) async fn remembered(
        &self,
        cloud_id: &str,
        request: Request,
    ) -> Result<Response, JiraError> {
        self.call_remembering(cloud_id, request, false).await
    }

    /// Makes sure that Atlassian has taken the caller's token, before work is done for it: its list
    /// of sites says so, and where there is no list the account behind the token does.
    pub async fn prove_token(&self) -> Result<(), JiraError> {
        let is_listed = self.site().await?.scopes.is_some();
        // The one credential of a process that its own user started is nobody else's.
        if is_listed || self.jira.settings.route == Route::Direct {
            return Ok(());
        }
        match self.myself().await {
            Err(refused @ JiraError::Unauthenticated) => Err(refused),
            // A scope that the token lacks, or a Jira that is down, is for the call itself to meet.
            _ => Ok(()),
        }
    }
}
