//! Tokens on behalf of users who bring an access token of Entra ID themselves and have no session
//! here.

use auth::{BoxFuture, CredentialsError, PrincipalKey};
use entra::{OnBehalf, UserToken};
use metrics::Signals;
use secrecy::{ExposeSecret, SecretString};
use upstream::BuildError;

use super::{
    clock::Clock,
    provider::{EntraApp, ProviderError, ProviderSettings, Providers},
    secret::Secret,
    session::{OnBehalfTokens, failure, is_of_the_assertion},
    tasks::Tasks,
};

/// Asks the directory of each user's own tenant, and remembers what it gave for each token.
#[derive(Debug)]
pub struct EntraOnBehalf {
    tenants: Vec<Tenant>,
    clock: Clock,
    tokens: OnBehalfTokens<PrincipalKey>,
}

#[derive(Debug)]
struct Tenant {
    id: String,
    providers: Providers,
}

impl EntraOnBehalf {
    /// `apps` are this API's own app registration, once for each tenant.
    pub fn new(
        apps: &[EntraApp],
        signals: &Signals,
        user_agent: &str,
        clock: Clock,
    ) -> Result<Self, BuildError> {
        let tenant = |app: &EntraApp| {
            let entra = Some(EntraApp { has_on_behalf: true, ..app.clone() });
            let settings = ProviderSettings { entra, atlassian: None };
            let providers = Providers::new(&settings, signals, user_agent)?;
            Ok(Tenant { id: app.tenant_id.clone(), providers })
        };
        let tenants = apps.iter().map(tenant).collect::<Result<_, BuildError>>()?;
        let tokens = OnBehalfTokens::new(clock.clone(), Tasks::default());
        Ok(Self { tenants, clock, tokens })
    }

    async fn get(&self, user: &UserToken, scope: &str) -> Result<SecretString, CredentialsError> {
        let id = user.tenant_id.as_str();
        let tenant = self.tenants.iter().find(|tenant| tenant.id == id);
        let providers = tenant.ok_or(CredentialsError::Unavailable)?.providers.clone();
        let assertion = Secret::from(user.assertion.expose_secret().to_owned());
        let (clock, of) = (self.clock.clone(), scope.to_owned());
        let tokens = self.tokens.clone();
        let ask = async move {
            // What nobody is given any more goes when something new comes.
            tokens.sweep();
            let entra = providers.on_behalf().ok_or(CredentialsError::Unavailable)?;
            let answer = entra.on_behalf(&assertion, &of, clock.now_ms()).await;
            answer.map_err(|error| match error {
                // There is no other to try: whoever sent it signs in again.
                ProviderError::Refused { aadsts, .. } if is_of_the_assertion(aadsts) => {
                    CredentialsError::SignInEnded
                }
                error => failure(error),
            })
        };
        let token = self.tokens.token(user.key, scope, ask).await?;
        Ok(SecretString::from(token.expose()))
    }
}

impl OnBehalf for EntraOnBehalf {
    fn token<'a>(
        &'a self,
        user: &'a UserToken,
        scope: &'a str,
    ) -> BoxFuture<'a, Result<SecretString, CredentialsError>> {
        Box::pin(self.get(user, scope))
    }
}

#[cfg(test)]
mod tests;
