//! What files promise: who may read them, what a damaged one is, and what a full or lost folder is.

use std::{
    fs::{self, File},
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::{Path, PathBuf},
};

use super::place::{HOUR, NOW, files, ring, run};
use crate::{Backend, Expected, Files, FilesError, RecordKey, Store, StoreError};

const END: u64 = NOW + HOUR;

fn key(number: u8) -> RecordKey {
    RecordKey::new("session", &[number])
}

/// A new folder and the files in it.
fn fresh() -> (tempfile::TempDir, Files) {
    let folder = tempfile::tempdir().unwrap();
    let files = files(folder.path());
    (folder, files)
}

/// The files of records.
fn records(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join("sessions")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.file_name().unwrap().len() == 64).collect()
}

async fn put(files: &Files, number: u8, expected: Expected, byte: u8) -> Result<bool, StoreError> {
    files.put(&key(number), expected, &[byte; 40], END, NOW).await
}

#[test]
fn a_folder_that_others_can_use_is_refused() {
    let check = |prepare: &dyn Fn(&Path), expected: Option<FilesError>| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sessions");
        prepare(&path);
        assert_eq!(Files::open(&path, 10).err(), expected);
    };
    let folder_of = |path: &Path, mode: u32| {
        fs::create_dir(path).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    check(&|_| (), None);
    check(&|path| folder_of(path, 0o700), None);
    let open = |mode| Some(FilesError::OpenToOthers { mode });
    check(&|path| folder_of(path, 0o755), open(0o755));
    check(&|path| folder_of(path, 0o710), open(0o710));
    check(&|path| folder_of(path, 0o777), open(0o777));
    let denied = std::io::ErrorKind::PermissionDenied;
    check(&|path| folder_of(path, 0o500), Some(FilesError::NotWritable(denied)));
    check(&|path| fs::write(path, "").unwrap(), Some(FilesError::NotAFolder));
    // Only root can make a folder of somebody else.
    let folder = tempfile::tempdir().unwrap();
    if chown(folder.path(), Some(4711), None).is_ok() {
        let refused = Files::open(folder.path(), 10).unwrap_err();
        assert_eq!(refused, FilesError::NotOurs { owner: 4711, own: 0 });
        assert!(refused.to_string().contains("user 4711, and this process runs as user 0"));
    }
}

#[test]
fn nobody_else_reads_the_files_and_their_names_say_nothing() {
    let (folder, files) = fresh();
    run(async {
        let store = Store::new(std::sync::Arc::new(files), ring(&[1]));
        let key = RecordKey::new("session", b"anna-id");
        store.put(&key, Expected::Absent, b"refresh-token", END, NOW).await.unwrap();
    });
    let of_folder = fs::metadata(folder.path().join("sessions")).unwrap();
    assert_eq!(of_folder.mode() & 0o777, 0o700);
    for path in fs::read_dir(folder.path().join("sessions")).unwrap() {
        let path = path.unwrap().path();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600, "{path:?}");
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let whole = [name.as_bytes(), &fs::read(&path).unwrap()].concat();
        for secret in [&b"refresh"[..], b"anna", b"616e6e61"] {
            assert!(!whole.windows(secret.len()).any(|part| part == secret), "{name}");
        }
    }
    assert_eq!(records(folder.path()).len(), 1);
}

#[test]
fn a_damaged_file_is_neither_absent_nor_lost() {
    let (folder, files) = fresh();
    run(async {
        assert_eq!(put(&files, 1, Expected::Absent, 1).await, Ok(true));
        let path = records(folder.path()).remove(0);
        let whole = fs::read(&path).unwrap();
        let mut damaged: Vec<Vec<u8>> =
            (0..whole.len()).map(|length| whole[..length].to_vec()).collect();
        for at in 0..whole.len() {
            damaged.push(whole.clone());
            damaged.last_mut().unwrap()[at] ^= 1;
        }
        damaged.push([&whole[..], b"more"].concat());
        for bytes in &damaged {
            fs::write(&path, bytes).unwrap();
            assert_eq!(files.get(&key(1), NOW).await, Err(StoreError::Unreadable));
        }
        assert_eq!(put(&files, 1, Expected::Absent, 2).await, Err(StoreError::Unreadable));
        let version = Some([1; 12]);
        assert_eq!(files.remove(&key(1), version, NOW).await, Err(StoreError::Unreadable));
        assert_eq!(files.increment(&key(1), END, NOW).await, Err(StoreError::Unreadable));
        assert_eq!(files.sweep(END).await, Ok(()));
        assert_eq!(fs::read(&path).unwrap(), *damaged.last().unwrap());
        // Who means it can remove it.
        assert_eq!(files.remove(&key(1), None, NOW).await, Ok(true));
        assert_eq!(files.get(&key(1), NOW).await, Ok(None));
    });
}

#[test]
fn a_file_under_another_name_is_unreadable() {
    let (folder, files) = fresh();
    run(async {
        put(&files, 1, Expected::Absent, 1).await.unwrap();
        let first = records(folder.path()).remove(0);
        put(&files, 2, Expected::Absent, 2).await.unwrap();
        let second = records(folder.path()).into_iter().find(|path| *path != first).unwrap();
        fs::copy(&first, &second).unwrap();
        assert_eq!(files.get(&key(2), NOW).await, Err(StoreError::Unreadable));
        fs::remove_file(&second).unwrap();
        fs::create_dir(&second).unwrap();
        assert_eq!(files.get(&key(2), NOW).await, Err(StoreError::Unreadable));
    });
}

#[test]
fn while_the_folder_is_gone_nothing_is_known_and_nothing_is_lost() {
    let (folder, files) = fresh();
    let (here, away) = (folder.path().join("sessions"), folder.path().join("away"));
    run(async {
        put(&files, 1, Expected::Absent, 1).await.unwrap();
        fs::rename(&here, &away).unwrap();
        // Gone, or there and empty as a volume is that was not mounted.
        for is_empty in [false, true] {
            if is_empty {
                fs::create_dir(&here).unwrap();
            }
            assert_eq!(files.get(&key(1), NOW).await, Err(StoreError::Unavailable));
            let put = put(&files, 1, Expected::Absent, 2).await;
            assert_eq!(put, Err(StoreError::Unavailable));
            assert_eq!(files.remove(&key(1), None, NOW).await, Err(StoreError::Unavailable));
            assert_eq!(files.sweep(NOW).await, Err(StoreError::Unavailable));
            assert!(!files.is_reachable().await);
        }
        fs::remove_dir(&here).unwrap();
        fs::rename(&away, &here).unwrap();
        assert_eq!(files.get(&key(1), NOW).await, Ok(Some(vec![1; 40])));
        assert!(files.is_reachable().await);
    });
}

#[test]
fn what_cannot_be_written_leaves_what_is_there() {
    let (folder, files) = fresh();
    run(async {
        put(&files, 1, Expected::Absent, 1).await.unwrap();
        let name = records(folder.path()).remove(0).file_name().unwrap().to_owned();
        let unfinished = format!(".new-{}", name.to_str().unwrap());
        let obstacle = folder.path().join("sessions").join(unfinished);
        fs::create_dir(&obstacle).unwrap();
        let expected = Expected::Version([1; 12]);
        assert_eq!(put(&files, 1, expected, 2).await, Err(StoreError::Unavailable));
        assert_eq!(files.get(&key(1), NOW).await, Ok(Some(vec![1; 40])));
        fs::remove_dir(&obstacle).unwrap();
        assert_eq!(put(&files, 1, expected, 2).await, Ok(true));
    });
}

#[test]
fn there_are_no_more_files_than_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sessions");
    run(async {
        let files = Files::open(&path, 2).unwrap();
        for number in 0..2 {
            assert_eq!(put(&files, number, Expected::Absent, 1).await, Ok(true));
        }
        // What was there at the start counts.
        let files = Files::open(&path, 2).unwrap();
        assert_eq!(put(&files, 2, Expected::Absent, 1).await, Err(StoreError::Unavailable));
        assert_eq!(files.increment(&key(2), END, NOW).await, Err(StoreError::Unavailable));
        assert_eq!(put(&files, 0, Expected::Version([1; 12]), 2).await, Ok(true));
        assert_eq!(files.remove(&key(0), None, NOW).await, Ok(true));
        assert_eq!(put(&files, 2, Expected::Absent, 1).await, Ok(true));
        // Who needs room looks for what has ended.
        let files = Files::open(&path, 2).unwrap();
        assert_eq!(files.put(&key(3), Expected::Absent, &[1; 40], END + HOUR, END).await, Ok(true));
        assert_eq!(records(folder.path()).len(), 1);
    });
}

#[test]
fn a_sweep_takes_what_has_ended_and_what_killed_writers_left() {
    let (folder, files) = fresh();
    let inside = |name: &str| folder.path().join("sessions").join(name);
    run(async {
        put(&files, 1, Expected::Absent, 1).await.unwrap();
        files.put(&key(2), Expected::Absent, &[2; 40], END + 1, NOW).await.unwrap();
        files.increment(&key(3), END, NOW).await.unwrap();
        let unfinished = inside(&format!(".new-{}", "0f".repeat(32)));
        fs::write(&unfinished, "half").unwrap();
        fs::write(inside("notes.txt"), "of the operator").unwrap();
        files.sweep(END).await.unwrap();
        assert_eq!(records(folder.path()).len(), 1);
        assert!(!unfinished.exists() && inside("notes.txt").exists());
        assert_eq!(files.get(&key(2), END).await, Ok(Some(vec![2; 40])));
    });
}

#[test]
fn a_process_that_hangs_in_the_folder_does_not_hang_others() {
    let (folder, files) = fresh();
    let locks: Vec<File> = (0..16)
        .map(|part| {
            let lock = folder.path().join("sessions").join(format!(".lock-{part:x}"));
            let lock = File::open(lock).unwrap();
            lock.lock().unwrap();
            lock
        })
        .collect();
    run(async {
        assert_eq!(put(&files, 1, Expected::Absent, 1).await, Err(StoreError::Unavailable));
        assert_eq!(files.get(&key(1), NOW).await, Ok(None));
        drop(locks);
        assert_eq!(put(&files, 1, Expected::Absent, 1).await, Ok(true));
    });
}
