//! How an issue is rendered.

use super::visible::Visible;

/// How an issue is rendered.
#[derive(Debug, Clone, Copy)]
pub struct RenderOptions<'a> {
    /// The site's address, for links.
    pub site_url: &'a str,
    /// Long texts are clipped to this many characters.
    pub text_chars: usize,
    /// Links, parents and subtasks that may not be shown are left out.
    pub visible: &'a dyn Visible,
}

impl RenderOptions<'_> {
    /// The address of an issue in a browser.
    pub fn browse(&self, key: &str) -> String {
        format!("{}/browse/{key}", self.site_url.trim_end_matches('/'))
    }
}
