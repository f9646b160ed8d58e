//! The sandbox's identity provider beside the demo: people sign in by the press of a button.

use std::{io, net::Ipv4Addr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jira_sandbox::{IdentityClient, IdentitySettings, Sandbox};
use tokio::net::TcpListener;

use crate::{config::Source, http::Drain};

use super::serve::serve_sandbox;

const CLIENT_ID: &str = "demo-bridge";

/// Where it listens, and the secret that it shares with the bridge.
pub(super) struct Provider {
    listener: TcpListener,
    url: String,
    secret: String,
}

impl Provider {
    /// Takes a free port, and draws a secret.
    pub(super) async fn listen() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let mut bytes = [0; 24];
        getrandom::fill(&mut bytes).map_err(io::Error::other)?;
        let secret = URL_SAFE_NO_PAD.encode(bytes);
        Ok(Self { listener, url, secret })
    }

    /// What makes the bridge send people here. Settings that were given stay.
    pub(super) fn add_settings(&self, source: Source) -> Source {
        let tenant_id = IdentitySettings::new(&self.url, Vec::new()).tenant_id;
        source
            .or("AUTH", "atlassian,signin")
            .or("ATLASSIAN_AUTH_BASE_URL", &self.url)
            .or("ATLASSIAN_CLIENT_ID", CLIENT_ID)
            .or("ATLASSIAN_CLIENT_SECRET", &self.secret)
            .or("ENTRA_AUTHORITY", &self.url)
            .or("ENTRA_TENANT_ID", &tenant_id)
            .or("ENTRA_CLIENT_ID", CLIENT_ID)
            .or("ENTRA_CLIENT_SECRET", &self.secret)
            .or("CLIENT_METADATA_LOOPBACK", "true")
    }

    /// Serves browsers, and the bridge that is known by `issuer`.
    pub(super) async fn serve(self, sandbox: &Sandbox, issuer: &str) -> Drain {
        let client = IdentityClient {
            id: CLIENT_ID.to_owned(),
            secret: self.secret,
            redirect_uris: vec![format!("{issuer}/auth/callback")],
        };
        let settings = IdentitySettings::new(&self.url, vec![client]);
        serve_sandbox(self.listener, sandbox.identity_router(settings), std::future::pending())
            .await
    }
}
