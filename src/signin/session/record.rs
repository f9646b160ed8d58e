//! What is kept of a sign-in: who, for which program, and the provider's tokens.

use serde::{Deserialize, Serialize};

use super::super::{
    grant::{Grant, GrantOf},
    person::Person,
};

/// One program's sign-in as one person. It is only ever written sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Session {
    pub(in super::super) person: Person,
    pub(in super::super) program: Program,
    /// The scopes that the person agreed to.
    pub(in super::super) scopes: Vec<String>,
    /// The provider's grant for Jira.
    pub(in super::super) jira: Option<Grant>,
    /// The grant of Entra ID, where people sign in there.
    pub(in super::super) entra: Option<Grant>,
    pub(in super::super) created_at_ms: u64,
    pub(in super::super) last_used_at_ms: u64,
    /// Which refresh token of ours is the current one.
    pub(in super::super) generation: u64,
    /// When the current one took the place of the one before.
    pub(in super::super) rotated_at_ms: u64,
    /// The authorization code that the session began with.
    pub(in super::super) code: Code,
}

/// The program that a session was made for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Program {
    /// A hash of its client id: tokens are good for this client only.
    pub(in super::super) client: String,
    pub(in super::super) name: String,
    /// Where it lives, as the person saw it when they agreed.
    pub(in super::super) host: String,
}

/// What the redemption of a code is held against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Code {
    pub(in super::super) redirect_uri: String,
    /// Whether the program named it, and has to again; it may leave out the only one it has.
    pub(in super::super) has_named_redirect: bool,
    /// PKCE's S256 challenge.
    pub(in super::super) challenge: String,
    pub(in super::super) expires_at_ms: u64,
    pub(in super::super) is_redeemed: bool,
}

impl Session {
    /// One that no client redeems a code for: it is in use from now on.
    pub(in super::super) fn without_code(
        person: Person,
        program: Program,
        scopes: Vec<String>,
        jira: Grant,
        now_ms: u64,
    ) -> Self {
        Self {
            person,
            program,
            scopes,
            jira: Some(jira),
            entra: None,
            created_at_ms: now_ms,
            last_used_at_ms: now_ms,
            generation: 0,
            rotated_at_ms: now_ms,
            code: Code {
                redirect_uri: String::new(),
                has_named_redirect: false,
                challenge: String::new(),
                expires_at_ms: now_ms,
                is_redeemed: true,
            },
        }
    }

    /// One of its grants, if it has it.
    pub(in super::super) fn grant(&self, which: GrantOf) -> Option<&Grant> {
        match which {
            GrantOf::Jira => self.jira.as_ref(),
            GrantOf::Entra => self.entra.as_ref(),
        }
    }

    pub(super) fn set_grant(&mut self, which: GrantOf, grant: Grant) {
        match which {
            GrantOf::Jira => self.jira = Some(grant),
            GrantOf::Entra => self.entra = Some(grant),
        }
    }

    /// What its texts take in memory.
    pub(super) fn text_bytes(&self) -> usize {
        let list = |texts: &[String]| texts.iter().map(|text| text.len() + 32).sum::<usize>();
        let grants = [&self.jira, &self.entra].into_iter().flatten().map(|grant| {
            let refresh_token = grant.refresh_token.as_ref().map_or(0, |it| it.expose().len());
            let lists = list(&grant.scopes) + list(&grant.roles);
            grant.access_token.expose().len() + refresh_token + lists
        });
        let Program { client, name, host } = &self.program;
        let Code { redirect_uri, challenge, .. } = &self.code;
        let (subject, person) = (&self.person.subject, &self.person.name);
        let texts = [client, name, host, redirect_uri, challenge, subject, person];
        grants.sum::<usize>() + list(&self.scopes) + texts.map(String::len).iter().sum::<usize>()
    }

    /// Until when the record is kept: the sooner of the idle and the absolute end, or the end of
    /// the code while it was not redeemed.
    pub(in super::super) fn ends_at_ms(&self, idle_ms: u64, absolute_ms: u64) -> u64 {
        if !self.code.is_redeemed {
            return self.code.expires_at_ms;
        }
        let idle = self.last_used_at_ms.saturating_add(idle_ms);
        idle.min(self.created_at_ms.saturating_add(absolute_ms))
    }
}
