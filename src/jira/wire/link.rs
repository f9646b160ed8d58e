//! Kinds of links, and what Jira says of a link it made.

use serde::Deserialize;

use super::{LinkType, List};

/// `GET /issueLinkType`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkTypes<'a> {
    /// All kinds of the site.
    #[serde(borrow, default)]
    pub issue_link_types: List<LinkType<'a>, 65_536>,
}

/// `POST /issue/{key}/remotelink`.
#[derive(Debug, Deserialize)]
pub struct RemoteLinkMade {
    /// The link's id.
    pub id: u64,
}
