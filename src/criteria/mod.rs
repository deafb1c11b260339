//! Equation and comparison criteria: the ways List and Table functions can be told to compare.
//!
//! A criteria argument is read once into [`EquationCriteria`] or [`ComparisonCriteria`]; both first take the keys
//! out of an item ([`Keys`], each item's once), then compare keys. [`ValueKey`] is a key for hashing: distinct,
//! group and join look items up by it where [`EquationCriteria::hash_keys`] gives one. This folder serves the steps of
//! tables and the library alike, and knows nothing of the functions that use it.

mod comparison;
mod equation;
mod exact;
mod index;
mod key;
mod plain_index;
mod prefix;
mod rule;
mod selector;
mod sort;

pub use comparison::ComparisonCriteria;
pub use equation::EquationCriteria;
pub use index::EqualityIndex;
pub use key::ValueKey;
pub use rule::{Rule, fold};
pub use selector::{Keys, Selector};
pub use sort::sort;

/// What the items are, which decides how texts in criteria are meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Over {
    /// Items of a list: criteria select by functions.
    Items,
    /// Rows of a table: a text in the criteria is a column name.
    Rows,
}
