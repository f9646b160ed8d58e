//! `connector`: writes the files of the custom connector for one deployment.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use crate::{
    config::{Config, Problem, Source},
    connector::{BasePath, ClientId, Connector, File, Host, MCP_PATH},
    jira::tools,
    policy::Policy,
};

use super::failure::Failure;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The gateway's DNS name, such as contoso.azure-api.net.
    #[arg(long)]
    host: Host,
    /// The path under which the gateway publishes the server.
    #[arg(long, default_value = BasePath::EXAMPLE)]
    base_path: BasePath,
    /// The sets of tools whose scopes users grant; without it those of TOOLSETS.
    #[arg(long, value_name = "SETS")]
    toolsets: Option<String>,
    /// Only scopes that read, for a server with READ_ONLY.
    #[arg(long)]
    read_only: bool,
    /// The OAuth app's client id; without it a placeholder stays to be filled in.
    #[arg(long, value_name = "ID")]
    client_id: Option<ClientId>,
    /// The folder to write to; made if it is missing.
    #[arg(long, value_name = "DIRECTORY")]
    out: PathBuf,
    /// Overwrite files of an earlier run.
    #[arg(long)]
    force: bool,
}

pub(super) fn run(mut source: Source, args: &Args) -> Result<(), Failure> {
    if let Some(sets) = &args.toolsets {
        source = source.with("TOOLSETS", sets);
    }
    if args.read_only {
        source = source.with("READ_ONLY", "true");
    }
    let policy = Config::policy(&source)?;
    if policy.toolsets.is_empty() {
        let accepted = "no set of tools is named; nobody would need a connector".to_owned();
        return Err(Failure::Settings(vec![Problem {
            name: "TOOLSETS",
            found: String::new(),
            accepted,
        }]));
    }
    let connector = Connector {
        host: args.host.clone(),
        base_path: args.base_path.clone(),
        client_id: args.client_id.clone(),
        scopes: Policy::new(policy).scopes(tools::all(), tools::BASE_SCOPES),
    };
    let files = connector.files().map_err(|fault| Failure::Running(fault.to_string()))?;
    write(&args.out, &files, args.force)?;
    Ok(next_steps(&connector, &args.out, &files)?)
}

/// All or, as far as can be seen beforehand, nothing.
fn write(folder: &Path, files: &[File], force: bool) -> Result<(), Failure> {
    let cannot =
        |path: &Path, fault: &io::Error| Failure::Running(format!("{}: {fault}", path.display()));
    fs::create_dir_all(folder).map_err(|fault| cannot(folder, &fault))?;
    let mut present = files
        .iter()
        .map(|file| folder.join(file.name))
        .filter(|path| path.symlink_metadata().is_ok());
    if let Some(path) = present.next().filter(|_| !force) {
        return Err(Failure::Running(format!(
            "{} exists; name another folder, or overwrite with --force",
            path.display()
        )));
    }
    for file in files {
        let path = folder.join(file.name);
        let mut options = OpenOptions::new();
        // A file that appeared meanwhile is not overwritten either.
        options.write(true).create(true).truncate(true).create_new(!force);
        let written = options.open(&path).and_then(|mut open| open.write_all(&file.content));
        written.map_err(|fault| cannot(&path, &fault))?;
    }
    Ok(())
}

fn next_steps(connector: &Connector, folder: &Path, files: &[File]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "Wrote to {}:", folder.display())?;
    for file in files {
        writeln!(out, "  {}", file.name)?;
    }
    let (host, path) = (connector.host.as_str(), connector.base_path.as_prefix());
    writeln!(out, "\nMessages go to https://{host}{path}{MCP_PATH}")?;
    writeln!(out, "\nScopes for the OAuth app and the sign-in:")?;
    for scope in connector.sign_in_scopes() {
        writeln!(out, "  {scope}")?;
    }
    if connector.client_id.is_none() {
        writeln!(
            out,
            "\nPut the OAuth app's client id into apiProperties.json, or run again with --client-id."
        )?;
    }
    writeln!(
        out,
        "\nThe client secret stands in no file: it is asked for at the import. The steps are in {}.",
        folder.join("readme.md").display()
    )
}
