//! A client's own document: where it may be, and what it must say.
//!
//! Source: draft-ietf-oauth-client-id-metadata-document, sections 3 and 4.

use serde_json::{Map, Value};
use url::{Host, Url};

use super::{
    metadata::{AuthMethod, Client, member, name, strings, usable_redirect_uris},
    public_address::DocumentHosts,
};
use crate::signin::uri::{
    UriFault, authority, check_characters, check_host, check_path, is_this_machine,
};

/// A document is one for all servers, so it lists more than a registration.
const REDIRECT_URIS_MAX: usize = 32;

/// A client id that is the address of a document which may be fetched.
#[derive(Debug)]
pub(super) struct DocumentUrl(Url);

impl DocumentUrl {
    /// Whether this client id means a document at all.
    pub(super) fn is_meant(id: &str) -> bool {
        id.contains("://")
    }

    pub(super) fn parse(id: &str, hosts: DocumentHosts) -> Result<Self, UrlFault> {
        check_characters(id)?;
        if !id.is_ascii() {
            return Err(UriFault::Character.into());
        }
        let (scheme, after) = id.split_once(':').ok_or(UriFault::Relative)?;
        let written = authority(after)?;
        check_path(written.rest)?;
        let url = Url::parse(id).map_err(|_| UriFault::Host)?;
        check_host(written.host, url.host())?;
        let host = url.host().ok_or(UriFault::Host)?;
        if hosts == DocumentHosts::PublicAndLoopback && is_loopback(&host) {
            if !matches!(scheme, "https" | "http") {
                return Err(UrlFault::Scheme);
            }
        } else {
            if scheme != "https" {
                return Err(UrlFault::Scheme);
            }
            if !matches!(host, Host::Domain(_)) || is_this_machine(&host) {
                return Err(UrlFault::NoName);
            }
            if written.port.is_some_and(|port| port != 443) {
                return Err(UrlFault::Port);
            }
        }
        if matches!(written.rest.split('?').next(), None | Some("" | "/")) {
            return Err(UrlFault::NoPath);
        }
        Ok(Self(url))
    }

    pub(super) fn url(&self) -> &Url {
        &self.0
    }

    fn host_shown(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }
}

/// An address is connected to without a look-up that would judge it.
fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(_) => is_this_machine(host),
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    }
}

/// Why a client id is no address of a document, as a sentence about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum UrlFault {
    #[error(transparent)]
    Uri(#[from] UriFault),
    #[error("the address must begin with https://")]
    Scheme,
    #[error("its host must be a public name")]
    NoName,
    #[error("its port must be 443")]
    Port,
    #[error("the address must have a path, as in https://client.example/oauth.json")]
    NoPath,
}

/// Reads the document that was found at `id`. A fault is a sentence about it.
pub(super) fn read(id: &str, url: &DocumentUrl, body: &[u8], own: &Url) -> Result<Client, String> {
    let object: Map<String, Value> =
        serde_json::from_slice(body).map_err(|_| "it is not a JSON object")?;
    if object.get("client_id").and_then(Value::as_str) != Some(id) {
        return Err("its client_id is not its address, byte for byte".to_owned());
    }
    // Everybody can read it.
    if object.contains_key("client_secret") || object.contains_key("client_secret_expires_at") {
        return Err("it holds a client secret, and everybody can read it".to_owned());
    }
    let method = match member(&object, "token_endpoint_auth_method") {
        None => "none",
        Some(method) => method.as_str().unwrap_or_default(),
    };
    match method {
        "none" => {}
        "private_key_jwt" => {
            return Err("private_key_jwt is not supported here; use none, with PKCE".to_owned());
        }
        _ => return Err("its token_endpoint_auth_method must be none".to_owned()),
    }
    for (list, needed) in [("grant_types", "authorization_code"), ("response_types", "code")] {
        let listed = strings(&object, list).map_err(|fault| fault.description)?;
        if listed.is_some_and(|listed| !listed.contains(&needed)) {
            return Err(format!("its {list} must hold {needed}"));
        }
    }
    Ok(Client {
        name: name(&object).map_err(|fault| fault.description)?,
        redirect_uris: usable_redirect_uris(&object, REDIRECT_URIS_MAX, own)
            .map_err(|fault| fault.description)?,
        auth_method: AuthMethod::None,
        document_host: Some(url.host_shown()),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn documents_are_at_public_names() {
        use DocumentHosts::{Public, PublicAndLoopback};
        use UrlFault::{NoName, NoPath, Port, Scheme, Uri};
        let check = |hosts, id: &str, expected: Option<UrlFault>| {
            assert_eq!(DocumentUrl::parse(id, hosts).err(), expected, "{hosts:?} {id}");
        };
        for hosts in [Public, PublicAndLoopback] {
            check(hosts, "https://vscode.dev/oauth/client-metadata.json", None);
            check(hosts, "https://client.example:443/a?b=c", None);
            check(hosts, "https://client.example", Some(NoPath));
            check(hosts, "https://client.example/", Some(NoPath));
            check(hosts, "https://client.example?a", Some(NoPath));
            check(hosts, "http://client.example/a", Some(Scheme));
            check(hosts, "HTTPS://client.example/a", Some(Scheme));
            check(hosts, "ftp://client.example/a", Some(Scheme));
            check(hosts, "https://client.example:8443/a", Some(Port));
            check(hosts, "https://93.184.216.34/a", Some(NoName));
            check(hosts, "https://[2606:4700::1111]/a", Some(NoName));
            check(hosts, "https://10.0.0.1/a", Some(NoName));
            check(hosts, "https://0.0.0.0/a", Some(NoName));
            check(hosts, "https://0x7f.1/a", Some(Uri(UriFault::Host)));
            check(hosts, "https://client.example/a#b", Some(Uri(UriFault::Fragment)));
            check(hosts, "https://u:p@client.example/a", Some(Uri(UriFault::UserInfo)));
            check(hosts, "https://client.example/a/../b", Some(Uri(UriFault::DotSegment)));
            check(hosts, "https://client.example\\a", Some(Uri(UriFault::Backslash)));
            check(hosts, "https://bücher.example/a", Some(Uri(UriFault::Character)));
        }
        check(Public, "https://localhost/a", Some(NoName));
        check(Public, "https://a.localhost/a", Some(NoName));
        check(Public, "https://127.0.0.1/a", Some(NoName));
        check(Public, "http://127.0.0.1:5/a", Some(Scheme));
        check(PublicAndLoopback, "http://127.0.0.1:5/a", None);
        check(PublicAndLoopback, "https://localhost:5/a", None);
        check(PublicAndLoopback, "http://[::1]:5/a", None);
        check(PublicAndLoopback, "ftp://[::1]:5/a", Some(Scheme));
        check(PublicAndLoopback, "http://0.0.0.0:5/a", Some(Scheme));
        check(PublicAndLoopback, "http://127.0.0.1:5", Some(NoPath));
    }

    #[test]
    fn a_document_says_what_a_public_client_is() {
        let id = "https://client.example/oauth.json";
        let url = DocumentUrl::parse(id, DocumentHosts::Public).unwrap();
        let own = Url::parse("https://bridge.example").unwrap();
        let usual = json!({
            "client_id": id,
            "client_name": "Client",
            "redirect_uris": ["http://localhost/callback", "https://client.example/cb"],
            "grant_types": ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"],
            "response_types": ["code"],
            "jwks_uri": "https://client.example/keys",
        });
        let client = read(id, &url, usual.to_string().as_bytes(), &own).unwrap();
        assert_eq!(client.document_host.as_deref(), Some("client.example"));
        assert_eq!(client.redirect_uris.len(), 2);
        let check = |member: &str, value: Value, part: &str| {
            let mut body = usual.clone();
            body[member] = value;
            let fault = read(id, &url, body.to_string().as_bytes(), &own).unwrap_err();
            assert!(fault.contains(part), "{fault}");
        };
        check("client_id", json!("https://client.example/oauth.json?"), "byte for byte");
        check("client_id", json!("https://CLIENT.example/oauth.json"), "byte for byte");
        check("client_id", Value::Null, "byte for byte");
        check("client_secret", json!("s"), "secret");
        check("client_secret", Value::Null, "secret");
        check("client_secret_expires_at", json!(0), "secret");
        check("token_endpoint_auth_method", json!("client_secret_post"), "must be none");
        check("token_endpoint_auth_method", json!(1), "must be none");
        check("token_endpoint_auth_method", json!("private_key_jwt"), "not supported");
        check("redirect_uris", json!([]), "required");
        check("redirect_uris", json!(["https://bridge.example/auth/callback"]), "itself");
        check("redirect_uris", json!(["javascript:alert(1)"]), "[0]: its scheme");
        let mut body = usual.clone();
        body["redirect_uris"] = json!(["javascript:alert(1)", "https://client.example/cb"]);
        let client = read(id, &url, body.to_string().as_bytes(), &own).unwrap();
        assert_eq!(client.redirect_uris.len(), 1);
        check("grant_types", json!(["client_credentials"]), "authorization_code");
        check("response_types", json!(["token"]), "code");
        assert!(read(id, &url, b"<!doctype html>", &own).is_err());
    }
}
