//! Where the key is that seals the sign-in: a setting, the system's keyring, or a file.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::PathBuf,
};

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::support::{Run, Stdio};

use super::world::{Settings, World, whoami};

fn key_file(world: &World) -> PathBuf {
    world.home.path().join("jira-mcp-bridge/login.key")
}

async fn login(world: &World, settings: &Settings) -> String {
    let (run, url) = world.begin(settings);
    world.press(&url, "anna").await;
    let ended = run.end();
    assert_eq!(ended.code, Some(0), "{}", ended.text);
    ended.text
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keyring_the_key_is_a_file_for_its_user_alone() {
    let world = World::start().await;
    let shown = login(&world, &world.app()).await;
    assert!(shown.contains("whoever can read both can work as you"), "{shown}");
    assert_eq!(fs::metadata(key_file(&world)).unwrap().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(world.folder()).unwrap().mode() & 0o777, 0o700);
    fs::set_permissions(key_file(&world), fs::Permissions::from_mode(0o644)).unwrap();
    let mut stdio = world.stdio();
    assert_eq!(stdio.exit_code(), 1);
    assert!(stdio.everything().contains("chmod 600"), "{}", stdio.everything());
    // Without its key the folder is worth nothing, and a sign-in does not hide that with a new one.
    fs::remove_file(key_file(&world)).unwrap();
    let mut stdio = world.stdio();
    assert_eq!(stdio.exit_code(), 1);
    assert!(stdio.everything().contains("jira-mcp-bridge logout"), "{}", stdio.everything());
    let again = Run::start(&["login", "--no-browser", "--port", "0"], &world.app()).end();
    assert_eq!(again.code, Some(1), "{}", again.text);
    assert!(!key_file(&world).exists());
    assert_eq!(world.logout().code, Some(0));
    login(&world, &world.app()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_the_settings_is_needed_by_stdio_too() {
    let world = World::start().await;
    let key = |first: u8| {
        let mut bytes = [7; 32];
        bytes[0] = first;
        ("SESSION_ENCRYPTION_KEY", STANDARD.encode(bytes))
    };
    let with = |mut settings: Settings, first: u8| {
        settings.push(key(first));
        settings
    };
    login(&world, &with(world.app(), 1)).await;
    assert!(!key_file(&world).exists());
    let mut stdio = Stdio::start(&with(world.settings(), 1));
    assert_eq!(whoami(&mut stdio, 1)["name"], "Anna Admin");
    for settings in [with(world.settings(), 2), world.settings()] {
        let mut stdio = Stdio::start(&settings);
        assert_eq!(stdio.exit_code(), 1);
        let shown = stdio.everything();
        assert!(shown.contains("SESSION_ENCRYPTION_KEY"), "{shown}");
    }
}

/// Plays `secret-tool`: keeps its standard input, and notes its arguments and its environment.
const SECRET_TOOL: &str = r#"#!/bin/sh
here=$(dirname "$0")
echo "$@" >> "$here/arguments"
env >> "$here/environment"
[ -f "$here/locked" ] && { echo "the keyring is locked" >&2; exit 1; }
case "$1" in
  store) cat > "$here/secret" ;;
  lookup) [ -f "$here/secret" ] && cat "$here/secret" || exit 1 ;;
esac
"#;

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_keyring_keeps_the_key_and_no_argument_shows_it() {
    let world = World::start().await;
    let tools = tempfile::tempdir().unwrap();
    let path = |name: &str| tools.path().join(name);
    fs::write(path("secret-tool"), SECRET_TOOL).unwrap();
    fs::set_permissions(path("secret-tool"), fs::Permissions::from_mode(0o700)).unwrap();
    let with_path = |mut settings: Settings| {
        settings.push(("PATH", format!("{}:/usr/bin:/bin", tools.path().display())));
        settings
    };
    let shown = login(&world, &with_path(world.app())).await;
    assert!(shown.contains("the system's keyring"), "{shown}");
    assert!(!key_file(&world).exists());
    let key = fs::read_to_string(path("secret")).unwrap();
    assert_eq!(STANDARD.decode(&key).unwrap().len(), 32);
    let mut stdio = Stdio::start(&with_path(world.settings()));
    assert_eq!(whoami(&mut stdio, 1)["name"], "Anna Admin");
    assert!(!fs::read_to_string(path("arguments")).unwrap().contains(&key));
    let environment = fs::read_to_string(path("environment")).unwrap();
    assert!(!environment.contains(&super::world::secret()), "a program got a secret of ours");
    // A locked keyring is not an empty one: nothing is overwritten, and no key file hides it.
    fs::write(path("locked"), "").unwrap();
    let mut stdio = Stdio::start(&with_path(world.settings()));
    assert_eq!(stdio.exit_code(), 1);
    assert!(stdio.everything().contains("the keyring is locked"), "{}", stdio.everything());
    let again =
        Run::start(&["login", "--no-browser", "--port", "0"], &with_path(world.app())).end();
    assert_eq!(again.code, Some(1), "{}", again.text);
    assert!(!key_file(&world).exists());
    fs::remove_file(path("locked")).unwrap();
    let mut stdio = Stdio::start(&with_path(world.settings()));
    assert_eq!(whoami(&mut stdio, 1)["name"], "Anna Admin");
}
