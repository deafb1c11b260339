use std::sync::Arc;

use super::Column;
use super::late::{Pick, Taking};
use crate::eval::Context;
use crate::value::Result;

/// Some rows of a table, column by column. Columns nobody asked for are [`Column::unread`].
#[derive(Clone, Debug)]
pub struct Batch {
    columns: Vec<Arc<Column>>,
    len: usize,
}

impl Batch {
    /// A batch of `len` rows; each column is that long.
    pub fn new(columns: Vec<Arc<Column>>, len: usize) -> Batch {
        debug_assert!(columns.iter().all(|column| column.len() == len));
        Batch { columns, len }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The column at a position.
    pub fn column(&self, position: usize) -> Option<&Arc<Column>> {
        self.columns.get(position)
    }

    /// The column at a position, computed now if it is a late one.
    ///
    /// # Errors
    /// Only a stop.
    pub(super) fn settled(&self, ctx: &Context, position: usize) -> Result<Option<&Column>> {
        self.column(position).map(|column| column.settle(ctx)).transpose()
    }

    /// All columns.
    pub fn columns(&self) -> &[Arc<Column>] {
        &self.columns
    }

    /// The rows at `indices`, in that order.
    pub fn take(&self, indices: &[u32]) -> Batch {
        Taking::new(Pick::Rows(indices)).batch(self)
    }

    /// Some rows, of which only these columns are kept, in memory of their own; the others are unread.
    pub(super) fn keep(&self, columns: &[usize], rows: &[u32]) -> Batch {
        self.chosen(columns).take(rows).compact()
    }

    /// The rows with only these columns, in memory of their own; the others are unread.
    pub(super) fn only(&self, columns: &[usize]) -> Batch {
        self.chosen(columns).compact()
    }

    /// About how many bytes the cells take.
    pub(super) fn held(&self) -> usize {
        self.columns.iter().map(|column| column.held()).sum()
    }

    fn chosen(&self, columns: &[usize]) -> Batch {
        let unread = Arc::new(Column::unread(self.len));
        let all = self.columns.iter().enumerate();
        let chosen = all.map(|(at, column)| if columns.contains(&at) { column } else { &unread });
        Batch { columns: chosen.map(Arc::clone).collect(), len: self.len }
    }

    fn compact(&self) -> Batch {
        self.with_columns(self.columns.iter().map(|column| Arc::new(column.compact())).collect())
    }

    /// The rows from `start` on, at most `len` of them.
    pub fn slice(&self, start: usize, len: usize) -> Batch {
        let start = start.min(self.len);
        let len = len.min(self.len - start);
        if start == 0 && len == self.len {
            return self.clone();
        }
        Taking::new(Pick::Range(start, len)).batch(self)
    }

    /// The same rows with other columns.
    pub fn with_columns(&self, columns: Vec<Arc<Column>>) -> Batch {
        Batch::new(columns, self.len)
    }
}
