//! The key that seals sessions is replaced while they live.

use super::{
    World, key,
    stores::{Folder, files},
    world::MINUTE,
};

#[tokio::test]
async fn a_used_session_outlives_the_key_that_sealed_it() {
    let world = World::new().await;
    let folder = Folder::new();
    let (old, new) = (key(1), key(2));
    let start = async |keys: &[&str]| {
        let keys = keys.join(",");
        let two = [("MAX_SESSIONS_PER_USER", "2")];
        world.replica(&[files(&folder, &keys).as_slice(), &two].concat()).await
    };
    let bridge = start(&[&old]).await;
    let unused = bridge.door.sign_in("ben").await;
    let anna = bridge.door.sign_in("anna").await;
    // Every replica can open what the next one will seal, before any of them seals so.
    let bridge = start(&[&old, &new]).await;
    bridge.door.works(&anna.access_token).await;
    let bridge = start(&[&new, &old]).await;
    world.advance(MINUTE);
    let anna = bridge.door.refresh(&anna).await.tokens(&anna.client_id);
    bridge.door.works(&anna.access_token).await;
    // Her list stands under the old key, and counts all the same: her third session ends the
    // first.
    let second = bridge.door.sign_in("anna").await;
    let third = bridge.door.sign_in("anna").await;
    bridge.door.read(&anna.access_token).await.says_sign_in_again();
    let bridge = start(&[&new]).await;
    for kept in [&second, &third] {
        bridge.door.works(&kept.access_token).await;
    }
    bridge.door.read(&unused.access_token).await.says_sign_in_again();
}

/// The record alone, without a new token: what is used is sealed anew.
#[tokio::test]
async fn using_a_session_seals_it_anew() {
    let world = World::new().await;
    let folder = Folder::new();
    let records = || {
        let files = walk(folder.path());
        files.into_iter().map(|path| std::fs::read(path).unwrap()).collect::<Vec<_>>()
    };
    let start = async |keys: String| world.replica(&files(&folder, &keys)).await;
    let anna = start(key(1)).await.door.sign_in("anna").await;
    let bridge = start(format!("{},{}", key(2), key(1))).await;
    let before = records();
    bridge.door.works(&anna.access_token).await;
    let changed = records().iter().filter(|record| !before.contains(record)).count();
    assert_eq!(changed, 2, "the session, and its person's list: a sign-out must find it later");
    let before = records();
    bridge.door.works(&anna.access_token).await;
    assert_eq!(records(), before, "once is enough");
}

/// All files of a folder, in a fixed order.
pub(super) fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(walk(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}
