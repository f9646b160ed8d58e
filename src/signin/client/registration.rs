//! Dynamic client registration that keeps nothing: the client id is the sealed registration.
//!
//! Source: RFC 7591; appendix A.5.2 describes a stateless registration.

use std::borrow::Cow;

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{StatusCode, header};
use jiff::Timestamp;
use keyring::{KeyRing, Purpose};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;

use super::metadata::{AuthMethod, Client, MetadataFault, member, name, redirect_uris, strings};
use crate::signin::{display_name::DisplayName, redirect_uri::RedirectUri};

const BODY_BYTES_MAX: usize = 16 * 1024;
const REDIRECT_URIS_MAX: usize = 10;

/// An id travels in addresses and headers, which proxies bound at 4 to 8 KiB.
const ID_BYTES_MAX: usize = 3_000;

/// Tells a client id from all other texts of this server.
const ID_PREFIX: &str = "dcr_";

const ID: Purpose = Purpose::new("client");
const SECRET: Purpose = Purpose::new("client secret");

/// Gives client ids, and reads them back.
pub(super) struct Registrations {
    ring: KeyRing,
    /// An id is good at the issuer that gave it only.
    issuer: String,
    own: Url,
}

/// What an id holds, in few bytes.
#[derive(Serialize, Deserialize)]
struct Sealed<'a> {
    #[serde(rename = "n", skip_serializing_if = "Option::is_none", default)]
    name: Option<Cow<'a, str>>,
    #[serde(rename = "r")]
    redirect_uris: Vec<Cow<'a, str>>,
    #[serde(rename = "m")]
    auth_method: AuthMethod,
    #[serde(rename = "t")]
    issued_at: i64,
}

impl Registrations {
    pub(super) fn new(ring: KeyRing, issuer: String, own: Url) -> Self {
        Self { ring, issuer, own }
    }

    /// Registers the client that `body` describes. Members that are not known are ignored, as the
    /// RFC asks in section 2.
    pub(super) fn register(
        &self,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Registered, MetadataFault> {
        if body.len() > BODY_BYTES_MAX {
            return Err(MetadataFault::metadata("the body is longer than 16384 bytes"));
        }
        let object: Map<String, Value> = serde_json::from_slice(body)
            .map_err(|_| MetadataFault::metadata("the body is not a JSON object"))?;
        let client = Client {
            name: name(&object)?,
            redirect_uris: redirect_uris(&object, REDIRECT_URIS_MAX, &self.own)?,
            auth_method: auth_method(&object)?,
            document_host: None,
        };
        check_flow(&object)?;
        let issued_at = now.as_second();
        let id = self.seal(&client, issued_at)?;
        let secret = (client.auth_method != AuthMethod::None).then(|| self.secret(&id));
        Ok(Registered { id, secret, client, issued_at })
    }

    fn seal(&self, client: &Client, issued_at: i64) -> Result<String, MetadataFault> {
        let sealed = Sealed {
            name: client.name.as_ref().map(|name| name.as_str().into()),
            redirect_uris: client.redirect_uris.iter().map(|uri| uri.as_str().into()).collect(),
            auth_method: client.auth_method,
            issued_at,
        };
        // Neither can fail: the struct is plain, and a system without randomness does not start.
        let refused = |()| MetadataFault::metadata("the registration cannot be sealed; try again");
        let plain = serde_json::to_vec(&sealed).map_err(|_| refused(()))?;
        let sealed = self.ring.seal(ID, self.issuer.as_bytes(), &plain).map_err(|_| refused(()))?;
        let id = ID_PREFIX.to_owned() + &URL_SAFE_NO_PAD.encode(sealed);
        if id.len() > ID_BYTES_MAX {
            return Err(MetadataFault::metadata(
                "the redirect URIs are too long together; register fewer or shorter ones",
            ));
        }
        Ok(id)
    }

    /// The client that got this id here.
    pub(super) fn open(&self, id: &str) -> Option<Client> {
        let encoded = id.strip_prefix(ID_PREFIX).filter(|_| id.len() <= ID_BYTES_MAX)?;
        let sealed = URL_SAFE_NO_PAD.decode(encoded).ok()?;
        let opened = self.ring.open(ID, self.issuer.as_bytes(), &sealed)?;
        let sealed: Sealed<'_> = serde_json::from_slice(&opened.plain).ok()?;
        // Judged again: an id is older than the rules of a newer version.
        let uris = sealed.redirect_uris.iter();
        Some(Client {
            name: sealed.name.as_deref().and_then(DisplayName::new),
            redirect_uris: uris
                .filter_map(|text| RedirectUri::parse(text, &self.own).ok())
                .collect(),
            auth_method: sealed.auth_method,
            document_host: None,
        })
    }

    fn secret(&self, id: &str) -> SecretString {
        URL_SAFE_NO_PAD.encode(self.ring.mac(SECRET, id.as_bytes())).into()
    }

    /// Whether `secret` was given with this id. Says nothing about whether the id was given.
    pub(super) fn is_secret(&self, id: &str, secret: &SecretString) -> bool {
        let mac = URL_SAFE_NO_PAD.decode(secret.expose_secret()).unwrap_or_default();
        self.ring.has_made(SECRET, id.as_bytes(), &mac)
    }
}

fn auth_method(object: &Map<String, Value>) -> Result<AuthMethod, MetadataFault> {
    let Some(stated) = member(object, "token_endpoint_auth_method") else {
        return Ok(AuthMethod::SecretBasic);
    };
    AuthMethod::deserialize(stated).map_err(|_| {
        MetadataFault::metadata(
            "token_endpoint_auth_method is none, client_secret_basic or client_secret_post",
        )
    })
}

/// The code flow is the only one. Clients name all grants that they know, such as those of
/// devices; what is not served is left out, as RFC 7591 section 2 allows, and the answer says so.
fn check_flow(object: &Map<String, Value>) -> Result<(), MetadataFault> {
    let grants = strings(object, "grant_types")?.unwrap_or_else(|| vec!["authorization_code"]);
    if !grants.contains(&"authorization_code") {
        return Err(MetadataFault::metadata("grant_types must hold authorization_code"));
    }
    let responses = strings(object, "response_types")?.unwrap_or_else(|| vec!["code"]);
    if !responses.contains(&"code") {
        return Err(MetadataFault::metadata("response_types must hold code"));
    }
    Ok(())
}

/// A client with its new id, and its secret if it is to have one.
pub(crate) struct Registered {
    pub(crate) id: String,
    pub(crate) secret: Option<SecretString>,
    pub(crate) client: Client,
    issued_at: i64,
}

impl IntoResponse for Registered {
    /// The answer of RFC 7591 section 3.2.1, with what was registered instead of what was asked.
    fn into_response(self) -> Response {
        let uris: Vec<_> = self.client.redirect_uris.iter().map(RedirectUri::as_str).collect();
        let mut answer = json!({
            "client_id": self.id,
            "client_id_issued_at": self.issued_at,
            "redirect_uris": uris,
            "token_endpoint_auth_method": self.client.auth_method.as_str(),
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
        });
        if let Some(object) = answer.as_object_mut() {
            if let Some(name) = &self.client.name {
                object.insert("client_name".to_owned(), name.as_str().into());
            }
            if let Some(secret) = &self.secret {
                object.insert("client_secret".to_owned(), secret.expose_secret().into());
                // Never.
                object.insert("client_secret_expires_at".to_owned(), 0.into());
            }
        }
        (StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response()
    }
}

impl IntoResponse for MetadataFault {
    /// The answer of RFC 7591 section 3.2.2.
    fn into_response(self) -> Response {
        let answer = json!({ "error": self.code.as_str(), "error_description": self.description });
        let no_store = [(header::CACHE_CONTROL, "no-store")];
        (StatusCode::BAD_REQUEST, no_store, Json(answer)).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registrations(keys: &str) -> Registrations {
        let own = Url::parse("https://bridge.example").unwrap();
        let ring = KeyRing::parse(keys).unwrap();
        Registrations::new(ring, "https://bridge.example".to_owned(), own)
    }

    const ONE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE=";
    const TWO: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAI=";

    fn register(of: &Registrations, body: &Value) -> Result<Registered, MetadataFault> {
        of.register(body.to_string().as_bytes(), Timestamp::from_second(1_800_000_000).unwrap())
    }

    async fn answer(response: Response) -> (StatusCode, Value) {
        let status = response.status();
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        let body = axum::body::to_bytes(response.into_body(), 1 << 16).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }

    fn usual() -> Value {
        json!({
            "client_name": "Visual\u{202E} Studio Code",
            "redirect_uris": ["http://127.0.0.1/", "https://vscode.dev/redirect"],
            "token_endpoint_auth_method": "none",
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "logo_uri": "https://evil.example/logo.png",
            "software_id": { "any": ["thing"] },
        })
    }

    #[tokio::test]
    async fn a_public_client_is_its_id() {
        let of = registrations(ONE);
        let registered = register(&of, &usual()).unwrap();
        let (id, client) = (registered.id.clone(), registered.client.clone());
        assert!(id.len() < 400, "{}", id.len());
        assert_eq!(of.open(&id).unwrap(), client);
        let (status, answer) = answer(registered.into_response()).await;
        assert_eq!(status, StatusCode::CREATED);
        let expected = json!({
            "client_id": id,
            "client_id_issued_at": 1_800_000_000,
            "redirect_uris": ["http://127.0.0.1/", "https://vscode.dev/redirect"],
            "token_endpoint_auth_method": "none",
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "client_name": "Visual Studio Code",
        });
        assert_eq!(answer, expected);
    }

    #[tokio::test]
    async fn a_confidential_client_gets_a_secret_of_its_id() {
        let (old, both) = (registrations(ONE), registrations(&format!("{TWO},{ONE}")));
        let body = json!({ "redirect_uris": ["https://client.example/cb"] });
        let registered = register(&old, &body).unwrap();
        assert_eq!(registered.client.auth_method, AuthMethod::SecretBasic);
        let id = registered.id.clone();
        let secret = registered.secret.clone().unwrap();
        let (_, answer) = answer(registered.into_response()).await;
        assert_eq!(answer["client_secret"], secret.expose_secret());
        assert_eq!(answer["client_secret_expires_at"], 0);
        assert!(answer.get("client_name").is_none());
        assert!(old.is_secret(&id, &secret) && both.is_secret(&id, &secret));
        assert_eq!(both.open(&id).unwrap().auth_method, AuthMethod::SecretBasic);
        let other = register(&old, &body).unwrap();
        assert!(!old.is_secret(&other.id, &secret) && !old.is_secret(&id, &"".into()));
        assert!(!registrations(TWO).is_secret(&id, &secret));
    }

    #[test]
    fn only_ids_that_were_given_here_open() {
        let of = registrations(ONE);
        let id = register(&of, &usual()).unwrap().id;
        let elsewhere =
            Registrations { issuer: "https://other.example".to_owned(), ..registrations(ONE) };
        assert!(elsewhere.open(&id).is_none() && registrations(TWO).open(&id).is_none());
        let shorter = &id[..id.len() - 1];
        for wrong in ["", "dcr_", "dcr_AAAA", shorter, &format!("{id}A"), &id.to_uppercase()] {
            assert!(of.open(wrong).is_none(), "{wrong}");
        }
    }

    #[tokio::test]
    async fn what_cannot_be_registered_says_why() {
        let of = registrations(ONE);
        let check = async |member: &str, value: Value, code: &str, part: &str| {
            let mut body = usual();
            body[member] = value;
            let fault = register(&of, &body).err().unwrap_or_else(|| panic!("{body}"));
            let (status, answer) = answer(fault.into_response()).await;
            assert_eq!((status, &answer["error"]), (StatusCode::BAD_REQUEST, &json!(code)));
            let said = answer["error_description"].as_str().unwrap();
            assert!(said.contains(part) && !said.contains("evil"), "{said}");
        };
        let (redirect, metadata) = ("invalid_redirect_uri", "invalid_client_metadata");
        check("redirect_uris", Value::Null, redirect, "required").await;
        check("redirect_uris", json!([]), redirect, "1 to 10").await;
        check("redirect_uris", json!("https://evil.example"), redirect, "array").await;
        check("redirect_uris", json!(["https://a.example/", 1]), redirect, "array").await;
        let two = json!(["https://a.example/", "http://evil.example/"]);
        check("redirect_uris", two, redirect, "redirect_uris[1]: http is").await;
        check("redirect_uris", json!(["https://bridge.example/x"]), redirect, "itself").await;
        check("redirect_uris", json!(vec!["https://a.example/"; 11]), redirect, "1 to 10").await;
        let long = format!("https://a.example/{}", "a".repeat(1_200));
        check("redirect_uris", json!([long, long]), metadata, "too long").await;
        let method = "token_endpoint_auth_method";
        check(method, json!("private_key_jwt evil"), metadata, "client_secret_post").await;
        check(method, json!(["none"]), metadata, "client_secret_post").await;
        check("grant_types", json!(["implicit"]), metadata, "grant_types").await;
        check("grant_types", json!([]), metadata, "authorization_code").await;
        check("response_types", json!(["token"]), metadata, "response_types").await;
        check("client_name", json!({ "evil": 1 }), metadata, "client_name").await;
        let now = Timestamp::UNIX_EPOCH;
        for body in ["<html>", "[]", "", &(usual().to_string() + &" ".repeat(BODY_BYTES_MAX))] {
            assert!(of.register(body.as_bytes(), now).is_err());
        }
    }
}
