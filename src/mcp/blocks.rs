//! What a tool shows, as MCP's content blocks.

use rmcp::model::{ContentBlock, Resource};
use tool_kit::{Block, clean};

/// The result's JSON first: a client that knows only text has everything but the bytes.
pub(super) fn content(text: String, beside: Vec<Block>) -> Vec<ContentBlock> {
    let mut blocks = vec![ContentBlock::text(text)];
    blocks.extend(beside.into_iter().map(block));
    blocks
}

fn block(block: Block) -> ContentBlock {
    match block {
        Block::Image { base64, media_type } => ContentBlock::image(base64, media_type),
        Block::Link { uri, name, media_type, bytes } => {
            let (name, media_type) = (clean(&name).into_owned(), clean(&media_type).into_owned());
            ContentBlock::resource_link(
                Resource::new(uri, name).with_mime_type(media_type).with_size(bytes),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use rmcp::model::CallToolResult;
    use serde_json::{Value, json};

    use super::*;

    fn check(block: Block, expected: &Value) {
        let result = CallToolResult::success(content("{}".to_owned(), vec![block]));
        let shown = serde_json::to_value(&result).unwrap();
        assert_eq!(shown["content"], json!([{ "type": "text", "text": "{}" }, expected]));
    }

    #[test]
    fn each_block_is_as_the_protocol_writes_it() {
        check(
            Block::Image { base64: "aGk=".to_owned(), media_type: "image/png" },
            &json!({ "type": "image", "data": "aGk=", "mimeType": "image/png" }),
        );
        check(
            Block::Link {
                uri: "jira://attachment/7".to_owned(),
                name: "a.zip".to_owned(),
                media_type: "application/zip".to_owned(),
                bytes: 3,
            },
            &json!({
                "type": "resource_link", "uri": "jira://attachment/7", "name": "a.zip",
                "mimeType": "application/zip", "size": 3,
            }),
        );
    }
}
