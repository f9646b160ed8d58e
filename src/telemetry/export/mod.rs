//! Traces and metrics out: over OTLP to a collector, or to Azure's Application Insights, or both.
//!
//! Everything here stands beside the calls, on threads of its own behind a bounded queue. A
//! receiver that is slow, down or wrong costs spans, which are counted, and nothing else. Without a
//! receiver none of it exists.

mod client;
mod meter;
mod queue;

use std::time::Duration;

use metrics::{Names, Signals, Tracer};
use opentelemetry::KeyValue;
use opentelemetry_application_insights::Exporter as AppInsights;
use opentelemetry_otlp::{
    MetricExporter, Protocol, SpanExporter, WithExportConfig, WithHttpConfig,
};
use opentelemetry_sdk::{
    Resource,
    metrics::{PeriodicReader, SdkMeterProvider},
    trace::{Sampler, SdkTracerProvider},
};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;
use tokio::time::Instant;
use upstream::BuildError;
use url::Url;

use client::Client;
use queue::{Queue, Receiver};

/// One export may take so long; the library repeats within it.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(10);

/// Who receives traces and metrics, and under which name.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The base address of an OTLP receiver over HTTP; `/v1/traces` and `/v1/metrics` are added.
    pub otlp: Option<Url>,
    /// Application Insights' connection string. Its key lets anybody send, so it is kept like a
    /// secret.
    pub app_insights: Option<SecretString>,
    /// `service.name`, which Azure shows as the cloud role.
    pub service_name: String,
    /// The share of traces that are kept when the caller has not decided already, 0 to 1.
    pub sample_ratio: f64,
}

/// Why nothing can be sent. No variant holds the connection string.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The HTTP client cannot be built.
    #[error("the HTTP client for telemetry cannot be built: {0}")]
    Client(#[from] BuildError),
    /// The OTLP exporter refused its settings.
    #[error("OTEL_EXPORTER_OTLP_ENDPOINT cannot be used: {0}")]
    Otlp(#[from] opentelemetry_otlp::ExporterBuildError),
    /// The connection string is of another form.
    #[error("APPLICATIONINSIGHTS_CONNECTION_STRING cannot be read")]
    ConnectionString,
    /// The system gives no thread.
    #[error("no thread for telemetry: {0}")]
    Thread(#[from] std::io::Error),
}

/// What sends; nothing when no receiver is set.
#[derive(Debug, Default)]
pub struct Exporters {
    traces: Option<SdkTracerProvider>,
    metrics: Option<SdkMeterProvider>,
}

impl Exporters {
    /// Signals with these names, and what sends them on. Must be called within a Tokio runtime.
    pub fn start(settings: &Settings, names: &Names) -> Result<(Signals, Self), ExportError> {
        if settings.otlp.is_none() && settings.app_insights.is_none() {
            return Ok((Signals::new(names, None), Self::default()));
        }
        let client = Client::new(EXPORT_TIMEOUT)?;
        let resource = resource(settings);
        let (queue, feed) = Queue::new();
        let sampler =
            Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(settings.sample_ratio)));
        let traces = SdkTracerProvider::builder()
            .with_resource(resource.clone())
            .with_sampler(sampler)
            .with_span_processor(queue.clone())
            .build();
        let signals = Signals::new(
            names,
            Some(Tracer::new(&traces, env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))),
        );
        let metrics = SdkMeterProvider::builder().with_resource(resource.clone());
        let metrics = readers(metrics, settings, &client)?.build();
        meter::mirror(&metrics, &signals);
        queue.start(feed, receivers(settings, &client, &resource)?, signals.clone())?;
        Ok((signals, Self { traces: Some(traces), metrics: Some(metrics) }))
    }

    /// Sends what is left, for at most so long. Blocks.
    pub fn flush(&self, timeout: Duration) {
        let until = Instant::now() + timeout;
        // A receiver that cannot be reached at the end is no reason to fail a stop that was asked
        // for.
        if let Some(traces) = &self.traces {
            let _ = traces.shutdown_with_timeout(timeout);
        }
        if let Some(metrics) = &self.metrics {
            let _ = metrics.shutdown_with_timeout(until.saturating_duration_since(Instant::now()));
        }
    }
}

fn resource(settings: &Settings) -> Resource {
    // The variable names the machine in every container platform; a replica must be told from its
    // neighbours.
    Resource::builder()
        .with_service_name(settings.service_name.clone())
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_attribute(KeyValue::new("service.instance.id", platform::host_name()))
        .build()
}

fn readers(
    mut builder: opentelemetry_sdk::metrics::MeterProviderBuilder,
    settings: &Settings,
    client: &Client,
) -> Result<opentelemetry_sdk::metrics::MeterProviderBuilder, ExportError> {
    if let Some(base) = &settings.otlp {
        let exporter = MetricExporter::builder()
            .with_http()
            .with_http_client(client.clone())
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(EXPORT_TIMEOUT)
            .with_endpoint(below(base, "v1/metrics"))
            .build()?;
        builder = builder.with_reader(PeriodicReader::builder(exporter).build());
    }
    if let Some(text) = &settings.app_insights {
        builder = builder.with_reader(PeriodicReader::builder(app_insights(text, client)?).build());
    }
    Ok(builder)
}

fn receivers(
    settings: &Settings,
    client: &Client,
    resource: &Resource,
) -> Result<Vec<Receiver>, ExportError> {
    let mut receivers = Vec::new();
    if let Some(base) = &settings.otlp {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client.clone())
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(EXPORT_TIMEOUT)
            .with_endpoint(below(base, "v1/traces"))
            .build()?;
        receivers.push(Receiver::otlp(exporter, resource));
    }
    if let Some(text) = &settings.app_insights {
        receivers.push(Receiver::app_insights(app_insights(text, client)?, resource));
    }
    Ok(receivers)
}

fn app_insights(text: &SecretString, client: &Client) -> Result<AppInsights<Client>, ExportError> {
    let text = text.expose_secret();
    let is_plain = text.to_ascii_lowercase().contains("ingestionendpoint=http://");
    let client = if is_plain { client.clone().plain() } else { client.clone() };
    // The parser's error may quote the endpoint; which setting it is says enough.
    AppInsights::new_from_connection_string(text, client).map_err(|_| ExportError::ConnectionString)
}

fn below(base: &Url, path: &str) -> String {
    format!("{}/{path}", base.as_str().trim_end_matches('/'))
}
