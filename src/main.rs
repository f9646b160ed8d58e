//! The binary: arguments in, an exit code out.

use std::process::ExitCode;

use tikv_jemallocator::Jemalloc;

/// Measured in docs/PERFORMANCE.md against others: it gives memory back after a peak, and what it
/// keeps is small.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    jira_mcp_bridge::cli::main()
}
