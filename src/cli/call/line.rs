//! The way to a server: through this process, or over HTTP to one that runs.

use http::StatusCode;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream};
use url::Url;

use crate::cli::remote::{Client, Credentials, NoAnswer, Secret, message, result_in, result_of};

/// One of both. No handshake is needed: each request stands for itself.
pub(super) enum Line {
    Here(BufReader<DuplexStream>),
    There(Box<Remote>),
}

/// A server that runs, and what opens it.
pub(super) struct Remote {
    pub(super) client: Client,
    pub(super) url: Url,
    pub(super) token: Option<Secret>,
    pub(super) gateway: Option<Secret>,
}

impl Remote {
    fn explained(&self, none: &NoAnswer) -> String {
        let advice = if none.is_unreachable {
            "Is the server running, and is that its address?"
        } else {
            "--timeout-secs gives it longer; a write may have been done all the same."
        };
        format!("{}: {}. {advice}", self.url, none.reason)
    }

    /// What came instead of a result; a page of something else is not the bridge's to explain.
    fn answered(&self, said: &str, status: StatusCode) -> String {
        let is_ours = status == StatusCode::OK || said.contains('(');
        let advice = match status {
            StatusCode::UNAUTHORIZED if self.token.is_none() => " --token-env names its token.",
            _ if is_ours => "",
            _ => " Is that the address of /mcp? A login page or a proxy may have answered.",
        };
        format!("{}: {said}{advice}", self.url)
    }
}

impl Line {
    /// The result of a request, or why there is none.
    pub(super) async fn ask(
        &mut self,
        id: &str,
        method: &str,
        params: &Value,
    ) -> Result<Value, String> {
        let message = message(id, method, params);
        match self {
            Self::Here(stream) => exchange(stream, id, &message).await,
            Self::There(remote) => {
                let credentials =
                    Credentials { token: remote.token.as_ref(), gateway: remote.gateway.as_ref() };
                let sent = remote.client.post(&remote.url, credentials, &message).await;
                let answer = sent.map_err(|none| remote.explained(&none))?;
                result_of(&answer, id).map_err(|said| remote.answered(&said, answer.status))
            }
        }
    }
}

async fn exchange(
    stream: &mut BufReader<DuplexStream>,
    id: &str,
    message: &Value,
) -> Result<Value, String> {
    let ended = || "the server ended without an answer".to_owned();
    stream.write_all(format!("{message}\n").as_bytes()).await.map_err(|_| ended())?;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.map_err(|fault| fault.to_string())? == 0 {
            return Err(ended());
        }
        let reply: Value = serde_json::from_str(&line).map_err(|fault| fault.to_string())?;
        // What has no id, or another, is a notification.
        if reply.get("id").and_then(Value::as_str) == Some(id) {
            return result_in(reply, id);
        }
    }
}
