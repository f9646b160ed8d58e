//! The key that seals the sign-in of this machine: a setting, or in the system's keyring, or in a
//! file beside the folder where there is no keyring.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use keyring::{KeyRing, KeyRingError};
use thiserror::Error;
use zeroize::Zeroizing;

use super::{
    settings::LocalSettings,
    system_keyring::{Found, SystemKeyring},
};

/// A key takes 45 bytes.
const FILE_BYTES_MAX: u64 = 4_096;

/// Where the key is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyPlace {
    /// In `SESSION_ENCRYPTION_KEY`.
    Setting,
    /// In the system's keyring.
    Keyring,
    /// In this file: whoever can read it and the folder can use the sign-in.
    File(PathBuf),
}

/// Why the key cannot be had.
#[derive(Debug, Error)]
pub enum KeyError {
    /// There is a sign-in, and no key.
    #[error(
        "its key is neither in SESSION_ENCRYPTION_KEY nor in a file, and the system's keyring gives \
         none{0}. Unlock the keyring, or run `jira-mcp-bridge logout` and then \
         `jira-mcp-bridge login`"
    )]
    Missing(String),
    /// The file is open to others.
    #[error("the key file {0} may be read by others; run `chmod 600` on it")]
    OpenToOthers(PathBuf),
    /// The file belongs to somebody else.
    #[error("the key file {0} belongs to another user")]
    NotOurs(PathBuf),
    /// The file cannot be read.
    #[error("the key file {0} cannot be read: {1}")]
    File(PathBuf, io::ErrorKind),
    /// What is there is no key.
    #[error("what stands for a key is none: {0}")]
    NoKey(#[from] KeyRingError),
    /// The system has no randomness.
    #[error("the system gives no random numbers: {0}")]
    Random(#[from] getrandom::Error),
}

/// The key of a sign-in that was made before.
pub(super) async fn existing(settings: &LocalSettings) -> Result<(KeyRing, KeyPlace), KeyError> {
    match look(settings).await? {
        Looked::Found(keys, place) => Ok((keys, place)),
        Looked::KeyringEmpty => Err(KeyError::Missing(String::new())),
        Looked::NoKeyring(reason) => Err(KeyError::Missing(said(&reason))),
    }
}

fn said(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!(" ({reason})") }
}

/// The key, or a new one where there was no sign-in yet.
pub(super) async fn existing_or_new(
    settings: &LocalSettings,
) -> Result<(KeyRing, KeyPlace), KeyError> {
    let has_keyring = match look(settings).await? {
        Looked::Found(keys, place) => return Ok((keys, place)),
        Looked::KeyringEmpty => true,
        // A keyring that is locked today may have the key tomorrow: a second one would only hide
        // it.
        Looked::NoKeyring(reason) if settings.folder.exists() => {
            return Err(KeyError::Missing(said(&reason)));
        }
        Looked::NoKeyring(_) => false,
    };
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(bytes.as_mut_slice())?;
    let text = Zeroizing::new(STANDARD.encode(bytes.as_slice()));
    let account = account(&settings.folder);
    let keyring = SystemKeyring { account: &account, withheld: &settings.withheld };
    if has_keyring && keyring.keep(&text).await {
        return Ok((KeyRing::parse(&text)?, KeyPlace::Keyring));
    }
    let path = file(&settings.folder);
    write(&path, &text).map_err(|error| KeyError::File(path.clone(), error.kind()))?;
    // Another sign-in may have been faster: its key is the one.
    let keys = read(&path)?.ok_or_else(|| KeyError::File(path.clone(), io::ErrorKind::NotFound))?;
    Ok((keys, KeyPlace::File(path)))
}

enum Looked {
    Found(KeyRing, KeyPlace),
    KeyringEmpty,
    NoKeyring(String),
}

async fn look(settings: &LocalSettings) -> Result<Looked, KeyError> {
    if let Some(keys) = settings.keys.clone() {
        return Ok(Looked::Found(keys, KeyPlace::Setting));
    }
    let path = file(&settings.folder);
    if let Some(keys) = read(&path)? {
        return Ok(Looked::Found(keys, KeyPlace::File(path)));
    }
    let account = account(&settings.folder);
    let keyring = SystemKeyring { account: &account, withheld: &settings.withheld };
    Ok(match keyring.find().await {
        Found::Secret(text) => Looked::Found(KeyRing::parse(&text)?, KeyPlace::Keyring),
        Found::Nothing => Looked::KeyringEmpty,
        Found::NoAnswer(reason) => Looked::NoKeyring(reason),
    })
}

/// Beside the folder, so that a copy of the folder alone opens nothing.
fn file(folder: &Path) -> PathBuf {
    folder.with_extension("key")
}

/// The name in the keyring: each folder has a key of its own.
fn account(folder: &Path) -> String {
    let hash = blake3::hash(folder.as_os_str().as_encoded_bytes());
    hash.to_hex().chars().take(16).collect()
}

/// The key of the file; none if there is no such file.
fn read(path: &Path) -> Result<Option<KeyRing>, KeyError> {
    let unread = |error: io::Error| KeyError::File(path.to_owned(), error.kind());
    let about = match fs::metadata(path) {
        Ok(about) => about,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unread(error)),
    };
    match platform::access(&about) {
        Some(access) if !access.is_ours() => return Err(KeyError::NotOurs(path.to_owned())),
        Some(access) if access.is_open_to_others() => {
            return Err(KeyError::OpenToOthers(path.to_owned()));
        }
        _ => {}
    }
    if about.len() > FILE_BYTES_MAX {
        return Err(KeyError::File(path.to_owned(), io::ErrorKind::FileTooLarge));
    }
    let text = Zeroizing::new(fs::read_to_string(path).map_err(unread)?);
    Ok(Some(KeyRing::parse(&text)?))
}

/// Writes the file unless there is one: whole, or not at all.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    platform::create_private_folder(folder)?;
    let mut suffix = [0; 9];
    getrandom::fill(&mut suffix).map_err(io::Error::other)?;
    let fresh = folder.join(format!(".login-key-{}", URL_SAFE_NO_PAD.encode(suffix)));
    let written = || {
        let mut file =
            platform::private(OpenOptions::new().write(true).create_new(true)).open(&fresh)?;
        file.write_all(text.as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        // Unlike a rename, this never replaces a key.
        match fs::hard_link(&fresh, path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => platform::sync_folder(folder),
        }
    };
    let outcome = written();
    let _ = fs::remove_file(&fresh);
    outcome
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use super::*;

    #[test]
    fn a_key_file_is_never_replaced_and_for_its_user_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/login.key");
        assert!(read(&path).unwrap().is_none());
        let key = |byte: u8| {
            let mut bytes = [byte; 32];
            bytes[0] = 0;
            STANDARD.encode(bytes)
        };
        write(&path, &key(1)).unwrap();
        let kept = fs::read_to_string(&path).unwrap();
        write(&path, &key(2)).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), kept);
        assert!(read(&path).unwrap().is_some());
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        let left = fs::read_dir(path.parent().unwrap()).unwrap().count();
        assert_eq!(left, 1, "nothing else is left behind");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(read(&path), Err(KeyError::OpenToOthers(_))));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "nonsense").unwrap();
        assert!(matches!(read(&path), Err(KeyError::NoKey(_))), "no key is not an absent one");
    }
}
