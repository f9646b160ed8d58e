//! Records in a Redis server, which any number of replicas share.

mod cause;
mod link;
mod scripts;
mod url;

use std::fmt;

use ::redis::{Cmd, cmd};
use async_trait::async_trait;
use secrecy::SecretString;

use self::link::{Failure, Link};
use super::{
    backend::{Backend, Expected, Version},
    error::StoreError,
    key::RecordKey,
};

pub use self::url::RedisUrlError;

/// Before every key, so that a user of the server can be held to `~jmb:*`.
const PREFIX: &str = "jmb:";

/// Redis refuses an end that is beyond its numbers; this is a hundred years.
const LIFE_MS_MAX: u64 = 100 * 365 * 24 * 60 * 60 * 1000;

/// One connection, which all requests share. While the server is down every call ends as
/// [`StoreError::Unavailable`], at once or after some seconds; when it is back, so are the records.
pub struct Redis {
    link: Link,
}

impl Redis {
    /// Reads `redis://[user][:password]@host[:port][/database]`, or `rediss://` for TLS under the
    /// system's trusted certificates. The server is asked by the first call, not here.
    pub fn new(url: &SecretString) -> Result<Self, RedisUrlError> {
        let client = url::client(url)?;
        // The TLS of the connection takes the process's provider. One that stands already is right.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        Ok(Self { link: Link::new(client) })
    }

    /// Whether the server answers, with this user and password.
    pub async fn is_reachable(&self) -> bool {
        self.link.send::<String>(&cmd("PING")).await.is_ok()
    }

    async fn run(&self, script: &Cmd) -> Result<u64, StoreError> {
        let answer = self.link.send::<i64>(script).await.map_err(|failure| fault(&failure))?;
        if answer == scripts::UNREADABLE {
            return Err(StoreError::Unreadable);
        }
        u64::try_from(answer).map_err(|_| StoreError::Unavailable)
    }
}

/// A refusal says nothing of a record, unless it says that the key holds none of ours.
fn fault(failure: &Failure) -> StoreError {
    match failure {
        Failure::Refused(error) if error.code() == Some("WRONGTYPE") => StoreError::Unreadable,
        Failure::Refused(_) | Failure::Down => StoreError::Unavailable,
    }
}

/// `jmb:kind:hash`; the kind is in the clear for whoever counts keys.
fn name(key: &RecordKey) -> String {
    format!("{PREFIX}{}:{}", key.kind(), key.hashed())
}

/// A script on one key, with the time that it compares ends with.
fn script(text: &str, key: &RecordKey, now_ms: u64) -> Cmd {
    let mut command = cmd("EVAL");
    command.arg(text).arg(1).arg(name(key)).arg(scripts::digits(now_ms));
    command
}

fn life_ms(expires_at_ms: u64, now_ms: u64) -> u64 {
    expires_at_ms.saturating_sub(now_ms).min(LIFE_MS_MAX)
}

#[async_trait]
impl Backend for Redis {
    async fn get(&self, key: &RecordKey, now_ms: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let mut command = cmd("GET");
        command.arg(name(key));
        let value = self.link.send::<Option<Vec<u8>>>(&command).await;
        let Some(value) = value.map_err(|failure| fault(&failure))? else { return Ok(None) };
        let (held, expires_at_ms) = scripts::decode(&value)?;
        if expires_at_ms <= now_ms {
            return Ok(None);
        }
        held.record().map(|sealed| Some(sealed.to_vec()))
    }

    async fn put(
        &self,
        key: &RecordKey,
        expected: Expected,
        sealed: &[u8],
        expires_at_ms: u64,
        now_ms: u64,
    ) -> Result<bool, StoreError> {
        let version = match &expected {
            Expected::Absent => &[],
            Expected::Version(version) => version.as_slice(),
        };
        let mut command = script(scripts::PUT, key, now_ms);
        command
            .arg(version)
            .arg(scripts::record(sealed, expires_at_ms))
            .arg(life_ms(expires_at_ms, now_ms));
        self.run(&command).await.map(|written| written == 1)
    }

    async fn remove(
        &self,
        key: &RecordKey,
        version: Option<Version>,
        now_ms: u64,
    ) -> Result<bool, StoreError> {
        let mut command = script(scripts::REMOVE, key, now_ms);
        command.arg(version.as_ref().map_or(&[][..], |version| version.as_slice()));
        self.run(&command).await.map(|removed| removed == 1)
    }

    async fn increment(
        &self,
        key: &RecordKey,
        expires_at_ms: u64,
        now_ms: u64,
    ) -> Result<u64, StoreError> {
        let mut command = script(scripts::INCREMENT, key, now_ms);
        command.arg(scripts::count_tail(expires_at_ms)).arg(life_ms(expires_at_ms, now_ms));
        self.run(&command).await
    }

    /// Redis forgets by itself.
    async fn sweep(&self, _now_ms: u64) -> Result<(), StoreError> {
        Ok(())
    }

    fn is_shared(&self) -> bool {
        true
    }

    async fn is_reachable(&self) -> bool {
        Self::is_reachable(self).await
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redis(***)")
    }
}
