//! What hangs on an issue: comments, worklogs, links, files.

pub(super) mod attachments;
pub(super) mod comment_edit;
pub(super) mod comments;
pub(super) mod delete_parts;
pub(super) mod links;
pub(super) mod upload;
pub(super) mod web_links;
pub(super) mod worklogs;
