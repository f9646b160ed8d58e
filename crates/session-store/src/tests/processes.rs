//! Several processes in one folder, and one that is killed.

use std::{
    env, fs,
    io::{self, BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
};

use super::place::{HOUR, NOW, files, run};
use crate::{Backend, Expected, RecordKey};

const END: u64 = NOW + HOUR;
const FOLDER: &str = "SESSION_STORE_TEST_FOLDER";
const ID: &str = "SESSION_STORE_TEST_ID";
const INCREMENTS: u64 = 40;

fn key(process: u8, number: u64) -> RecordKey {
    RecordKey::new("session", &[&[process][..], &number.to_be_bytes()].concat())
}

fn counter() -> RecordKey {
    RecordKey::new("count", b"1")
}

/// Another process that runs the test below. It tells each record that it wrote.
fn start(folder: &Path, id: u8) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "tests::processes::another_process", "--nocapture"])
        .env(FOLDER, folder)
        .env(ID, id.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The numbers that it told.
fn told(child: &mut Child) -> impl Iterator<Item = u64> + use<> {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.map_while(Result::ok).filter_map(|line| line.strip_prefix("wrote ")?.parse().ok())
}

/// Does nothing unless it was started by another test.
#[test]
fn another_process() {
    let (Some(folder), Some(id)) = (env::var_os(FOLDER), env::var_os(ID)) else { return };
    let process: u8 = id.to_str().unwrap().parse().unwrap();
    let files = files(Path::new(&folder));
    run(async {
        for number in 0.. {
            if number < INCREMENTS {
                files.increment(&counter(), END, NOW).await.unwrap();
            } else if process < 2 {
                return;
            }
            let key = key(process, number);
            assert!(files.put(&key, Expected::Absent, &[7; 5000], END, NOW).await.unwrap());
            writeln!(io::stdout(), "wrote {number}").unwrap();
        }
    });
}

#[test]
fn processes_in_one_folder_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut children = [start(folder.path(), 0), start(folder.path(), 1)];
    for child in &mut children {
        assert_eq!(told(child).count(), usize::try_from(INCREMENTS).unwrap());
        assert!(child.wait().unwrap().success());
    }
    let files = files(folder.path());
    let count = run(files.increment(&counter(), END, NOW));
    assert_eq!(count, Ok(2 * INCREMENTS + 1));
}

#[test]
fn what_was_confirmed_outlives_a_killed_process() {
    let folder = tempfile::tempdir().unwrap();
    for process in 2..6 {
        let mut child = start(folder.path(), process);
        let mut told = told(&mut child);
        let mut last = 0;
        for _ in 0..15 + u64::from(process) * 3 {
            last = told.next().unwrap();
        }
        child.kill().unwrap();
        // What it told before it was killed counts too.
        last = told.last().unwrap_or(last);
        child.wait().unwrap();
        let files = files(folder.path());
        run(async {
            for number in 0..=last {
                let found = files.get(&key(process, number), NOW).await;
                assert_eq!(found, Ok(Some(vec![7; 5000])), "{process} {number}");
            }
            files.increment(&counter(), END, NOW).await.unwrap();
            files.sweep(NOW).await.unwrap();
        });
        for entry in fs::read_dir(folder.path().join("sessions")).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(!name.starts_with(".new-"), "{name}");
        }
    }
}
