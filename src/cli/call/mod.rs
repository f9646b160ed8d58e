//! `call`: one tool call from a shell, in this process or at a running server.

mod arguments;
mod line;
mod show;

use std::{
    io::{self, Write},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::io::BufReader;

use crate::{
    agent,
    config::{Config, LocalUser, Problem, Source},
    jira, run, telemetry,
};

use super::{
    failure::Failure,
    named_secret::{exposed, named, sendable},
    remote::{Client, SafeUrl},
    report, stdio, unknown_names,
};

use line::{Line, Remote};

/// Between the two ends of this process.
const PIPE_BYTES: usize = 64 * 1024;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The tool, such as jira_get_issue.
    #[arg(required_unless_present = "list")]
    tool: Option<String>,
    /// Its arguments. @FILE as the value is the text of a file, - is standard input; of a list,
    /// the key may be repeated.
    #[arg(value_name = "KEY=VALUE")]
    arguments: Vec<String>,
    /// Arguments as a JSON object, beside the others; @FILE and - as there.
    #[arg(long, value_name = "JSON")]
    json: Option<String>,
    /// Print the tools that there are; with a tool, its arguments.
    #[arg(long, conflicts_with_all = ["arguments", "json"])]
    list: bool,
    /// The MCP endpoint of a running server, such as http://127.0.0.1:8080/mcp; without it the
    /// tool runs in this process, with the settings and the sign-in of stdio.
    #[arg(long)]
    url: Option<SafeUrl>,
    /// The environment variable that holds the token for that server.
    #[arg(long, value_name = "NAME", requires = "url")]
    token_env: Option<String>,
    /// The environment variable that holds the gateway's secret, for a --url without a gateway in
    /// front.
    #[arg(long, value_name = "NAME", requires = "url")]
    gateway_secret_env: Option<String>,
    /// Seconds that one request to that server may take.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=300))]
    timeout_secs: u64,
}

pub(super) async fn run(source: Source, args: &Args) -> Result<(), Failure> {
    match &args.url {
        Some(url) => there(url, args).await,
        None => here(source, args).await,
    }
}

async fn here(source: Source, args: &Args) -> Result<(), Failure> {
    // A line for each call is for those who run a server.
    let source = source.or("LOG_LEVEL", "warn");
    let (config, user) = Config::read_local(&source)?;
    telemetry::start(&config.telemetry);
    for doubt in unknown_names::sentences(&source) {
        // Standard output is the result's.
        writeln!(io::stderr(), "jira-mcp-bridge: warning: unknown name: {doubt}")?;
    }
    within(config, user, async |line| converse(line, args).await).await?
}

/// Asks as a client of `stdio` would, without a second process.
async fn within<T>(
    config: Config,
    user: LocalUser,
    ask: impl AsyncFnOnce(&mut Line) -> T,
) -> Result<T, Failure> {
    let (ours, theirs) = tokio::io::duplex(PIPE_BYTES);
    let stop = platform::asked_to_stop();
    let serving = run::stdio_over(config, user, tokio::io::split(theirs), stop);
    let asking = async {
        // Dropped at the end, which tells the other end that nothing follows.
        let mut line = Line::Here(BufReader::new(ours));
        ask(&mut line).await
    };
    let (served, outcome) = tokio::join!(serving, asking);
    served.map_err(stdio::failure)?;
    Ok(outcome)
}

/// Who the user of `stdio` is and on which site, or what Jira says instead.
pub(super) async fn whoami(source: Source) -> Result<String, String> {
    // Whoever is asked about is no matter of what the tools may do.
    let source = source.with("TOOLSETS", "core").with("TOOLS_DENY", "");
    let (config, user) = Config::read_local(&source).map_err(|_| String::new())?;
    let params = json!({ "name": "jira_whoami", "arguments": {} });
    let answer = within(config, user, async |line| line.ask("check", "tools/call", &params).await);
    let result = answer.await.map_err(|_| "the tool could not be asked.".to_owned())??;
    let text = result.pointer("/content/0/text").and_then(Value::as_str).unwrap_or_default();
    let said: Value = serde_json::from_str(text).unwrap_or_default();
    let part = |name: &str| said.get(name).and_then(Value::as_str).unwrap_or_default();
    if result.get("isError").and_then(Value::as_bool) == Some(true) {
        return Err(part("message").to_owned());
    }
    Ok(match part("name") {
        "" => "the credential is taken".to_owned(),
        name => format!("{name} is signed in"),
    })
}

/// The token goes to this address and nowhere else: no redirect is followed.
async fn there(url: &SafeUrl, args: &Args) -> Result<(), Failure> {
    let secret =
        |option, name: &Option<String>| name.as_deref().map(|name| named(option, name)).transpose();
    let token = secret("--token-env", &args.token_env)?;
    let gateway = secret("--gateway-secret-env", &args.gateway_secret_env)?;
    let client = Client::new(Duration::from_secs(args.timeout_secs), "call")
        .map_err(|fault| Failure::Running(fault.to_string()))?;
    let remote = Remote {
        client,
        url: url.url().clone(),
        token: sendable("--token-env", token.as_ref(), "Bearer ")?,
        gateway: sendable("--gateway-secret-env", gateway.as_ref(), "")?,
    };
    let outcome = converse(&mut Line::There(Box::new(remote)), args).await;
    outcome.map_err(|failure| match failure {
        Failure::NoAnswer(reason) => {
            Failure::NoAnswer(report::shown(&reason, &exposed([&token, &gateway])))
        }
        other => other,
    })
}

async fn converse(line: &mut Line, args: &Args) -> Result<(), Failure> {
    let listed = line.ask("list", "tools/list", &json!({})).await.map_err(Failure::NoAnswer)?;
    let tools = listed.get("tools").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let Some(name) = &args.tool else { return Ok(show::tools(tools)?) };
    let other = Value::Null;
    let tool = match tools.iter().find(|tool| name_of(tool) == name) {
        Some(tool) => tool,
        // Listed nowhere, and understood when it is called, with arguments of its own.
        None if jira::tools::understands(name) && !args.list => &other,
        None => return Err(unknown(name, tools)),
    };
    if args.list {
        return Ok(show::arguments(tool)?);
    }
    let arguments = arguments::read(tool, &args.arguments, args.json.as_deref())
        .map_err(|problem| Failure::Settings(vec![problem]))?;
    let params = json!({ "name": name, "arguments": arguments });
    let result = line.ask("call", "tools/call", &params).await.map_err(Failure::NoAnswer)?;
    show::result(&result)?;
    match result.get("isError").and_then(Value::as_bool) {
        Some(true) => Err(Failure::Reported),
        _ => Ok(()),
    }
}

fn name_of(tool: &Value) -> &str {
    tool.get("name").and_then(Value::as_str).unwrap_or_default()
}

/// Why there is no such tool: it is off here, or it has another name.
fn unknown(name: &str, tools: &[Value]) -> Failure {
    let known = jira::tools::named(name).or_else(|| agent::tools::named(name));
    let accepted = if let Some(tool) = known {
        format!(
            "a tool of the set {0} that is not offered here: the server's TOOLSETS lack {0}, or READ_ONLY, TOOLS_DENY, the address or a scope that the token lacks hides it. jira_whoami says which; --list prints what is offered",
            tool.set.name()
        )
    } else {
        let near = arguments::nearest(name, tools.iter().map(name_of));
        let advice = near.map(|near| format!("did you mean {near}? ")).unwrap_or_default();
        format!("no tool of that name; {advice}--list prints what is offered")
    };
    Failure::Settings(vec![Problem { name: "TOOL", found: arguments::if_plain(name), accepted }])
}
