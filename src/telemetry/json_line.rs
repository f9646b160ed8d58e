//! One JSON object a line: when, how grave, the event's fields, where it comes from, and the span
//! it happened in.
//!
//! Two lines are written for each call, so they are written straight into the line's buffer: the
//! subscriber's own JSON reads the fields of a span back from JSON in order to write them again.

use std::fmt::{self, Write};

use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    field::RecordFields,
    fmt::{
        FmtContext, FormatEvent, FormatFields, FormattedFields,
        format::Writer,
        time::{FormatTime, SystemTime},
    },
    registry::LookupSpan,
};

/// Writes the line of an event.
pub(super) struct JsonLine;

/// Writes the fields of a span or an event as members of an object, each with a comma before it.
pub(super) struct Members;

impl<S> FormatEvent<S, Members> for JsonLine
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, Members>,
        mut line: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let metadata = event.metadata();
        line.write_str(r#"{"timestamp":""#)?;
        SystemTime.format_time(&mut line)?;
        line.write_str(r#"","level":""#)?;
        line.write_str(metadata.level().as_str())?;
        line.write_char('"')?;
        Members.format_fields(line.by_ref(), event)?;
        line.write_str(r#","target":"#)?;
        let mut target = Target(None);
        if metadata.target() == "log" {
            event.record(&mut target);
        }
        write_text(&mut line, target.0.as_deref().unwrap_or(metadata.target()))?;
        if let Some(span) = context.lookup_current() {
            line.write_str(r#","span":{"name":"#)?;
            write_text(&mut line, span.name())?;
            if let Some(fields) = span.extensions().get::<FormattedFields<Members>>() {
                line.write_str(fields)?;
            }
            line.write_char('}')?;
        }
        line.write_str("}\n")
    }
}

impl<'writer> FormatFields<'writer> for Members {
    fn format_fields<R: RecordFields>(&self, line: Writer<'writer>, fields: R) -> fmt::Result {
        let mut members = MemberVisitor { line, written: Ok(()) };
        fields.record(&mut members);
        members.written
    }
}

/// What the bridge from the `log` crate adds to the lines of crates that use it: their place in a
/// source file among it.
const BRIDGED: &str = "log.";

/// Where a line of the `log` crate comes from.
struct Target(Option<String>);

impl Visit for Target {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "log.target" {
            self.0 = Some(value.to_owned());
        }
    }

    fn record_debug(&mut self, _field: &Field, _value: &dyn fmt::Debug) {}
}

struct MemberVisitor<'writer> {
    line: Writer<'writer>,
    written: fmt::Result,
}

impl MemberVisitor<'_> {
    fn member(&mut self, field: &Field, value: impl FnOnce(&mut Writer<'_>) -> fmt::Result) {
        if self.written.is_ok() && !field.name().starts_with(BRIDGED) {
            self.written = self.write(field, value);
        }
    }

    fn write(
        &mut self,
        field: &Field,
        value: impl FnOnce(&mut Writer<'_>) -> fmt::Result,
    ) -> fmt::Result {
        self.line.write_char(',')?;
        write_text(&mut self.line, field.name())?;
        self.line.write_char(':')?;
        value(&mut self.line)
    }
}

impl Visit for MemberVisitor<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.member(field, |line| write_text(line, value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.member(field, |line| write!(line, "{value}"));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.member(field, |line| write!(line, "{value}"));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.member(field, |line| write!(line, "{value}"));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        // JSON has neither infinity nor anything else that is no number.
        self.member(field, |line| {
            if value.is_finite() { write!(line, "{value}") } else { line.write_str("null") }
        });
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.member(field, |line| {
            line.write_char('"')?;
            write!(Escaped(line), "{value:?}")?;
            line.write_char('"')
        });
    }
}

fn write_text(line: &mut Writer<'_>, text: &str) -> fmt::Result {
    line.write_char('"')?;
    Escaped(line).write_str(text)?;
    line.write_char('"')
}

/// Takes text, and writes it as it stands within a JSON string (RFC 8259 section 7).
struct Escaped<'a, 'writer>(&'a mut Writer<'writer>);

impl Write for Escaped<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(at) =
            rest.bytes().position(|byte| byte < b' ' || byte == b'"' || byte == b'\\')
        {
            let (plain, after) = rest.split_at(at);
            let mut chars = after.chars();
            let escaped = chars.next().map_or(0, u32::from);
            self.0.write_str(plain)?;
            match escaped {
                0x22 => self.0.write_str("\\\"")?,
                0x5c => self.0.write_str("\\\\")?,
                0x0a => self.0.write_str("\\n")?,
                _ => write!(self.0, "\\u{escaped:04x}")?,
            }
            rest = chars.as_str();
        }
        self.0.write_str(rest)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use proptest::prelude::*;
    use serde_json::{Value, json};
    use tracing_subscriber::{fmt::MakeWriter, layer::SubscriberExt};

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl MakeWriter<'_> for Kept {
        type Writer = Self;

        fn make_writer(&self) -> Self {
            self.clone()
        }
    }

    /// The lines that are written meanwhile, without their times.
    fn lines(log: impl FnOnce()) -> Vec<Value> {
        let kept = Kept::default();
        let layer = tracing_subscriber::fmt::layer().with_writer(kept.clone()).with_ansi(false);
        let layer = layer.fmt_fields(Members).event_format(JsonLine);
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), log);
        let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        let mut lines: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for line in &mut lines {
            let time = line.as_object_mut().unwrap().remove("timestamp").unwrap();
            assert!(time.as_str().unwrap().parse::<jiff::Timestamp>().is_ok(), "{time}");
        }
        lines
    }

    #[test]
    fn a_line_has_the_fields_of_its_event_and_of_its_span() {
        let said = lines(|| {
            let span = tracing::info_span!("request", id = "r-1", later = tracing::field::Empty);
            let _entered = span.enter();
            span.record("later", 7);
            tracing::info!(
                target: "audit", text = "a", count = 3_u64, below = -2, half = 0.5, none = None::<u64>, is = true,
                shown = %"x\"y", debugged = ?Some("z"), endless = f64::INFINITY, "tool {}", "call"
            );
        });
        assert_eq!(
            said,
            [json!({
                "level": "INFO", "message": "tool call", "text": "a", "count": 3, "below": -2, "half": 0.5, "is": true,
                "shown": "x\"y", "debugged": "Some(\"z\")", "endless": null, "target": "audit",
                "span": {"name": "request", "id": "r-1", "later": 7},
            })]
        );
    }

    #[test]
    fn without_a_span_there_is_none() {
        assert_eq!(
            lines(|| tracing::warn!(target: "t", "m")),
            [json!({"level": "WARN", "message": "m", "target": "t"})]
        );
    }

    #[test]
    fn a_line_of_the_log_crate_tells_its_target_and_no_place_in_a_file() {
        assert_eq!(
            lines(
                || tracing::warn!(target: "log", message = "m", log.target = "other", log.file = "some/file.rs")
            ),
            [json!({"level": "WARN", "message": "m", "target": "other"})]
        );
    }

    proptest! {
        #[test]
        fn any_text_is_one_line_and_reads_back(text in any::<String>()) {
            let said = lines(|| tracing::info!(target: "t", text = text.as_str(), shown = %text, "m"));
            prop_assert_eq!(said.len(), 1);
            prop_assert_eq!((&said[0]["text"], &said[0]["shown"]), (&json!(text), &json!(text)));
        }
    }
}
