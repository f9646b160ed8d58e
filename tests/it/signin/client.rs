//! An OAuth client by hand.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use http::Method;
use serde_json::{Value, json};

use super::{Answer, Browser, World, world::encoded};

/// Where nobody listens: the browser stops there.
pub(super) const CALLBACK: &str = "http://127.0.0.1:9/cb";

/// PKCE's, of the shortest length there is.
pub(super) const VERIFIER: &str = "a-verifier-of-just-enough-characters-0123456";

/// Another value of a parameter, or none.
pub(super) type Change<'a> = (&'a str, Option<&'a str>);

/// A registered client.
pub(super) struct Client<'w> {
    pub(super) world: &'w World,
    pub(super) id: String,
    pub(super) secret: Option<String>,
    method: String,
    pub(super) redirect: String,
    pub(super) state: String,
}

/// What it holds after a sign-in.
#[derive(Debug, Clone)]
pub(super) struct Tokens {
    pub(super) access: String,
    pub(super) refresh: String,
}

impl Tokens {
    #[track_caller]
    pub(super) fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{answer:?}");
        let json = answer.json();
        let text = |name: &str| json[name].as_str().unwrap().to_owned();
        Self { access: text("access_token"), refresh: text("refresh_token") }
    }
}

pub(super) async fn register(world: &World, metadata: &Value) -> Answer {
    let kind = [("content-type", "application/json")];
    world.send(Method::POST, "/register", &kind, metadata.to_string()).await
}

impl<'w> Client<'w> {
    /// A public client.
    pub(super) async fn new(world: &'w World) -> Self {
        Self::with(world, "none", CALLBACK).await
    }

    pub(super) async fn with(world: &'w World, method: &str, redirect: &str) -> Self {
        let metadata = json!({
            "client_name": "A program",
            "redirect_uris": [redirect],
            "token_endpoint_auth_method": method,
        });
        let answer = register(world, &metadata).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        let json = answer.json();
        Self {
            world,
            id: json["client_id"].as_str().unwrap().to_owned(),
            secret: json["client_secret"].as_str().map(str::to_owned),
            method: method.to_owned(),
            redirect: redirect.to_owned(),
            state: "a state, of + its & own".to_owned(),
        }
    }

    /// The address that a sign-in begins at.
    pub(super) fn authorize(&self, changes: &[Change<'_>]) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()));
        let resource = format!("{}/mcp", self.world.url);
        let usual = [
            ("response_type", "code"),
            ("client_id", &self.id),
            ("redirect_uri", &self.redirect),
            ("state", &self.state),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("resource", &resource),
        ];
        format!("{}/authorize?{}", self.world.url, encoded(&changed(&usual, changes)))
    }

    /// Goes there with a browser of no history.
    pub(super) async fn ask(&self, changes: &[Change<'_>]) -> Answer {
        Browser::new(self.world).get(&self.authorize(changes)).await
    }

    pub(super) async fn code(&self, user: &str) -> String {
        self.code_with(user, &[]).await
    }

    pub(super) async fn code_with(&self, user: &str, changes: &[Change<'_>]) -> String {
        let mut browser = Browser::new(self.world);
        let back = browser.sign_in(&self.authorize(changes), user).await;
        back.param("code").unwrap_or_else(|| panic!("{back:?}"))
    }

    /// A post to the token endpoint or one of its siblings, authenticated as registered.
    pub(super) async fn post(
        &self,
        path: &str,
        usual: &[(&str, &str)],
        changes: &[Change<'_>],
    ) -> Answer {
        let secret = self.secret.clone().unwrap_or_default();
        let mut form = usual.to_vec();
        let basic = self.basic();
        let mut headers = Vec::new();
        match self.method.as_str() {
            "client_secret_basic" => headers.push(("authorization", basic.as_str())),
            "client_secret_post" => {
                form.extend([("client_id", self.id.as_str()), ("client_secret", &secret)]);
            }
            _ => form.push(("client_id", &self.id)),
        }
        self.world.post_with(path, &changed(&form, changes), &headers).await
    }

    /// Id and secret, each form-encoded before they are joined (RFC 6749 section 2.3.1).
    pub(super) fn basic(&self) -> String {
        let form = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let (id, secret): (String, String) =
            (form(&self.id), form(self.secret.as_deref().unwrap_or_default()));
        format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
    }

    pub(super) async fn redeem(&self, code: &str, changes: &[Change<'_>]) -> Answer {
        let usual = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect),
            ("code_verifier", VERIFIER),
        ];
        self.post("/token", &usual, changes).await
    }

    pub(super) async fn refresh(&self, token: &str, changes: &[Change<'_>]) -> Answer {
        let usual = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.post("/token", &usual, changes).await
    }

    pub(super) async fn revoke(&self, token: &str) -> Answer {
        self.post("/revoke", &[("token", token)], &[]).await
    }

    pub(super) async fn sign_in(&self, user: &str) -> Tokens {
        let code = self.code(user).await;
        Tokens::of(&self.redeem(&code, &[]).await)
    }
}

/// The parameters with what is to be different; a value that is none takes the parameter away.
fn changed<'a>(usual: &[(&'a str, &'a str)], changes: &[Change<'a>]) -> Vec<(&'a str, &'a str)> {
    let is_changed = |name: &str| changes.iter().any(|(changed, _)| *changed == name);
    let kept = usual.iter().copied().filter(|(name, _)| !is_changed(name));
    let added = changes.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
    kept.chain(added).collect()
}
