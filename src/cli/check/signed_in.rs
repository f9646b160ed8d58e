//! Whether somebody is signed in on this machine, for `stdio`.

use jiff::Timestamp;

use crate::{
    cli::report::Finding,
    config::{Config, Source},
    run::local::{self, KeyPlace, Status},
};

pub(super) async fn finding(source: &Source) -> Finding {
    let step = "sign-in here";
    let settings = match Config::local_signin(source) {
        Ok(settings) => settings,
        Err(problems) => {
            let reasons: Vec<String> = problems.iter().map(ToString::to_string).collect();
            return Finding::skipped(step, reasons.join("; "));
        }
    };
    match local::status(&settings).await {
        Ok(Status::Nobody) => Finding::skipped(
            step,
            "nobody is signed in on this machine; `jira-mcp-bridge login` does it, for stdio",
        ),
        Ok(Status::Ended { name }) => Finding::warn(
            step,
            format!("the sign-in of {name} has ended; run `jira-mcp-bridge login` again"),
        ),
        Ok(Status::SignedIn { name, since_ms, key_place }) => {
            let since =
                i64::try_from(since_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
            let since = since.map(|since| format!(", since {since:.0}")).unwrap_or_default();
            let key = match key_place {
                KeyPlace::Setting => "its key is SESSION_ENCRYPTION_KEY".to_owned(),
                KeyPlace::Keyring => "its key is in the system's keyring".to_owned(),
                KeyPlace::File(path) => format!("its key is in {}", path.display()),
            };
            Finding::ok(step, format!("{name}{since}; {key}"))
        }
        Err(error) => Finding::failed(step, error.to_string()),
    }
}
