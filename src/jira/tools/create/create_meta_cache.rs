//! What create screens ask for, asked once for all issues of one call.

use std::{collections::HashMap, sync::Arc};

use tool_kit::ToolError;

use crate::jira::{
    AllowedProject,
    tools::{context::Context, create::create_fields},
    wire::{FieldMeta, IssueType},
};

/// What has been asked so far. It lives as long as the call of one user, whose rights it reflects.
#[derive(Default)]
pub(in crate::jira::tools) struct Screens {
    types: HashMap<String, Vec<IssueType>>,
    fields: HashMap<(String, String), Arc<[FieldMeta]>>,
}

impl Screens {
    /// The issue type that is meant, and the fields of its create screen.
    pub(in crate::jira::tools) async fn screen(
        &mut self,
        context: &Context,
        project: &AllowedProject,
        issue_type: &str,
    ) -> Result<(IssueType, Arc<[FieldMeta]>), ToolError> {
        let project_key = project.as_str().to_owned();
        if !self.types.contains_key(&project_key) {
            self.types
                .insert(project_key.clone(), create_fields::issue_types(context, project).await?);
        }
        let types = self.types.get(&project_key).map(Vec::as_slice).unwrap_or_default();
        let kind = create_fields::pick_type(types, issue_type)?.clone();
        let key = (project_key, kind.id.clone());
        if let Some(metas) = self.fields.get(&key) {
            return Ok((kind, Arc::clone(metas)));
        }
        let metas: Arc<[FieldMeta]> = create_fields::fields(context, project, &kind).await?.into();
        self.fields.insert(key, Arc::clone(&metas));
        Ok((kind, metas))
    }
}
