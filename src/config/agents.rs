//! Settings of the agents of Copilot Studio: one by its settings, or several in a file.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use keyring::KeyRing;
use secrecy::SecretString;
use tool_kit::Toolset;

use crate::{
    agent::client::{
        AgentName, AgentSettings, AgentsSettings, BackEndSettings, Cloud, DirectLineAccess,
        DirectLineAddress, DirectLineSettings, EngineAddress, EnginePlace, EngineSettings,
        EnvironmentId, SchemaName, Secrets, TokenEndpoint,
    },
    policy,
    program::USER_AGENT,
};

use super::{
    reader::{DAY_MS, Reader},
    settings_table::default_of,
};

/// How long a change of a file of secrets may go unnoticed.
const SECRETS_RECHECK: Duration = Duration::from_secs(1);

/// What is left of a call when the wait for an agent is over.
const ANSWER_SLACK: Duration = Duration::from_secs(2);

const FILE_BYTES_MAX: u64 = 256 * 1024;
const AGENTS_MAX: usize = 50;

const SECRET: &str = "DIRECT_LINE_SECRET";
const SECRET_PREVIOUS: &str = "DIRECT_LINE_SECRET_PREVIOUS";
const SECRET_FILE: &str = "DIRECT_LINE_SECRET_FILE";
const TOKEN_ENDPOINT: &str = "DIRECT_LINE_TOKEN_ENDPOINT";
const ENDPOINT: &str = "DIRECT_LINE_ENDPOINT";
const ENVIRONMENT_ID: &str = "COPILOT_ENVIRONMENT_ID";
const SCHEMA: &str = "COPILOT_AGENT_SCHEMA";
const CLOUD: &str = "COPILOT_CLOUD";
const DIRECT_URL: &str = "COPILOT_DIRECT_URL";

/// What one agent is made of, in the words of the environment.
const OF_DIRECT_LINE: [&str; 5] = [SECRET, SECRET_PREVIOUS, SECRET_FILE, TOKEN_ENDPOINT, ENDPOINT];
const OF_ENGINE: [&str; 4] = [ENVIRONMENT_ID, SCHEMA, CLOUD, DIRECT_URL];

/// The name of the only agent.
const ONLY: &str = "agent";

/// All agents; none where their tools are switched off, or something is wrong.
pub(super) fn agents(
    reader: &mut Reader<'_>,
    policy: &policy::Settings,
    call_deadline: Duration,
    session_keys: Option<KeyRing>,
) -> Option<AgentsSettings> {
    if !policy.toolsets.contains(&Toolset::Agent) {
        return None;
    }
    let reply_timeout = reader.millis("AGENT_REPLY_TIMEOUT_MS", 1_000..=120_000);
    let longest = call_deadline.saturating_sub(ANSWER_SLACK).max(call_deadline / 2);
    let idle_time = reader.millis("CONVERSATION_IDLE_MS", 1_000..=DAY_MS);
    let agents = match reader.filled("AGENTS_FILE").map(PathBuf::from) {
        Some(path) => of_file(reader, &path),
        None => only(reader).into_iter().collect(),
    };
    (!agents.is_empty()).then(|| AgentsSettings {
        agents,
        reply_timeout: reply_timeout.min(longest),
        idle_time,
        user_agent: USER_AGENT.to_owned(),
        session_keys,
    })
}

/// The agent that the environment describes.
fn only(reader: &mut Reader<'_>) -> Option<AgentSettings> {
    let given = |name: &'static str| reader.given(name).map(str::to_owned);
    let mut faults = Vec::new();
    let back_end = back_end(&given, &mut faults);
    for (name, fault) in faults {
        // It may be a secret in the wrong place, and an address may hold one.
        reader.refuse_unshown(name, fault);
    }
    Some(AgentSettings { name: AgentName::parse(ONLY).ok()?, back_end: back_end? })
}

/// The agents of a TOML file: a table for each, whose keys are the settings' names in lower case.
fn of_file(reader: &mut Reader<'_>, path: &Path) -> Vec<AgentSettings> {
    const FILE: &str = "AGENTS_FILE";
    for name in OF_DIRECT_LINE.into_iter().chain(OF_ENGINE) {
        if reader.given(name).is_some() {
            reader.refuse_unshown(name, "set beside AGENTS_FILE; each agent's table has its own");
        }
    }
    let is_small = fs::metadata(path).is_ok_and(|data| data.len() <= FILE_BYTES_MAX);
    let text = if is_small { fs::read_to_string(path).ok() } else { None };
    let Some(text) = text else {
        reader.refuse_unshown(FILE, "cannot be read, or is larger than 256 KiB");
        return Vec::new();
    };
    let Ok(tables) = text.trim_start_matches('\u{feff}').parse::<toml::Table>() else {
        // The parser's own words quote the file, which holds secrets.
        reader.refuse_unshown(FILE, "is no TOML: expected a table for each agent, such as [sales]");
        return Vec::new();
    };
    if tables.is_empty() || tables.len() > AGENTS_MAX {
        reader.refuse_unshown(FILE, format!("expected 1 to {AGENTS_MAX} agents, a table for each"));
    }
    let mut agents = Vec::new();
    for (name, table) in &tables {
        let mut faults = Vec::new();
        let name = match AgentName::parse(name) {
            Ok(name) => name,
            Err(fault) => {
                reader.refuse_unshown(FILE, format!("the name of a table: {fault}"));
                continue;
            }
        };
        let Some(table) = table.as_table() else {
            reader.refuse_unshown(FILE, format!("{name}: expected a table, [{name}]"));
            continue;
        };
        let back_end = of_table(table, &mut faults);
        for (key, fault) in faults {
            reader.refuse_unshown(FILE, format!("{name}: {}: {fault}", key.to_lowercase()));
        }
        agents.extend(back_end.map(|back_end| AgentSettings { name, back_end }));
    }
    agents
}

fn of_table(table: &toml::Table, faults: &mut Vec<Fault>) -> Option<BackEndSettings> {
    let known = || OF_DIRECT_LINE.into_iter().chain(OF_ENGINE);
    for (key, value) in table {
        match known().find(|name| name.eq_ignore_ascii_case(key)) {
            None => {
                faults.push(("a key", "there is one that is no setting of an agent".to_owned()));
            }
            Some(name) if !value.is_str() => faults.push((name, "expected a text".to_owned())),
            Some(_) => {}
        }
    }
    if !faults.is_empty() {
        // What cannot be read is not absent: nothing follows from it.
        return None;
    }
    let given = |name: &'static str| {
        let found = table.iter().find(|(key, _)| name.eq_ignore_ascii_case(key));
        found.and_then(|(_, value)| value.as_str()).map(|text| text.trim().to_owned())
    };
    back_end(&given, faults)
}

/// A setting, and what is wrong with it.
type Fault = (&'static str, String);

/// How one agent is spoken to.
fn back_end(
    given: &dyn Fn(&'static str) -> Option<String>,
    faults: &mut Vec<Fault>,
) -> Option<BackEndSettings> {
    let filled = |name| given(name).filter(|text| !text.is_empty());
    let is_set = |names: &[&'static str]| names.iter().any(|name| filled(name).is_some());
    match (is_set(&OF_DIRECT_LINE), is_set(&OF_ENGINE)) {
        (true, true) => {
            let set = OF_ENGINE.into_iter().find(|name| filled(name).is_some());
            faults.push((
                set.unwrap_or(DIRECT_URL),
                "set beside DIRECT_LINE_*; an agent is spoken to in one way, and several agents \
                 stand in AGENTS_FILE"
                    .to_owned(),
            ));
            None
        }
        (false, true) => engine(&filled, faults).map(BackEndSettings::Engine),
        (_, false) => direct_line(&filled, faults).map(BackEndSettings::DirectLine),
    }
}

fn direct_line(
    filled: &dyn Fn(&'static str) -> Option<String>,
    faults: &mut Vec<Fault>,
) -> Option<DirectLineSettings> {
    let text = filled(ENDPOINT).unwrap_or_else(|| default_of(ENDPOINT).to_owned());
    let address = DirectLineAddress::parse(&text);
    let address = address.map_err(|fault| faults.push((ENDPOINT, fault.to_string()))).ok();
    let access = access(filled, faults);
    Some(DirectLineSettings { address: address?, access: access?, locale: None })
}

fn access(
    filled: &dyn Fn(&'static str) -> Option<String>,
    faults: &mut Vec<Fault>,
) -> Option<DirectLineAccess> {
    let secrets: Vec<_> =
        [SECRET, SECRET_PREVIOUS].into_iter().filter_map(filled).map(SecretString::from).collect();
    let (file, endpoint) = (filled(SECRET_FILE).map(PathBuf::from), filled(TOKEN_ENDPOINT));
    let ways =
        [!secrets.is_empty(), file.is_some(), endpoint.is_some()].into_iter().filter(|is| *is);
    if ways.count() > 1 {
        let name = if endpoint.is_some() { TOKEN_ENDPOINT } else { SECRET_FILE };
        faults.push((name, "set beside a secret; leave one of them out".to_owned()));
        return None;
    }
    let (name, found) = match (file, endpoint) {
        (Some(path), _) => {
            let read = Secrets::of_file(path, SECRETS_RECHECK).map(DirectLineAccess::Secrets);
            (SECRET_FILE, read.map_err(|fault| fault.to_string()))
        }
        (None, Some(text)) => {
            let read = TokenEndpoint::parse(&text).map(DirectLineAccess::TokenEndpoint);
            (TOKEN_ENDPOINT, read.map_err(|fault| fault.to_string()))
        }
        (None, None) if secrets.is_empty() => {
            let needed = "needed for TOOLSETS=agent: the secret of the agent's Direct Line channel; \
                          or DIRECT_LINE_TOKEN_ENDPOINT, or COPILOT_ENVIRONMENT_ID with \
                          COPILOT_AGENT_SCHEMA; see docs/AGENTS.md";
            (SECRET, Err(needed.to_owned()))
        }
        (None, None) => {
            let read = Secrets::of_settings(&secrets).map(DirectLineAccess::Secrets);
            (SECRET, read.map_err(|fault| fault.to_string()))
        }
    };
    found.map_err(|fault| faults.push((name, fault))).ok()
}

fn engine(
    filled: &dyn Fn(&'static str) -> Option<String>,
    faults: &mut Vec<Fault>,
) -> Option<EngineSettings> {
    let cloud = filled(CLOUD).unwrap_or_else(|| default_of(CLOUD).to_owned());
    let cloud = Cloud::parse(&cloud).map_err(|fault| faults.push((CLOUD, fault.to_string()))).ok();
    let place = if let Some(text) = filled(DIRECT_URL) {
        // Whoever names the whole address needs no part of it.
        let address = EngineAddress::parse(&text);
        let address = address.map_err(|fault| faults.push((DIRECT_URL, fault.to_string()))).ok();
        address.map(EnginePlace::Address)
    } else {
        let mut needed = |name| {
            let text = filled(name);
            if text.is_none() {
                let fault = "needed beside the other one, or COPILOT_DIRECT_URL instead of both";
                faults.push((name, fault.to_owned()));
            }
            text
        };
        let (id, schema) = (needed(ENVIRONMENT_ID), needed(SCHEMA));
        let id =
            id.map(|text| EnvironmentId::parse(&text).map_err(|fault| (ENVIRONMENT_ID, fault)));
        let schema = schema.map(|text| SchemaName::parse(&text).map_err(|fault| (SCHEMA, fault)));
        let place = (keep(id, faults), keep(schema, faults), cloud.clone());
        match place {
            (Some(id), Some(schema), Some(cloud)) => {
                Some(EnginePlace::Environment { id, schema, cloud })
            }
            _ => None,
        }
    };
    Some(EngineSettings { token_scope: cloud?.scope(), place: place?, locale: None })
}

/// The value, or its fault among the others.
fn keep<T, F: ToString>(
    read: Option<Result<T, (&'static str, F)>>,
    faults: &mut Vec<Fault>,
) -> Option<T> {
    read?.map_err(|(name, fault)| faults.push((name, fault.to_string()))).ok()
}
