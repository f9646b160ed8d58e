//! A program that signs in by itself, and the browser of its person.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, header};
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use super::world::ISSUER;

/// Where the program's own listener would be.
const REDIRECT: &str = "http://127.0.0.1:7/callback";
const VERIFIER: &str = "a-verifier-of-forty-three-characters-is-enough";

/// One answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

/// A bridge as clients reach it.
#[derive(Clone)]
pub(crate) struct Door {
    url: String,
    provider: String,
    client: reqwest::Client,
}

/// What a program has after a sign-in.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn {
    pub(crate) client_id: String,
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
    pub(crate) expires_in: i64,
}

/// A sign-in that stands before the person's question.
#[derive(Clone)]
pub(crate) struct Asked {
    client_id: String,
    cookie: String,
    request: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub(crate) fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn location(&self) -> Url {
        let text = self.header(header::LOCATION);
        text.parse().unwrap_or_else(|_| panic!("no redirect: {self:?}"))
    }

    /// A parameter of the redirect.
    pub(crate) fn param(&self, name: &str) -> Option<String> {
        let location = self.location();
        let found = location.query_pairs().find(|(known, _)| known == name);
        found.map(|(_, value)| value.into_owned())
    }

    /// What OAuth's endpoints say is wrong.
    pub(crate) fn error(&self) -> String {
        self.json()["error"].as_str().unwrap_or_default().to_owned()
    }
}

impl Door {
    pub(crate) fn new(url: &str, provider: &str) -> Self {
        let policy = reqwest::redirect::Policy::none();
        let client = reqwest::Client::builder().no_proxy().redirect(policy).build().unwrap();
        Self { url: url.to_owned(), provider: provider.to_owned(), client }
    }

    /// Sends a request; none if the connection breaks.
    async fn try_send(&self, request: reqwest::RequestBuilder) -> Option<Reply> {
        let answer = request.send().await.ok()?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Some(Reply { status, headers, text: answer.text().await.ok()? })
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        self.try_send(request).await.expect("an answer")
    }

    pub(crate) async fn get(&self, path: &str, cookie: &str) -> Reply {
        let request = self.client.get(format!("{}{path}", self.url)).header("cookie", cookie);
        self.send(request).await
    }

    fn form(&self, path: &str, fields: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let kind = "application/x-www-form-urlencoded";
        self.client.post(format!("{}{path}", self.url)).header("content-type", kind).body(body)
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)], cookie: &str) -> Reply {
        self.send(self.form(path, fields).header("cookie", cookie)).await
    }

    pub(crate) async fn register(&self) -> String {
        let body = json!({
            "client_name": "Program of the test", "redirect_uris": [REDIRECT],
            "token_endpoint_auth_method": "none",
        });
        let request = self.client.post(format!("{}/register", self.url)).body(body.to_string());
        let reply = self.send(request.header("content-type", "application/json")).await;
        assert_eq!(reply.status, 201, "{reply:?}");
        reply.json()["client_id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn authorize(&self, client_id: &str) -> Reply {
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()));
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("response_type", "code"),
                ("client_id", client_id),
                ("redirect_uri", REDIRECT),
                ("state", "of-the-program"),
                ("code_challenge", &challenge),
                ("code_challenge_method", "S256"),
            ])
            .finish();
        self.get(&format!("/authorize?{query}"), "").await
    }

    /// The page that asks the person.
    pub(crate) async fn ask(&self) -> Asked {
        let client_id = self.register().await;
        let page = self.authorize(&client_id).await;
        assert_eq!(page.status, 200, "{page:?}");
        let cookie = page.header(header::SET_COOKIE).split(';').next().unwrap().to_owned();
        let (_, rest) = page.text.split_once("name=\"request\" value=\"").unwrap();
        let request = rest.split_once('"').unwrap().0.to_owned();
        Asked { client_id, cookie, request }
    }

    /// The person presses a button of ours.
    pub(crate) async fn decide(&self, asked: &Asked, decision: &str) -> Reply {
        let fields = [("request", asked.request.as_str()), ("decision", decision)];
        self.post("/authorize", &fields, &asked.cookie).await
    }

    /// The person presses their button at the provider, which `sent` leads to.
    pub(crate) async fn at_provider(&self, sent: &Reply, user: &str) -> Reply {
        let url = sent.location();
        assert!(url.as_str().starts_with(&self.provider), "{sent:?}");
        let mut address = url.clone();
        address.set_query(None);
        let body = format!("{}&user={user}", url.query().unwrap_or_default());
        self.send(self.client.post(address).body(body)).await
    }

    /// The provider sends the browser back here.
    pub(crate) async fn callback(&self, sent: &Reply, asked: &Asked) -> Reply {
        let url = sent.location();
        assert!(url.as_str().starts_with(ISSUER), "{sent:?}");
        self.get(&url.as_str()[ISSUER.len()..], &asked.cookie).await
    }

    pub(crate) async fn redeem(&self, client_id: &str, code: &str) -> Reply {
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", client_id),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ];
        self.post("/token", &fields, "").await
    }

    /// From the question to the tokens.
    pub(crate) async fn finish(&self, asked: &Asked, user: &str) -> SignedIn {
        finish([self; 3], asked, user).await
    }

    pub(crate) async fn sign_in(&self, user: &str) -> SignedIn {
        let asked = self.ask().await;
        self.finish(&asked, user).await
    }

    /// A sign-in at a bridge that may go away; none if it did.
    pub(crate) async fn try_sign_in(&self, user: &str) -> Option<SignedIn> {
        let signing_in = self.clone();
        let user = user.to_owned();
        // Each of its steps expects an answer.
        tokio::spawn(async move { signing_in.sign_in(&user).await }).await.ok()
    }

    /// The answer to the program's refresh token; none if the connection breaks.
    pub(crate) async fn try_refresh(&self, signed_in: &SignedIn) -> Option<Reply> {
        let fields = [
            ("grant_type", "refresh_token"),
            ("client_id", signed_in.client_id.as_str()),
            ("refresh_token", &signed_in.refresh_token),
        ];
        self.try_send(self.form("/token", &fields)).await
    }

    pub(crate) async fn refresh(&self, signed_in: &SignedIn) -> Reply {
        self.try_refresh(signed_in).await.expect("an answer")
    }

    pub(crate) async fn revoke(&self, signed_in: &SignedIn) -> Reply {
        let fields =
            [("token", signed_in.refresh_token.as_str()), ("client_id", &signed_in.client_id)];
        self.post("/revoke", &fields, "").await
    }

    fn rpc(&self, token: &str, method: &str, params: &Value) -> reqwest::RequestBuilder {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let request = self.client.post(format!("{}/mcp", self.url)).bearer_auth(token);
        let request = request
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream");
        request.body(body.to_string())
    }

    /// What needs no Jira.
    pub(crate) async fn list(&self, token: &str) -> Reply {
        self.send(self.rpc(token, "tools/list", &json!({}))).await
    }

    /// A tool call; none if the connection breaks.
    pub(crate) async fn try_call(
        &self,
        token: &str,
        tool: &str,
        arguments: Value,
    ) -> Option<Reply> {
        let params = json!({"name": tool, "arguments": arguments});
        self.try_send(self.rpc(token, "tools/call", &params)).await
    }

    pub(crate) async fn call(&self, token: &str, tool: &str, arguments: Value) -> Reply {
        self.try_call(token, tool, arguments).await.expect("an answer")
    }

    /// The answer to the usual question.
    pub(crate) async fn read(&self, token: &str) -> Reply {
        self.call(token, "jira_get_issue", json!({"issue_key": "ACME-5"})).await
    }

    /// Asks the usual question, which must be answered.
    pub(crate) async fn works(&self, token: &str) {
        let reply = self.read(token).await;
        assert_eq!(reply.outcome(), "ok", "{reply:?}");
    }
}

impl Reply {
    /// In one word: `ok`, the code of the tool's error, or the HTTP status.
    pub(crate) fn outcome(&self) -> String {
        if self.status != 200 {
            return self.status.to_string();
        }
        let result = &self.json()["result"];
        if result["isError"] != true {
            assert!(result["content"].is_array(), "{self:?}");
            return "ok".to_owned();
        }
        let shown: Value =
            serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
        shown["error"].as_str().unwrap().to_owned()
    }

    /// The tokens that a program takes from it.
    pub(crate) fn tokens(&self, client_id: &str) -> SignedIn {
        assert_eq!(self.status, 200, "{self:?}");
        let json = self.json();
        let text = |name: &str| json[name].as_str().unwrap().to_owned();
        SignedIn {
            client_id: client_id.to_owned(),
            access_token: text("access_token"),
            refresh_token: text("refresh_token"),
            expires_in: json["expires_in"].as_i64().unwrap(),
        }
    }

    /// That the session is over, as a client of `/mcp` must see it.
    pub(crate) fn says_sign_in_again(&self) {
        let challenge = self.header(header::WWW_AUTHENTICATE);
        assert_eq!(self.status, 401, "{self:?}");
        assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
        assert!(challenge.contains("resource_metadata=\""), "{challenge}");
    }
}

/// A sign-in whose steps meet a door each: the consent, the callback, the token, and what comes
/// first.
pub(crate) async fn finish(doors: [&Door; 3], asked: &Asked, user: &str) -> SignedIn {
    let [consent, callback, token] = doors;
    let sent = consent.decide(asked, "allow").await;
    let back = consent.at_provider(&sent, user).await;
    let answer = callback.callback(&back, asked).await;
    let code = answer.param("code").unwrap_or_else(|| panic!("no code: {answer:?}"));
    assert_eq!(answer.param("state").as_deref(), Some("of-the-program"));
    token.redeem(&asked.client_id, &code).await.tokens(&asked.client_id)
}
