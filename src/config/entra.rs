//! Settings of access tokens of Entra ID: whose they are, for what, and what roles open.

use std::collections::BTreeSet;

use entra::TenantId;
use url::Url;

use crate::{http, signin::EntraApp};

use super::{reader::Reader, secrets::secret, urls::base};

const TENANTS: &str = "ENTRA_TENANT_ID";
const AUDIENCES: &str = "ENTRA_AUDIENCE";
const SCOPE: &str = "ENTRA_REQUIRED_SCOPE";
const CLIENT_ID: &str = "ENTRA_CLIENT_ID";
const CLIENT_SECRET: &str = "ENTRA_CLIENT_SECRET";

/// What is needed to take access tokens of Entra ID.
#[derive(Clone, Debug)]
pub struct EntraTokens {
    /// Which tokens are good.
    pub tokens: entra::Settings,
    /// Our app registration, once for each tenant, by which a user's token is exchanged for one for
    /// another resource; none where no secret of it is set.
    pub apps: Vec<EntraApp>,
}

/// The settings behind `entra` of `AUTH`; none if something is wrong. `mapped_roles` are those that
/// mean something here, where roles count.
pub(super) fn entra(
    reader: &mut Reader<'_>,
    mapped_roles: Option<BTreeSet<String>>,
) -> Option<EntraTokens> {
    let tenant_ids = tenants(reader);
    let audiences = audiences(reader);
    let required_scope = scope(reader);
    let authority = base(reader, "ENTRA_AUTHORITY");
    let app = authority.as_ref().and_then(|authority| app(reader, authority));
    let tokens = entra::Settings {
        authority: authority?,
        tenant_ids,
        audiences,
        required_scope,
        mapped_roles,
    };
    let of_tenant = |app: &EntraApp| {
        let tenants = tokens.tenant_ids.iter();
        tenants.map(|id| EntraApp { tenant_id: id.to_string(), ..app.clone() }).collect()
    };
    let apps = app.as_ref().map(of_tenant).unwrap_or_default();
    Some(EntraTokens { tokens, apps })
}

/// What clients are told: where to get a token, for which resource, with which scope. The pair says
/// whether there is a sign-in of ours, and whether tokens of Atlassian are taken.
pub(super) fn announce(
    http: &mut http::Settings,
    EntraTokens { tokens, .. }: &EntraTokens,
    (has_signin, has_atlassian): (bool, bool),
) {
    let scope = tokens.full_scope();
    let mut servers = tokens.issuers();
    if !has_signin {
        // Clients ask the first server for all of these scopes.
        http.scopes = vec![scope.clone()];
        if has_atlassian {
            servers.append(&mut http.authorization_servers);
        }
    }
    http.authorization_servers = servers;
    http.resource = tokens.resource().map(str::to_owned);
    http.directory_scope = Some(scope);
}

fn tenants(reader: &mut Reader<'_>) -> Vec<TenantId> {
    let problems = reader.problems.len();
    let mut tenants = reader.parsed_list::<TenantId>(TENANTS);
    if tenants.is_empty() && reader.problems.len() == problems {
        reader.refuse(
            TENANTS,
            "needed for AUTH=entra: the id of your tenant, or several with commas",
        );
    }
    let mut seen = BTreeSet::new();
    tenants.retain(|id| seen.insert(id.to_string()));
    tenants
}

fn audiences(reader: &mut Reader<'_>) -> Vec<String> {
    let names: Vec<String> = reader.list(AUDIENCES).into_iter().map(str::to_owned).collect();
    if names.is_empty() {
        reader.refuse(
            AUDIENCES,
            "needed for AUTH=entra: the Application ID URI or the client id of this server's app registration",
        );
    }
    if let Some(wrong) = names.iter().find(|name| !entra::Settings::is_audience(name)) {
        reader.refuse(
            AUDIENCES,
            format!("'{wrong}' is not the client id or an Application ID URI (https or api) of an app of your own"),
        );
    }
    names
}

fn scope(reader: &mut Reader<'_>) -> Option<String> {
    let scope = reader.filled(SCOPE).map(str::to_owned);
    if scope.as_deref().is_some_and(|scope| !entra::Settings::is_scope_name(scope)) {
        reader.refuse(SCOPE, "expected the name of one scope without its API, such as access");
    }
    scope
}

/// Both parts or neither: half of an app registration exchanges nothing.
fn app(reader: &mut Reader<'_>, authority: &Url) -> Option<EntraApp> {
    let client_id = reader.filled(CLIENT_ID).map(str::to_owned);
    let problems = reader.problems.len();
    let client_secret = secret(reader, CLIENT_SECRET, "ENTRA_CLIENT_SECRET_FILE");
    let (missing, other) = match (&client_id, &client_secret) {
        (Some(_), None) if reader.problems.len() == problems => (CLIENT_SECRET, CLIENT_ID),
        (None, Some(_)) => (CLIENT_ID, CLIENT_SECRET),
        _ => {
            return Some(EntraApp {
                authority: authority.clone(),
                tenant_id: String::new(),
                client_id: client_id?,
                client_secret: client_secret?,
                scopes: Vec::new(),
                has_on_behalf: true,
                mapped_roles: None,
            });
        }
    };
    reader.refuse_unshown(missing, format!("needed beside {other}; set both or neither"));
    None
}
