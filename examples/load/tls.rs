//! TLS as between the bridge and Atlassian, with an authority and a certificate made up at start.

use std::{io::Write, path::Path, sync::Arc};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::{
    ClientConfig, RootCertStore, ServerConfig,
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::PrivatePkcs8KeyDer,
};
use tempfile::NamedTempFile;

/// Names the file with the authorities that a server trusts instead of the system's; the bridge
/// reads it as well.
pub(crate) const TRUST: &str = "SSL_CERT_FILE";

/// The upstream's side, and the authority that its clients must trust.
pub(crate) struct Tls {
    pub(crate) server: Arc<ServerConfig>,
    /// HTTP/2 streams of one connection.
    pub(crate) streams_max: u32,
    authority: NamedTempFile,
}

impl Tls {
    pub(crate) fn new(streams_max: u32) -> Self {
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let authority_key = key();
        let root = authority.self_signed(&authority_key).expect("the parameters are well formed");
        let issuer = Issuer::new(authority, authority_key);

        let names = ["127.0.0.1".to_owned(), "localhost".to_owned()];
        let own_key = key();
        let certificate = CertificateParams::new(names)
            .and_then(|parameters| parameters.signed_by(&own_key, &issuer))
            .expect("the parameters are well formed");
        let secret = PrivatePkcs8KeyDer::from(own_key.serialize_der());
        let mut server = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .expect("the provider has the usual ones")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.into()], secret.into())
            .expect("the key is the certificate's");
        server.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        // Without tickets only 256 sessions are remembered, fewer than connections can be open.
        server.ticketer = aws_lc_rs::Ticketer::new().expect("the system has randomness");

        let mut file = NamedTempFile::new().expect("the folder for temporary files is writable");
        file.write_all(root.pem().as_bytes()).expect("the disk has room");
        Self { server: Arc::new(server), streams_max, authority: file }
    }

    pub(crate) fn authority(&self) -> &Path {
        self.authority.path()
    }
}

/// The floor's side: trusts what [`TRUST`] names.
pub(crate) fn client() -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .expect("the provider has the usual ones")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

fn key() -> KeyPair {
    KeyPair::generate().expect("the system has randomness")
}
