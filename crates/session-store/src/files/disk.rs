//! What blocks: reading, writing and removing one file, and the sweep over all.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use super::{
    folder::{FilesError, PARTS, lock_path, prepare},
    format::{Entry, FILE_BYTES_MAX, decode, encode},
};
use crate::{error::StoreError, report::Report};

/// How long a writer waits for another process, which holds a lock for the time of one writing.
pub(super) const LOCK_WAIT: Duration = Duration::from_secs(2);
const LOCK_POLL: Duration = Duration::from_millis(1);
const LOCK_POLLS: u32 = 2000;

/// A file that is being written has this before its name.
const UNFINISHED: &str = ".new-";

#[derive(Debug)]
pub(super) struct Disk {
    folder: PathBuf,
    records_max: usize,
    /// The files of records. Another process adds its own unseen, so each sweep counts anew.
    records: AtomicUsize,
    report: Report,
}

impl Disk {
    pub(super) fn open(folder: &Path, records_max: usize) -> Result<Self, FilesError> {
        prepare(folder)?;
        let disk = Self {
            folder: folder.to_path_buf(),
            records_max,
            records: AtomicUsize::new(0),
            report: Report::default(),
        };
        let names = disk.names().map_err(|error| FilesError::NotWritable(error.kind()))?;
        disk.records.store(names.iter().filter(|name| is_record(name)).count(), Ordering::Relaxed);
        Ok(disk)
    }

    /// Whether the folder is there and is the one that was opened.
    pub(super) fn is_here(&self) -> bool {
        lock_path(&self.folder, 0).exists()
    }

    pub(super) fn has_room(&self) -> bool {
        self.records.load(Ordering::Relaxed) < self.records_max
    }

    /// Keeps other processes from writing in this part, until the file is closed.
    pub(super) fn lock(&self, part: usize) -> Result<File, StoreError> {
        let file = File::open(lock_path(&self.folder, part)).map_err(|error| self.fault(&error))?;
        for _ in 0..LOCK_POLLS {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                // The system has no waiting that ends, and a process that hangs would take all
                // others with it.
                Err(TryLockError::WouldBlock) => thread::sleep(LOCK_POLL),
                Err(TryLockError::Error(error)) => return Err(self.fault(&error)),
            }
        }
        self.report.warn("file", "another process does not release its lock");
        Err(StoreError::Unavailable)
    }

    /// What the file of this name says, also when its time is over; none when there is none.
    pub(super) fn read(&self, name: &str) -> Result<Option<Entry>, StoreError> {
        match self.bytes(name) {
            Ok(bytes) => decode(name, &bytes).map(Some).inspect_err(|_| {
                self.report.warn("file", "a file of the folder is damaged, or not a record");
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // Where the folder is gone, nothing is known of the record.
                if self.is_here() { Ok(None) } else { Err(self.fault(&error)) }
            }
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Err(StoreError::Unreadable),
            Err(error) => Err(self.fault(&error)),
        }
    }

    fn bytes(&self, name: &str) -> io::Result<Vec<u8>> {
        let path = self.folder.join(name);
        let about = fs::symlink_metadata(&path)?;
        // A pipe would block for ever.
        if !about.is_file() || about.len() > FILE_BYTES_MAX {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut bytes = Vec::new();
        File::open(path)?.take(FILE_BYTES_MAX).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Puts a file in the place of what is there. It is whole or not there at every moment, and on
    /// the disk when this returns. The caller holds the lock.
    pub(super) fn write(&self, name: &str, entry: &Entry, is_new: bool) -> Result<(), StoreError> {
        let unfinished = self.folder.join(format!("{UNFINISHED}{name}"));
        let bytes = encode(name, entry);
        let is_of_size = u64::try_from(bytes.len()).is_ok_and(|length| length <= FILE_BYTES_MAX);
        if !is_of_size {
            self.report.warn("file", "a record is too large");
            return Err(StoreError::Unavailable);
        }
        let written = write_whole(&unfinished, &bytes)
            .and_then(|()| fs::rename(&unfinished, self.folder.join(name)));
        if let Err(error) = written {
            // What is left here is no record; the sweep would find it too.
            let _ = fs::remove_file(&unfinished);
            return Err(self.fault(&error));
        }
        if is_new {
            self.records.fetch_add(1, Ordering::Relaxed);
        }
        self.sync()
    }

    /// Removes a file for good. The caller holds the lock.
    pub(super) fn remove(&self, name: &str) -> Result<(), StoreError> {
        fs::remove_file(self.folder.join(name)).map_err(|error| self.fault(&error))?;
        let _ = self.records.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |records| {
            Some(records.saturating_sub(1))
        });
        self.sync()
    }

    /// A name in the folder is on the disk when the folder is.
    fn sync(&self) -> Result<(), StoreError> {
        platform::sync_folder(&self.folder).map_err(|error| self.fault(&error))
    }

    /// Removes records whose time is over and what killed writers left, and counts the rest.
    /// `take_turn` keeps the other writers of this process out of a part.
    pub(super) fn sweep<T>(
        &self,
        now_ms: u64,
        take_turn: impl Fn(usize) -> Option<T>,
    ) -> Result<(), StoreError> {
        let mut records = 0;
        for name in self.names().map_err(|error| self.fault(&error))? {
            let Some(part) = part(name.trim_start_matches(UNFINISHED)) else { continue };
            let is_unfinished = name.starts_with(UNFINISHED);
            if !is_unfinished && !self.has_ended(&name, now_ms) {
                records += usize::from(is_record(&name));
                continue;
            }
            let _turn = take_turn(part);
            let _lock = self.lock(part)?;
            // Who writes holds the lock, so what is unfinished now stays so. A record may have been
            // written anew since it was read.
            if is_unfinished {
                let _ = fs::remove_file(self.folder.join(&name));
            } else if self.has_ended(&name, now_ms) {
                self.remove(&name)?;
            } else {
                records += 1;
            }
        }
        self.records.store(records, Ordering::Relaxed);
        if self.is_here() { Ok(()) } else { Err(StoreError::Unavailable) }
    }

    /// What cannot be read has not ended.
    fn has_ended(&self, name: &str, now_ms: u64) -> bool {
        matches!(self.read(name), Ok(Some(entry)) if entry.expires_at_ms <= now_ms)
    }

    fn names(&self) -> io::Result<Vec<String>> {
        fs::read_dir(&self.folder)?
            .filter_map(|entry| entry.map(|entry| entry.file_name().into_string().ok()).transpose())
            .collect()
    }

    fn fault(&self, error: &io::Error) -> StoreError {
        self.report.warn("file", &error.kind().to_string());
        StoreError::Unavailable
    }
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = platform::private(OpenOptions::new().write(true).create_new(true)).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn is_record(name: &str) -> bool {
    name.len() == blake3::OUT_LEN * 2 && part(name).is_some()
}

/// The part that a name belongs to.
pub(super) fn part(name: &str) -> Option<usize> {
    let digit = name.chars().next()?.to_digit(16)?;
    usize::try_from(digit).ok().filter(|part| *part < PARTS)
}
