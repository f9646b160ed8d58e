//! Settings of the edge: where it listens, who may come in, how much.

use std::{
    net::{IpAddr, SocketAddr},
    ops::RangeInclusive,
    path::PathBuf,
    time::Duration,
};

use secrecy::SecretString;

use crate::http::{self, Gateway, GatewaySource, StreamSettings};

use super::{
    exposure::{Exposure, HANDLER_PORT},
    reader::{DAY_MS, Reader},
};

/// One tool call ends this long before the edge gives up on the request, so that its better answer
/// arrives.
const EDGE_SLACK: Duration = Duration::from_secs(3);

const PORTS: RangeInclusive<u64> = 0..=65_535;

/// How long a change of the secret file may go unnoticed.
const GATEWAY_RECHECK: Duration = Duration::from_secs(1);

pub(super) fn listen(reader: &mut Reader<'_>) -> SocketAddr {
    let host = match reader.text("HOST") {
        "localhost" => Some(IpAddr::from([127, 0, 0, 1])),
        text => text.parse().ok(),
    };
    if host.is_none() {
        reader.refuse("HOST", "expected an IP address such as 127.0.0.1 or 0.0.0.0");
    }
    // Platforms of Azure name the port themselves; an explicit PORT is still the operator's word.
    let names = ["PORT", "WEBSITES_PORT", HANDLER_PORT];
    let name = names.into_iter().find(|name| reader.given(name).is_some()).unwrap_or("PORT");
    if name != HANDLER_PORT && reader.given(HANDLER_PORT).is_some() {
        // It decides who can reach the server even where it does not decide the port.
        reader.number(HANDLER_PORT, PORTS);
    }
    let port = reader.number(name, PORTS);
    SocketAddr::new(
        host.unwrap_or(IpAddr::from([127, 0, 0, 1])),
        u16::try_from(port).unwrap_or_default(),
    )
}

/// The gateway's secrets, read once and judged; none when none are set or one is wrong.
pub(super) fn gateway(reader: &mut Reader<'_>) -> Option<Gateway> {
    let names = ["GATEWAY_SHARED_SECRET", "GATEWAY_SHARED_SECRET_PREVIOUS"];
    let secrets: Vec<SecretString> =
        names.iter().filter_map(|name| reader.filled(name)).map(SecretString::from).collect();
    let file = reader.filled("GATEWAY_SHARED_SECRET_FILE").map(PathBuf::from);
    if secrets.is_empty() && file.is_none() {
        return None;
    }
    let blamed =
        if file.is_some() { "GATEWAY_SHARED_SECRET_FILE" } else { "GATEWAY_SHARED_SECRET" };
    match Gateway::load(&GatewaySource { secrets, file, recheck: GATEWAY_RECHECK }) {
        Ok(gateway) => Some(gateway),
        Err(fault) => {
            // A secret that was put in the place of its file must not be shown.
            reader.refuse_unshown(blamed, fault.to_string());
            None
        }
    }
}

/// Without a gateway secret anybody who reaches the port may try tokens, so only loopback is open
/// by itself, and only where no host forwards the internet's requests to it.
pub(super) fn check_exposure(reader: &mut Reader<'_>, exposure: Exposure, has_gateway: bool) {
    let waived = reader.flag("INSECURE_NO_GATEWAY");
    let already_blamed = reader.problems.iter().any(|problem| problem.name.starts_with("GATEWAY_"));
    if has_gateway || already_blamed || waived {
        return;
    }
    let accepted = match exposure {
        Exposure::Loopback => return,
        Exposure::Network => {
            "needed to listen beyond loopback; set it, or GATEWAY_SHARED_SECRET_FILE, or INSECURE_NO_GATEWAY=true"
        }
        Exposure::FunctionsHost => {
            "needed where FUNCTIONS_CUSTOMHANDLER_PORT is set: an Azure Functions host forwards everybody's requests to loopback; set it, or GATEWAY_SHARED_SECRET_FILE, or INSECURE_NO_GATEWAY=true"
        }
    };
    reader.refuse("GATEWAY_SHARED_SECRET", accepted);
}

pub(super) fn http_settings(
    reader: &mut Reader<'_>,
    gateway: Option<Gateway>,
    call_deadline: Duration,
) -> http::Settings {
    let challenge = match reader.text("UPSTREAM_401") {
        "" | "tool_error" => false,
        "http_401" => true,
        _ => {
            reader.refuse("UPSTREAM_401", "expected tool_error or http_401");
            false
        }
    };
    http::Settings {
        allowed_hosts: reader.parsed_list("ALLOWED_HOSTS"),
        allowed_origins: reader.parsed_list("ALLOWED_ORIGINS"),
        gateway,
        public_base_url: reader.parsed("PUBLIC_BASE_URL"),
        request_deadline: call_deadline + EDGE_SLACK,
        in_flight_max: reader.size("MAX_IN_FLIGHT", 1..=100_000),
        streams: StreamSettings {
            has_compat_paths: reader.flag("COMPAT_STREAM"),
            heartbeat: reader.millis("STREAM_HEARTBEAT_MS", 100..=600_000),
            open_max: reader.millis("STREAM_MAX_MS", 100..=DAY_MS),
            per_user: reader.size("MAX_STREAMS_PER_USER", 1..=10_000),
            keys: None,
            ..StreamSettings::default()
        },
        challenge_on_upstream_401: challenge,
        server_name: reader.text("SERVER_NAME").to_owned(),
        ..http::Settings::default()
    }
}
