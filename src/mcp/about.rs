//! What the server says about itself when a client connects: capabilities, instructions, an icon.
//!
//! Every conversation pays for these bytes; a test holds them to their budgets.

use super::apps;

use rmcp::model::{Icon, Implementation, ProtocolVersion, ServerCapabilities, ServerConfig};

/// 24 by 24, one path: a card with a tick. In base64, since clients check that it is a URI, which
/// holds no blanks.
const ICON: &str = concat!(
    "data:image/svg+xml;base64,",
    "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHZpZXdCb3g9IjAgMCAyNCAyNCI+PHBhdGggZmlsbD0iIzAwNTJj", // pragma: allowlist secret
    "YyIgZmlsbC1ydWxlPSJldmVub2RkIiBkPSJNNCAzaDE2djE4SDR6bTMgOSAxLjUtMS41TDExIDEzbDUtNSAxLjUgMS41TDExIDE2eiIv", // pragma: allowlist secret
    "Pjwvc3ZnPg==",
);

/// `has_apps`: some tool has a page.
pub(super) fn info(
    implementation: Implementation,
    instructions: &str,
    has_apps: bool,
) -> ServerConfig {
    let mut capabilities = ServerCapabilities::builder()
        .enable_completions()
        .enable_prompts()
        .enable_resources()
        .enable_skills()
        .enable_tools()
        .build();
    if has_apps {
        let extensions = capabilities.extensions.get_or_insert_default();
        extensions.insert(apps::EXTENSION.to_owned(), apps::settings());
    }
    ServerConfig::new(capabilities).with_server_info(implementation).with_instructions(instructions)
}

/// Icons exist since 2025-11-25; an older client gets none.
pub(super) fn show_icon(implementation: &mut Implementation, version: &ProtocolVersion) {
    // ISO dates compare as text as they do as dates.
    if version.as_str() >= ProtocolVersion::V_2025_11_25.as_str() {
        let icon =
            Icon::new(ICON).with_mime_type("image/svg+xml").with_sizes(vec!["any".to_owned()]);
        implementation.icons = Some(vec![icon]);
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::STANDARD};

    use super::*;

    #[test]
    fn what_every_conversation_pays_for_is_little() {
        assert!(ICON.len() <= 256, "{} bytes", ICON.len());
        let picture =
            STANDARD.decode(ICON.strip_prefix("data:image/svg+xml;base64,").unwrap()).unwrap();
        assert!(picture.starts_with(b"<svg ") && picture.ends_with(b"</svg>"));
    }
}
