//! One tool call, however it came: through rmcp, past it, or over stdio. It is opened, executed and
//! closed.

mod close;
mod execute;
mod open;
mod opened;
mod request;

use rmcp::{
    ErrorData,
    model::{CallToolRequestParams, CallToolResponse},
};

use super::server::Server;

pub(super) use close::{Refused, Said};
pub(super) use opened::{Read, Traces};
pub(super) use request::{
    ToolRequest, caller, headers, narrowing, takes_one_reply, traces, traces_of, verdict,
    verdict_of,
};

impl Server {
    /// A tool call.
    pub(super) async fn call(
        &self,
        params: CallToolRequestParams,
        request: ToolRequest<'_>,
    ) -> Result<CallToolResponse, ErrorData> {
        let call = self.open(params, request)?;
        let outcome = self.execute(&call).await;
        Ok(self.close(call, outcome))
    }

    /// Runs a tool that changes nothing for what is no tool call; none when it does not exist for
    /// this request. Policy, scopes, limits, budget and audit are those of the tool.
    pub(super) async fn read(
        &self,
        read: Read,
        request: ToolRequest<'_>,
    ) -> Result<Option<Result<Said, Refused>>, ErrorData> {
        let Some(call) = self.open_read(read, request)? else { return Ok(None) };
        let outcome = self.execute(&call).await;
        Ok(Some(self.close_read(call, outcome)))
    }
}
