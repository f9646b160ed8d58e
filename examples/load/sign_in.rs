//! A client of the bridge's own sign-in, with the browser and the person that it needs.
//! Source: OAuth 2.1 with dynamic registration and PKCE, as docs/SIGNIN.md describes it.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::{Client, RequestBuilder, Response, header, redirect::Policy};
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

/// Where nobody listens: the browser stops there.
const CALLBACK: &str = "http://127.0.0.1:9/callback";
const VERIFIER: &str = "a-verifier-of-just-enough-characters-0123456";

/// Bearers of the bridge's own, one for each of these tokens of Atlassian's.
pub(crate) async fn bearers(bridge: &Program, atlassians: Vec<String>) -> Vec<String> {
    let mut bearers = Vec::new();
    let id = bridge.register().await;
    for atlassian in atlassians {
        bearers.push(bridge.sign_in(&id, &atlassian).await);
    }
    bearers
}

/// A program that knows where a bridge is, and how one gets past its gateway.
pub(crate) struct Program {
    base: String,
    gateway: (&'static str, String),
    http: Client,
}

impl Program {
    pub(crate) fn new(port: u16, gateway: (&'static str, String)) -> Self {
        let http = Client::builder().no_proxy().redirect(Policy::none()).build();
        let http = http.expect("nothing is asked of it that it lacks");
        Self { base: format!("http://127.0.0.1:{port}"), gateway, http }
    }

    async fn send(&self, request: RequestBuilder) -> Response {
        let (name, value) = &self.gateway;
        let answer = request.header(*name, value).send().await.expect("the bridge answers");
        let status = answer.status();
        assert!(!status.is_client_error() && !status.is_server_error(), "{answer:?}");
        answer
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Value {
        let answer = self.send(self.http.post(self.at(path)).form_body(form)).await;
        serde_json::from_slice(&answer.bytes().await.expect("a body")).expect("it is JSON")
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    async fn register(&self) -> String {
        let metadata = json!({"client_name": "load", "redirect_uris": [CALLBACK],
            "token_endpoint_auth_method": "none"});
        let request = self.http.post(self.at("/register"));
        let request = request.header(header::CONTENT_TYPE, "application/json");
        let answer = self.send(request.body(metadata.to_string())).await;
        let answer = answer.bytes().await.expect("a body");
        let answer: Value = serde_json::from_slice(&answer).expect("it is JSON");
        answer["client_id"].as_str().expect("it is registered").to_owned()
    }

    /// The person allows it here and at Atlassian, whose code is the token that it will give.
    async fn sign_in(&self, id: &str, atlassian: &str) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()));
        let resource = self.at("/mcp");
        let asked = encoded(&[
            ("response_type", "code"),
            ("client_id", id),
            ("redirect_uri", CALLBACK),
            ("state", "load"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("resource", &resource),
        ]);
        let page = self.send(self.http.get(self.at(&format!("/authorize?{asked}")))).await;
        let cookie = page.headers().get(header::SET_COOKIE).and_then(|line| line.to_str().ok());
        let cookie = cookie.and_then(|line| line.split(';').next()).expect("a cookie").to_owned();
        let page = page.text().await.expect("a page");
        let mut fields = hidden_fields(&page);
        fields.push(("decision".to_owned(), "allow".to_owned()));
        let fields: Vec<_> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
        let action = Url::parse(&self.base).and_then(|base| base.join(&action(&page)));
        let allowed = self.http.post(action.expect("the form has an address"));
        let allowed = allowed.header(header::COOKIE, &cookie).form_body(&fields);
        let state = parameter(&self.send(allowed).await, "state");

        let returned = encoded(&[("code", atlassian), ("state", &state)]);
        let returned = self.http.get(self.at(&format!("/auth/callback?{returned}")));
        let code = parameter(&self.send(returned.header(header::COOKIE, cookie)).await, "code");
        let tokens = self
            .post(
                "/token",
                &[
                    ("grant_type", "authorization_code"),
                    ("code", &code),
                    ("redirect_uri", CALLBACK),
                    ("code_verifier", VERIFIER),
                    ("client_id", id),
                    ("resource", &resource),
                ],
            )
            .await;
        tokens["access_token"].as_str().expect("it is signed in").to_owned()
    }
}

trait FormBody {
    fn form_body(self, form: &[(&str, &str)]) -> Self;
}

impl FormBody for RequestBuilder {
    fn form_body(self, form: &[(&str, &str)]) -> Self {
        self.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(encoded(form))
    }
}

fn encoded(form: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish()
}

/// Of the address that the browser is sent to.
fn parameter(answer: &Response, name: &str) -> String {
    let location = answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
    let location = location.and_then(|to| Url::parse(to).ok()).expect("a redirect");
    let found = location.query_pairs().find(|(key, _)| key == name);
    assert!(found.is_some(), "no {name} in {location}");
    found.map(|(_, value)| value.into_owned()).unwrap_or_default()
}

fn action(page: &str) -> String {
    let form = page.split("<form ").nth(1).expect("a page with a form");
    attribute(form, "action").expect("it leads somewhere")
}

fn hidden_fields(page: &str) -> Vec<(String, String)> {
    let tags = page.split("<input ").skip(1).filter_map(|tag| tag.split('>').next());
    tags.filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value")?))).collect()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = tag.split(&format!("{name}=\"")).nth(1)?.split('"').next()?;
    Some(value.replace("&quot;", "\"").replace("&amp;", "&"))
}
