//! The functions that stand for people, sprints, versions, types and issues; those of dates are the
//! clock's.

use std::ops::RangeInclusive;

use super::{
    ast::Operand,
    field::{Field, Kind},
    site::{Site, SiteFunction},
};

/// A function whose answer is ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    CurrentUser,
    MembersOf,
    OpenSprints,
    ClosedSprints,
    FutureSprints,
    ReleasedVersions,
    UnreleasedVersions,
    EarliestUnreleasedVersion,
    LatestReleasedVersion,
    StandardIssueTypes,
    SubtaskIssueTypes,
    LinkedIssues,
    PortfolioChildIssuesOf,
    WatchedIssues,
}

/// Whether an operand stands for a list, which only `in` and its kin take.
pub(super) fn is_list(operand: &Operand) -> bool {
    match operand {
        Operand::List(_) => true,
        Operand::Function { name, .. } => {
            let is_one = |function| {
                matches!(
                    function,
                    Function::CurrentUser
                        | Function::EarliestUnreleasedVersion
                        | Function::LatestReleasedVersion
                )
            };
            Function::named(name).is_some_and(|function| !is_one(function))
        }
        Operand::Empty | Operand::Literal(_) => false,
    }
}

impl Function {
    /// The function of a name, in any letter case.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "currentuser" => Self::CurrentUser,
            "membersof" => Self::MembersOf,
            "opensprints" => Self::OpenSprints,
            "closedsprints" => Self::ClosedSprints,
            "futuresprints" => Self::FutureSprints,
            "releasedversions" => Self::ReleasedVersions,
            "unreleasedversions" => Self::UnreleasedVersions,
            "earliestunreleasedversion" => Self::EarliestUnreleasedVersion,
            "latestreleasedversion" => Self::LatestReleasedVersion,
            "portfoliochildissuesof" => Self::PortfolioChildIssuesOf,
            "standardissuetypes" => Self::StandardIssueTypes,
            "subtaskissuetypes" => Self::SubtaskIssueTypes,
            "linkedissues" => Self::LinkedIssues,
            "watchedissues" => Self::WatchedIssues,
            _ => return None,
        })
    }

    /// Refuses a wrong number of arguments; `name` is the function as the query has it.
    pub(super) fn check_count(self, name: &str, received: usize) -> Result<(), String> {
        let range = self.arity();
        if range.contains(&received) {
            return Ok(());
        }
        let (least, most) = (range.start(), range.end());
        let expected = if least == most {
            format!("expected '{least}' arguments")
        } else {
            format!("expected between '{least}' and '{most}' arguments")
        };
        Err(format!("Function '{name}' {expected} but received '{received}'."))
    }

    /// Whether the ids it gives are ids of what the field holds.
    pub(super) fn fits(self, field: Field, kind: Kind) -> bool {
        match self {
            Self::CurrentUser | Self::MembersOf => kind == Kind::User,
            Self::OpenSprints | Self::ClosedSprints | Self::FutureSprints => field == Field::Sprint,
            Self::ReleasedVersions
            | Self::UnreleasedVersions
            | Self::EarliestUnreleasedVersion
            | Self::LatestReleasedVersion => {
                matches!(field, Field::FixVersion | Field::AffectedVersion)
            }
            Self::StandardIssueTypes | Self::SubtaskIssueTypes => field == Field::IssueType,
            Self::LinkedIssues | Self::PortfolioChildIssuesOf | Self::WatchedIssues => {
                kind == Kind::Issue
            }
        }
    }

    /// Asks the site; the error is Jira's message about an argument that names nothing.
    pub(super) fn ids(
        self,
        name: &str,
        args: &[String],
        site: &dyn Site,
    ) -> Result<Vec<String>, String> {
        let first = args.first().map_or("", String::as_str);
        let function = match self {
            Self::CurrentUser => return Ok(site.current_user().into_iter().collect()),
            Self::MembersOf => SiteFunction::MembersOf(first),
            Self::OpenSprints => SiteFunction::OpenSprints,
            Self::ClosedSprints => SiteFunction::ClosedSprints,
            Self::FutureSprints => SiteFunction::FutureSprints,
            Self::ReleasedVersions => SiteFunction::ReleasedVersions(args),
            Self::UnreleasedVersions => SiteFunction::UnreleasedVersions(args),
            Self::EarliestUnreleasedVersion => SiteFunction::EarliestUnreleased(first),
            Self::LatestReleasedVersion => SiteFunction::LatestReleased(first),
            Self::PortfolioChildIssuesOf => SiteFunction::BelowIssue(first),
            Self::StandardIssueTypes => SiteFunction::StandardIssueTypes,
            Self::SubtaskIssueTypes => SiteFunction::SubtaskIssueTypes,
            Self::LinkedIssues => {
                SiteFunction::LinkedIssues(first, args.get(1).map(String::as_str))
            }
            Self::WatchedIssues => SiteFunction::WatchedIssues,
        };
        site.function_ids(&function).ok_or_else(|| match self {
            Self::MembersOf => {
                let cannot = format!("can not generate a list of usernames for group '{first}'");
                format!("Function '{name}' {cannot}; the group does not exist.")
            }
            Self::LinkedIssues | Self::PortfolioChildIssuesOf => {
                format!("Issue '{first}' could not be found in function '{name}'.")
            }
            _ => format!("Could not resolve the project '{first}' provided to function '{name}'."),
        })
    }

    fn arity(self) -> RangeInclusive<usize> {
        match self {
            Self::MembersOf
            | Self::EarliestUnreleasedVersion
            | Self::LatestReleasedVersion
            | Self::PortfolioChildIssuesOf => 1..=1,
            Self::LinkedIssues => 1..=2,
            Self::ReleasedVersions | Self::UnreleasedVersions => 0..=100,
            _ => 0..=0,
        }
    }
}
