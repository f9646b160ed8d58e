//! What an answer may weigh: Jira's shapes turned into the small ones that agents read. Pure.

mod activity;
mod agile;
mod attachment;
mod budget;
mod catalog;
mod charset;
mod clean_json;
mod date;
mod fence;
mod field;
mod filled;
mod issue;
mod link;
mod markup;
mod row;
mod sniff;
mod status_time;
mod text;
mod view;

pub use activity::{ChangeView, WorklogView};
pub use agile::{BoardView, SprintView};
pub use attachment::{AttachmentView, charset, put_text};
pub use budget::{Budget, Fitted};
pub use catalog::{component_row, field_row, filter_row, project_row, status_rows, version_row};
pub use charset::FileText;
pub use clean_json::clean_json;
pub use date::{on_clock, short as short_date, short_on_clock};
pub use fence::{references, sentence as fenced_sentence};
pub use field::{compact, person, somebody};
pub use issue::{Reading, Visible, fields_shown, issue_view, search_row};
pub use link::{LinkView, WebLinkView};
pub use row::Row;
pub use sniff::{FileContent, image_type, may_be_shown, read_file};
pub use status_time::StatusTimes;
pub use text::{clean, clip};
pub use view::{CommentView, CreateFieldView, ProjectView, TransitionView, UserView};
