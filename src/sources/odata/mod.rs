//! OData V4 services: their metadata, their feeds as tables, what goes down to them.

mod changes;
mod edm;
mod feed;
mod literal;
mod metadata;
mod open;
mod page;
mod service;

pub use changes::{Change, Changes, ChangesError};
pub use feed::entity_set;
pub use metadata::{Edm, EntityType, Model, Property};
pub use open::open;
pub use service::{Service, ServiceOptions};
