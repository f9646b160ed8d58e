//! Settings of what operators see: logs, the admin listener, traces and metrics out.

use std::net::SocketAddr;

use secrecy::SecretString;
use url::Url;

use crate::telemetry::{self, ExportSettings, Format};

use super::{reader::Reader, urls::is_safe_upstream};

const CONNECTION_STRING: &str = "APPLICATIONINSIGHTS_CONNECTION_STRING";

/// The first words of the part of a connection string that says where to send.
const INGESTION: &str = "ingestionendpoint";

pub(super) fn admin(reader: &mut Reader<'_>) -> Option<SocketAddr> {
    let text = reader.filled("ADMIN_ADDR")?;
    let address = text
        .strip_prefix("localhost:")
        .map_or_else(|| text.to_owned(), |port| format!("127.0.0.1:{port}"));
    let address = address.parse().ok();
    if address.is_none() {
        reader.refuse(
            "ADMIN_ADDR",
            "expected an IP address and a port such as 127.0.0.1:9090, or nothing",
        );
    }
    address
}

pub(super) fn telemetry_settings(reader: &mut Reader<'_>) -> telemetry::Settings {
    let level = reader.parsed::<tracing::Level>("LOG_LEVEL").unwrap_or(tracing::Level::INFO);
    let format = match reader.text("LOG_FORMAT") {
        "" => None,
        "json" => Some(Format::Json),
        "pretty" => Some(Format::Pretty),
        _ => {
            reader.refuse("LOG_FORMAT", "expected json or pretty");
            None
        }
    };
    let export = ExportSettings {
        otlp: otlp(reader),
        app_insights: app_insights(reader),
        service_name: reader.text("SERVER_NAME").to_owned(),
        sample_ratio: sample_ratio(reader),
    };
    telemetry::Settings { level, format, export }
}

/// A collector usually stands beside the bridge, so plain http is accepted: nothing that is sent is
/// secret.
fn otlp(reader: &mut Reader<'_>) -> Option<Url> {
    let url = reader.filled("OTEL_EXPORTER_OTLP_ENDPOINT")?.parse::<Url>().ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    });
    if url.is_none() {
        reader.refuse(
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "expected an http or https URL without user, query or fragment, such as http://collector:4318",
        );
    }
    url
}

fn app_insights(reader: &mut Reader<'_>) -> Option<SecretString> {
    let name = CONNECTION_STRING;
    let text = reader.filled(name)?;
    let parts: Vec<(String, &str)> = text
        .split(';')
        .filter_map(|part| part.split_once('='))
        .map(|(key, value)| (key.trim().to_ascii_lowercase(), value.trim()))
        .collect();
    let value = |wanted: &str| parts.iter().find(|(key, _)| key == wanted).map(|(_, value)| *value);
    if value("instrumentationkey").is_none_or(str::is_empty) {
        reader.refuse(
            name,
            "expected InstrumentationKey=...;IngestionEndpoint=https://..., as Azure shows it",
        );
        return None;
    }
    // The key travels in each sending.
    if value(INGESTION).is_some_and(|url| !url.parse().is_ok_and(|url: Url| is_safe_upstream(&url)))
    {
        reader.refuse(
            name,
            "its IngestionEndpoint must be an https URL without user, query or fragment",
        );
        return None;
    }
    // Azure ends some of them with a semicolon, which the exporter does not read.
    Some(SecretString::from(text.trim_end_matches(';')))
}

/// Nobody else makes anything of them.
pub(super) fn custom_events(reader: &mut Reader<'_>) -> bool {
    let name = "APPLICATIONINSIGHTS_CUSTOM_EVENTS";
    let is_wanted = reader.flag(name);
    if is_wanted && reader.filled(CONNECTION_STRING).is_none() {
        reader.refuse(name, "needs APPLICATIONINSIGHTS_CONNECTION_STRING");
    }
    is_wanted
}

fn sample_ratio(reader: &mut Reader<'_>) -> f64 {
    let name = "OTEL_TRACES_SAMPLER_ARG";
    match reader.needed(name).parse::<f64>() {
        Ok(ratio) if (0.0..=1.0).contains(&ratio) => ratio,
        _ => {
            reader.refuse(name, "expected a number from 0 to 1");
            1.0
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, Source};

    fn check(name: &'static str, value: &str, accepted: bool) {
        let read = Config::read(&Source::of([(name, value)]));
        assert_eq!(read.is_ok(), accepted, "{name}={value}");
        if let Err(problems) = read {
            assert!(problems.len() == 1 && problems[0].name == name, "{problems:?}");
        }
    }

    #[test]
    fn settings_of_telemetry_are_read_by_the_letter() {
        check("ADMIN_ADDR", "", true);
        check("ADMIN_ADDR", "0.0.0.0:9090", true);
        check("ADMIN_ADDR", "localhost:0", true);
        check("ADMIN_ADDR", "9090", false);
        check("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/", true);
        check("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", false);
        check("OTEL_EXPORTER_OTLP_ENDPOINT", "https://user@collector", false);
        check("OTEL_TRACES_SAMPLER_ARG", "0.05", true);
        check("OTEL_TRACES_SAMPLER_ARG", "5", false);
        check("OTEL_TRACES_SAMPLER_ARG", "NaN", false);
        let name = "APPLICATIONINSIGHTS_CONNECTION_STRING";
        check(name, "InstrumentationKey=k;IngestionEndpoint=https://x.example.com/;", true);
        check(name, "InstrumentationKey=k", true);
        check(name, "InstrumentationKey=k;IngestionEndpoint=http://x.example.com/", false);
        check(name, "k", false);
        check("APPLICATIONINSIGHTS_CUSTOM_EVENTS", "false", true);
        check("APPLICATIONINSIGHTS_CUSTOM_EVENTS", "maybe", false);
        // Alone they would go nowhere.
        check("APPLICATIONINSIGHTS_CUSTOM_EVENTS", "true", false);
        let both = [(name, "InstrumentationKey=k"), ("APPLICATIONINSIGHTS_CUSTOM_EVENTS", "true")];
        assert!(Config::read(&Source::of(both)).unwrap().mcp.custom_events);
        let read = Config::read(&Source::of([(name, "InstrumentationKey=k")])).unwrap();
        assert!(!read.mcp.custom_events, "nobody pays for them unasked");
    }

    #[test]
    fn the_connection_string_is_never_shown() {
        let name = "APPLICATIONINSIGHTS_CONNECTION_STRING";
        let read = Config::read(&Source::of([(name, "InstrumentationKey=hidden")])).unwrap();
        assert!(!format!("{read:?}").contains("hidden"));
        let problems = Config::read(&Source::of([(name, "hidden")])).unwrap_err();
        assert!(!format!("{problems:?}").contains("hidden"));
    }
}
