//! The binary: arguments in, an exit code out.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: platform::Allocator = platform::ALLOCATOR;

fn main() -> ExitCode {
    jira_mcp_bridge::cli::main()
}
