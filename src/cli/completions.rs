//! `completions`: what makes a shell complete commands, options and names of tools.

use std::io::{self, Write};

use clap::{Command, builder::PossibleValuesParser};
use clap_complete::{Shell, generate};

use crate::{agent, jira};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The shell that is to read them.
    shell: Shell,
}

/// Prints the script of `program` for the shell.
pub(super) fn run(program: Command, args: &Args) -> io::Result<()> {
    let mut program = with_tools(program);
    let name = program.get_name().to_owned();
    let mut script = Vec::new();
    generate(args.shell, &mut program, name, &mut script);
    if args.shell == Shell::Bash {
        script = String::from_utf8_lossy(&script).replace(MISLABELLED, LABEL).into_bytes();
    }
    io::stdout().write_all(&script)
}

/// What `clap_complete` makes of a hyphen in the program's name where it names what a command
/// completes, and where it looks for that: with two forms nothing below the first word is found.
const MISLABELLED: &str = "jira__subcmd__mcp__subcmd__bridge";
const LABEL: &str = "jira__mcp__bridge";

/// `call` takes the name of any tool, for another server may have others; a shell proposes ours.
fn with_tools(program: Command) -> Command {
    let names: Vec<&str> =
        jira::tools::all().chain(agent::tools::all()).map(|tool| tool.name).collect();
    program.mut_subcommand("call", |call| {
        // What is changed goes to the end, so both say where they stand.
        call.mut_arg("tool", |tool| tool.index(1).value_parser(PossibleValuesParser::new(names)))
            .mut_arg("arguments", |arguments| arguments.index(2))
    })
}
