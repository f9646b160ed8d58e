//! From bytes to a route and back: the way in, the route table, and what routes share.

mod auth;
mod call;
pub(crate) mod desk_page;
mod dispatch;
mod media;
mod multipart;
mod paging;
mod route;
mod routes;
mod server;
mod table;
mod write_limits;

pub(crate) use auth::bearer;
pub(crate) use server::router;
