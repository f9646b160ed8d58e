//! Server-sent events, parsed as they come: bounded, and nothing is ever asked for again.
//!
//! Source: WHATWG HTML, section 9.2.6, "Interpreting an event stream".

/// One event with its data. An activity may have 262,144 bytes; cards and escapes come on top.
const EVENT_BYTES_MAX: usize = 1024 * 1024;
const NAME_BYTES_MAX: usize = 256;

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Event {
    /// `message` where none is said.
    pub(super) name: String,
    /// All its lines of data.
    pub(super) data: String,
    /// The last id that was said, with this event or before it.
    pub(super) id: Option<String>,
}

/// An event is larger than any that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLarge;

#[derive(Debug, Default)]
pub(super) struct EventParser {
    line: Vec<u8>,
    name: String,
    data: String,
    has_data: bool,
    id: Option<String>,
    is_behind_cr: bool,
    is_begun: bool,
}

impl EventParser {
    /// Takes the next bytes, cut anywhere, and gives the events that are whole with them. An event
    /// whose end does not come is none.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<Vec<Event>, TooLarge> {
        let mut events = Vec::new();
        for byte in bytes {
            match byte {
                b'\n' if std::mem::take(&mut self.is_behind_cr) => {}
                b'\n' | b'\r' => {
                    self.is_behind_cr = *byte == b'\r';
                    events.extend(self.end_line());
                }
                _ => {
                    self.is_behind_cr = false;
                    if self.line.len() + self.data.len() >= EVENT_BYTES_MAX {
                        return Err(TooLarge);
                    }
                    self.line.push(*byte);
                }
            }
        }
        Ok(events)
    }

    /// Bytes of an event that is not whole yet.
    pub(super) fn held(&self) -> usize {
        self.line.capacity() + self.data.capacity()
    }

    fn end_line(&mut self) -> Option<Event> {
        let line = std::mem::take(&mut self.line);
        let text = String::from_utf8_lossy(&line);
        let is_first = !std::mem::replace(&mut self.is_begun, true);
        let text = if is_first { text.trim_start_matches('\u{FEFF}') } else { &text };
        if text.is_empty() {
            return self.end_event();
        }
        let (field, value) = text.split_once(':').unwrap_or((text, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" if value.len() <= NAME_BYTES_MAX => value.clone_into(&mut self.name),
            "data" => {
                if self.has_data {
                    self.data.push('\n');
                }
                self.has_data = true;
                self.data.push_str(value);
            }
            // It goes back in a header.
            "id" if value.len() <= NAME_BYTES_MAX
                && value.bytes().all(|b| b.is_ascii_graphic()) =>
            {
                self.id = (!value.is_empty()).then(|| value.to_owned());
            }
            _ => {}
        }
        None
    }

    /// An `end` comes without data, so an event with a name counts too.
    fn end_event(&mut self) -> Option<Event> {
        let (name, data) = (std::mem::take(&mut self.name), std::mem::take(&mut self.data));
        if !std::mem::take(&mut self.has_data) && name.is_empty() {
            return None;
        }
        let name = if name.is_empty() { "message".to_owned() } else { name };
        Some(Event { name, data, id: self.id.clone() })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Vec<(String, String)> {
        let events = EventParser::default().feed(text.as_bytes()).unwrap();
        events.into_iter().map(|event| (event.name, event.data)).collect()
    }

    fn check(text: &str, expected: &[(&str, &str)]) {
        let found = parse(text);
        let found: Vec<_> = found.iter().map(|(name, data)| (&**name, &**data)).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn events_are_read_as_the_standard_says() {
        check("event: activity\ndata: {}\n\n", &[("activity", "{}")]);
        check("event:end\n\n", &[("end", "")]);
        check("data:a\r\ndata: b\r\n\r\n", &[("message", "a\nb")]);
        check("data: a\rdata: b\r\r", &[("message", "a\nb")]);
        check("\u{FEFF}event: end\ndata\n\n", &[("end", "")]);
        check(": keep-alive\n\n\n", &[]);
        check("event: activity\ndata: {\"cut", &[]);
        check("retry: 5\nunknown: x\ndata:  two blanks\n\n", &[("message", " two blanks")]);
    }

    #[test]
    fn an_id_stands_until_the_next_one_and_can_go_into_a_header() {
        let text = "id: 7\nevent: a\n\nevent: b\n\nid: x\u{1}y\nevent: c\n\nid:\nevent: d\n\n";
        let events = EventParser::default().feed(text.as_bytes()).unwrap();
        let ids: Vec<_> = events.iter().map(|event| event.id.as_deref()).collect();
        assert_eq!(ids, [Some("7"), Some("7"), Some("7"), None]);
    }

    #[test]
    fn an_endless_line_and_endless_data_are_given_up() {
        let mut parser = EventParser::default();
        let chunk = vec![b'x'; 64 * 1024];
        let fed: Result<Vec<_>, _> = (0..17).map(|_| parser.feed(&chunk)).collect();
        assert_eq!(fed, Err(TooLarge));
        let mut parser = EventParser::default();
        let lines = "data: xxxxxxxxxxxxxxxx\n".repeat(1_000);
        assert!((0..100).any(|_| parser.feed(lines.as_bytes()) == Err(TooLarge)));
    }

    proptest! {
        #[test]
        fn where_the_bytes_are_cut_changes_nothing(
            texts in prop::collection::vec("[a-zé\r\n: ]{0,20}", 0..10),
            cuts in prop::collection::vec(0_usize..200, 0..10),
        ) {
            let texts: Vec<_> =
                texts.iter().map(|text| format!("event: e\ndata:{text}\n\n")).collect();
            let text = texts.concat();
            let mut parser = EventParser::default();
            let (mut events, mut from) = (Vec::new(), 0);
            let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(text.len())).collect();
            cuts.push(text.len());
            cuts.sort_unstable();
            for cut in cuts {
                events.extend(parser.feed(&text.as_bytes()[from..cut]).unwrap());
                from = cut;
            }
            let events: Vec<_> =
                events.into_iter().map(|event| (event.name, event.data)).collect();
            prop_assert_eq!(events, parse(&text));
        }
    }
}
