use std::collections::BTreeMap;

use super::shape::Shape;
use crate::library::Library;

/// The names that stand beside the library at some place: steps, queries, parameters.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    names: BTreeMap<String, Known>,
}

/// What is known of a name.
#[derive(Clone, Debug)]
pub struct Known {
    /// What it is called beside a completion: `step`, `query`.
    pub role: &'static str,
    /// What its value is made of.
    pub shape: Shape,
}

impl Scope {
    /// A scope with only the library.
    pub fn new() -> Scope {
        Scope::default()
    }

    /// Adds or replaces a name.
    pub fn insert(&mut self, name: impl Into<String>, role: &'static str, shape: Shape) {
        self.names.insert(name.into(), Known { role, shape });
    }

    /// A name of the scope; the library is not looked at.
    pub fn get(&self, name: &str) -> Option<&Known> {
        self.names.get(name)
    }

    /// The names of the scope without the library's, sorted.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Known)> {
        self.names.iter().map(|(name, known)| (name.as_str(), known))
    }

    /// The shape of a name: the scope's, else the library's.
    pub fn shape(&self, name: &str) -> Shape {
        match self.names.get(name) {
            Some(known) => known.shape.clone(),
            None => Library::get().lookup(name).map_or(Shape::Unknown, |value| Shape::of(&value)),
        }
    }
}
