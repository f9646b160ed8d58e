//! Where a call gets the credential that its upstream takes, each time it asks.

use std::{fmt, sync::Arc};

use http::HeaderValue;
use secrecy::SecretString;

use super::box_future::BoxFuture;

/// What a caller can prove itself with to an upstream: one token for ever, or a session that renews
/// its token.
///
/// Whoever implements it holds secrets, so there is no `Debug` here to derive by mistake.
pub trait Credentials: Send + Sync {
    /// The credential to send with the next request. It is asked for before every request, repeats
    /// excepted, so it must be cheap while nothing has to be renewed.
    ///
    /// The caller may drop the future at its deadline. What must not be cut in the middle, such as
    /// the exchange of a refresh token that is taken once only, belongs into a task of its own.
    fn for_upstream(&self) -> BoxFuture<'_, Result<UpstreamCredential, CredentialsError>>;

    /// Whether it is worth asking again after the upstream refused what was given last: the next
    /// one is then another. By default there is only the one.
    fn renew_refused(&self) -> bool {
        false
    }

    /// Whether what an upstream says of these goes for the token that the request brought as well,
    /// so that its client is told to get a better one. By default it does: that token was passed
    /// on, or stands and falls with these. It does not where these are of an account that the user
    /// connected: the client's own token is good whatever becomes of that.
    fn speak_for_the_bearer(&self) -> bool {
        true
    }

    /// Those for one request, where they remember what was refused; by default these are good for
    /// all requests of the caller.
    fn of_request(&self) -> Option<Arc<dyn Credentials>> {
        None
    }

    /// A token of the user for another resource of their directory, got on their behalf; none
    /// where these credentials cannot get one, which is the default.
    ///
    /// `scope` is one scope as the directory names it, such as
    /// `https://api.powerplatform.com/.default`. Whoever asks must know the resource: the token
    /// opens it to everyone who is given it.
    ///
    /// The caller may drop the future at its deadline; a request that is on its way is finished,
    /// for those who ask next.
    ///
    /// # Errors
    /// The sign-in has ended, the directory refuses this token, or it does not answer.
    ///
    /// Source: Microsoft, "Microsoft identity platform and OAuth 2.0 On-Behalf-Of flow".
    fn on_behalf<'a>(
        &'a self,
        scope: &'a str,
    ) -> BoxFuture<'a, Result<Option<SecretString>, CredentialsError>> {
        let _ = scope;
        Box::pin(std::future::ready(Ok(None)))
    }

    /// The text without any of these credentials, those got on the user's behalf included, should
    /// it hold one: an upstream that echoes requests must not get them to an agent.
    fn redact(&self, text: String) -> String;
}

/// The value of `Authorization` as an upstream takes it at this moment.
pub struct UpstreamCredential(HeaderValue);

impl UpstreamCredential {
    /// Takes a whole value, scheme included, and marks it sensitive, so that no log shows it.
    pub fn new(mut value: HeaderValue) -> Self {
        value.set_sensitive(true);
        Self(value)
    }

    /// `Bearer <token>` or `Basic <…>` for the upstream client and nobody else.
    pub fn expose_header_value(self) -> HeaderValue {
        self.0
    }
}

impl fmt::Debug for UpstreamCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UpstreamCredential(***)")
    }
}

/// Why there is no credential for an upstream.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialsError {
    /// What proves the user was revoked or has expired, and cannot be renewed without them.
    #[error("the sign-in has ended")]
    SignInEnded,
    /// The same of a sign-in on the user's own machine, where they sign in by a command.
    #[error("the sign-in of this machine has ended")]
    LocalSignInEnded,
    /// It must be renewed first, and whoever renews it does not answer. The sign-in stands.
    #[error("the sign-in cannot be renewed at the moment")]
    Unavailable,
    /// The person is signed in, but has not connected an account of this upstream.
    #[error("the account is not connected")]
    NotConnected {
        /// The page where they can do it, made for this sign-in and good for a few minutes. None
        /// where the operator has set up nothing to connect.
        connect_url: Option<String>,
    },
    /// The sign-in stands, but the user's directory gives no token for this resource: the
    /// operator's app lacks the permission or the consent to it, or a policy of the resource asks
    /// for more than the sign-in had. An administrator can change it.
    #[error(
        "the directory does not give this server a token of the user for the service: consent or \
         a policy is missing ({code})"
    )]
    NotGranted {
        /// The OAuth error code and the directory's own number of the error, such as
        /// `invalid_grant, AADSTS65001`. Nothing else of its words.
        code: String,
    },
}
