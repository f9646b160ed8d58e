//! Finding people, to assign to or to mention.

use serde_json::json;

use crate::{
    jira::{
        request::{self, scope},
        wire::User,
    },
    trim::{Row, UserView},
};

use super::{
    Context, Reply, Tool, ToolError,
    args::{ProjectKey, arguments},
    registry::tool,
};

pub(super) const TOOLS: &[Tool] = &[tool!(
    /// Find people by name or e-mail, e.g. to see who can be assigned in a project.
    "jira_find_users", "Find users", Core, Read, find_users(FindUsers)
)
.needs(&[scope::READ_USER])];

arguments! {
    FindUsers {
        /// Part of a name, or an e-mail address
        query: String,
        /// Project key: only people assignable there
        assignable_in: Option<ProjectKey>,
        max_results: Option<u32>,
    }
}

async fn find_users(context: &Context, args: FindUsers) -> Result<Reply, ToolError> {
    let size = context.page_size(args.max_results);
    let answer = match &args.assignable_in {
        Some(project) => {
            context.projects.check_project(project)?;
            context.ask(request::assignable_users(&args.query, Some(project.as_str()), None, size)).await?
        }
        None => context.ask(request::users(&args.query, size)).await?,
    };
    let users: Vec<User<'_>> = answer.read()?;
    let people = users.iter().filter(|user| user.account_type.as_deref().is_none_or(|kind| kind != "app"));
    let fitted =
        context.budget.fit(&json!({ "users": [], "omitted": size }), people.map(UserView::from).collect());
    let mut reply = Row::new();
    reply.set("users", json!(fitted.kept));
    if fitted.dropped > 0 {
        reply.put("omitted", fitted.dropped);
    }
    if users.len() >= size as usize {
        reply.put("more", "There may be more: use a longer query.");
    }
    Reply::json(&reply)
}
