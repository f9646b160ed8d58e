//! MCP over standard input and output: one line is one message, and every line that asks gets an
//! answer.
//!
//! Each request is served by itself, as over HTTP: none depends on a handshake before it. A line
//! that is no message is answered and the next one is read. Answers come as they are ready, but the
//! one to a handshake before all that was asked after it: who pipes a file of messages in expects
//! it first (MCP 2025-06-18, Lifecycle). At the end of the input, or when the process is asked to
//! stop, what runs is finished and answered first.

use std::{
    collections::HashSet,
    future::Future,
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use auth::Caller;
use futures_util::future::BoxFuture;
use rmcp::{
    RoleServer,
    model::{
        ClientJsonRpcMessage, ClientNotification, ClientRequest, GetExtensions, JsonRpcMessage,
        RequestId,
    },
    service::{RxJsonRpcMessage, TxJsonRpcMessage, serve_directly},
    transport::Transport,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    sync::Notify,
    time::{Instant, timeout_at},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::jsonrpc::{self, Fault};

use super::{
    lines::{Line, Lines},
    params,
    server::Server,
};

/// How a conversation is held.
#[derive(Debug, Clone, Copy)]
pub struct StdioSettings {
    /// The largest message in bytes.
    pub line_bytes_max: usize,
    /// How long running calls may take after the end of the input.
    pub drain_grace: Duration,
}

/// Serves one user until the input ends or `shutdown` resolves, and then finishes what is in hand.
pub async fn serve_stdio<R, W>(
    server: Server,
    caller: Caller,
    (reader, writer): (R, W),
    settings: StdioSettings,
    shutdown: impl Future<Output = ()>,
) where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    let stop = CancellationToken::new();
    let conversation = Conversation {
        lines: Lines::new(reader, settings.line_bytes_max),
        caller,
        count: 0,
        answering: None,
        handshake: None,
        drain_grace: settings.drain_grace,
        drained_by: None,
        shared: Arc::new(Shared {
            writer: tokio::sync::Mutex::new(writer),
            open: Mutex::default(),
            answered: Notify::new(),
            running: TaskTracker::new(),
            stop: stop.clone(),
        }),
    };
    let ended = serve_directly::<RoleServer, _, _, _, _>(server, conversation, None).waiting();
    tokio::pin!(ended);
    tokio::select! {
        _ = &mut ended => return,
        () = shutdown => stop.cancel(),
    }
    let _ = ended.await;
}

/// What rmcp reads messages from and writes them to.
struct Conversation<R, W> {
    lines: Lines<R>,
    caller: Caller,
    /// Requests so far, which number the lines of the audit.
    count: u64,
    /// An answer given here that is still being written; rmcp may stop polling in the middle of it.
    answering: Option<BoxFuture<'static, ()>>,
    /// The handshake that may not be answered yet.
    handshake: Option<RequestId>,
    drain_grace: Duration,
    drained_by: Option<Instant>,
    shared: Arc<Shared<W>>,
}

struct Shared<W> {
    writer: tokio::sync::Mutex<W>,
    /// The ids of requests that wait for their answer.
    open: Mutex<HashSet<RequestId>>,
    answered: Notify,
    /// The requests that are worked on, those included that were cancelled.
    running: TaskTracker,
    stop: CancellationToken,
}

impl<R, W> Transport<RoleServer> for Conversation<R, W>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    type Error = io::Error;

    fn send(
        &mut self,
        message: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let shared = Arc::clone(&self.shared);
        async move {
            let id = match &message {
                JsonRpcMessage::Response(response) => Some(response.id.clone()),
                JsonRpcMessage::Error(error) => error.id.clone(),
                JsonRpcMessage::Request(_) | JsonRpcMessage::Notification(_) => None,
            };
            let written = shared.write(&serde_json::to_string(&message)?).await;
            if let Some(id) = id {
                shared.close(&id);
            }
            written
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        loop {
            if let Some(answering) = &mut self.answering {
                answering.await;
                self.answering = None;
            }
            if let Some(id) = &self.handshake {
                self.shared.closed(id).await;
                self.handshake = None;
            }
            if self.drained_by.is_some() {
                self.drain().await;
                return None;
            }
            let stop = self.shared.stop.clone();
            let line = tokio::select! {
                biased;
                () = stop.cancelled() => Line::End,
                line = self.lines.next() => line,
            };
            match line {
                Line::End => self.drained_by = Some(Instant::now() + self.drain_grace),
                Line::TooLong { bytes_max } => {
                    self.answer(jsonrpc::invalid(
                        &format!("the line is longer than {bytes_max} bytes"),
                        None,
                    ));
                }
                Line::Text(text) => match self.read(&text) {
                    Ok(Some(message)) => return Some(message),
                    Ok(None) => {}
                    Err(fault) => self.answer(fault),
                },
            }
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<R, W> Conversation<R, W>
where
    W: AsyncWrite + Send + Unpin + 'static,
{
    /// The message of a line; none when nobody waits for an answer to it.
    fn read(&mut self, line: &[u8]) -> Result<Option<ClientJsonRpcMessage>, Fault> {
        // Windows programs begin a text with a byte order mark.
        let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
        if line.trim_ascii().is_empty() {
            return Ok(None);
        }
        let rewritten;
        let text = match jsonrpc::read(line)? {
            jsonrpc::Message::AsSent => line,
            jsonrpc::Message::Rewritten(text) => {
                rewritten = text;
                rewritten.as_bytes()
            }
            jsonrpc::Message::Response => return Ok(None),
        };
        if let Some(fault) = params::cursor_fault(text) {
            return Err(fault);
        }
        let Ok(mut message) = serde_json::from_slice::<ClientJsonRpcMessage>(text) else {
            return jsonrpc::unreadable(text).map_or(Ok(None), Err);
        };
        match &mut message {
            JsonRpcMessage::Request(request) => {
                if !self.shared.open(&request.id) {
                    return jsonrpc::repeated(text).map_or(Ok(None), Err);
                }
                if matches!(request.request, ClientRequest::InitializeRequest(_)) {
                    self.handshake = Some(request.id.clone());
                }
                self.count += 1;
                let caller = self.caller.next_request(format!("stdio-{}", self.count).into());
                let extensions = request.request.extensions_mut();
                extensions.insert(caller);
                extensions.insert(self.shared.running.token());
            }
            JsonRpcMessage::Notification(note) => {
                // rmcp answers a cancelled request no more.
                if let ClientNotification::CancelledNotification(cancelled) = &note.notification
                    && let Some(id) = &cancelled.params.request_id
                {
                    self.shared.close(id);
                }
            }
            JsonRpcMessage::Response(_) | JsonRpcMessage::Error(_) => return Ok(None),
        }
        Ok(Some(message))
    }

    fn answer(&mut self, fault: Fault) {
        let shared = Arc::clone(&self.shared);
        self.answering = Some(Box::pin(async move {
            // A client that does not read any more is seen at its next message.
            let _ = shared.write(&fault.to_reply()).await;
        }));
    }

    async fn drain(&mut self) {
        let until = self.drained_by.unwrap_or_else(Instant::now);
        if timeout_at(until, self.shared.at_rest()).await.is_err() {
            tracing::warn!("stopped with calls still running");
        }
    }
}

impl<W: AsyncWrite + Unpin> Shared<W> {
    async fn write(&self, message: &str) -> io::Result<()> {
        let mut writer = self.writer.lock().await;
        let line = format!("{message}\n");
        let written = async {
            writer.write_all(line.as_bytes()).await?;
            writer.flush().await
        };
        let written = written.await;
        if written.is_err() {
            // Nobody reads the answers any more.
            self.stop.cancel();
        }
        written
    }

    /// Notes that a request waits for its answer; false when one with this id does already.
    fn open(&self, id: &RequestId) -> bool {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone())
    }

    fn close(&self, id: &RequestId) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        self.answered.notify_waiters();
    }

    /// Resolves when this request waits for no answer any more, or all is to stop.
    async fn closed(&self, id: &RequestId) {
        loop {
            let answered = self.answered.notified();
            if !self.open.lock().unwrap_or_else(PoisonError::into_inner).contains(id) {
                break;
            }
            tokio::select! {
                () = answered => {}
                () = self.stop.cancelled() => break,
            }
        }
    }

    /// Resolves when every request is answered and none is worked on.
    async fn at_rest(&self) {
        loop {
            let answered = self.answered.notified();
            if self.open.lock().unwrap_or_else(PoisonError::into_inner).is_empty() {
                break;
            }
            answered.await;
        }
        self.running.close();
        self.running.wait().await;
    }
}

#[cfg(test)]
mod tests;
