//! `man`: the manual page, of the program or of each command.

use std::{
    fs,
    io::{self, Write},
    path::PathBuf,
};

use clap::Command;
use clap_mangen::Man;

use super::failure::Failure;

/// What no option says. In roff, whose lines begin with a dot where they are orders.
const MORE: &str = r#".SH "EXIT STATUS"
.TP
\fB0\fR
Done; of \fBsmoke\fR and \fBcheck\fR: nothing is wrong.
.TP
\fB1\fR
Failed while running; of \fBcall\fR: the tool reported an error.
.TP
\fB2\fR
Of \fBcall\fR: no answer came, or none of a tool.
.TP
\fB64\fR
Wrong settings or arguments; nothing was done.
.SH ENVIRONMENT
Settings come from the environment first, then from
.I .env
in the working folder, then from the TOML file of
.BR \-\-config ,
then from defaults.
.B jira\-mcp\-bridge settings
prints every one with its default, and
.B jira\-mcp\-bridge init
writes a first file.
.SH EXAMPLES
.TP
.B jira\-mcp\-bridge demo
The server in front of a sandbox Jira; no account is needed.
.TP
.B jira\-mcp\-bridge call jira_get_issue issue_key=ACME\-1
One call of a tool, as yourself.
.TP
.B jira\-mcp\-bridge check
What is wrong with the settings, and how to mend it.
"#;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Write a page for the program and for each command into this folder instead; it is made if
    /// it is missing.
    #[arg(long, value_name = "DIRECTORY")]
    out: Option<PathBuf>,
}

pub(super) fn run(mut program: Command, args: &Args) -> Result<(), Failure> {
    // Names become those that people type, such as `jira-mcp-bridge check`.
    program.build();
    let Some(folder) = &args.out else {
        return Ok(io::stdout().write_all(&page(&program)?)?);
    };
    let cannot = |fault: io::Error| Failure::Running(format!("{}: {fault}", folder.display()));
    fs::create_dir_all(folder).map_err(cannot)?;
    let commands = program.get_subcommands().filter(|command| command.get_name() != "help");
    for command in std::iter::once(&program).chain(commands) {
        let path = folder.join(format!("{}.1", name(command)));
        fs::write(path, page(command)?).map_err(cannot)?;
    }
    Ok(())
}

fn name(command: &Command) -> String {
    command.get_display_name().unwrap_or(command.get_name()).to_owned()
}

fn page(command: &Command) -> io::Result<Vec<u8>> {
    // The date is that of the sources, so that the same sources give the same page.
    let man = Man::new(command.clone().version(env!("CARGO_PKG_VERSION")))
        .title(name(command).to_uppercase())
        .date(env!("BRIDGE_BUILD_DATE"))
        .source(concat!("jira-mcp-bridge ", env!("CARGO_PKG_VERSION")));
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    if command.get_opts().next().is_some() || command.get_positionals().next().is_some() {
        man.render_options_section(&mut page)?;
    }
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
        page.write_all(MORE.as_bytes())?;
    }
    Ok(page)
}
