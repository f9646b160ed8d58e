//! The argument reader of every tool.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Err(law) = jira_mcp_bridge_fuzz::arguments(data) {
        panic!("{law}");
    }
});
