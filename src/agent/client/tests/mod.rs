//! The client before services on loopback that play a script, however rude.

mod directline;
mod engine;
mod rude;
mod stub;

use std::time::Duration;

use auth::{BoxFuture, Credentials, CredentialsError, UpstreamCredential};
use http::HeaderValue;
use metrics::{Signals, Trace};
use secrecy::SecretString;
use tokio::time::Instant;
use upstream::CallerId;

use super::*;

/// A call that has not come back by then never will, however busy the machine is.
const HANGS: Duration = Duration::from_mins(1);

/// The user's own token.
struct Token;

impl Credentials for Token {
    fn for_upstream(&self) -> BoxFuture<'_, Result<UpstreamCredential, CredentialsError>> {
        let value = HeaderValue::from_static("Bearer user-token");
        Box::pin(std::future::ready(Ok(UpstreamCredential::new(value))))
    }

    fn redact(&self, text: String) -> String {
        text
    }
}

fn agents(back_end: BackEndSettings, idle_time: Duration) -> Agents {
    let agent = AgentSettings { name: AgentName::parse("helper").unwrap(), back_end };
    let settings = AgentsSettings {
        agents: vec![agent],
        reply_timeout: Duration::from_secs(30),
        idle_time,
        user_agent: "test".to_owned(),
        session_keys: None,
    };
    Agents::new(settings, Signals::default()).unwrap()
}

fn by_secrets(url: &str, secrets: &[&str]) -> BackEndSettings {
    let secrets: Vec<_> = secrets.iter().map(|text| SecretString::from(*text)).collect();
    BackEndSettings::DirectLine(DirectLineSettings {
        address: DirectLineAddress::parse(url).unwrap(),
        access: DirectLineAccess::Secrets(Secrets::of_settings(&secrets).unwrap()),
        locale: None,
    })
}

fn engine(url: &str) -> BackEndSettings {
    let place = EnginePlace::Address(EngineAddress::parse(url).unwrap());
    BackEndSettings::Engine(EngineSettings {
        place,
        token_scope: "https://api.powerplatform.com/.default".to_owned(),
        locale: None,
    })
}

fn trace() -> &'static Trace {
    Box::leak(Box::new(Trace::default()))
}

fn asker(principal: &str) -> Asker<'_> {
    Asker {
        principal,
        caller: CallerId::from([principal.as_bytes()[0]; 16]),
        trace: trace(),
        credentials: Some(&Token),
        exchange: None,
    }
}

fn waiting(ms: u64) -> Waiting<'static> {
    Waiting { limit: Instant::now() + Duration::from_millis(ms), report: None }
}

fn words(text: &str) -> Outgoing {
    Outgoing { text: text.to_owned(), value: None }
}

fn texts(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|message| &*message.text).collect()
}
