//! The tokens that an agent hands back.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Err(law) = jira_mcp_bridge_fuzz::tokens(data) {
        panic!("{law}");
    }
});
