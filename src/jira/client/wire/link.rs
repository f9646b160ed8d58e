//! Links between issues and to pages elsewhere, and the kinds of links.

use json_borrow::{Lenient, List, Text, or_default};
use serde::Deserialize;

use super::fields::Fields;

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
pub struct CreatedRemoteLink {
    /// The link's id.
    pub id: u64,
}

/// One entry of `fields.issuelinks`: exactly one side is present, the other is the issue itself.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IssueLink<'a> {
    /// The link's own id.
    #[serde(borrow, default)]
    pub id: Text<'a>,
    /// The link's kind.
    #[serde(borrow, rename = "type")]
    pub kind: LinkType<'a>,
    /// The issue this one points to.
    #[serde(borrow, default)]
    pub outward_issue: Lenient<LinkedIssue<'a>>,
    /// The issue that points to this one.
    #[serde(borrow, default)]
    pub inward_issue: Lenient<LinkedIssue<'a>>,
}

impl IssueLink<'_> {
    /// Whether it has an end that cannot be read.
    pub fn is_unreadable(&self) -> bool {
        self.outward_issue.is_unreadable() || self.inward_issue.is_unreadable()
    }
}

/// A kind of link with its two phrases.
#[derive(Debug, Deserialize)]
pub struct LinkType<'a> {
    /// Its id.
    #[serde(borrow, default)]
    pub id: Text<'a>,
    /// "Blocks"
    #[serde(borrow, default)]
    pub name: Text<'a>,
    /// "is blocked by"
    #[serde(borrow, default)]
    pub inward: Text<'a>,
    /// "blocks"
    #[serde(borrow, default)]
    pub outward: Text<'a>,
}

/// The other end of a link, or a parent or subtask.
#[derive(Debug, Deserialize)]
pub struct LinkedIssue<'a> {
    /// Its key.
    #[serde(borrow, default)]
    pub key: Text<'a>,
    /// Summary, status and type.
    #[serde(borrow, default)]
    pub fields: Fields<'a>,
}

/// `GET /issue/{key}/remotelink`, one entry.
#[derive(Debug, Deserialize)]
pub struct RemoteLink<'a> {
    /// The link's own id.
    #[serde(default, deserialize_with = "or_default")]
    pub id: u64,
    /// What it points to.
    #[serde(borrow)]
    pub object: RemoteObject<'a>,
}

/// The page a remote link points to.
#[derive(Debug, Deserialize)]
pub struct RemoteObject<'a> {
    /// Its address.
    #[serde(borrow, default)]
    pub url: Text<'a>,
    /// Its title.
    #[serde(borrow, default)]
    pub title: Text<'a>,
}
