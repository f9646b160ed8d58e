//! `completions`: what makes a shell complete commands and options.

use std::io::{self, Write};

use clap::Command;
use clap_complete::{Shell, generate};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The shell that is to read them.
    shell: Shell,
}

/// Prints the script of `program` for the shell.
pub(super) fn run(mut program: Command, args: &Args) -> io::Result<()> {
    let name = program.get_name().to_owned();
    let mut script = Vec::new();
    generate(args.shell, &mut program, name, &mut script);
    io::stdout().write_all(&script)
}
