//! Our own counters as OpenTelemetry's: read from the same numbers when a receiver is due, not
//! counted twice.

use metrics::{DEFINITIONS, Definition, Kind, Sample, Signals};
use opentelemetry::{
    KeyValue,
    metrics::{AsyncInstrument, MeterProvider as _},
};
use opentelemetry_sdk::metrics::SdkMeterProvider;

/// Makes an instrument for every definition; the provider keeps what it needs.
pub(super) fn mirror(provider: &SdkMeterProvider, signals: &Signals) {
    let meter = provider.meter(env!("CARGO_PKG_NAME"));
    for definition in DEFINITIONS {
        let (name, unit) = (definition.otel_name(), definition.unit());
        let told = signals.clone();
        match definition.kind {
            Kind::Counter => {
                meter
                    .f64_observable_counter(name)
                    .with_description(definition.help)
                    .with_unit(unit)
                    .with_callback(move |instrument| observe(&told, definition, instrument))
                    .build();
            }
            Kind::Gauge => {
                meter
                    .f64_observable_gauge(name)
                    .with_description(definition.help)
                    .with_unit(unit)
                    .with_callback(move |instrument| observe(&told, definition, instrument))
                    .build();
            }
            Kind::Histogram => {
                let bounds = signals.metrics().bounds_s();
                let histogram = meter
                    .f64_histogram(name)
                    .with_description(definition.help)
                    .with_unit(unit)
                    .with_boundaries(bounds)
                    .build();
                signals.metrics().mirror_histograms(definition, |labels| {
                    (histogram.clone(), pairs(definition, labels))
                });
            }
        }
    }
}

fn observe(signals: &Signals, wanted: &Definition, instrument: &dyn AsyncInstrument<f64>) {
    signals.metrics().read(&mut |definition, labels, sample| {
        if let Sample::Number(value) = sample
            && definition == wanted
        {
            instrument.observe(value, &pairs(definition, labels));
        }
    });
}

fn pairs(definition: &Definition, labels: &[&'static str]) -> Vec<KeyValue> {
    definition.labels.iter().zip(labels).map(|(name, value)| KeyValue::new(*name, *value)).collect()
}
