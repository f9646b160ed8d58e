//! Which tools a request may call: what is made of several tools is there only with all of them.

use std::borrow::Cow;

use rmcp::{RoleServer, service::RequestContext};

use crate::policy::{Policy, Verdict};

use super::{
    call::{caller, narrowing},
    server::Server,
};

/// The tools that are open to one request.
pub(super) struct OpenTools<'a> {
    server: &'a Server,
    policy: Cow<'a, Policy>,
    granted: Option<Vec<String>>,
}

impl<'a> OpenTools<'a> {
    pub(super) fn of(server: &'a Server, context: &RequestContext<RoleServer>) -> Self {
        Self {
            server,
            policy: server.policy_for(narrowing(context)),
            granted: server.granted(caller(context).as_ref()),
        }
    }

    /// Whether all of these tools are among them.
    pub(super) fn hold(&self, names: &[&str]) -> bool {
        let is_open = |name: &&str| {
            self.server.0.products.tool(name).is_some_and(|(_, tool)| {
                self.policy.judge(tool, self.granted.as_deref()) == Verdict::Open
            })
        };
        names.iter().all(is_open)
    }
}
