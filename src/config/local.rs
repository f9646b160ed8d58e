//! The settings of the sign-in on one's own machine: `login`, `logout`, and `stdio` with it.

use std::{fmt, path::PathBuf};

use auth::Credential;
use secrecy::SecretString;

use crate::signin::LocalSettings;

use super::{
    problem::Problem,
    reader::Reader,
    server::Config,
    settings_table::SETTINGS,
    signin::{atlassian, keys},
    source::{Source, of_surroundings},
    urls::base,
};

/// Who the one user of `stdio` is.
pub struct LocalUser {
    /// To Jira.
    pub jira: JiraUser,
    /// A token of theirs for the service of agents that are spoken to directly.
    pub copilot_token: Option<SecretString>,
}

/// Who the one user of `stdio` is to Jira.
pub enum JiraUser {
    /// Whoever a setting proves.
    Credential(Credential),
    /// Whoever has signed in on this machine.
    SignIn(Box<LocalSettings>),
    /// Nobody: only agents are spoken to.
    Nobody,
}

impl fmt::Debug for LocalUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LocalUser(***)")
    }
}

impl Config {
    /// What `login` needs, or everything that is wrong with it; with all other settings, which say
    /// what is asked for.
    pub fn read_login(source: &Source) -> Result<(Self, LocalSettings), Vec<Problem>> {
        let mut reader = Reader::new(source);
        let local = local_settings(&mut reader, true);
        // Nothing listens that others could reach.
        let config = Self::read(&source.clone().with("HOST", "127.0.0.1"));
        match (config, local) {
            (Ok(config), Some(mut local)) if reader.problems.is_empty() => {
                local.scopes.clone_from(&config.http.scopes);
                Ok((config, local))
            }
            (config, _) => {
                for problem in config.err().unwrap_or_default() {
                    if !reader.problems.contains(&problem) {
                        reader.problems.push(problem);
                    }
                }
                Err(reader.problems)
            }
        }
    }

    /// Only where the sign-in of this machine is and what opens it, or what is wrong with that.
    pub fn local_signin(source: &Source) -> Result<LocalSettings, Vec<Problem>> {
        let mut reader = Reader::new(source);
        let local = local_settings(&mut reader, false);
        local.filter(|_| reader.problems.is_empty()).ok_or(reader.problems)
    }
}

/// `needs_app`: the app must be there. Else it may be, whole.
pub(super) fn local_settings(reader: &mut Reader<'_>, needs_app: bool) -> Option<LocalSettings> {
    let folder = folder(reader);
    let keys = keys(reader);
    let is_set = |name| reader.filled(name).is_some();
    let has_secret = is_set("ATLASSIAN_CLIENT_SECRET") || is_set("ATLASSIAN_CLIENT_SECRET_FILE");
    let has_app = is_set("ATLASSIAN_CLIENT_ID") && has_secret;
    let app = if needs_app || has_app { atlassian(reader) } else { None };
    let api_base = base(reader, "JIRA_API_BASE_URL");
    let secrets = SETTINGS.iter().filter(|setting| setting.secret).map(|setting| setting.name);
    Some(LocalSettings {
        folder: folder?,
        keys,
        app,
        api_base: api_base?,
        scopes: Vec::new(),
        withheld: secrets.collect(),
    })
}

/// Where a user's own programs keep their state. Source: XDG Base Directory Specification, which
/// says that a relative path counts as none.
fn folder(reader: &mut Reader<'_>) -> Option<PathBuf> {
    let of_user = || {
        platform::STATE_FOLDERS.iter().find_map(|(name, below)| {
            let path = PathBuf::from(of_surroundings(name)?);
            path.is_absolute().then(|| path.join(below).join("jira-mcp-bridge"))
        })
    };
    let base = reader.filled("SESSION_STORAGE_DIR").map(PathBuf::from).or_else(of_user);
    if base.is_none() {
        let names: Vec<_> = platform::STATE_FOLDERS.iter().map(|(name, _)| *name).collect();
        let names = names.join(" nor ");
        reader.refuse(
            "SESSION_STORAGE_DIR",
            format!("needed for a sign-in on this machine, for neither {names} names a folder"),
        );
    }
    // A relative one would be another in each folder that a client starts us in.
    let path = std::path::absolute(base?).ok();
    path.map(|path| path.join("login"))
}
