//! Spans, and the trace context that ties those of one call together across processes (W3C Trace
//! Context).
//!
//! A span is made by hand with attributes named here and in the layers, never from log fields, so
//! nothing gets into one by accident. Context comes in by header or by `_meta`; what goes out is
//! `traceparent` alone: random numbers and a flag. `tracestate` is other people's text and baggage
//! is the users' data, so neither is sent on.

use std::sync::Arc;

use opentelemetry::{
    Context, KeyValue, Value,
    trace::{
        Span as _, SpanBuilder, SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags,
        TraceId, TraceState, Tracer as _,
    },
};
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};

/// Makes spans and hands the finished ones to whoever collects them.
#[derive(Debug)]
pub struct Tracer(SdkTracer);

impl Tracer {
    /// Spans of this provider, made in the name of a program and its version.
    pub fn new(provider: &SdkTracerProvider, program: &'static str, version: &'static str) -> Self {
        use opentelemetry::{InstrumentationScope, trace::TracerProvider as _};
        let scope = InstrumentationScope::builder(program).with_version(version).build();
        Self(provider.tracer_with_scope(scope))
    }

    pub(super) fn span(&self, role: Role, name: String, parent: &Trace) -> Span {
        let kind = match role {
            Role::Server => SpanKind::Server,
            Role::Client => SpanKind::Client,
        };
        let above = match &parent.0 {
            Some(context) => Context::new().with_remote_span_context(SpanContext::clone(context)),
            None => Context::new(),
        };
        let builder = SpanBuilder::from_name(name).with_kind(kind);
        Span(Box::new(self.0.build_with_context(builder, &above)))
    }
}

/// On which side of a call a span stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Answers it.
    Server,
    /// Makes it.
    Client,
}

/// A place in a trace: which one, and below which span. Empty when nothing is traced.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trace(Option<Arc<SpanContext>>);

impl Trace {
    /// Reads a `traceparent`; a malformed one is no trace. Source: W3C Trace Context, section 3.2.
    pub fn from_traceparent(text: &str) -> Self {
        Self(parse(text).map(Arc::new))
    }

    /// Whether there is no trace.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The trace's id, 32 hexadecimal digits.
    pub fn id(&self) -> Option<String> {
        self.0.as_ref().map(|context| context.trace_id().to_string())
    }

    /// The `traceparent` for what is called from here.
    pub fn traceparent(&self) -> Option<String> {
        let context = self.0.as_ref()?;
        let flags = context.trace_flags() & TraceFlags::SAMPLED;
        Some(format!("00-{}-{}-{:02x}", context.trace_id(), context.span_id(), flags.to_u8()))
    }
}

fn parse(text: &str) -> Option<SpanContext> {
    let mut parts = text.split('-');
    let (version, trace, parent, flags) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let hex = |text: &str, len: usize| {
        text.len() == len && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let well_formed = hex(version, 2)
        && version != "ff"
        && hex(trace, 32)
        && hex(parent, 16)
        && hex(flags, 2)
        // Only a later version may say more.
        && (version != "00" || parts.next().is_none());
    if !well_formed {
        return None;
    }
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?) & TraceFlags::SAMPLED;
    let (trace, parent) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(parent).ok()?);
    let context = SpanContext::new(trace, parent, flags, true, TraceState::NONE);
    context.is_valid().then_some(context)
}

/// One step of a call; it ends when it is dropped, also when its future was dropped before the end.
///
/// Boxed, because calls hold one across their waits and most are made without any.
#[derive(Debug)]
pub struct Span(Box<opentelemetry_sdk::trace::Span>);

impl Span {
    /// Where calls made within this span stand.
    pub fn trace(&self) -> Trace {
        Trace(Some(Arc::new(self.0.span_context().clone())))
    }

    /// Adds an attribute: a name of the semantic conventions or our own, and a value without
    /// content.
    pub fn set(&mut self, name: &'static str, value: impl Into<Value>) {
        self.0.set_attribute(KeyValue::new(name, value));
    }

    /// Notes that it failed, with a word of a fixed set.
    pub fn fail(&mut self, error_type: &'static str) {
        self.set("error.type", error_type);
        self.0.set_status(Status::error(error_type));
    }

    /// Notes that something happened within it, with attributes as [`Self::set`] takes them.
    pub fn event(&mut self, name: &'static str, attributes: Vec<KeyValue>) {
        self.0.add_event(name, attributes);
    }

    /// Names another trace that this span also belongs to.
    pub fn link(&mut self, other: &Trace) {
        if let Some(context) = &other.0 {
            self.0.add_link(SpanContext::clone(context), Vec::new());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_is_read_by_the_letter() {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let check = |text: &str, out: Option<&str>| {
            assert_eq!(Trace::from_traceparent(text).traceparent().as_deref(), out, "{text}");
        };
        check(good, Some(good));
        check(&good.replace("-01", "-00"), Some(&good.replace("-01", "-00")));
        check(&good.replace("-01", "-ff"), Some(good));
        check(&format!("{}-later", good.replacen("00", "cc", 1)), Some(good));
        check(&format!("{good}-more"), None);
        check(&good.replacen("00", "ff", 1), None);
        check(&good.to_uppercase(), None);
        check(&good.replace("b7ad6b7169203331", "0000000000000000"), None);
        check(&good.replace("0af7651916cd43dd8448eb211c80319c", &"0".repeat(32)), None);
        check("", None);
        check("00-short-b7ad6b7169203331-01", None);
    }

    #[test]
    fn spans_of_one_call_share_its_trace() {
        let provider = SdkTracerProvider::builder().build();
        let tracer = Tracer::new(&provider, "test", "1");
        let parent =
            Trace::from_traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        let server = tracer.span(Role::Server, "POST".to_owned(), &parent);
        let client = tracer.span(Role::Client, "GET".to_owned(), &server.trace());
        assert_eq!(client.trace().id(), parent.id());
        assert_ne!(client.trace(), server.trace());
        let unrelated = tracer.span(Role::Server, "POST".to_owned(), &Trace::default());
        assert_ne!(unrelated.trace().id(), parent.id());
    }
}
