//! One call to Jira as the tools make it: the site is found, and metadata may come from the cache.

use std::time::Duration;

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
            return self.call_cached(&site.id, request).await;
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

    /// Like sending it, unless Jira answered the same to this caller a short while ago.
    async fn call_cached(&self, cloud_id: &str, request: Request) -> Result<Response, JiraError> {
        let url = self.jira.url(cloud_id, &request).ok_or(JiraError::Request)?;
        let key = (self.caller.credential_key(), String::from(url));
        let now = Instant::now();
        if !self.cache_use.is_bypassed()
            && let Some(body) = self.jira.metadata.fresh(&key, now)
        {
            self.cache_use.hit();
            return Ok(Response::of_read(body));
        }
        let answer = self.send(cloud_id, request).await?;
        self.jira.metadata.keep(key, now, &answer.body);
        Ok(answer)
    }

    /// What Jira answered to this a short while ago. Unlike [`Session::call_cached`] it gives no
    /// reason to look again.
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
        let url = self.jira.url(cloud_id, &request).ok_or(JiraError::Request)?;
        let key = (self.caller.credential_key(), String::from(url));
        let now = Instant::now();
        if let Some(body) = self.jira.metadata.fresh(&key, now) {
            return Ok(Response::of_read(body));
        }
        let answer = self.send(cloud_id, request).await?;
        self.jira.metadata.keep(key, now, &answer.body);
        Ok(answer)
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
