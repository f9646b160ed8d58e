//! Our own counters as OpenTelemetry's: read from the same numbers when a receiver is due, not
//! counted twice.

use opentelemetry::{
    KeyValue,
    metrics::{AsyncInstrument, MeterProvider as _},
};
use opentelemetry_sdk::metrics::SdkMeterProvider;

use crate::signals::{FAMILIES, Family, Kind, Reading, Signals};

/// Makes an instrument for every family; the provider keeps what it needs.
pub(super) fn mirror(provider: &SdkMeterProvider, signals: &Signals) {
    let meter = provider.meter(env!("CARGO_PKG_NAME"));
    for family in FAMILIES {
        let (name, unit) = (family.otel_name(), family.unit());
        let told = signals.clone();
        match family.kind {
            Kind::Counter => {
                meter
                    .f64_observable_counter(name)
                    .with_description(family.help)
                    .with_unit(unit)
                    .with_callback(move |instrument| observe(&told, family, instrument))
                    .build();
            }
            Kind::Gauge => {
                meter
                    .f64_observable_gauge(name)
                    .with_description(family.help)
                    .with_unit(unit)
                    .with_callback(move |instrument| observe(&told, family, instrument))
                    .build();
            }
            Kind::Histogram => {
                let bounds = signals.metrics().bounds_s();
                let histogram = meter
                    .f64_histogram(name)
                    .with_description(family.help)
                    .with_unit(unit)
                    .with_boundaries(bounds)
                    .build();
                signals
                    .metrics()
                    .mirror_histograms(family, |labels| (histogram.clone(), pairs(family, labels)));
            }
        }
    }
}

fn observe(signals: &Signals, wanted: &Family, instrument: &dyn AsyncInstrument<f64>) {
    signals.metrics().read(&mut |family, labels, reading| {
        if let Reading::Number(value) = reading
            && family == wanted
        {
            instrument.observe(value, &pairs(family, labels));
        }
    });
}

fn pairs(family: &Family, labels: &[&'static str]) -> Vec<KeyValue> {
    family.labels.iter().zip(labels).map(|(name, value)| KeyValue::new(*name, *value)).collect()
}
