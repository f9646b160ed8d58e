//! The JSON-RPC entry of the edge.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Err(law) = jira_mcp_bridge_fuzz::json_rpc(data) {
        panic!("{law}");
    }
});
