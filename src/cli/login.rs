//! `login` and `logout`: a person signs in at Atlassian once, and `stdio` works as them.

use std::{
    io::{self, Write},
    process::Stdio,
};

use tokio::process::Command;

use crate::{
    config::{Config, Source, of_surroundings},
    run::{
        self,
        local::{KeyPlace, LocalSettings, LoginFailure, SignedOut},
    },
    telemetry,
};

use super::failure::Failure;

/// Where a person takes an app's access away by hand.
const CONNECTED_APPS: &str = "https://id.atlassian.com/manage-profile/apps";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The port that the browser comes back to. The callback URL of the app in Atlassian's
    /// developer console must be http://localhost:PORT/auth/callback, letter by letter.
    #[arg(long, default_value_t = 33419)]
    port: u16,
    /// Only print the URL; open no browser.
    #[arg(long)]
    no_browser: bool,
}

pub(super) async fn login(source: Source, args: Args) -> Result<(), Failure> {
    let (config, settings) = Config::read_login(&source.or("LOG_LEVEL", "warn"))?;
    telemetry::start(&config.telemetry);
    let stop = platform::asked_to_stop();
    let show = async |url: &str| {
        let opened = !args.no_browser && open(url, &settings);
        // Nobody is left to tell when standard output is gone.
        let _ = say(&if opened {
            format!("Your browser opens. If it does not, open this address in it:\n\n{url}\n")
        } else {
            format!("Open this address in a browser on this machine:\n\n{url}\n")
        });
    };
    let done = run::local::login(&settings, args.port, show, stop).await?;
    say(&format!(
        "Signed in as {}. `jira-mcp-bridge stdio` needs no token from now on.\n{}",
        done.name,
        kept(&settings, &done.key_place)
    ))?;
    Ok(())
}

/// Where it is, and what that protects.
fn kept(settings: &LocalSettings, key_place: &KeyPlace) -> String {
    let folder = settings.folder.display();
    match key_place {
        KeyPlace::Setting => format!(
            "It is kept in {folder}, sealed with SESSION_ENCRYPTION_KEY, which stdio needs too."
        ),
        KeyPlace::Keyring => {
            format!("It is kept in {folder}, sealed with a key in the system's keyring.")
        }
        KeyPlace::File(path) => format!(
            "It is kept in {folder}, sealed with the key in {}. There is no keyring to use, so \
             whoever can read both can work as you.",
            path.display()
        ),
    }
}

pub(super) async fn logout(source: Source) -> Result<(), Failure> {
    let settings = Config::local_signin(&source)?;
    let by_hand = format!("To end the access there too, remove the app at {CONNECTED_APPS}.");
    let text = match run::local::logout(&settings).await? {
        SignedOut::Nobody => "Nobody is signed in on this machine.".to_owned(),
        SignedOut::Everywhere => "Signed out, here and at Atlassian.".to_owned(),
        SignedOut::HadEnded => "Signed out. The sign-in had ended before.".to_owned(),
        SignedOut::HereOnly { reason } => format!(
            "Signed out on this machine, and the tokens are deleted. Atlassian has not confirmed \
             the end of the access: {reason}. {by_hand}"
        ),
    };
    Ok(say(&text)?)
}

fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// Opens the person's browser; whether a program for it was started.
fn open(url: &str, settings: &LocalSettings) -> bool {
    // A list as in PATH; the place of the address may be marked. What stands in a list after the
    // first is for when that fails, and then the person has the address.
    let chosen = of_surroundings("BROWSER")
        .and_then(|list| std::env::split_paths(&list).next())
        .and_then(|chosen| chosen.into_os_string().into_string().ok())
        .unwrap_or_default();
    let mut words: Vec<String> =
        chosen.split_whitespace().map(|word| word.replace("%s", url)).collect();
    if words.is_empty() {
        words.extend(platform::BROWSER.iter().map(ToString::to_string));
    }
    if !words.iter().any(|word| word.contains(url)) {
        words.push(url.to_owned());
    }
    let mut words = words.into_iter();
    let Some(program) = words.next() else { return false };
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    for name in &settings.withheld {
        command.env_remove(name);
    }
    // It may run as long as the browser does.
    command.spawn().is_ok()
}

impl From<LoginFailure> for Failure {
    fn from(failure: LoginFailure) -> Self {
        Self::Running(failure.to_string())
    }
}

impl From<run::local::LocalError> for Failure {
    fn from(error: run::local::LocalError) -> Self {
        Self::Running(error.to_string())
    }
}
