//! What editors want to know of a text while it is written: completions, signatures, classes for colours, the names
//! that are free in it, the name a step would get.
//!
//! Speaks of texts, byte offsets and spans only: no terminal, no protocol. The REPL uses it, and a language server can.

mod classes;
mod completion;
mod context;
mod library_names;
mod names;
mod references;
mod scope;
mod shape;
mod signature;
mod step_name;

pub use classes::{Class, classify};
pub use completion::{Completion, CompletionKind, Completions, ShapeOf, complete};
pub use names::{field_text, name_text};
pub use references::{Reference, bound_names, free_names};
pub use scope::{Known, Scope};
pub use shape::{Part, Shape};
pub use signature::{Signature, signature};
pub use step_name::{step_name, unused_name};
