//! The folder of the records: made, checked and opened when the process starts.

use std::{
    fs::{self, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

use platform::Access;

/// Writers of different parts do not wait for each other; a record's part is the first digit of its
/// name.
pub(super) const PARTS: usize = 16;

/// Why records cannot be kept in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilesError {
    /// It is not there, and cannot be made.
    #[error("the folder of the sessions cannot be made: {0}")]
    NotMade(io::ErrorKind),
    /// Something else has its name.
    #[error("the folder of the sessions is not a folder")]
    NotAFolder,
    /// Another user owns it.
    #[error(
        "the folder of the sessions belongs to user {owner}, and this process runs as user {own}; \
         name a folder that does not exist yet, such as `sessions` in this one"
    )]
    NotOurs {
        /// Who owns it.
        owner: u32,
        /// Who we are.
        own: u32,
    },
    /// Its group or everybody may look into it.
    #[error(
        "the folder of the sessions is open to others (mode {mode:03o}); run `chmod 700` on it, or \
         name a folder that does not exist yet, such as `sessions` in this one"
    )]
    OpenToOthers {
        /// Its permissions.
        mode: u32,
    },
    /// Nothing can be written in it, or it cannot be read.
    #[error("nothing can be written in the folder of the sessions: {0}")]
    NotWritable(io::ErrorKind),
    /// Its file system has no locks, or does not say when a name is on the disk.
    #[error("the file system of the folder of the sessions cannot lock or keep files: {0}")]
    NotReliable(io::ErrorKind),
}

/// Makes the folder if it is not there, and refuses one that others may use. The files with locks
/// that it makes also tell it from an empty one: a volume that is not mounted has none.
pub(super) fn prepare(folder: &Path) -> Result<(), FilesError> {
    platform::create_private_folder(folder).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => FilesError::NotAFolder,
        kind => FilesError::NotMade(kind),
    })?;
    let about = fs::metadata(folder).map_err(|error| FilesError::NotWritable(error.kind()))?;
    if let Some(access) = platform::access(&about) {
        let Access { owner, own, mode } = access;
        if !access.is_ours() {
            return Err(FilesError::NotOurs { owner, own });
        }
        if access.is_open_to_others() {
            return Err(FilesError::OpenToOthers { mode });
        }
        if mode != 0o700 {
            return Err(FilesError::NotWritable(io::ErrorKind::PermissionDenied));
        }
    }
    for part in 0..PARTS {
        let lock = platform::private(OpenOptions::new().create(true).append(true))
            .open(lock_path(folder, part))
            .map_err(|error| FilesError::NotWritable(error.kind()))?;
        // Another process may hold it; that it can be asked for is enough.
        if let Err(TryLockError::Error(error)) = lock.try_lock() {
            return Err(FilesError::NotReliable(error.kind()));
        }
    }
    platform::sync_folder(folder).map_err(|error| FilesError::NotReliable(error.kind()))
}

/// The file whose lock a writer of this part holds. It is made at the start and never later: where
/// it is missing, the folder is gone.
pub(super) fn lock_path(folder: &Path, part: usize) -> PathBuf {
    folder.join(format!(".lock-{part:x}"))
}
