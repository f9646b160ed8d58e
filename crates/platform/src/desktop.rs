//! What a person's desktop has: a browser, a keyring, a folder for what programs remember.

/// The system's keyring, by the program that speaks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyring {
    /// `security` of macOS.
    Security,
    /// `secret-tool` of libsecret.
    SecretTool,
}

/// The keyring's program; none where no program takes a secret through a pipe.
pub const KEYRING: Option<Keyring> = if cfg!(target_os = "macos") {
    Some(Keyring::Security)
} else if cfg!(windows) {
    None
} else {
    Some(Keyring::SecretTool)
};

/// The command that opens an address in the person's browser, which is added to it. No shell is in
/// between: an address holds characters that shells act on.
pub const BROWSER: &[&str] = if cfg!(target_os = "macos") {
    &["open"]
} else if cfg!(windows) {
    &["rundll32", "url.dll,FileProtocolHandler"]
} else {
    &["xdg-open"]
};

/// Where a user's own programs keep their state: a variable that names a folder, and what is below
/// that folder. The first one that is set counts. Source: XDG Base Directory Specification; on
/// Windows `FOLDERID_LocalAppData`, which does not roam with the profile.
pub const STATE_FOLDERS: &[(&str, &str)] = if cfg!(windows) {
    &[("LOCALAPPDATA", ""), ("USERPROFILE", "AppData\\Local")]
} else {
    &[("XDG_STATE_HOME", ""), ("HOME", ".local/state")]
};
