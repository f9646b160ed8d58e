//! Rich text for Jira.
#![no_main]

libfuzzer_sys::fuzz_target!(|markdown: &str| {
    if let Err(law) = jira_mcp_bridge_fuzz::markdown_to_adf(markdown) {
        panic!("{law}");
    }
});
