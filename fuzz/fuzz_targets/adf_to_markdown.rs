//! Rich text from Jira.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Err(law) = jira_mcp_bridge_fuzz::adf_to_markdown(data) {
        panic!("{law}");
    }
});
