//! The way to a server: through this process, or over HTTP to one that runs.

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream};
use url::Url;

use crate::cli::remote::{Client, Credentials, Secret, message, result_in, result_of};

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
                result_of(&sent.map_err(|none| none.reason)?, id)
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
