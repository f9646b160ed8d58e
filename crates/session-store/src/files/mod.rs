//! Records in a folder, one file each: they outlive the process, and processes may share them.

mod disk;
mod folder;
mod format;

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use tokio::{
    sync::{Mutex as AsyncMutex, OwnedMutexGuard},
    task::spawn_blocking,
    time::{Instant, timeout},
};

use self::{
    disk::{Disk, LOCK_WAIT, part},
    folder::PARTS,
    format::Entry,
};
use super::{
    backend::{Backend, Expected, Version},
    error::StoreError,
    held::{Held, is_expected, is_removable},
    key::RecordKey,
};

pub use self::folder::FilesError;

/// A full folder is searched for what has ended no more often than this.
const SWEEP_INTERVAL: Duration = Duration::from_secs(10);

/// One file a record, named by a hash of its key, replaced as a whole. A writing that was confirmed
/// is on the disk. What the disk refuses is [`StoreError::Unavailable`], and the file that was
/// there is still there.
///
/// Processes on one host may share a folder. Beyond `records_max` files new records are refused;
/// what another process adds is counted with the next sweep.
#[derive(Debug)]
pub struct Files {
    disk: Arc<Disk>,
    /// Writers of this process wait here, where no thread waits with them; the lock of the file
    /// then has to hold off other processes only.
    turns: Arc<[Turn; PARTS]>,
    swept_at: Mutex<Option<Instant>>,
}

type Turn = Arc<AsyncMutex<()>>;

impl Files {
    /// Opens the folder, or makes it for this user alone. Blocks; for the start of the process.
    pub fn open(folder: &Path, records_max: usize) -> Result<Self, FilesError> {
        Ok(Self {
            disk: Arc::new(Disk::open(folder, records_max)?),
            turns: Arc::new(std::array::from_fn(|_| Turn::default())),
            swept_at: Mutex::default(),
        })
    }

    /// Runs `act` while nobody else writes in the key's part. It runs to its end, also when the
    /// caller no longer waits.
    async fn alone<T: Send + 'static>(
        &self,
        key: &RecordKey,
        act: impl FnOnce(&Disk, &str) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let name = key.hashed();
        let part = part(&name).ok_or(StoreError::Unavailable)?;
        let turn = self.turns.get(part).ok_or(StoreError::Unavailable)?.clone().lock_owned();
        let turn = timeout(LOCK_WAIT, turn).await.map_err(|_| StoreError::Unavailable)?;
        let disk = self.disk.clone();
        blocking(move || {
            let _turn: OwnedMutexGuard<()> = turn;
            let _lock = disk.lock(part)?;
            act(&disk, &name)
        })
        .await
    }

    /// The same for what may add a file: `act` gives none if there is no room. Then what has ended
    /// is removed, and it runs again.
    async fn alone_with_room<T: Send + 'static>(
        &self,
        key: &RecordKey,
        now_ms: u64,
        act: impl Fn(&Disk, &str) -> Result<Option<T>, StoreError> + Clone + Send + 'static,
    ) -> Result<T, StoreError> {
        if let Some(done) = self.alone(key, act.clone()).await? {
            return Ok(done);
        }
        if self.may_sweep() {
            self.sweep(now_ms).await?;
        }
        self.alone(key, act).await?.ok_or(StoreError::Unavailable)
    }

    fn may_sweep(&self) -> bool {
        let now = Instant::now();
        let mut swept_at = self.swept_at.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = swept_at.is_none_or(|last| now.duration_since(last) >= SWEEP_INTERVAL);
        if is_due {
            *swept_at = Some(now);
        }
        is_due
    }
}

async fn blocking<T: Send + 'static>(
    act: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    spawn_blocking(act).await.unwrap_or(Err(StoreError::Unavailable))
}

#[async_trait]
impl Backend for Files {
    async fn get(&self, key: &RecordKey, now_ms: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let (disk, name) = (self.disk.clone(), key.hashed());
        // Without a lock: a file is replaced as a whole.
        let entry = blocking(move || disk.read(&name)).await?;
        let Some(entry) = entry.filter(|entry| entry.expires_at_ms > now_ms) else {
            return Ok(None);
        };
        entry.held.record().map(|sealed| Some(sealed.to_vec()))
    }

    async fn put(
        &self,
        key: &RecordKey,
        expected: Expected,
        sealed: &[u8],
        expires_at_ms: u64,
        now_ms: u64,
    ) -> Result<bool, StoreError> {
        let sealed = sealed.to_vec();
        self.alone_with_room(key, now_ms, move |disk, name| {
            let found = disk.read(name)?;
            let is_new = found.is_none();
            let live = found.filter(|entry| entry.expires_at_ms > now_ms);
            if !is_expected(live.as_ref().map(|entry| &entry.held), &expected) {
                return Ok(Some(false));
            }
            if is_new && !disk.has_room() {
                return Ok(None);
            }
            let entry = Entry { held: Held::Record(sealed.clone()), expires_at_ms };
            disk.write(name, &entry, is_new).map(|()| Some(true))
        })
        .await
    }

    async fn remove(
        &self,
        key: &RecordKey,
        version: Option<Version>,
        now_ms: u64,
    ) -> Result<bool, StoreError> {
        self.alone(key, move |disk, name| {
            let may_remove = match disk.read(name) {
                Ok(None) => false,
                Ok(Some(entry)) => {
                    entry.expires_at_ms > now_ms && is_removable(&entry.held, version.as_ref())
                }
                Err(StoreError::Unreadable) if version.is_none() => true,
                Err(error) => return Err(error),
            };
            if may_remove {
                disk.remove(name)?;
            }
            Ok(may_remove)
        })
        .await
    }

    async fn increment(
        &self,
        key: &RecordKey,
        expires_at_ms: u64,
        now_ms: u64,
    ) -> Result<u64, StoreError> {
        self.alone_with_room(key, now_ms, move |disk, name| {
            let found = disk.read(name)?;
            let is_new = found.is_none();
            let live = found.filter(|entry| entry.expires_at_ms > now_ms);
            let (before, expires_at_ms) = match live {
                Some(entry) => (entry.held.count()?, entry.expires_at_ms),
                None => (0, expires_at_ms),
            };
            if is_new && !disk.has_room() {
                return Ok(None);
            }
            let entry = Entry { held: Held::Count(before + 1), expires_at_ms };
            disk.write(name, &entry, is_new).map(|()| Some(before + 1))
        })
        .await
    }

    async fn sweep(&self, now_ms: u64) -> Result<(), StoreError> {
        let (disk, turns) = (self.disk.clone(), self.turns.clone());
        blocking(move || {
            disk.sweep(now_ms, |part| {
                turns.get(part).map(|turn| turn.clone().blocking_lock_owned())
            })
        })
        .await
    }

    fn is_shared(&self) -> bool {
        true
    }

    async fn is_reachable(&self) -> bool {
        let disk = self.disk.clone();
        blocking(move || Ok(disk.is_here())).await.unwrap_or(false)
    }
}
