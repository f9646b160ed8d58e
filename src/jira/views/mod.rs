//! What an answer may weigh: Jira's shapes turned into the small ones that agents read. Pure.

mod agile;
mod attachment;
mod catalog;
mod change;
mod charset;
mod comment;
mod create_field;
mod date;
mod desk;
mod fence;
mod field;
mod filled;
mod issue;
mod link;
mod markup;
mod person;
mod project;
mod render_options;
mod sniff;
mod status_time;
mod transition;
mod visible;
mod worklog;

pub use agile::{BoardView, SprintView};
pub use attachment::{AttachmentView, charset, put_text};
pub use catalog::{component_row, field_row, filter_row, project_row, status_rows, version_row};
pub use change::ChangeView;
pub use charset::FileText;
pub use comment::CommentView;
pub use create_field::CreateFieldView;
pub use date::{on_clock, short as short_date, short_on_clock};
pub use desk::{
    approval_row, desk_person, desk_row, queue_row, request_row, request_type_row, sla_row,
};
pub use fence::{references, sentence as fenced_sentence};
pub use field::compact;
pub use issue::{fields_shown, issue_view, search_row};
pub use link::{LinkView, WebLinkView};
pub use person::{UserView, person, somebody};
pub use project::ProjectView;
pub use render_options::RenderOptions;
pub use sniff::{FileContent, image_type, may_be_shown, read_file};
pub use status_time::StatusTimes;
pub use transition::TransitionView;
pub use visible::Visible;
pub use worklog::WorklogView;
