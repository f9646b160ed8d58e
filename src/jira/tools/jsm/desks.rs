//! Finding service desks.

use tool_kit::{Reply, Row, ToolError};

use crate::jira::{
    tools::{
        args::arguments,
        context::Context,
        registry::{Tool, tool},
    },
    views::desk_row,
};

use super::reach::{self, READS, page};

pub(super) const LIST_SERVICE_DESKS: Tool = tool!(
    /// List service desks, by name or key.
    "jira_list_service_desks", "List service desks", Jsm, Read,
    list_service_desks(ListServiceDesks), "{}"
)
.needs(READS);

arguments! {
    ListServiceDesks {
        query: Option<String>,
        max_results: Option<u32>,
        start_at: Option<u32>,
    }
}

async fn list_service_desks(context: &Context, args: ListServiceDesks) -> Result<Reply, ToolError> {
    let mut found = reach::desks(context).await?;
    if let Some(query) = &args.query {
        let query = query.trim().to_lowercase();
        found.items.retain(|desk| {
            let holds = |text: &str| text.to_lowercase().contains(&query);
            holds(&desk.project_name) || holds(&desk.project_key)
        });
    }
    page(context, "service_desks", &found, args.start_at, args.max_results, Row::new(), desk_row)
}
