//! The file of gateway secrets: one a line, every good line accepted, read again when it changes.
//!
//! What stands in the file counts, and nothing else: a line that is taken out, a file that is
//! emptied or removed, lets nobody in any more, whatever is wrong with the rest of it.

use std::{
    io::Read,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use tokio::{
    sync::Mutex,
    task::spawn_blocking,
    time::{Instant, timeout},
};
use tracing::{info, warn};
use zeroize::Zeroizing;

use super::{
    secret::{GatewayError, SecretDigest, accept},
    secret_strength,
};

const FILE_BYTES_MAX: u64 = 64 * 1024;

/// Stand-ins for lines that cannot be read, and for what is behind the first 64 KiB; too short or
/// with blanks, so neither is a secret.
const NOT_TEXT: &str = "?";
const CUT: &str = "? and more than 64 KiB";

/// No request waits longer for a disk; the set that is known then counts a little longer.
const READ_TIME_MAX: Duration = Duration::from_secs(1);

/// A watched file.
pub(super) struct SecretFile {
    path: PathBuf,
    recheck: Duration,
    lines: RwLock<Lines>,
    read_at: Mutex<Instant>,
}

/// What was read.
#[derive(Clone, Default, PartialEq)]
struct Lines {
    accepted: Arc<[SecretDigest]>,
    is_guessable: bool,
    /// The first line that is no secret, and how many there are.
    bad: Option<(usize, usize)>,
}

impl SecretFile {
    /// Reads it for the first time; blocking. At the start every line has to be good.
    pub(super) fn load(path: PathBuf, recheck: Duration) -> Result<Self, GatewayError> {
        let text = read(&path)?;
        for (line, secret) in secrets(&text) {
            accept(secret).map_err(|fault| GatewayError::Line { line, fault: Box::new(fault) })?;
        }
        let lines = Lines::of(&text);
        if lines.accepted.is_empty() {
            return Err(GatewayError::Empty);
        }
        Ok(Self { path, recheck, lines: RwLock::new(lines), read_at: Mutex::new(Instant::now()) })
    }

    /// The accepted secrets, from a new read of the file when the last one is too old. Content is
    /// compared, not the time stamp: the file is tiny, and a swap within one tick of the clock or
    /// with kept times would stay unseen.
    pub(super) async fn current(&self) -> Arc<[SecretDigest]> {
        // Whoever finds the lock taken goes on with the last set instead of waiting for the disk.
        if let Ok(mut read_at) = self.read_at.try_lock()
            && read_at.elapsed() >= self.recheck
        {
            let path = self.path.clone();
            match timeout(
                READ_TIME_MAX,
                spawn_blocking(move || read(&path).map(|text| Lines::of(&text))),
            )
            .await
            {
                Ok(Ok(Ok(fresh))) => self.replace(fresh),
                Ok(Ok(Err(fault))) => {
                    if !self.accepted().is_empty() {
                        warn!(%fault, "gateway secrets: the file lets nobody in until it can be read");
                    }
                    self.replace(Lines::default());
                }
                Ok(Err(_)) | Err(_) => warn!("gateway secrets: the file did not answer in time"),
            }
            *read_at = Instant::now();
        }
        self.accepted()
    }

    /// The set after the read that is under way right now, if one is.
    pub(super) async fn settled(&self) -> Arc<[SecretDigest]> {
        drop(self.read_at.lock().await);
        self.accepted()
    }

    /// The set of the last read.
    pub(super) fn accepted(&self) -> Arc<[SecretDigest]> {
        Arc::clone(&self.lines.read().unwrap_or_else(PoisonError::into_inner).accepted)
    }

    /// Whether one of them looks as if somebody had thought of it.
    pub(super) fn is_guessable(&self) -> bool {
        self.lines.read().unwrap_or_else(PoisonError::into_inner).is_guessable
    }

    fn replace(&self, fresh: Lines) {
        let mut lines = self.lines.write().unwrap_or_else(PoisonError::into_inner);
        if *lines == fresh {
            return;
        }
        info!(secrets = fresh.accepted.len(), "gateway secrets: the file has changed");
        if let Some((line, count)) = fresh.bad {
            warn!(
                line,
                count, "gateway secrets: a line of the file is not a secret and is ignored"
            );
        }
        if fresh.is_guessable {
            warn!("gateway secrets: a secret of the file {}", secret_strength::ADVICE);
        }
        *lines = fresh;
    }
}

impl Lines {
    fn of(text: &str) -> Self {
        let mut lines = Self::default();
        let mut accepted = Vec::new();
        for (line, secret) in secrets(text) {
            if let Ok(digest) = accept(secret) {
                lines.is_guessable |= secret_strength::is_guessable(secret);
                accepted.push(digest);
            } else {
                let (first, count) = lines.bad.unwrap_or((line, 0));
                lines.bad = Some((first, count + 1));
            }
        }
        lines.accepted = accepted.into();
        lines
    }
}

/// The lines that are not blank, with their numbers.
fn secrets(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.trim_start_matches('\u{FEFF}').lines().map(str::trim);
    (1..).zip(lines).filter(|(_, line)| !line.is_empty())
}

/// The file's lines. What is no text becomes a line that is no secret, and what is behind the first
/// 64 KiB is not read.
fn read(path: &Path) -> Result<Zeroizing<String>, GatewayError> {
    let file = platform::open_without_waiting(path)?;
    // A pipe would be waited for, and a device has no end.
    if !file.metadata()?.is_file() {
        return Err(GatewayError::NotAFile);
    }
    // Room for the largest file at once, so that growing leaves no unwiped copy behind.
    let room = usize::try_from(FILE_BYTES_MAX + 1).unwrap_or(usize::MAX);
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    let fits = bytes.len() < room;
    // A line that is cut off is none.
    let whole = if fits {
        bytes.len()
    } else {
        bytes.iter().rposition(|byte| *byte == b'\n').unwrap_or_default()
    };
    let mut text = Zeroizing::new(String::with_capacity(2 * whole + CUT.len() + 1));
    for line in bytes.get(..whole).unwrap_or_default().split(|byte| *byte == b'\n') {
        text.push_str(std::str::from_utf8(line).unwrap_or(NOT_TEXT));
        text.push('\n');
    }
    if !fits {
        text.push_str(CUT);
    }
    Ok(text)
}
