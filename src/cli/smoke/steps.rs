//! The steps, in the order in which a deployment can be wrong: health, refusals, handshake, tools,
//! Jira, the way past the gateway.

use secrecy::SecretString;
use serde_json::{Value, json};
use upstream::Response;
use url::Url;

use super::{
    super::{
        remote::{Client, Credentials, NoAnswer, Secret, beginning, message, result_of},
        report::Finding,
    },
    judgement::{challenged, found, initialized, listed, method_refused, refused, taken, who},
};

/// The connector's own limit is 500 KB.
const REPLY_BYTES_MAX: usize = 450_000;
const NEEDS_TOKEN: &str = "needs a user's token: --token-env";

/// Everything that is tried, and with what.
pub(super) struct Smoke {
    pub(super) client: Client,
    pub(super) url: Url,
    pub(super) direct: Option<Url>,
    pub(super) token: Option<Secret>,
    pub(super) gateway: Option<Secret>,
    pub(super) site: Option<String>,
}

impl Smoke {
    /// One finding for each step.
    pub(super) async fn run(&self) -> Vec<Finding> {
        if beside(&self.url, "/healthz").is_none() {
            return self.misaddressed();
        }
        let mut findings =
            vec![self.health("health", "/healthz").await, self.health("ready", "/readyz").await];
        let anonymous = self.client.post(&self.url, self.without_token(), &ping()).await;
        if let Err(NoAnswer { reason, is_unreachable: true }) = anonymous {
            findings.push(Finding::failed("no bearer", reason));
            let unreached = [
                "GET refused",
                "initialize",
                "notification",
                "tools/list",
                "jira_whoami",
                "jira_search",
            ];
            findings
                .extend(unreached.map(|step| Finding::skipped(step, "the URL cannot be reached")));
        } else {
            findings.push(judge("no bearer", anonymous, challenged));
            findings.push(judge(
                "GET refused",
                self.client.get(&self.url, self.with_token()).await,
                method_refused,
            ));
            findings.extend(self.as_user().await);
        }
        findings.extend(self.past_the_gateway().await);
        findings
    }

    /// No other step of a wrong address says anything about the deployment.
    fn misaddressed(&self) -> Vec<Finding> {
        let meant = self.url.as_str().trim_end_matches('/');
        let mut findings = vec![Finding::failed(
            "health",
            format!("the URL does not end in /mcp; did you mean {meant}/mcp?"),
        )];
        let untried =
            ["ready", "no bearer", "GET refused", "initialize", "notification", "tools/list"];
        let untried = untried.into_iter().chain(["jira_whoami", "jira_search"]);
        findings.extend(
            untried.map(|step| Finding::skipped(step, "the URL is not that of the endpoint")),
        );
        findings
    }

    /// Beside the endpoint; a gateway does not publish it, so it is asked past the gateway where
    /// that is known.
    async fn health(&self, step: &'static str, path: &str) -> Finding {
        let Some(url) = beside(self.direct.as_ref().unwrap_or(&self.url), path) else {
            return Finding::failed(step, "--direct-url does not end in /mcp");
        };
        let answer = match self.client.get(&url, Credentials::default()).await {
            Ok(answer) => answer,
            Err(fault) => return Finding::failed(step, fault.reason),
        };
        let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let status = said.get("status").and_then(Value::as_str).unwrap_or_default();
        match (answer.status.as_u16(), status) {
            (200, "ok" | "ready") => {
                let about =
                    said.get("version").or_else(|| said.get("server")).and_then(Value::as_str);
                Finding::ok(step, about.unwrap_or_default())
            }
            (404, _) if self.direct.is_none() => Finding::skipped(
                step,
                "not published through the gateway, as it should be; give --direct-url",
            ),
            (code, _) => Finding::failed(step, format!("HTTP {code}: {}", beginning(&answer.body))),
        }
    }

    async fn as_user(&self) -> Vec<Finding> {
        let steps = ["initialize", "notification", "tools/list", "jira_whoami", "jira_search"];
        if self.token.is_none() {
            return steps.map(|step| Finding::skipped(step, NEEDS_TOKEN)).to_vec();
        }
        let hello = json!({
            "protocolVersion": "2024-11-05",
            "capabilities": {},
            "clientInfo": { "name": "smoke", "version": env!("CARGO_PKG_VERSION") },
        });
        let noted = json!({ "jsonrpc": "2.0", "id": null, "method": "notifications/initialized" });
        let search = json!({ "jql": "updated >= -30d ORDER BY updated DESC", "max_results": 1 });
        vec![
            self.ask("initialize", "initialize", &hello, initialized).await,
            judge(
                "notification",
                self.client.post(&self.url, self.with_token(), &noted).await,
                taken,
            ),
            self.ask("tools/list", "tools/list", &json!({}), listed).await,
            self.tool("jira_whoami", json!({}), who).await,
            self.tool("jira_search", search, found).await,
        ]
    }

    async fn ask(
        &self,
        step: &'static str,
        method: &str,
        params: &Value,
        read: fn(&Value) -> Finding,
    ) -> Finding {
        let answer =
            self.client.post(&self.url, self.with_token(), &message(step, method, params)).await;
        judge(step, answer, |answer| {
            if answer.body.len() > REPLY_BYTES_MAX {
                return Finding::failed(
                    step,
                    format!("{} bytes: the connector cuts at 500 KB", answer.body.len()),
                );
            }
            match result_of(answer, step) {
                Ok(result) => read(&result),
                Err(fault) => Finding::failed(step, fault),
            }
        })
    }

    async fn tool(
        &self,
        name: &'static str,
        mut arguments: Value,
        read: fn(&Value) -> Finding,
    ) -> Finding {
        if let (Some(site), Some(arguments)) = (&self.site, arguments.as_object_mut()) {
            arguments.insert("site".to_owned(), json!(site));
        }
        self.ask(name, "tools/call", &json!({ "name": name, "arguments": arguments }), read).await
    }

    /// Without the gateway's token, and with a wrong one, the app itself must say no.
    async fn past_the_gateway(&self) -> Vec<Finding> {
        let steps = ["direct, no gateway token", "direct, wrong one"];
        let Some(direct) = &self.direct else {
            return steps.map(|step| Finding::skipped(step, "needs --direct-url")).to_vec();
        };
        let made_up =
            |text: &str, before: &str| Secret::new(before, &SecretString::from(text.to_owned()));
        let token = made_up("smoke-test-not-a-token", "Bearer ");
        let wrong = made_up("smoke-test-not-the-gateway-secret-0123456789", "");
        let mut findings = Vec::new();
        for (step, gateway) in steps.into_iter().zip([None, wrong.as_ref()]) {
            let credentials = Credentials { token: token.as_ref(), gateway };
            let answer = self.client.post(direct, credentials, &ping()).await;
            findings.push(match answer {
                Err(NoAnswer { is_unreachable: true, .. }) => Finding::skipped(
                    step,
                    "cannot be reached from here; try from inside its network",
                ),
                answer => judge(step, answer, |answer| refused(step, answer)),
            });
        }
        findings
    }

    fn without_token(&self) -> Credentials<'_> {
        Credentials { token: None, gateway: self.gateway.as_ref() }
    }

    fn with_token(&self) -> Credentials<'_> {
        Credentials { token: self.token.as_ref(), ..self.without_token() }
    }
}

fn judge(
    step: &'static str,
    answer: Result<Response, NoAnswer>,
    read: impl FnOnce(&Response) -> Finding,
) -> Finding {
    match answer {
        Ok(answer) => read(&answer),
        Err(fault) => Finding::failed(step, fault.reason),
    }
}

fn ping() -> Value {
    message("ping", "ping", &json!({}))
}

/// A path beside the one that ends in `/mcp`, `/mcp/readonly` or `/mcp/x/…`.
fn beside(url: &Url, path: &str) -> Option<Url> {
    let all = url.path().trim_end_matches('/');
    let narrow = all.rfind("/mcp/").map(|at| at + "/mcp".len());
    let prefix = all.get(..narrow.unwrap_or(all.len()))?.strip_suffix("/mcp")?;
    let mut url = url.clone();
    url.set_path(&format!("{prefix}{path}"));
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn health_stands_beside_the_endpoint() {
        let check = |url: &str, expected: Option<&str>| {
            let found = beside(&url.parse().unwrap(), "/healthz").map(String::from);
            assert_eq!(found.as_deref(), expected, "{url}");
        };
        check("https://a.example/jira-mcp/mcp", Some("https://a.example/jira-mcp/healthz"));
        check("http://127.0.0.1:8080/mcp/", Some("http://127.0.0.1:8080/healthz"));
        check("https://a.example/mcp/readonly", Some("https://a.example/healthz"));
        check("https://a.example/mcp/x/core,agile", Some("https://a.example/healthz"));
        check("https://a.example/", None);
        check("https://a.example/jira-mcp", None);
    }
}
