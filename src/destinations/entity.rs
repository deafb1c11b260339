//! What a writer is told about the rows it will get.

use super::CellKind;

/// One column of the rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// The column's name in the destination.
    pub name: String,
    /// The kind of its values when it is declared; without it the data decide.
    pub kind: Option<CellKind>,
}

/// A table of a destination: its name, its columns and its integration key.
#[derive(Clone, Debug, PartialEq)]
pub struct Entity {
    name: String,
    columns: Vec<Column>,
    key: Vec<usize>,
}

/// Why a set of columns and a key make no entity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntityError {
    /// No key column was named.
    #[error("{entity} has no key: name at least one column by which its rows are found again")]
    NoKey {
        /// The entity.
        entity: String,
    },
    /// A key names a column that is not there.
    #[error("the key of {entity} names {column}, which is not among its columns")]
    UnknownKeyColumn {
        /// The entity.
        entity: String,
        /// The key column.
        column: String,
    },
    /// Two columns have one name.
    #[error("{entity} has two columns named {column}")]
    DuplicateColumn {
        /// The entity.
        entity: String,
        /// The repeated name.
        column: String,
    },
}

impl Entity {
    /// An entity whose key is the columns named in `key`.
    pub fn new(name: impl Into<String>, columns: Vec<Column>, key: &[String]) -> Result<Self, EntityError> {
        let name = name.into();
        if key.is_empty() {
            return Err(EntityError::NoKey { entity: name });
        }
        for (i, column) in columns.iter().enumerate() {
            if columns.iter().take(i).any(|other| other.name == column.name) {
                return Err(EntityError::DuplicateColumn { entity: name, column: column.name.clone() });
            }
        }
        let mut indexes = Vec::with_capacity(key.len());
        for column in key {
            match columns.iter().position(|c| c.name == *column) {
                Some(index) => indexes.push(index),
                None => return Err(EntityError::UnknownKeyColumn { entity: name, column: column.clone() }),
            }
        }
        indexes.sort_unstable();
        indexes.dedup();
        Ok(Self { name, columns, key: indexes })
    }

    /// The table or file name in the destination.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The columns, in the order of the cells of each row.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The indexes of the key columns, ascending.
    pub fn key_columns(&self) -> impl Iterator<Item = usize> + '_ {
        self.key.iter().copied()
    }

    /// The indexes of the columns outside the key, ascending.
    pub fn value_columns(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.columns.len()).filter(|i| !self.key.contains(i))
    }

    /// The name of a column; empty for an index that is not there.
    pub fn column_name(&self, index: usize) -> &str {
        self.columns.get(index).map_or("", |c| c.name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str) -> Column {
        Column { name: name.to_owned(), kind: None }
    }

    #[test]
    fn a_key_must_name_columns_that_are_there() {
        let columns = vec![column("a"), column("b")];
        assert!(matches!(Entity::new("t", columns.clone(), &[]), Err(EntityError::NoKey { .. })));
        let unknown = Entity::new("t", columns.clone(), &["c".to_owned()]);
        assert!(matches!(unknown, Err(EntityError::UnknownKeyColumn { .. })));
        let entity = Entity::new("t", columns, &["b".to_owned()]).unwrap();
        assert_eq!(entity.key_columns().collect::<Vec<_>>(), [1]);
        assert_eq!(entity.value_columns().collect::<Vec<_>>(), [0]);
    }
}
