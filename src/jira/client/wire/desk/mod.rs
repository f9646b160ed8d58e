//! Service desks and the requests of customers, as the service desk API answers them.

mod form;
mod page;
mod request;
mod service_desk;

pub use form::{RequestField, RequestForm};
pub use page::DeskPage;
pub use request::{
    Approval, Approver, CustomerRequest, DeskDate, DeskDuration, DeskStatus, DeskUser, FilledField,
    Sla, SlaCycle,
};
pub use service_desk::{Queue, RequestType, ServiceDesk};
