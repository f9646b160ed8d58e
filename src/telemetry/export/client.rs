//! How exporters reach their receivers: through the same careful client as everything else, on the
//! server's runtime although exporters run on threads of their own.

use std::time::Duration;

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use tokio::{runtime::Handle, time::Instant};
use upstream::{self, BuildError, Safety, Upstream};
use url::Url;

/// Receivers answer with a few bytes.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// An HTTP client for exporters.
#[derive(Clone, Debug)]
pub(super) struct Client {
    upstream: Upstream,
    runtime: Handle,
    timeout: Duration,
    plain: bool,
}

impl Client {
    /// Repeats are the exporters' own business, who know which answers ask for one.
    pub(super) fn new(timeout: Duration) -> Result<Self, BuildError> {
        let settings = upstream::Settings {
            timeout,
            body_bytes_max: ANSWER_BYTES_MAX,
            retry_max: 0,
            breaker_failures: u32::MAX,
            gzip: false,
            ..upstream::Settings::new(crate::program::USER_AGENT)
        };
        Ok(Self {
            upstream: Upstream::new(&settings)?,
            runtime: Handle::current(),
            timeout,
            plain: false,
        })
    }

    /// Speaks plain http. Application Insights' exporter turns every address into https, also that
    /// of a receiver on this machine, the only kind of which the settings accept plain http.
    pub(super) fn plain(self) -> Self {
        Self { plain: true, ..self }
    }
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let mut url: Url = parts.uri.to_string().parse()?;
        if self.plain {
            // Between http and https a change is always possible.
            let _ = url.set_scheme("http");
        }
        let mut outgoing =
            upstream::Request::new(parts.method, url, Safety::Write, "telemetry".into());
        outgoing.headers = parts.headers;
        outgoing.body = Some(body);
        let (upstream, deadline) = (self.upstream.clone(), Instant::now() + self.timeout);
        let sending = async move { upstream.call(&outgoing, deadline).await };
        let answer = self.runtime.spawn(sending).await??;
        let mut response = Response::new(answer.body);
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        Ok(response)
    }
}
