//! Jira's answers and refusals.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Err(law) = jira_mcp_bridge_fuzz::jira_answer(data) {
        panic!("{law}");
    }
});
