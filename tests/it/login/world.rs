//! A machine whose user signs in: the binary, a folder for its state, and the sandbox's identity
//! provider with a person at the browser.

use std::{
    net::{Ipv4Addr, Ipv6Addr, TcpListener},
    path::PathBuf,
};

use jira_sandbox::{Identity, IdentityClient, IdentitySettings, Sandbox};
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

use crate::support::{Ended, NOW_MS, Run, Stdio, Upstream};

pub(super) type Settings = Vec<(&'static str, String)>;

pub(super) struct World {
    pub(super) sandbox: Sandbox,
    pub(super) jira: Upstream,
    pub(super) provider: Upstream,
    pub(super) home: TempDir,
    pub(super) port: u16,
}

/// A page as the browser has it.
pub(super) struct Page {
    pub(super) status: u16,
    pub(super) text: String,
}

impl World {
    pub(super) async fn start() -> Self {
        let sandbox = Sandbox::seeded(NOW_MS);
        let port = free_port();
        let jira = Upstream::start(sandbox.router()).await;
        let client = IdentityClient {
            id: "the-app".to_owned(),
            secret: secret(),
            redirect_uris: vec![format!("http://localhost:{port}/auth/callback")],
        };
        let settings = IdentitySettings::new("http://127.0.0.1", vec![client]);
        let provider = Upstream::start(sandbox.identity_router(settings)).await;
        Self { sandbox, jira, provider, home: tempfile::tempdir().unwrap(), port }
    }

    pub(super) fn identity(&self) -> Identity {
        self.sandbox.identity()
    }

    /// What every command of this machine's user has.
    pub(super) fn settings(&self) -> Settings {
        vec![
            ("XDG_STATE_HOME", self.home.path().to_str().unwrap().to_owned()),
            ("JIRA_API_BASE_URL", format!("http://{}", self.jira.address)),
            ("RETRY_BASE_MS", "1".to_owned()),
            ("LOG_FORMAT", "json".to_owned()),
        ]
    }

    /// What `login` has beside that.
    pub(super) fn app(&self) -> Settings {
        let mut settings = self.settings();
        settings.extend([
            ("ATLASSIAN_AUTH_BASE_URL", format!("http://{}", self.provider.address)),
            ("ATLASSIAN_CLIENT_ID", "the-app".to_owned()),
            ("ATLASSIAN_CLIENT_SECRET", secret()),
        ]);
        settings
    }

    /// Where the sealed files are.
    pub(super) fn folder(&self) -> PathBuf {
        self.home.path().join("jira-mcp-bridge/login")
    }

    /// Begins a sign-in; the command, and the address that it prints.
    pub(super) fn begin(&self, settings: &Settings) -> (Run, Url) {
        let port = self.port.to_string();
        let run = Run::start(&["login", "--no-browser", "--port", &port], settings);
        let url = run.line("http").parse().unwrap();
        (run, url)
    }

    /// Signs somebody in from beginning to end.
    pub(super) async fn login(&self, user: &str) -> Ended {
        let (run, url) = self.begin(&self.app());
        let page = self.press(&url, user).await;
        assert!(page.text.contains("You are signed in"), "{} {}", page.status, page.text);
        let ended = run.end();
        assert_eq!(ended.code, Some(0), "{}", ended.text);
        ended
    }

    /// A person presses a button of the provider's page; the page at the end.
    pub(super) async fn press(&self, url: &Url, user: &str) -> Page {
        let back = self.answer(url, user).await;
        get(&back).await
    }

    /// The same, but for the way back: the address that the provider sends the browser to.
    pub(super) async fn answer(&self, url: &Url, user: &str) -> Url {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(url.query_pairs()).append_pair("user", user);
        let answer = browser()
            .post(format!("http://{}/authorize", self.provider.address))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.finish())
            .send()
            .await
            .unwrap();
        let back = answer.headers().get("location").expect("a redirect").to_str().unwrap();
        back.parse().unwrap()
    }

    pub(super) fn stdio(&self) -> Stdio {
        Stdio::start(&self.settings())
    }

    pub(super) fn logout(&self) -> Ended {
        Run::start(&["logout"], &self.settings()).end()
    }
}

/// Made at run time so that nothing in the repository looks like a secret.
pub(super) fn secret() -> String {
    "secret-of-the-app-".repeat(2)
}

fn browser() -> reqwest::Client {
    let never = reqwest::redirect::Policy::none();
    reqwest::Client::builder().no_proxy().redirect(never).build().unwrap()
}

/// What the browser sees at an address.
pub(super) async fn get(url: &Url) -> Page {
    get_if_open(url).await.expect("nobody listens")
}

/// The same; none where nobody listens any more.
pub(super) async fn get_if_open(url: &Url) -> Option<Page> {
    let answer = match browser().get(url.clone()).send().await {
        Err(error) if error.is_connect() => return None,
        answer => answer.unwrap(),
    };
    Some(Page { status: answer.status().as_u16(), text: answer.text().await.unwrap() })
}

/// Who Jira says is there.
pub(super) fn whoami(stdio: &mut Stdio, id: u32) -> Value {
    let params = json!({ "name": "jira_whoami", "arguments": {} });
    let request = json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params });
    let answer = stdio.ask(&request);
    let text = answer["result"]["content"][0]["text"].as_str();
    serde_json::from_str(text.unwrap_or_else(|| panic!("no tool result: {answer}"))).unwrap()
}

/// A port that nobody listens at, at either address of localhost.
fn free_port() -> u16 {
    loop {
        let four = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = four.local_addr().unwrap().port();
        match TcpListener::bind((Ipv6Addr::LOCALHOST, port)) {
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {}
            _ => return port,
        }
    }
}
