//! What is known of a client, and the members of its metadata that both kinds of clients have.
//!
//! Source: RFC 7591 section 2.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use crate::signin::{display_name::DisplayName, redirect_uri::RedirectUri};

/// A client as it described itself. None of it was verified but, for a document, who published it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    /// What it calls itself.
    pub(crate) name: Option<DisplayName>,
    /// One or more.
    pub(crate) redirect_uris: Vec<RedirectUri>,
    /// How it shows at the token endpoint that it is itself.
    pub(crate) auth_method: AuthMethod,
    /// The host of its document, in punycode, with a port that is not the usual one; nothing for a
    /// registered client.
    pub(crate) document_host: Option<String>,
}

impl Client {
    /// The address to answer to, if `presented` is one of the client's.
    pub(crate) fn redirect_uri(&self, presented: &str, own: &Url) -> Option<RedirectUri> {
        self.redirect_uris.iter().find_map(|uri| uri.matches(presented, own))
    }
}

/// How a client authenticates at the token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum AuthMethod {
    /// Not at all: a public client.
    #[serde(rename = "none")]
    None,
    /// Its secret in an `Authorization` header.
    #[serde(rename = "client_secret_basic")]
    SecretBasic,
    /// Its secret in the form.
    #[serde(rename = "client_secret_post")]
    SecretPost,
}

impl AuthMethod {
    /// As metadata names it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::SecretBasic => "client_secret_basic",
            Self::SecretPost => "client_secret_post",
        }
    }
}

/// The error codes of RFC 7591 section 3.2.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorCode {
    /// A redirect URI.
    InvalidRedirectUri,
    /// Anything else.
    InvalidClientMetadata,
}

impl ErrorCode {
    /// As the answer names it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidClientMetadata => "invalid_client_metadata",
        }
    }
}

/// Why metadata is not taken. The text holds none of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{description}")]
pub(crate) struct MetadataFault {
    pub(crate) code: ErrorCode,
    pub(crate) description: String,
}

impl MetadataFault {
    pub(super) fn metadata(description: impl Into<String>) -> Self {
        Self { code: ErrorCode::InvalidClientMetadata, description: description.into() }
    }

    fn redirect(description: impl Into<String>) -> Self {
        Self { code: ErrorCode::InvalidRedirectUri, description: description.into() }
    }
}

/// Why there is no client to go on with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ClientFault {
    /// An id that this server did not give, or gave under a key that is gone.
    #[error("this client id is not known here; the program has to register again")]
    Unknown,
    /// An id that names a document that is not taken. The reason is a sentence for the program's
    /// maker.
    #[error("the client metadata document is not taken: {reason}")]
    Refused {
        /// What is wrong.
        reason: String,
    },
    /// There is no way to the document, now or at all.
    #[error("the client metadata document cannot be fetched; try again in a moment")]
    Unreachable,
}

/// A member that is there; `null` is not.
pub(super) fn member<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).filter(|value| !value.is_null())
}

/// `redirect_uris`: one to `most`, all of which can be taken.
pub(super) fn redirect_uris(
    object: &Map<String, Value>,
    most: usize,
    own: &Url,
) -> Result<Vec<RedirectUri>, MetadataFault> {
    let listed = strings(object, "redirect_uris")
        .map_err(|fault| MetadataFault::redirect(fault.description))?
        .unwrap_or_default();
    if listed.is_empty() || listed.len() > most {
        let text = format!("redirect_uris is required and holds 1 to {most} URIs");
        return Err(MetadataFault::redirect(text));
    }
    let read = |(at, text): (usize, &&str)| {
        RedirectUri::parse(text, own)
            .map_err(|fault| MetadataFault::redirect(format!("redirect_uris[{at}]: {fault}")))
    };
    listed.iter().enumerate().map(read).collect()
}

/// The same, without those that are not taken, if any is left: a document is for many servers, each
/// of which takes others.
pub(super) fn usable_redirect_uris(
    object: &Map<String, Value>,
    most: usize,
    own: &Url,
) -> Result<Vec<RedirectUri>, MetadataFault> {
    let listed = strings(object, "redirect_uris").ok().flatten().unwrap_or_default();
    let usable: Vec<RedirectUri> =
        listed.iter().take(most).filter_map(|text| RedirectUri::parse(text, own).ok()).collect();
    if usable.is_empty() || listed.len() > most {
        return redirect_uris(object, most, own);
    }
    Ok(usable)
}

/// `client_name`, cleaned.
pub(super) fn name(object: &Map<String, Value>) -> Result<Option<DisplayName>, MetadataFault> {
    match member(object, "client_name") {
        None => Ok(None),
        Some(Value::String(text)) => Ok(DisplayName::new(text)),
        Some(_) => Err(MetadataFault::metadata("client_name is not a string")),
    }
}

/// A member that is a list of strings.
pub(super) fn strings<'a>(
    object: &'a Map<String, Value>,
    name: &str,
) -> Result<Option<Vec<&'a str>>, MetadataFault> {
    let Some(value) = member(object, name) else { return Ok(None) };
    let listed: Option<Vec<&str>> =
        value.as_array().and_then(|items| items.iter().map(Value::as_str).collect());
    let fault = || MetadataFault::metadata(format!("{name} is not an array of strings"));
    listed.map(Some).ok_or_else(fault)
}
