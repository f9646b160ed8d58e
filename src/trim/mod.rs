//! What an answer may weigh: Jira's shapes turned into the small ones that agents read. Pure.

mod budget;
mod catalog;
mod date;
mod field;
mod issue;
mod row;
mod text;
mod view;

pub use budget::{Budget, Fitted};
pub use catalog::{component_row, field_row, filter_row, project_row, status_rows, version_row};
pub use date::short as short_date;
pub use field::{compact, person};
pub use issue::{Reading, issue_view, search_row};
pub use row::Row;
pub use text::{clean, clip};
pub use view::{
    ChangeView, CommentView, CreateFieldView, LinkView, ProjectView, TransitionView, UserView, WebLinkView,
    WorklogView,
};
