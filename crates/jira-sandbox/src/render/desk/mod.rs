//! Service desks, their requests and what hangs on those, as the service desk API shows them.
//!
//! Source: the examples of the reference of the Jira Service Management Cloud REST API.

mod approval;
mod request;
mod service_desk;
mod sla;
mod value;

pub(crate) use approval::approval;
pub(crate) use request::request;
pub(crate) use service_desk::{queue, request_field, request_type, service_desk};
pub(crate) use sla::slas;
pub(crate) use value::{API, user};
