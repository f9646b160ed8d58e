//! The pieces of a message that is still being written, put together for whoever watches.
//!
//! Some agents send each piece alone, some send all so far each time, and some say which.

/// Watchers need the end of a long text, not all of it.
const SHOWN_BYTES_MAX: usize = 4 * 1024;

/// What has come so far.
#[derive(Debug, Default)]
pub(super) struct Pieces(String);

impl Pieces {
    /// Adds a piece and gives the whole, at most the last 4 KiB; none while there is no text.
    pub(super) fn add(&mut self, text: &str, is_delta: bool) -> Option<String> {
        if !is_delta && text.len() >= self.0.len() && text.starts_with(&self.0) {
            text.clone_into(&mut self.0);
        } else {
            self.0.push_str(text);
        }
        if self.0.len() > SHOWN_BYTES_MAX {
            let cut = self.0.len() - SHOWN_BYTES_MAX;
            let cut = (cut..=self.0.len()).find(|at| self.0.is_char_boundary(*at));
            self.0.drain(..cut.unwrap_or_default());
        }
        (!self.0.is_empty()).then(|| self.0.clone())
    }

    /// The message has come.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pieces: &[(&str, bool)], expected: Option<&str>) {
        let mut all = Pieces::default();
        let shown = pieces.iter().fold(None, |_, (text, is_delta)| all.add(text, *is_delta));
        assert_eq!(shown.as_deref(), expected, "{pieces:?}");
    }

    #[test]
    fn pieces_that_follow_and_pieces_that_hold_the_rest_make_the_same_text() {
        check(&[("Hel", true), ("lo", true)], Some("Hello"));
        check(&[("Hel", false), ("Hello", false)], Some("Hello"));
        check(&[("Hel", false), ("lo", false)], Some("Hello"));
        check(&[("ha", true), ("ha", true)], Some("haha"));
        check(&[("", true)], None);
        check(&[("", true), ("Hel", true), ("", true), ("lo", true)], Some("Hello"));
    }

    #[test]
    fn of_a_long_text_the_end_is_shown() {
        let mut all = Pieces::default();
        all.add(&"é".repeat(SHOWN_BYTES_MAX), true);
        let shown = all.add("end", true).unwrap();
        assert!(shown.len() <= SHOWN_BYTES_MAX && shown.ends_with("éend"));
    }
}
