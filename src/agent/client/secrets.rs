//! The secrets of a Direct Line channel: at most two at once, so that one can be replaced while the
//! other works; from the settings, or from a file that is read again when it changes.

use std::{
    fmt,
    io::Read,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use secrecy::{ExposeSecret as _, SecretString};
use tokio::{
    sync::Mutex,
    task::spawn_blocking,
    time::{Instant, timeout},
};
use zeroize::Zeroizing;

const SECRETS_MAX: usize = 2;
const SECRET_CHARS_MAX: usize = 1024;
const FILE_BYTES_MAX: u64 = 64 * 1024;

/// No call waits longer for a disk; the secrets that are known then count a little longer.
const READ_TIME_MAX: Duration = Duration::from_secs(1);

/// Why there are no secrets. No part of any is in it.
#[derive(Debug, thiserror::Error)]
pub enum SecretsFault {
    /// None at all.
    #[error("there is no secret")]
    Empty,
    /// More than two.
    #[error("there are more than 2 secrets")]
    TooMany,
    /// A character that no secret has.
    #[error("secret {position} has a character other than A-Z a-z 0-9 . _ - or more than 1024")]
    Character {
        /// Which of them, from 1.
        position: usize,
    },
    /// The file is a folder, a device or a pipe.
    #[error("it is not a regular file")]
    NotAFile,
    /// More than 64 KiB.
    #[error("the file is larger than 64 KiB")]
    TooLarge,
    /// It cannot be read.
    #[error("the file cannot be read: {0}")]
    File(#[from] std::io::Error),
}

/// One secret of a channel.
#[derive(Clone)]
pub struct DirectLineSecret(SecretString);

impl DirectLineSecret {
    /// The text, for the service and for the derivation of keys.
    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl PartialEq for DirectLineSecret {
    fn eq(&self, other: &Self) -> bool {
        use subtle::ConstantTimeEq as _;
        self.expose().as_bytes().ct_eq(other.expose().as_bytes()).into()
    }
}

impl fmt::Debug for DirectLineSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DirectLineSecret(***)")
    }
}

/// One or two secrets, the current one first. A clone shares them.
#[derive(Clone)]
pub struct Secrets(Arc<Source>);

struct Source {
    file: Option<Watched>,
    current: RwLock<Arc<[DirectLineSecret]>>,
}

struct Watched {
    path: PathBuf,
    recheck: Duration,
    read_at: Mutex<Instant>,
}

impl Secrets {
    /// Those of the settings: the current one, and the previous one while it is being replaced.
    pub fn of_settings(secrets: &[SecretString]) -> Result<Self, SecretsFault> {
        let secrets = accept(secrets.iter().map(SecretString::expose_secret))?;
        Ok(Self(Arc::new(Source { file: None, current: RwLock::new(secrets) })))
    }

    /// Those of a file, one a line; blocking. It is read again at the first use after `recheck`.
    pub fn of_file(path: PathBuf, recheck: Duration) -> Result<Self, SecretsFault> {
        let secrets = lines(&read(&path)?)?;
        let file = Some(Watched { path, recheck, read_at: Mutex::new(Instant::now()) });
        Ok(Self(Arc::new(Source { file, current: RwLock::new(secrets) })))
    }

    /// The secrets as they stand now. A file that cannot be read leaves those that were there: what
    /// cannot be read is not taken for absent, and they are our own.
    pub(super) async fn current(&self) -> Arc<[DirectLineSecret]> {
        // Whoever finds the lock taken goes on with the last ones instead of waiting for the disk.
        if let Some(file) = &self.0.file
            && let Ok(mut read_at) = file.read_at.try_lock()
            && read_at.elapsed() >= file.recheck
        {
            let path = file.path.clone();
            let reading = spawn_blocking(move || lines(&read(&path)?));
            match timeout(READ_TIME_MAX, reading).await {
                Ok(Ok(Ok(fresh))) => self.replace(fresh),
                Ok(Ok(Err(fault))) => {
                    tracing::warn!(%fault, "Direct Line secrets: the last ones stay in use");
                }
                _ => tracing::warn!("Direct Line secrets: the file did not answer in time"),
            }
            *read_at = Instant::now();
        }
        self.known()
    }

    /// Those that were read last.
    pub(super) fn known(&self) -> Arc<[DirectLineSecret]> {
        Arc::clone(&self.0.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn replace(&self, fresh: Arc<[DirectLineSecret]>) {
        let mut current = self.0.current.write().unwrap_or_else(PoisonError::into_inner);
        if *current != fresh {
            tracing::info!(secrets = fresh.len(), "Direct Line secrets: the file has changed");
            *current = fresh;
        }
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(***)")
    }
}

fn lines(text: &str) -> Result<Arc<[DirectLineSecret]>, SecretsFault> {
    let lines = text.trim_start_matches('\u{FEFF}').lines().map(str::trim);
    accept(lines.filter(|line| !line.is_empty()))
}

fn accept<'a>(
    texts: impl Iterator<Item = &'a str>,
) -> Result<Arc<[DirectLineSecret]>, SecretsFault> {
    let mut secrets = Vec::new();
    for (position, text) in (1..).zip(texts) {
        let is_secret = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if text.is_empty() || text.len() > SECRET_CHARS_MAX || !text.chars().all(is_secret) {
            return Err(SecretsFault::Character { position });
        }
        secrets.push(DirectLineSecret(SecretString::from(text)));
    }
    match secrets.len() {
        0 => Err(SecretsFault::Empty),
        1..=SECRETS_MAX => Ok(secrets.into()),
        _ => Err(SecretsFault::TooMany),
    }
}

fn read(path: &Path) -> Result<Zeroizing<String>, SecretsFault> {
    let file = platform::open_without_waiting(path)?;
    if !file.metadata()?.is_file() {
        return Err(SecretsFault::NotAFile);
    }
    // Room for the largest file at once, so that growing leaves no unwiped copy behind.
    let room = usize::try_from(FILE_BYTES_MAX + 1).unwrap_or(usize::MAX);
    let mut text = Zeroizing::new(String::with_capacity(room));
    file.take(FILE_BYTES_MAX + 1).read_to_string(&mut text)?;
    if text.len() < room { Ok(text) } else { Err(SecretsFault::TooLarge) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn exposed(secrets: &[DirectLineSecret]) -> Vec<&str> {
        secrets.iter().map(DirectLineSecret::expose).collect()
    }

    #[test]
    fn one_or_two_secrets_of_the_services_alphabet() {
        fn check(texts: &[&str], expected: Result<usize, &str>) {
            let secrets: Vec<_> = texts.iter().map(|text| SecretString::from(*text)).collect();
            let found = Secrets::of_settings(&secrets).map(|secrets| secrets.known().len());
            let found = found.map_err(|fault| fault.to_string());
            match expected {
                Ok(count) => assert_eq!(found.unwrap(), count),
                Err(word) => assert!(found.unwrap_err().contains(word)),
            }
        }
        check(&["aB3._-"], Ok(1));
        check(&["a", "b"], Ok(2));
        check(&[], Err("no secret"));
        check(&["a", "b", "c"], Err("more than 2"));
        check(&["a", "b c"], Err("secret 2"));
        check(&[""], Err("secret 1"));
    }

    #[tokio::test]
    async fn a_changed_file_is_read_again_and_a_broken_one_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets");
        fs::write(&path, "\u{FEFF}one\n\n two \n").unwrap();
        let secrets = Secrets::of_file(path.clone(), Duration::ZERO).unwrap();
        assert_eq!(exposed(&secrets.current().await), ["one", "two"]);
        fs::write(&path, "three\n").unwrap();
        assert_eq!(exposed(&secrets.current().await), ["three"]);
        for broken in ["", "not a secret\n", "a\nb\nc\n"] {
            fs::write(&path, broken).unwrap();
            assert_eq!(exposed(&secrets.current().await), ["three"], "{broken:?}");
        }
        fs::remove_file(&path).unwrap();
        assert_eq!(exposed(&secrets.current().await), ["three"]);
        assert!(matches!(read(folder.path()), Err(SecretsFault::NotAFile)));
        assert!(!format!("{secrets:?} {:?}", secrets.known()).contains("three"));
    }
}
