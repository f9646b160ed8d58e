//! Whose token it is, told by the account that Atlassian names, whichever site is meant.

use serde::Deserialize;
use tokio::time::Instant;

use super::{
    error::JiraError, request, session::Session, settings::SitePin, site::Site, site_list,
};

/// What stands for a site where none is meant, for breakers and counts.
const ACCOUNT: &str = "me";

/// `GET /me` of Atlassian's API host.
#[derive(Deserialize)]
struct Me {
    account_id: String,
}

/// `GET /myself` of a site.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Myself {
    account_id: String,
}

/// Of a token that lacks a scope it is known that it is good.
fn known(answer: Result<(), JiraError>) -> Result<(), JiraError> {
    match answer {
        Err(JiraError::InsufficientScope { .. }) => Ok(()),
        answer => answer,
    }
}

impl Session {
    /// The id of the account behind the token, remembered for five minutes: as `GET /me` says it
    /// (scope `read:me`), else as `GET /myself` of the site does, or of any that the token reaches.
    /// It is the same on all.
    pub async fn account_id(&self) -> Result<String, JiraError> {
        if let Some(id) = self.known_account() {
            return Ok(id);
        }
        let me = self.remembered(ACCOUNT, request::me()).await;
        let id = match me.and_then(|answer| answer.read::<Me>()) {
            Ok(me) => me.account_id,
            // No other address takes a token that this one refuses.
            Err(refused @ JiraError::Unauthenticated) => return Err(refused),
            Err(_) => {
                let cloud_id = self.any_site().await?;
                let answer = self.remembered(&cloud_id, request::myself()).await?;
                answer.read::<Myself>()?.account_id
            }
        };
        if id.trim().is_empty() { Err(JiraError::Unreadable) } else { Ok(id) }
    }

    /// What a site said a short while ago: who may not ask `/me` is not sent there each time.
    fn known_account(&self) -> Option<String> {
        let sites = self.jira.sites.fresh(self.caller.credential_key(), Instant::now())?;
        let said = |site: &Site| self.cached(&site.id, &request::myself());
        let answer = sites.iter().find_map(said)?;
        let id = answer.read::<Myself>().ok()?.account_id;
        (!id.trim().is_empty()).then_some(id)
    }

    /// Asks whether Atlassian takes the token, whichever site is meant: it has named its sites in
    /// the last minutes, or names them now. Where it does not and one site is pinned by its id,
    /// that site says whose token it is.
    pub async fn check_token(&self) -> Result<(), JiraError> {
        // What was put together without a list proves nothing.
        let is_listed = |site: &Site| site.scopes.is_some();
        let unknown = match site_list::known(self).await {
            Ok(sites) if sites.iter().all(is_listed) => return Ok(()),
            Ok(_) => site_list::Unknown::default(),
            Err(unknown) => unknown,
        };
        match &self.jira.settings.site {
            Some(SitePin::CloudId(id)) => match site_list::fetch_if_possible(self, unknown).await {
                Some(_) => Ok(()),
                None => known(self.remembered(id, request::myself()).await.map(drop)),
            },
            _ => known(site_list::fetch(self, unknown).await.map(drop)),
        }
    }

    /// The one site that the operator named, else the first that the token reaches.
    async fn any_site(&self) -> Result<String, JiraError> {
        if self.is_pinned() {
            return Ok(self.site().await?.id.clone());
        }
        let sites = match site_list::known(self).await {
            Ok(sites) => sites,
            Err(unknown) => site_list::fetch(self, unknown).await?,
        };
        sites.first().map(|site| site.id.clone()).ok_or(JiraError::NoSite)
    }
}
