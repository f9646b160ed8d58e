//! Transitions, by name, by the status they lead to, or by id.

use crate::jira::client::wire::Transition;

use super::{compare::same_name, error::NameError};

/// The transition that is meant: an id, then a name, then the name of a target status, each in any
/// letter case.
pub fn pick_transition<'t, 'a>(
    transitions: &'t [Transition<'a>],
    wanted: &str,
) -> Result<&'t Transition<'a>, NameError> {
    let wanted = wanted.trim();
    let same = |name: &str| same_name(name, wanted);
    let other = |transition: &Transition<'_>| {
        transition.to.untranslated_name.as_deref().unwrap_or_default().to_owned()
    };
    let target =
        |transition: &Transition<'_>| transition.to.name.as_deref().unwrap_or_default().to_owned();
    let rules: [&dyn Fn(&Transition<'_>) -> bool; 4] =
        [&|t| t.id == wanted, &|t| same(&t.name), &|t| same(&target(t)), &|t| same(&other(t))];
    let say = |t: &Transition<'_>| format!("{} -> {} (id {})", t.name, target(t), t.id);
    for rule in rules {
        let fits: Vec<&Transition<'_>> = transitions.iter().filter(|t| rule(t)).collect();
        match fits.as_slice() {
            [] => {}
            [only] => return Ok(only),
            several => {
                return Err(NameError::Ambiguous {
                    given: wanted.to_owned(),
                    candidates: several.iter().map(|t| say(t)).collect(),
                });
            }
        }
    }
    Err(NameError::Unknown {
        what: "transition that is possible now",
        given: wanted.to_owned(),
        known: transitions.iter().map(say).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jira::client::wire::TransitionPage;

    const PAGE: &str = r#"{"transitions":[
        {"id":"11","name":"Start","to":{"name":"In Progress"}},
        {"id":"21","name":"Done","to":{"name":"Done"}},
        {"id":"31","name":"Close","to":{"name":"Done"}},
        {"id":"41","name":"Close","to":{"name":"Rejected"}},
        {"id":"51","name":"11","to":{"name":"Odd"}}
    ]}"#;

    fn check(wanted: &str, expected: Result<&str, &str>) {
        let page: TransitionPage<'_> = serde_json::from_str(PAGE).unwrap();
        let picked = pick_transition(&page.transitions, wanted);
        match expected {
            Ok(id) => assert_eq!(picked.unwrap().id, id, "{wanted}"),
            Err(part) => assert!(picked.unwrap_err().to_string().contains(part), "{wanted}"),
        }
    }

    #[test]
    fn ids_go_before_names_and_names_before_targets() {
        check("11", Ok("11"));
        check("start", Ok("11"));
        check("IN PROGRESS", Ok("11"));
        check("done", Ok("21"));
        check(" rejected ", Ok("41"));
        check("close", Err("Close -> Done (id 31); Close -> Rejected (id 41)"));
        check("reopen", Err("'reopen' is no transition that is possible now."));
    }
}
