//! Collects changes to columns of a table, to be made in one step.

use std::sync::Arc;

use crate::table::{self, Compute, Origin, Table};
use crate::value::{Shape, Text, Type, Value};

/// The columns of a table with changes to some of them.
pub(super) struct Changes {
    table: Arc<Table>,
    names: Vec<Text>,
    types: Vec<Arc<Type>>,
    origins: Vec<Origin>,
    computations: Vec<Arc<dyn Compute>>,
}

impl Changes {
    pub(super) fn of(table: Arc<Table>) -> Changes {
        Changes {
            names: table.names().to_vec(),
            types: table.types().to_vec(),
            origins: (0..table.width()).map(Origin::Input).collect(),
            computations: Vec::new(),
            table,
        }
    }

    /// Whether the column has been changed already.
    pub(super) fn is_changed(&self, position: usize) -> bool {
        !matches!(self.origins.get(position), Some(Origin::Input(_)))
    }

    pub(super) fn change(&mut self, position: usize, ty: Option<Arc<Type>>, change: Arc<dyn Compute>) {
        if let Some(origin) = self.origins.get_mut(position) {
            *origin = Origin::Computed(self.computations.len(), 0);
            self.computations.push(change);
        }
        if let (Some(ty), Some(place)) = (ty, self.types.get_mut(position)) {
            *place = ty;
        }
    }

    /// Adds a column full of `null`.
    pub(super) fn add_nulls(&mut self, name: Text) {
        self.names.push(name);
        self.types.push(Type::any());
        self.origins.push(Origin::Null);
    }

    pub(super) fn table(self) -> Value {
        let shape = Arc::new(Shape::new(self.names));
        let table = table::compute(&self.table, shape, self.types, self.origins, self.computations);
        Value::Table(Arc::new(table))
    }
}
