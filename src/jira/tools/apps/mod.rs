//! Pages for the results of some tools: an issue as a card, a sprint as a board, a form for a new
//! issue, and the dialogue before what cannot be undone.
//!
//! Each is one file without anything from elsewhere. It is put together when the program is built,
//! of a style and a line to the host, which all share, and of its own script. Texts of Jira become
//! text nodes only.

use tool_kit::{App, Effect, Tool};

/// One file of these scripts. `{tool}` and `{title}` are put in when it is read.
macro_rules! page {
    ($own:literal) => {
        concat!(
            "<!doctype html>\n<html lang=\"en\" data-tool=\"{tool}\">\n<head>\n<meta charset=\"utf-8\">\n",
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
            "<title>{title}</title>\n<style>\n",
            include_str!("style.css"),
            "</style>\n</head>\n<body>\n<main></main>\n<script>\n",
            include_str!("host.js"),
            include_str!($own),
            "</script>\n</body>\n</html>\n",
        )
    };
}

const ISSUE: App =
    App { about: "One issue as a card", html: page!("issue.js"), calls: &["jira_get_issue"] };
const BOARD: App = App {
    about: "A sprint or a backlog as a board",
    html: page!("board.js"),
    calls: &["jira_get_sprint_issues"],
};
const CREATE: App = App {
    about: "A form for a new issue, with a preview before it is created",
    html: page!("create.js"),
    calls: &["jira_create_issue", "jira_get_create_fields"],
};
const CONFIRM: App = App {
    about: "Shows what would be changed, and does it after a person's press",
    html: page!("confirm.js"),
    calls: &[],
};

/// The page of a tool, if it has one.
pub(super) fn of(tool: &Tool) -> Option<&'static App> {
    match tool.name {
        "jira_get_issue" => Some(&ISSUE),
        "jira_get_sprint_issues" => Some(&BOARD),
        "jira_create_issue" => Some(&CREATE),
        // All of them show a preview first, and act on its token.
        _ if tool.effect == Effect::Destructive => Some(&CONFIRM),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jira::tools;

    fn pages() -> impl Iterator<Item = (&'static Tool, &'static App)> {
        tools::all().filter_map(|tool| Some((tool, of(tool)?)))
    }

    #[test]
    fn every_page_is_one_small_file_that_makes_no_markup_of_texts() {
        assert!(pages().count() >= 10);
        for (tool, App { html, calls, .. }) in pages() {
            assert!(html.len() <= 20_480, "{}: {} bytes", tool.name, html.len());
            for forbidden in [
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
                "Function(",
                "DOMParser",
                "createContextualFragment",
                "srcdoc",
                "import(",
                "fetch(",
                "XMLHttpRequest",
                "WebSocket",
                "src=",
                "@import",
                "url(",
            ] {
                assert!(!html.contains(forbidden), "{} holds {forbidden}", tool.name);
            }
            assert_eq!(html.matches("</script").count(), 1, "{}", tool.name);
            assert_eq!(html.matches("{tool}").count(), 1);
            assert_eq!(html.matches("{title}").count(), 1);
            for name in *calls {
                assert!(tools::named(name).is_some(), "{name}");
            }
        }
    }

    #[test]
    fn a_page_names_no_tool_that_it_may_not_call() {
        for (tool, App { html, calls, .. }) in pages() {
            for (at, _) in html.match_indices("\"jira_") {
                let named: String = html[at + 1..].chars().take_while(|c| *c != '"').collect();
                assert!(calls.contains(&named.as_str()), "the page of {} names {named}", tool.name);
            }
        }
    }

    #[test]
    fn whatever_takes_a_confirm_token_has_the_dialogue_and_nothing_else() {
        for tool in tools::all() {
            let takes = tool.args.iter().any(|arg| arg.name == "confirm");
            let has = of(tool).is_some_and(|app| app.about == CONFIRM.about);
            assert_eq!(takes, has, "{}", tool.name);
        }
    }
}
