//! The floor: a bare reverse proxy on hyper that forwards the same bytes without reading them.

use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, combinators::BoxBody};
use hyper::{Request, Response, StatusCode, Uri, body::Incoming, header};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::{
    client::legacy::{Client, connect::Connect},
    rt::TokioExecutor,
};

use crate::{serve, tls};

type Forwarded = BoxBody<Bytes, hyper::Error>;

/// Serves until it is killed; tells its port as the first line of stdout. Speaks to an https
/// upstream as the bridge does: HTTP/2 where that is offered.
pub(crate) async fn run(upstream: &str) {
    let mut client = Client::builder(TokioExecutor::new());
    client.pool_max_idle_per_host(usize::MAX);
    if upstream.starts_with("https://") {
        let connector = HttpsConnectorBuilder::new().with_tls_config(tls::client()).https_only();
        forward(client.build(connector.enable_all_versions().build()), upstream).await;
    } else {
        forward(client.build_http(), upstream).await;
    }
}

async fn forward<C>(client: Client<C, Incoming>, upstream: &str)
where
    C: Connect + Clone + Send + Sync + 'static,
{
    let listener = serve::listen().await;
    serve::announce(&serve::port(&listener).to_string());
    let upstream = upstream.to_owned();
    serve::forever(listener, move |mut request: Request<Incoming>| {
        let client = client.clone();
        let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
        let uri = format!("{upstream}{target}").parse::<Uri>();
        async move {
            let Ok(uri) = uri else { return Ok(refused()) };
            *request.uri_mut() = uri;
            request.headers_mut().remove(header::HOST);
            let answer = client.request(request).await;
            Ok::<_, Infallible>(
                answer.map_or_else(|_| refused(), |answer| answer.map(BodyExt::boxed)),
            )
        }
    })
    .await;
}

fn refused() -> Response<Forwarded> {
    let mut response =
        Response::new(Empty::new().map_err(|never: Infallible| match never {}).boxed());
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response
}
