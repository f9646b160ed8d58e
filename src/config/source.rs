//! Where settings come from: environment, then `.env`, then a TOML file. The only place that reads
//! any of them.

use std::{collections::HashMap, ffi::OsString, path::Path};

use config::{Environment, File, FileFormat, Map, ValueKind};
use secrecy::SecretString;

use crate::http::is_vault_reference;

use super::{
    destinations::chosen_by_a_folder,
    dotenv,
    problem::Problem,
    settings_table::SETTINGS,
    unknown_setting::{UnknownSetting, among, in_environment},
};

/// What `init` writes where only the reader knows the value.
pub const FILL_IN: &str = "FILL_IN";

/// Settings by name, as text, before anything is made of them.
#[derive(Clone, Default)]
pub struct Source {
    values: HashMap<&'static str, String>,
    unknown: Vec<UnknownSetting>,
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The values hold secrets.
        f.debug_struct("Source").field("set", &self.values.len()).finish_non_exhaustive()
    }
}

impl Source {
    /// The process's own surroundings: its environment, `.env` in its folder, and a file if one is
    /// named.
    pub fn of_process(file: Option<&Path>) -> Result<Self, Vec<Problem>> {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the one place that reads the environment"
        )]
        let environment = as_text(std::env::vars_os())?;
        let folder = std::env::current_dir().unwrap_or_default();
        let dotenv = dotenv::read(&folder).map_err(|fault| vec![fault])?;
        Self::layered(environment, dotenv.into_iter().collect(), file)
    }

    /// Exactly these, for tests and for commands that add their own.
    pub fn of<K: AsRef<str>, V: Into<String>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        let environment =
            pairs.into_iter().map(|(name, value)| (name.as_ref().to_owned(), value.into()));
        Self::layered(environment.collect(), Map::new(), None).unwrap_or_default()
    }

    /// What `environment` leaves open is taken from `dotenv`, then from the file.
    fn layered(
        environment: Map<String, String>,
        dotenv: Map<String, String>,
        file: Option<&Path>,
    ) -> Result<Self, Vec<Problem>> {
        let (mut environment, mut dotenv) = (environment, dotenv);
        leave_standing(&mut environment, &dotenv);
        let chosen = chosen_by_a_folder(&environment, &dotenv);
        if !chosen.is_empty() {
            return Err(chosen);
        }
        let mut unknown = in_environment(environment.keys().map(String::as_str));
        unknown.extend(among(dotenv.keys().map(String::as_str), ".env"));
        let mut builder = config::Config::builder();
        if let Some(path) = file {
            let text = std::fs::read_to_string(path).map_err(|fault| vec![unread(path, &fault)])?;
            builder = builder.add_source(File::from_str(&text, FileFormat::Toml));
            let alone = builder
                .build_cloned()
                .and_then(config::Config::try_deserialize::<Map<String, config::Value>>);
            let names =
                alone.map_err(|fault| vec![unreadable("the configuration file", &fault)])?;
            if let Some(problem) = unknown_table(&names).or_else(|| named_twice(&names)) {
                return Err(vec![problem]);
            }
            unknown.extend(among(names.keys().map(String::as_str), "the configuration file"));
            leave_standing(&mut dotenv, &names);
            leave_standing(&mut environment, &names);
        }
        for layer in [dotenv, environment] {
            builder = builder.add_source(Environment::default().source(Some(layer)));
        }
        let merged =
            builder.build().map_err(|fault| vec![unreadable("the configuration file", &fault)])?;
        let (mut values, mut problems) = (HashMap::new(), Vec::new());
        let merged = merged.try_deserialize::<Map<String, config::Value>>();
        let mut merged =
            merged.map_err(|fault| vec![unreadable("the configuration file", &fault)])?;
        for setting in SETTINGS {
            let Some(value) = take(&mut merged, setting.name) else { continue };
            match text_of(value) {
                Some(text) => drop(values.insert(setting.name, text)),
                // A value that cannot be read is not one that was left out.
                None => problems.push(Problem {
                    name: setting.name,
                    found: String::new(),
                    accepted: "expected one value, or a list of values in brackets, in the configuration file; not a table".to_owned(),
                }),
            }
        }
        if problems.is_empty() { Ok(Self { values, unknown }) } else { Err(problems) }
    }

    /// Names among the settings that are none.
    pub fn unknown_settings(&self) -> &[UnknownSetting] {
        &self.unknown
    }

    /// Settings of a first configuration that nobody has filled in yet.
    fn left_open(&self) -> impl Iterator<Item = Problem> + '_ {
        let open = SETTINGS.iter().filter(|row| self.given(row.name) == Some(FILL_IN));
        open.map(|row| Problem {
            name: row.name,
            found: String::new(),
            accepted: format!("left to fill in: {}", row.about),
        })
    }

    /// Settings that are not filled in, and those that hold a reference to a vault instead of what
    /// stands in it. App Service and Functions hand the reference on where they cannot resolve it.
    pub(super) fn unresolved(&self) -> Vec<Problem> {
        let names = SETTINGS.iter().map(|row| row.name);
        let is_unresolved = |name: &&str| self.given(name).is_some_and(is_vault_reference);
        let names = names.filter(is_unresolved);
        let problem = |name| {
            Problem {
            name,
            found: String::new(),
            accepted: "a Key Vault reference that was not resolved: the secret is not in the vault, or the app's identity may not read it".to_owned(),
        }
        };
        names.map(problem).chain(self.left_open()).collect()
    }

    /// Sets a value where none was given.
    #[must_use]
    pub fn or(mut self, name: &'static str, value: &str) -> Self {
        self.values.entry(name).or_insert_with(|| value.to_owned());
        self
    }

    /// Sets a value in any case.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.values.insert(name, value.to_owned());
        self
    }

    /// The value that was given, if any; an empty one counts as given.
    pub fn given(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }
}

/// The variables that are text. One of ours whose value is none was set to something, so it is not
/// passed over as if it were not there.
fn as_text(
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> Result<Map<String, String>, Vec<Problem>> {
    let (mut texts, mut problems) = (Map::new(), Vec::new());
    for (name, value) in variables {
        let Ok(name) = name.into_string() else { continue };
        if let Ok(value) = value.into_string() {
            texts.insert(name, value);
            continue;
        }
        let ours = SETTINGS.iter().find(|row| row.name.eq_ignore_ascii_case(&name));
        problems.extend(ours.map(|row| Problem {
            name: row.name,
            found: String::new(),
            accepted: "its value in the environment is no text (UTF-8)".to_owned(),
        }));
    }
    if problems.is_empty() { Ok(texts) } else { Err(problems) }
}

/// An empty value does not undo what a later place says: a variable that a pipeline did not fill
/// would open what the file has closed.
fn leave_standing<V>(values: &mut Map<String, String>, below: &Map<String, V>) {
    values.retain(|name, value| {
        !value.trim().is_empty() || !below.keys().any(|other| other.eq_ignore_ascii_case(name))
    });
}

/// The value of a setting, whatever letters its name has in the file. The environment's names come
/// in small letters, so they are found first.
fn take(merged: &mut Map<String, config::Value>, name: &str) -> Option<config::Value> {
    merged.remove(&name.to_lowercase()).or_else(|| {
        let key = merged.keys().find(|key| key.eq_ignore_ascii_case(name)).cloned()?;
        merged.remove(&key)
    })
}

/// Of two values for one setting, neither can be taken for the one that is meant.
fn named_twice(names: &Map<String, config::Value>) -> Option<Problem> {
    let twice = |name: &str| names.keys().filter(|key| key.eq_ignore_ascii_case(name)).count() > 1;
    let row = SETTINGS.iter().find(|row| twice(row.name))?;
    Some(Problem {
        name: row.name,
        found: String::new(),
        accepted: "stands twice in the configuration file, in small and in capital letters"
            .to_owned(),
    })
}

/// Settings in a table of a name that is none would all be passed over.
fn unknown_table(names: &Map<String, config::Value>) -> Option<Problem> {
    let is_table = |value: &config::Value| matches!(value.kind, ValueKind::Table(_));
    let is_ours = |name: &str| SETTINGS.iter().any(|row| row.name.eq_ignore_ascii_case(name));
    let (name, _) = names.iter().find(|(name, value)| is_table(value) && !is_ours(name))?;
    Some(Problem {
        name: "the configuration file",
        found: format!("[{name}]"),
        accepted: "expected settings without tables: NAME = value, a line each".to_owned(),
    })
}

/// The text of a value, or of a list of them with commas between; none of a table.
fn text_of(value: config::Value) -> Option<String> {
    match value.kind {
        ValueKind::Table(_) => None,
        ValueKind::Array(items) => {
            let is_plain = |item: &config::Value| {
                !matches!(item.kind, ValueKind::Table(_) | ValueKind::Array(_))
            };
            let plain = items.into_iter().map(|item| is_plain(&item).then_some(item));
            let texts = plain.map(|item| item?.into_string().ok()).collect::<Option<Vec<_>>>()?;
            Some(texts.join(","))
        }
        _ => value.into_string().ok().map(|text| text.trim().to_owned()),
    }
}

/// What the desktop or the login says under a name that is no setting of ours, such as `HOME`;
/// nothing if it is empty.
pub fn of_surroundings(name: &str) -> Option<OsString> {
    let value = std::env::var_os(name);
    value.filter(|text| !text.is_empty())
}

/// A secret that an operator put into the environment under a name of their own; nothing if it is
/// empty.
pub fn secret_of_environment(name: &str) -> Option<SecretString> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the operator names the variable on the command line"
    )]
    let value = std::env::var(name);
    value.ok().filter(|text| !text.trim().is_empty()).map(SecretString::from)
}

fn unreadable(what: &'static str, fault: &dyn std::fmt::Display) -> Problem {
    // Only the first line: parsers quote the file's content, which may be a secret, below it.
    let fault = fault.to_string();
    Problem {
        name: what,
        found: String::new(),
        accepted: fault.lines().next().unwrap_or_default().to_owned(),
    }
}

fn unread(path: &Path, fault: &std::io::Error) -> Problem {
    Problem {
        name: "the configuration file",
        found: String::new(),
        accepted: format!("{} cannot be read: {fault}", path.display()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_setting_that_is_no_text_is_not_taken_for_one_that_was_left_out() {
        use std::os::unix::ffi::OsStringExt as _;

        let check = |name: &[u8], expected: &[&str]| {
            let broken = (OsString::from_vec(name.to_vec()), OsString::from_vec(vec![b'1', 0xff]));
            let beside = (OsString::from("TOOLSETS"), OsString::from("core"));
            let read = as_text([broken, beside].into_iter());
            let names = read.as_ref().err().into_iter().flatten().map(|problem| problem.name);
            assert_eq!(names.collect::<Vec<_>>(), expected);
            if let Ok(texts) = read {
                assert_eq!(
                    texts.into_iter().collect::<Vec<_>>(),
                    [("TOOLSETS".into(), "core".into())]
                );
            }
        };
        check(b"READ_ONLY", &["READ_ONLY"]);
        check(b"read_only", &["READ_ONLY"]);
        check(b"SOMEBODY_ELSES", &[]);
        check(b"\xffREAD_ONLY", &[]);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named_with_the_reason() {
        let folder = tempfile::tempdir().unwrap();
        for path in [folder.path(), &folder.path().join("none.toml")] {
            let faults = Source::layered(Map::new(), Map::new(), Some(path)).unwrap_err();
            let fault = std::fs::read_to_string(path).unwrap_err();
            let shown = path.display();
            let expected = format!("the configuration file: {shown} cannot be read: {fault}");
            assert_eq!(faults.iter().map(ToString::to_string).collect::<Vec<_>>(), [expected]);
        }
    }
}
