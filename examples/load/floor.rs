//! The floor: a bare reverse proxy on hyper that forwards the same bytes without reading them.

use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, combinators::BoxBody};
use hyper::{Request, Response, StatusCode, Uri, body::Incoming, header};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};

use crate::serve;

type Forwarded = BoxBody<Bytes, hyper::Error>;

/// Serves until it is killed; tells its port as the first line of stdout.
pub(crate) async fn run(upstream_port: u16) {
    let client: Client<_, Incoming> =
        Client::builder(TokioExecutor::new()).pool_max_idle_per_host(usize::MAX).build_http();
    let listener = serve::listen().await;
    serve::announce(&serve::port(&listener).to_string());
    serve::forever(listener, move |mut request: Request<Incoming>| {
        let client = client.clone();
        async move {
            let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
            let uri = format!("http://127.0.0.1:{upstream_port}{target}");
            let Ok(uri) = uri.parse::<Uri>() else { return Ok(refused()) };
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
