//! Skills: `skills/list`, `skills/get`, and their files through `resources/read`. A skill is there
//! for a request only if every tool that it speaks of is.
//!
//! Source: the skills extension `io.modelcontextprotocol/skills` (SEP-2640).

use rmcp::{
    ErrorData, RoleServer,
    model::{
        self, CacheScope, GetSkillResult, ListSkillsResult, ReadResourceResult, ResourceContents,
        SkillFrontmatter, SkillResource, SkillResources,
    },
    service::RequestContext,
};

use crate::prompts::{self, Skill};

use super::{era::is_modern, listing, open_tools::OpenTools, server::Server};

const MEDIA_TYPE: &str = "text/markdown";

pub(super) fn list(server: &Server, context: &RequestContext<RoleServer>) -> ListSkillsResult {
    let open = OpenTools::of(server, context);
    let skills = prompts::skills().filter(|skill| open.hold(skill.needs)).map(describe);
    let mut result = ListSkillsResult::with_all_items(skills.collect());
    if is_modern(context) {
        result.ttl_ms = Some(listing::TTL_MS);
        result.cache_scope = Some(CacheScope::Private);
        server.put_server_info(result.meta.get_or_insert_default());
    }
    result
}

pub(super) fn get(
    server: &Server,
    uri: &str,
    context: &RequestContext<RoleServer>,
) -> Result<GetSkillResult, ErrorData> {
    let skill = find(server, uri, context).ok_or_else(|| {
        ErrorData::invalid_params("No such skill; skills/list says which there are", None)
    })?;
    let mut result = GetSkillResult::new(describe(skill));
    if is_modern(context) {
        result.ttl_ms = Some(listing::TTL_MS);
        result.cache_scope = Some(CacheScope::Private);
        server.put_server_info(result.meta.get_or_insert_default());
    }
    Ok(result)
}

/// The file of a skill. It is the server's own words, so it is not marked as those of others.
pub(super) fn read(
    server: &Server,
    uri: &str,
    context: &RequestContext<RoleServer>,
) -> Option<ReadResourceResult> {
    let skill = find(server, uri, context)?;
    let contents = ResourceContents::text(skill.text.clone(), uri).with_mime_type(MEDIA_TYPE);
    Some(ReadResourceResult::new(vec![contents]))
}

fn find(
    server: &Server,
    uri: &str,
    context: &RequestContext<RoleServer>,
) -> Option<&'static Skill> {
    prompts::skill_at(uri).filter(|skill| OpenTools::of(server, context).hold(skill.needs))
}

fn describe(skill: &Skill) -> model::Skill {
    let file = SkillResource::from_bytes(skill.uri.clone(), skill.text.as_bytes());
    let frontmatter = SkillFrontmatter::new(skill.name.clone(), skill.description.clone());
    model::Skill::new(skill.uri.clone(), frontmatter, SkillResources::Files(vec![file]))
}
