//! An issue as a query sees it.

use std::borrow::Cow;

use super::{links, terms::term};
use crate::{
    adf,
    jql::{Field, FieldChange, Row, Term, Values},
    model::{Issue, RANK_FIELD, SPRINT_FIELD, Site, Value, Who},
};

/// One issue, with the site that its ids belong to.
pub(super) struct IssueRow<'a> {
    pub(super) site: &'a Site,
    pub(super) issue: &'a Issue,
}

impl Row for IssueRow<'_> {
    fn id(&self) -> u64 {
        self.issue.id
    }

    fn values(&self, field: Field) -> Values<'_> {
        let (site, issue) = (self.site, self.issue);
        match field {
            Field::Key => {
                terms(vec![term(issue.id, &issue.key, i64::try_from(issue.number).unwrap_or(0))])
            }
            Field::IssueLink => terms(links::others(site, issue)),
            Field::IssueLinkType => terms(links::of(site, issue)),
            Field::Project => found(site.project(issue.project).map(|p| term(p.id, &p.name, 0))),
            Field::IssueType => {
                found(site.issue_type(issue.type_id).map(|kind| term(kind.id, &kind.name, 0)))
            }
            Field::Status => {
                let place =
                    site.statuses.iter().zip(0_i64..).find(|(status, _)| status.id == issue.status);
                found(place.map(|(status, rank)| term(status.id, &status.name, rank)))
            }
            Field::StatusCategory => {
                found(site.status(issue.status).map(|status| match status.category {
                    3 => term(3, "Done", 2),
                    4 => term(4, "In Progress", 1),
                    _ => term(2, "To Do", 0),
                }))
            }
            Field::Priority => {
                let mut all = site.priorities.iter().zip(0_i64..);
                let place =
                    all.find(|(priority, _)| Some(priority.id) == issue.reference("priority"));
                found(place.map(|(priority, at)| term(priority.id, &priority.name, -at)))
            }
            Field::Resolution => {
                let id = issue.reference("resolution").and_then(|id| site.resolution(id));
                found(id.map(|resolution| term(resolution.id, &resolution.name, 0)))
            }
            Field::Parent => {
                let parent = issue.reference("parent").and_then(|id| site.issues.get(&id));
                found(parent.map(|parent| term(parent.id, &parent.key, 0)))
            }
            Field::Assignee => self.people(issue.person("assignee")),
            Field::Reporter => self.people(issue.person("reporter")),
            Field::Creator => self.people([issue.creator]),
            Field::Watcher => self.people(issue.watchers.iter().copied()),
            Field::WorklogAuthor => self.people(issue.worklogs.iter().map(|log| log.author)),
            Field::FixVersion => self.versions("fixVersions"),
            Field::AffectedVersion => self.versions("versions"),
            Field::Component => self.components(),
            Field::Sprint => self.sprints(),
            Field::Labels => labels(issue.labels("labels")),
            Field::Summary => texts(vec![Cow::from(issue.summary())]),
            Field::Description => self.rich("description"),
            Field::Environment => self.rich("environment"),
            Field::Comment => texts(
                issue.comments.iter().map(|one| Cow::from(adf::plain_text(&one.body))).collect(),
            ),
            Field::Text => self.everything(),
            Field::Rank => texts(vec![Cow::from(issue.text(RANK_FIELD))]),
            Field::Created => Values::Instants(vec![issue.created]),
            Field::Updated => Values::Instants(vec![issue.updated]),
            Field::Resolved => {
                issue.resolved.map_or(Values::Empty, |ms| Values::Instants(vec![ms]))
            }
            Field::WorklogDate => instants(issue.worklogs.iter().map(|log| log.started).collect()),
            Field::Due => issue.text("duedate").parse().map_or(Values::Empty, Values::Day),
            Field::Votes => count(issue.voters.len()),
            Field::Watchers => count(issue.watchers.len()),
            Field::Attachments => {
                if issue.attachments.is_empty() {
                    Values::Empty
                } else {
                    count(issue.attachments.len())
                }
            }
            Field::Custom(number) => self.custom(number),
        }
    }

    fn history(&self, field: Field) -> Vec<FieldChange> {
        let Some(name) = history_name(field) else { return Vec::new() };
        let ids = |side: &Option<String>| {
            // Several ids stand in one text, as in Jira's own history.
            let all = side.iter().flat_map(|ids| ids.split(", ")).filter(|id| !id.is_empty());
            all.map(str::to_owned).collect()
        };
        let items = self
            .issue
            .changes
            .iter()
            .flat_map(|change| change.items.iter().map(move |item| (change, item)));
        let changes =
            items.filter(|(_, item)| item.field_id == name).map(|(change, item)| FieldChange {
                at_ms: change.created,
                by: self
                    .site
                    .people
                    .get(change.author)
                    .map_or_else(String::new, |who| who.account_id.clone()),
                from: ids(&item.from.0),
                to: ids(&item.to.0),
            });
        let mut changes: Vec<_> = changes.collect();
        changes.sort_by_key(|change| change.at_ms);
        changes
    }
}

/// The name under which the history keeps a field, for those whose past can be searched.
fn history_name(field: Field) -> Option<&'static str> {
    Some(match field {
        Field::Assignee => "assignee",
        Field::FixVersion => "fixVersions",
        Field::Priority => "priority",
        Field::Reporter => "reporter",
        Field::Resolution => "resolution",
        Field::Status => "status",
        _ => return None,
    })
}

impl IssueRow<'_> {
    fn people(&self, people: impl IntoIterator<Item = Who>) -> Values<'_> {
        let known = people.into_iter().filter_map(|who| self.site.people.get(who));
        terms(
            known
                .map(|p| Term { id: Cow::from(&p.account_id), label: Cow::from(&p.name), rank: 0 })
                .collect(),
        )
    }

    fn versions(&self, field: &str) -> Values<'_> {
        let ids = self.issue.references(field);
        let all = self.site.projects.iter().flat_map(|project| &project.versions).zip(0_i64..);
        let fits = all.filter(|(version, _)| ids.contains(&version.id));
        terms(fits.map(|(version, at)| term(version.id, &version.name, at)).collect())
    }

    fn components(&self) -> Values<'_> {
        let ids = self.issue.references("components");
        let all = self.site.projects.iter().flat_map(|project| &project.components);
        terms(
            all.filter(|one| ids.contains(&one.id)).map(|one| term(one.id, &one.name, 0)).collect(),
        )
    }

    fn sprints(&self) -> Values<'_> {
        let ids = self.issue.references(SPRINT_FIELD);
        let all =
            self.site.sprints.iter().zip(0_i64..).filter(|(sprint, _)| ids.contains(&sprint.id));
        terms(all.map(|(sprint, at)| term(sprint.id, &sprint.name, at)).collect())
    }

    fn rich(&self, field: &str) -> Values<'_> {
        texts(
            self.issue
                .rich(field)
                .map(|document| Cow::from(adf::plain_text(document)))
                .into_iter()
                .collect(),
        )
    }

    fn everything(&self) -> Values<'_> {
        let own = self.issue.values.iter().filter_map(|(id, value)| match value {
            Value::Rich(document) => Some(Cow::from(adf::plain_text(document))),
            Value::Text(text) if id == "summary" => Some(Cow::from(text)),
            _ => None,
        });
        let said = self.issue.comments.iter().map(|one| Cow::from(adf::plain_text(&one.body)));
        texts(own.chain(said).collect())
    }

    fn custom(&self, number: u64) -> Values<'_> {
        let id = format!("customfield_{number}");
        let Some(value) = self.issue.values.get(&id) else { return Values::Empty };
        let choice = |id: u64| {
            let field = self.site.fields.iter().find(|field| field.number() == Some(number))?;
            let mut all = field
                .options
                .iter()
                .flat_map(|option| [option].into_iter().chain(&option.children));
            all.find(|option| option.id == id).map(|option| term(option.id, &option.value, 0))
        };
        match value {
            Value::Text(id) if self.site.teams.iter().any(|team| team.id == id) => {
                terms(vec![Term { id: Cow::from(id), label: Cow::from(id), rank: 0 }])
            }
            Value::Number(number) => Values::Number(*number),
            Value::Instant(ms) => Values::Instants(vec![*ms]),
            Value::Text(text) => match text.parse() {
                Ok(day) => Values::Day(day),
                Err(_) => texts(vec![Cow::from(text)]),
            },
            Value::Rich(document) => texts(vec![Cow::from(adf::plain_text(document))]),
            Value::Labels(items) => labels(items),
            Value::Person(who) => self.people([*who]),
            Value::People(people) => self.people(people.iter().copied()),
            Value::Choice(id) => found(choice(*id)),
            Value::Choices(ids) => terms(ids.iter().filter_map(|id| choice(*id)).collect()),
            Value::Cascade(id, child) => {
                terms([Some(*id), *child].into_iter().flatten().filter_map(choice).collect())
            }
            Value::Refs(_) => self.sprints(),
            Value::Ref(_) | Value::Estimates(..) | Value::Json(_) => Values::Empty,
        }
    }
}

fn terms(terms: Vec<Term<'_>>) -> Values<'_> {
    if terms.is_empty() { Values::Empty } else { Values::Terms(terms) }
}

fn found(term: Option<Term<'_>>) -> Values<'_> {
    terms(term.into_iter().collect())
}

fn texts(texts: Vec<Cow<'_, str>>) -> Values<'_> {
    if texts.iter().all(|text| text.is_empty()) { Values::Empty } else { Values::Text(texts) }
}

fn instants(moments: Vec<i64>) -> Values<'static> {
    if moments.is_empty() { Values::Empty } else { Values::Instants(moments) }
}

fn labels(labels: &[String]) -> Values<'_> {
    terms(
        labels
            .iter()
            .map(|label| Term { id: Cow::from(label), label: Cow::from(label), rank: 0 })
            .collect(),
    )
}

fn count(number: usize) -> Values<'static> {
    Values::Number(u32::try_from(number).unwrap_or(u32::MAX).into())
}
