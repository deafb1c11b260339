//! OData V4 services: their metadata, their feeds as tables, what goes down to them.

mod changes;
mod edm;
mod feed;
mod literal;
mod metadata;
mod once;
mod open;
mod page;
mod service;
mod tracked;

pub use changes::{Change, Changes, ChangesError};
pub use feed::{entity_properties, entity_set};
pub use metadata::{Edm, EntityType, Model, Property};
pub use once::once_per_key;
pub use open::open;
pub use service::{Service, ServiceOptions};
pub use tracked::{ReadingEnd, Tracked, tracked_changes};
