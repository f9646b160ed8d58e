//! The JSON-RPC errors of the endpoint: faults of the message or the client, never of a tool.
//!
//! Most are raised by the edge and by rmcp; `tests/it/errors.rs` provokes each and holds it against
//! this table.

use error_doc::{Class, ErrorDoc, Retryable::No, Severity};

/// One row for each code.
pub fn errors() -> Vec<ErrorDoc> {
    let row = |code, status, class, severity, meaning, advice| ErrorDoc {
        code,
        status: Some(status),
        class,
        severity,
        retryable: No,
        meaning,
        advice,
    };
    let (wrong, info) = (Class::Validation, Severity::Info);
    vec![
        row(
            "-32700",
            400,
            wrong,
            info,
            "The body is no JSON, or nests too deep.",
            "Send UTF-8 JSON of at most 64 levels.",
        ),
        row(
            "-32600",
            400,
            wrong,
            info,
            "The body is no JSON-RPC request, or a batch.",
            "Send one JSON-RPC 2.0 message.",
        ),
        row(
            "-32601",
            200,
            Class::NotFound,
            info,
            "No such method; HTTP 404 for clients of 2026-07-28.",
            "Use a method that the server declares.",
        ),
        row(
            "-32602",
            200,
            wrong,
            info,
            "No such tool or prompt, one that is switched off, or params of the wrong shape; HTTP 400 when `_meta` is malformed.",
            "Read the list again; where a name is nearly right, the message names the nearest.",
        ),
        row(
            "-32002",
            200,
            Class::NotFound,
            info,
            "No such resource, or none that this user may see; -32602 for clients of 2026-07-28.",
            "Check the address; resources/templates/list says which there are.",
        ),
        row(
            "-32603",
            500,
            Class::Internal,
            Severity::Error,
            "A fault of the bridge.",
            "Report it with the `x-request-id` of the answer.",
        ),
        row(
            "-32020",
            400,
            wrong,
            info,
            "A header contradicts the body, or is missing (2026-07-28).",
            "Send Mcp-Method, Mcp-Name and MCP-Protocol-Version as in the body.",
        ),
        row(
            "-32022",
            400,
            wrong,
            info,
            "The protocol version is not supported.",
            "Use one of the supported versions in the error's data.",
        ),
    ]
}
