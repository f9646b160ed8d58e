//! Who receives telemetry in the tests: OTLP over HTTP, and Application Insights' track endpoint.

use std::{
    io::Read,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Bytes, extract::State, routing::post};
use opentelemetry_proto::tonic::{
    collector::{metrics::v1::ExportMetricsServiceRequest, trace::v1::ExportTraceServiceRequest},
    common::v1::{KeyValue, any_value},
    metrics::v1::{Metric, metric},
    trace::v1::Span,
};
use prost::Message as _;
use serde_json::Value;
use tokio::net::TcpListener;

#[derive(Clone, Default)]
struct Shared {
    traces: Arc<Mutex<Vec<Bytes>>>,
    metrics: Arc<Mutex<Vec<Bytes>>>,
    track: Arc<Mutex<Vec<Bytes>>>,
}

/// A receiver on a port of its own that keeps what it is sent.
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    shared: Shared,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let shared = Shared::default();
        let router = Router::new()
            .route("/v1/traces", post(async |State(s): State<Shared>, body| keep(&s.traces, body)))
            .route(
                "/v1/metrics",
                post(async |State(s): State<Shared>, body| keep(&s.metrics, body)),
            )
            .route("/v2/track", post(async |State(s): State<Shared>, body| keep(&s.track, body)))
            .with_state(shared.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, shared }
    }

    /// Everything that arrived over OTLP, as it came.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let (traces, metrics) =
            (self.shared.traces.lock().unwrap(), self.shared.metrics.lock().unwrap());
        traces.iter().chain(metrics.iter()).flat_map(|body| body.to_vec()).collect()
    }

    /// The attributes of the process that sent spans, and the spans.
    pub(crate) fn spans(&self) -> (Vec<KeyValue>, Vec<Span>) {
        let mut resource = Vec::new();
        let mut spans = Vec::new();
        for body in self.shared.traces.lock().unwrap().iter() {
            let request = ExportTraceServiceRequest::decode(body.clone()).unwrap();
            for sent in request.resource_spans {
                resource = sent.resource.unwrap().attributes;
                spans.extend(sent.scope_spans.into_iter().flat_map(|scope| scope.spans));
            }
        }
        (resource, spans)
    }

    /// The metrics of the last sending.
    pub(crate) fn metrics(&self) -> Vec<Metric> {
        let bodies = self.shared.metrics.lock().unwrap();
        let last = bodies.last().expect("metrics were sent");
        let request = ExportMetricsServiceRequest::decode(last.clone()).unwrap();
        let scopes = request.resource_metrics.into_iter().flat_map(|sent| sent.scope_metrics);
        scopes.flat_map(|scope| scope.metrics).collect()
    }

    /// The envelopes that Application Insights was sent.
    pub(crate) fn envelopes(&self) -> Vec<Value> {
        let texts = self.tracked();
        texts.iter().flat_map(|text| serde_json::from_str::<Vec<Value>>(text).unwrap()).collect()
    }

    /// Everything that arrived, one text for each kind: OTLP's strings stand in it as they are.
    pub(crate) fn everything(&self) -> [String; 2] {
        [String::from_utf8_lossy(&self.bytes()).into_owned(), self.tracked().concat()]
    }

    fn tracked(&self) -> Vec<String> {
        let bodies = self.shared.track.lock().unwrap();
        let text = |body: &Bytes| {
            let mut text = String::new();
            flate2::read::GzDecoder::new(body.as_ref()).read_to_string(&mut text).unwrap();
            text
        };
        bodies.iter().map(text).collect()
    }
}

fn keep(to: &Mutex<Vec<Bytes>>, body: Bytes) {
    to.lock().unwrap().push(body);
}

/// The value of an attribute, as text.
pub(crate) fn attribute(attributes: &[KeyValue], name: &str) -> String {
    let found = attributes.iter().find(|attribute| attribute.key == name);
    match found.and_then(|attribute| attribute.value.clone()).and_then(|value| value.value) {
        Some(any_value::Value::StringValue(text)) => text,
        Some(any_value::Value::IntValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    }
}

/// The number of a sum whose point has this attribute.
pub(crate) fn sum(metrics: &[Metric], name: &str, label: &str, value: &str) -> f64 {
    use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value::AsDouble;
    let found =
        metrics.iter().find(|metric| metric.name == name).unwrap_or_else(|| panic!("no {name}"));
    let Some(metric::Data::Sum(sum)) = &found.data else { panic!("{name} is no sum") };
    let points =
        sum.data_points.iter().filter(|point| attribute(&point.attributes, label) == value);
    points.map(|point| if let Some(AsDouble(number)) = point.value { number } else { 0.0 }).sum()
}
