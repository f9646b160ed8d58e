//! Whether Jira takes the credential of `stdio`: asked as a client would ask, in this process.

use crate::{
    cli::{call, report::Finding},
    config::Source,
};

pub(super) const STEP: &str = "user";

pub(super) async fn finding(source: &Source) -> Finding {
    match call::whoami(source.clone()).await {
        Ok(who) => Finding::ok(STEP, who),
        Err(said) => Finding::failed(
            STEP,
            format!(
                "{said} Fix: JIRA_EMAIL with JIRA_API_TOKEN of the site JIRA_SITE_URL, or JIRA_ACCESS_TOKEN; tokens are made at https://id.atlassian.com/manage-profile/security/api-tokens"
            ),
        ),
    }
}
