//! Secrets of commands: the command line has the name of an environment variable, for what stands
//! there is seen by everybody on the machine, and kept by the shell.

use secrecy::{ExposeSecret, SecretString};

use crate::config::{self, Problem};

use super::{failure::Failure, remote::Secret};

/// What the variable holds that an option names.
pub(super) fn named(option: &'static str, name: &str) -> Result<SecretString, Failure> {
    // What was given in the place of a name may be the secret itself; only what can be nothing but
    // a name is repeated.
    let found = if is_plain_name(name) { name.to_owned() } else { String::new() };
    let accepted =
        "expected the name of an environment variable that is set and not empty".to_owned();
    config::secret_of_environment(name)
        .ok_or_else(|| Failure::Settings(vec![Problem { name: option, found, accepted }]))
}

/// Capital letters and underscores, few digits: no token and no secret of length looks like this.
fn is_plain_name(name: &str) -> bool {
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    name.len() <= 40
        && digits <= 2
        && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

/// As a header's value, or a complaint that does not show it.
pub(super) fn sendable(
    option: &'static str,
    secret: Option<&SecretString>,
    before: &str,
) -> Result<Option<Secret>, Failure> {
    let Some(secret) = secret else { return Ok(None) };
    let refused = || {
        let accepted = "the variable holds characters that no header can carry; it takes the token alone, without the word Bearer".to_owned();
        Failure::Settings(vec![Problem { name: option, found: String::new(), accepted }])
    };
    Secret::new(before, secret).map(Some).ok_or_else(refused)
}

/// The texts themselves, to be covered where others' words are shown.
pub(super) fn exposed<'a>(
    secrets: impl IntoIterator<Item = &'a Option<SecretString>>,
) -> Vec<&'a str> {
    secrets.into_iter().flatten().map(|secret| secret.expose_secret().trim()).collect()
}
