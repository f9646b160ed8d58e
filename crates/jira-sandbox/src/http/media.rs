//! The host on which Jira keeps files: it knows no users, only addresses that are good for a while.

use axum::http::{header, request::Parts};
use serde_json::json;

use crate::{
    answer::{Answer, Fault, Reply},
    model::{Attachment, Site},
};

/// All files are below it; in Jira Cloud they are on a host of their own.
pub(crate) const PREFIX: &str = "/_media/file/";

/// How long an address is good.
const LIFETIME_MS: i64 = 10 * 60 * 1000;

/// The address of a file's bytes, as a path with its own short-lived token.
pub(crate) fn address(site: &Site, file: &Attachment, now: i64) -> String {
    let expires = now + LIFETIME_MS;
    let name: String = url::form_urlencoded::byte_serialize(file.name.as_bytes()).collect();
    let token = token(&site.cloud_id, file.id, expires);
    format!(
        "{PREFIX}{}/{}/binary?token={token}&client=sandbox&dl=true&name={name}",
        site.cloud_id, file.id
    )
}

/// Answers `{cloudId}/{id}/binary`. A caller's own credentials have no business here and are
/// refused loudly.
pub(crate) fn serve(request: &Parts, path: &str, sites: &[Site], now: i64) -> Answer {
    if [header::AUTHORIZATION, header::COOKIE].iter().any(|name| request.headers.contains_key(name))
    {
        return Err(refused(400, "credentials must not be sent to the media host"));
    }
    if request.method != "GET" {
        return Err(Fault::wrong_method("GET"));
    }
    let query = request.uri.query().unwrap_or_default().as_bytes();
    let given = url::form_urlencoded::parse(query).find(|(name, _)| name == "token");
    // The token holds its own expiry, so nothing has to be remembered of it.
    let given = given.map(|(_, token)| token.into_owned()).unwrap_or_default();
    let not_there = || refused(404, "no such file");
    let (cloud_id, rest) = path.split_once('/').ok_or_else(not_there)?;
    let id: u64 =
        rest.strip_suffix("/binary").and_then(|id| id.parse().ok()).ok_or_else(not_there)?;
    let expires =
        given.split('-').nth(2).and_then(|expires| expires.parse::<i64>().ok()).unwrap_or_default();
    if given != token(cloud_id, id, expires) || expires < now {
        return Err(refused(403, "the token is wrong or has expired"));
    }
    let site = sites.iter().find(|site| site.cloud_id == cloud_id).ok_or_else(not_there)?;
    let mut files = site.issues.values().flat_map(|issue| &issue.attachments);
    let file = files.find(|file| file.id == id).ok_or_else(not_there)?;
    Ok(Reply::file(&file.mime, file.content.clone()))
}

/// Visibly fake, and easy to search logs for.
fn token(cloud_id: &str, id: u64, expires: i64) -> String {
    let digest = blake3::derive_key(
        "jira sandbox media token, not a credential",
        format!("{cloud_id}/{id}/{expires}").as_bytes(),
    );
    let start = format!("sandbox-media-{expires}-");
    digest.iter().take(16).fold(start, |text, byte| format!("{text}{byte:02x}"))
}

fn refused(status: u16, why: &str) -> Fault {
    Fault(Reply::json(status, json!({ "error": { "code": status, "title": why } })))
}
