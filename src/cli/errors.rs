//! `errors`: every way to fail, as the document for operators and for those who write agents.

use std::io::{self, Write};

use tool_kit::{Code, WriteOutcome};

use crate::{http, mcp};

const HEAD: &str = "\
# Errors

Made by `jira-mcp-bridge errors`; a test compares. A code is stable, its words are not.

- **Class** is the kind of failure, **severity** is for whoever runs the bridge: `info` is daily life, `warning` deserves a look
  when there are many, `error` needs somebody.
- **Try again** `later` means the same call can succeed after the time that the answer names (`retry_after`, or the header
  `Retry-After`).
";

pub(super) fn run() -> io::Result<()> {
    let tools: Vec<_> = Code::ALL.iter().map(|code| code.row()).collect();
    let mut out = io::stdout().lock();
    write!(
        out,
        "{HEAD}\n## Tools\n\nAn MCP result with `isError: true` whose text is \
         `{{\"error\":\"…\",\"status\":…,\"message\":\"…\",\"hint\":\"…\",\"retryable\":…,\"request_id\":\"…\"}}`. `status` is what Jira answered.\n\n{}\n\
         A write whose answer was lost says under `outcome` what became of it:\n\n{}\n\
         ## Protocol\n\nA JSON-RPC error.\n\n{}\n\
         ## Edge\n\nAn HTTP status with `{{\"error\":\"…\",\"status\":…,\"message\":\"…\",\"hint\":\"…\",\"request_id\":\"…\"}}`: the request did not get \
         to a tool, but for `upstream_timeout` and `internal`. Below `/mcp`, and for whatever is posted elsewhere, that is the `data` of a \
         JSON-RPC error with the id null (that of the request for a refused `subscriptions/listen`), whose `message` is message and hint: \
         clients of MCP show people nothing else. Its `code` is -32001 for who may not come in, -32000 for not now, -32600 for a request that is wrong, -32603 for a fault of the bridge.\n\n{}",
        error_doc::table(&tools),
        outcomes(),
        error_doc::table(&mcp::errors()),
        error_doc::table(&http::errors()),
    )
}

fn outcomes() -> String {
    let row = |outcome: &WriteOutcome| {
        let (word, meaning, advice) = (outcome.as_str(), outcome.meaning(), outcome.advice());
        format!("| `{word}` | {meaning} | {advice} |\n")
    };
    let rows: String = WriteOutcome::ALL.iter().map(row).collect();
    format!("| `outcome` | What happened | What to do |\n|---|---|---|\n{rows}")
}
