//! What an answer may weigh: Jira's shapes turned into the small ones that agents read. Pure.

mod activity;
mod budget;
mod date;
mod field;
mod issue;
mod link;
mod row;
mod text;
mod view;

pub use activity::{ChangeView, WorklogView};
pub use budget::{Budget, Fitted};
pub use date::short as short_date;
pub use field::{compact, person};
pub use issue::{Reading, issue_view, search_row};
pub use link::{LinkView, WebLinkView};
pub use row::Row;
pub use text::{clean, clip};
pub use view::{CommentView, CreateFieldView, ProjectView, TransitionView, UserView};
