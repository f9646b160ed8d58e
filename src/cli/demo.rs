//! `demo`: the server in front of a built-in sandbox Jira, in one process, with lines to paste.

mod agent;
mod listen;
mod serve;
mod shown;
mod signin;
mod window;

use std::sync::Arc;

use jira_sandbox::{Sandbox, Seed};
use tool_kit::Toolset;

use crate::{
    config::{Config, Source},
    run, telemetry,
};

use super::failure::{Failure, finished};
use serve::serve_sandbox;
use shown::{Tools, World, print};
use window::ShowCalls;

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Args {
    /// Print one JSON line with the addresses and tokens instead of instructions.
    #[arg(long)]
    json: bool,
    /// Only the sandbox Jira, so that anything can stand between it and a bridge.
    #[arg(long)]
    jira_only: bool,
    /// Only the sandbox agent service: a Copilot Studio agent behind Direct Line and direct to
    /// engine.
    #[arg(long, conflicts_with_all = ["jira_only", "signin"])]
    agent_only: bool,
    /// Also a sandbox identity provider: clients that know only the URL sign in, as any person of
    /// the sandbox. With SIGNIN_PROVIDER=entra it answers like Entra ID.
    #[arg(long, conflicts_with = "jira_only")]
    signin: bool,
    /// The sandbox's site: as documents know it, or with everything that is awkward about real
    /// ones.
    #[arg(long, value_enum, default_value_t = Site::Standard)]
    seed: Site,
    #[command(flatten)]
    place: listen::Place,
    /// A moment at which time stands still in the sandbox, such as 2026-11-20T12:00:00Z: the same
    /// data each time, for pictures and tests.
    #[arg(long, value_name = "MOMENT", hide = true)]
    sandbox_time: Option<jiff::Timestamp>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Site {
    Standard,
    Awkward,
}

impl From<Site> for Seed {
    fn from(site: Site) -> Self {
        match site {
            Site::Standard => Self::Standard,
            Site::Awkward => Self::Awkward,
        }
    }
}

/// On this machine's clock it limits writes as Jira does; where time stands still, nothing ever
/// leaves a window of time again.
fn sandbox(args: &Args) -> Sandbox {
    let seed = args.seed.into();
    match args.sandbox_time.map(jiff::Timestamp::as_millisecond) {
        Some(ms) => Sandbox::of(seed, Arc::new(move || ms)),
        None => Sandbox::of(seed, Arc::new(|| jiff::Timestamp::now().as_millisecond()))
            .with_write_limits(),
    }
}

pub(super) async fn run(source: Source, args: Args) -> Result<(), Failure> {
    let stop = platform::asked_to_stop();
    let mut sandbox = sandbox(&args);
    if args.agent_only {
        return agent::serve_alone(&sandbox, args.json, stop).await;
    }
    let jira = args.place.listen().await?;
    let jira_url = listen::url(&jira)?;
    // What stands between has an address of its own, so the site keeps its usual name then.
    if !args.jira_only || args.place.is_named() {
        sandbox = sandbox.with_address(&jira_url);
    }
    let (tokens, api_tokens) = (sandbox.tokens(), sandbox.api_tokens());
    let policy = Config::policy(&source)?;
    let has_jira = !policy.is_only(Toolset::Agent);
    let world = |mcp_url: &str, issuer: Option<&str>, agent: Option<agent::Urls>, tools| World {
        mcp_url: mcp_url.to_owned(),
        tools: Tools { listed: tools, policy: &policy },
        issuer: issuer.map(str::to_owned),
        agent,
        has_jira,
        jira_url: &jira_url,
        tokens: &tokens,
        api_tokens: &api_tokens,
    };
    if args.jira_only {
        telemetry::start(&Config::read(&source)?.telemetry);
        print(args.json, args.jira_only, &world("", None, None, 0))?;
        return finished(serve_sandbox(jira, sandbox.router(), stop).await);
    }
    let provider = if args.signin { Some(signin::Provider::listen().await?) } else { None };
    let mut source = source.or("JIRA_API_BASE_URL", &jira_url).or("ADMIN_ADDR", "");
    let service = agent::Service::if_wanted(&source).await?;
    if let Some(service) = &service {
        source = service.add_settings(&sandbox, source);
    }
    if let Some(provider) = &provider {
        source = provider.add_settings(source);
    }
    let mut config = Config::read(&source)?;
    telemetry::start(&config.telemetry);
    config.mcp.watch = Some(Arc::new(ShowCalls(sandbox.calls())));
    let bound = run::bind(config).await?;
    let agent_urls = service.as_ref().map(|service| service.urls(&sandbox));
    let issuer = bound.issuer().map(str::to_owned);
    let base = issuer.clone().unwrap_or_else(|| format!("http://{}", bound.address()));
    let shown = world(&format!("{base}/mcp"), issuer.as_deref(), agent_urls, bound.tools());
    let pages = sandbox.window_router(window::settings(&shown));
    print(args.json, false, &shown)?;
    let serving = bound.serve(stop);
    let people_sign_in = async {
        match provider {
            Some(provider) => provider.serve(&sandbox, &base).await,
            None => std::future::pending().await,
        }
    };
    let agent_answers = async {
        match service {
            Some(service) => service.serve(&sandbox).await,
            None => std::future::pending().await,
        }
    };
    // The sandbox outlives the drain, so that running calls still find it.
    let drain = tokio::select! {
        drain = serving => drain,
        _ended = serve_sandbox(jira, pages, std::future::pending()) => {
            return Err(Failure::Running("the sandbox Jira stopped".to_owned()));
        }
        _ended = agent_answers => {
            return Err(Failure::Running("the sandbox agent stopped".to_owned()));
        }
        _ended = people_sign_in => {
            return Err(Failure::Running("the sandbox identity provider stopped".to_owned()));
        }
    };
    finished(drain)
}
