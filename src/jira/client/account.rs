//! Whose token it is, told by the account that Atlassian names, whichever site is meant.

use serde::Deserialize;
use tokio::time::Instant;

use super::{error::JiraError, request, session::Session, site::Site, site_list};

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

    /// The one site that the operator named, else the first that the token reaches.
    async fn any_site(&self) -> Result<String, JiraError> {
        if self.is_pinned() {
            return Ok(self.site().await?.id.clone());
        }
        let (key, now) = (self.caller.credential_key(), Instant::now());
        let sites = if let Some(sites) = self.jira.sites.fresh(key, now) {
            sites
        } else {
            let sites = site_list::fetch(self).await?;
            self.jira.sites.keep(key, now, &sites);
            sites
        };
        sites.first().map(|site| site.id.clone()).ok_or(JiraError::NoSite)
    }
}
