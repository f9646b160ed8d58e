//! `tools`: the list as agents see it, with what each tool costs them.

use std::{
    collections::BTreeSet,
    io::{self, Write},
};

use tool_kit::Toolset;

use crate::{
    agent,
    config::{Config, Source},
    jira::tools,
    run,
};

use super::failure::Failure;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Print the tools as JSON instead of a table.
    #[arg(long)]
    json: bool,
    /// Print them as a Markdown table for documents.
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
}

pub(super) fn run(source: &Source, args: &Args) -> Result<(), Failure> {
    let config = Config::read(source)?;
    let server = run::server(&config)?;
    let listed = server.listed();
    let mut out = io::stdout().lock();
    if args.json {
        serde_json::to_writer_pretty(&mut out, &listed).map_err(io::Error::from)?;
        return Ok(writeln!(out)?);
    }
    let bytes = |tool: &rmcp::model::Tool| serde_json::to_vec(tool).map_or(0, |json| json.len());
    for tool in listed {
        let known = tools::named(&tool.name).or_else(|| agent::tools::named(&tool.name));
        let Some(known) = known else { continue };
        let effect = format!("{:?}", known.effect).to_lowercase();
        if args.markdown {
            writeln!(
                out,
                "| `{}` | {} | {effect} | {} |",
                tool.name,
                known.set.name(),
                tool.description.as_deref().unwrap_or_default()
            )?;
        } else {
            writeln!(
                out,
                "{:<28} {:<12} {effect:<12} {:>6} B",
                tool.name,
                known.set.name(),
                bytes(tool)
            )?;
        }
    }
    let total: usize = listed.iter().map(bytes).sum();
    if !args.markdown {
        writeln!(out, "{} tools, {total} B", listed.len())?;
        off(&mut out, &config.policy.toolsets)?;
    }
    Ok(())
}

/// The sets that are not on, and how that is changed.
fn off(out: &mut impl Write, on: &BTreeSet<Toolset>) -> io::Result<()> {
    let known = || tools::all().chain(agent::tools::all());
    let off = Toolset::ALL.iter().filter(|set| !on.contains(*set));
    let off: Vec<String> = off
        .map(|set| format!("{} ({})", set.name(), known().filter(|tool| tool.set == *set).count()))
        .collect();
    if off.is_empty() {
        return Ok(());
    }
    let on: Vec<&str> = on.iter().map(|set| set.name()).collect();
    writeln!(out, "off, with their tools: {}", off.join(", "))?;
    writeln!(out, "TOOLSETS={},... switches sets on", on.join(","))
}
