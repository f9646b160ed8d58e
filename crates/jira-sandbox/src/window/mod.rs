//! The window: what people see of the sandbox in a browser. The board, an issue, what an agent's
//! tools asked, and how a client is connected. It is for the person at this machine.

mod board;
mod call_list;
mod call_log;
mod connect;
mod frame;
mod issue;
mod line;
mod live;
mod rich_text;
mod server;
mod settings;

pub use call_log::CallLog;
pub(crate) use server::router;
pub use settings::{WindowPerson, WindowSettings, WindowWay};
