//! The one connection to the server: made when it is needed, given up when it fails, never waited
//! for without end.

use std::{future::Future, time::Duration};

use ::redis::{
    AsyncConnectionConfig, Client, Cmd, FromRedisValue, RedisError, aio::MultiplexedConnection, cmd,
};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use super::cause::{cause, ends_connection};
use crate::report::Report;

/// From the first packet to the server's word that the password is right.
const CONNECT_MAX: Duration = Duration::from_secs(2);
const RESPONSE_MAX: Duration = Duration::from_secs(2);

/// After a failed attempt to connect all commands fail at once for this long, so that a crowd of
/// requests does not wait for one attempt each.
const REST: Duration = Duration::from_millis(200);

/// A connection that was idle for longer is asked for a sign of life first: servers and balancers
/// end idle ones, and a command that was lost in one is not sent twice.
const IDLE_MAX: Duration = Duration::from_secs(5);

/// The crate's `ConnectionManager` is not used: it hands the failure of its last attempt to the
/// next command, however long ago that was, and it stays with a connection that has gone silent.
pub(super) struct Link {
    client: Client,
    state: Mutex<State>,
    report: Report,
}

#[derive(Default)]
struct State {
    open: Option<Open>,
    /// How many connections there were, so that a late failure gives up its own one only.
    made: u64,
    failed_at: Option<Instant>,
}

struct Open {
    connection: MultiplexedConnection,
    used_at: Instant,
}

/// A command did not succeed. Whether it was executed is known only if the server refused it.
pub(super) enum Failure {
    /// No connection, or a lost one.
    Down,
    /// The server said no.
    Refused(RedisError),
}

impl Link {
    pub(super) fn new(client: Client) -> Self {
        Self { client, state: Mutex::default(), report: Report::default() }
    }

    /// Sends a command once.
    pub(super) async fn send<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Failure> {
        let (mut connection, number) = self.connection().await?;
        let answer = within(RESPONSE_MAX, command.query_async(&mut connection)).await;
        let error = match answer {
            Some(Ok(answer)) => return Ok(answer),
            Some(Err(error)) => error,
            None => {
                self.give_up(number).await;
                self.report.warn("redis", "Redis does not answer in time");
                return Err(Failure::Down);
            }
        };
        self.report.warn("redis", cause(&error));
        if ends_connection(&error) {
            self.give_up(number).await;
            return Err(Failure::Down);
        }
        Err(Failure::Refused(error))
    }

    async fn connection(&self) -> Result<(MultiplexedConnection, u64), Failure> {
        let mut state = self.state.lock().await;
        let now = Instant::now();
        let number = state.made;
        if let Some(open) = &mut state.open {
            let is_fresh = now.duration_since(open.used_at) < IDLE_MAX;
            if is_fresh || is_alive(&mut open.connection).await {
                open.used_at = now;
                return Ok((open.connection.clone(), number));
            }
            state.open = None;
        }
        if state.failed_at.is_some_and(|failed_at| now.duration_since(failed_at) < REST) {
            return Err(Failure::Down);
        }
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT_MAX))
            .set_response_timeout(Some(RESPONSE_MAX));
        let connecting = self.client.get_multiplexed_async_connection_with_config(&config);
        let failure = match within(CONNECT_MAX, connecting).await {
            Some(Ok(mut connection)) => {
                if state.made == 0 && may_evict(&mut connection).await {
                    tracing::warn!(
                        backend = "redis",
                        "Redis may throw sessions away when its memory is full; set its \
                         maxmemory-policy to noeviction"
                    );
                }
                if state.failed_at.take().is_some() {
                    tracing::info!(backend = "redis", "the session store answers again");
                }
                state.made += 1;
                state.open = Some(Open { connection: connection.clone(), used_at: now });
                return Ok((connection, state.made));
            }
            Some(Err(error)) => cause(&error),
            None => "Redis does not answer in time",
        };
        state.failed_at = Some(Instant::now());
        self.report.warn("redis", failure);
        Err(Failure::Down)
    }

    async fn give_up(&self, number: u64) {
        let mut state = self.state.lock().await;
        if state.made == number {
            state.open = None;
        }
    }
}

async fn is_alive(connection: &mut MultiplexedConnection) -> bool {
    let ping = cmd("PING");
    matches!(within(RESPONSE_MAX, ping.query_async::<String>(connection)).await, Some(Ok(_)))
}

/// Whether the server, when it is full, forgets records that have not ended. Not every user may
/// ask.
async fn may_evict(connection: &mut MultiplexedConnection) -> bool {
    let mut info = cmd("INFO");
    info.arg("memory");
    let answer = within(RESPONSE_MAX, info.query_async::<String>(connection)).await;
    let Some(Ok(answer)) = answer else { return false };
    let value = |name: &str| answer.lines().find_map(|line| line.strip_prefix(name));
    value("maxmemory_policy:").is_some_and(|policy| policy != "noeviction")
        && value("maxmemory:").is_some_and(|bytes| bytes != "0")
}

/// What the future gives, unless its time is over.
async fn within<T>(time: Duration, future: impl Future<Output = T>) -> Option<T> {
    timeout(time, future).await.ok()
}
