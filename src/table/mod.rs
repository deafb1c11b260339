//! Tables: lazy plans over columnar batches.
//!
//! A [`Table`] is its schema and an [`Operator`] that yields [`Batch`]es on demand. Making a table reads no
//! more than its schema needs; reading it passes the [`Demand`] (which columns, how many rows) down to the source.

mod aggregate;
pub mod arrow;
mod batch;
mod buffer;
mod column;
mod column_builder;
mod combine;
mod compute;
mod condition;
mod derive;
mod distinct;
mod ends;
mod expand;
mod expand_record;
mod fields_read;
mod fill;
mod filter;
mod fold;
mod gather;
mod group;
mod index;
mod join;
mod keys;
mod late;
#[cfg(test)]
mod laziness_tests;
mod lists;
mod members;
mod nested_join;
mod numbering;
mod operator;
mod overflow;
mod packed;
pub mod parallel;
mod pivot;
mod plan;
mod processor;
mod project;
mod rank;
mod read;
mod row_index;
mod rows;
mod simple;
mod sort;
mod spare;
mod split;
mod text_spans;
mod text_views;
mod unpivot;
mod vector;
mod window;

pub use aggregate::{Arithmetic, Fold};
pub use batch::Batch;
pub use buffer::buffer;
pub use column::{CellView, Column, ColumnCells, Whole};
pub use column_builder::ColumnBuilder;
pub use combine::{combine, union};
pub use compute::{CellChange, Change, ColumnChange, Compute, Origin, RowFunction, compute, late_columns};
pub use condition::{Comparison, Condition, TextTest};
pub use derive::{Derived, replace_column};
pub use distinct::{distinct, is_distinct};
pub use ends::{End, last, put_off, reverse, without_last};
pub use expand::{expand_list, expand_table};
pub use expand_record::expand_record;
pub use fields_read::fields_read;
pub use fill::{Fill, fill};
pub use filter::{Ask, RowTest, any_fails, as_condition, filter};
pub use fold::{Filtered, Foldable, Over, fold_over};
pub use gather::{Picked, Place, gather, gather_column};
pub use group::{Aggregate, Grouping, group};
pub use index::add_index;
pub use join::{Join, JoinKind, JoinSide};
pub use keys::positions;
pub use lists::{column_list, distinct_cells, row_list};
pub use nested_join::NestedJoin;
pub use operator::{Batches, Demand, Operator};
pub use parallel::{Morsel, Morsels, Stage, StageOver, Staged, one_by_one};
pub use pivot::{Turn, pivot, pivot_by_all};
pub(crate) use plan::noted;
pub use plan::{Explanation, Figures, How, Observed, Plan, read_through};
pub use processor::at_best;
pub use project::{project, select_positions};
pub use rank::{RankKind, rank};
pub use read::{Rows, collect, equal, find_rows, row_at, row_count, rows, rows_of};
pub use row_index::{JoinKey, RowIndex};
pub use rows::{RowSource, from_batches, from_columns, from_rows};
pub use simple::{is_simple, is_simple_native};
pub use sort::{Sorted, sort};
pub use spare::Spare;
pub use split::{Cut, Cutter, Divide, Split};
pub use text_spans::{TextCells, TextSpans};
pub use text_views::{TextBlock, TextViews, ahead_of};
pub use unpivot::unpivot;
pub use vector::{Fate, Kernel, Made, Program, Vector, lane};
pub use window::{alternate, append, repeat, slice, splice, while_passing};

use std::sync::Arc;

use crate::value::types::{FieldType, Form, RecordType, TableKey, TableType};
use crate::value::{Shape, Text, Type};

/// A table value: named and typed columns, and how to get at the rows.
pub struct Table {
    shape: Arc<Shape>,
    types: Vec<Arc<Type>>,
    keys: Vec<TableKey>,
    partition_key: Option<Arc<[Text]>>,
    operator: Arc<dyn Operator>,
}

impl Table {
    /// A table of these columns whose rows `operator` yields. The types are claims: nothing checks cells against them.
    pub fn new(shape: Arc<Shape>, types: Vec<Arc<Type>>, operator: Arc<dyn Operator>) -> Table {
        debug_assert_eq!(shape.len(), types.len());
        Table { shape, types, keys: Vec::new(), partition_key: None, operator }
    }

    /// A table of columns of type `any`.
    pub fn untyped(shape: Arc<Shape>, operator: Arc<dyn Operator>) -> Table {
        let types = vec![Type::any(); shape.len()];
        Table::new(shape, types, operator)
    }

    /// The same rows under another type: as many columns, in the same order.
    pub fn with_type(&self, ty: &TableType) -> Table {
        Table {
            shape: Arc::new(Shape::new(ty.row.fields.iter().map(|field| field.name.clone()))),
            types: ty.row.fields.iter().map(|field| Arc::clone(&field.ty)).collect(),
            keys: ty.keys.clone(),
            partition_key: None,
            operator: Arc::clone(&self.operator),
        }
    }

    /// The same table with these keys.
    pub fn with_keys(mut self, keys: Vec<TableKey>) -> Table {
        self.keys = keys;
        self
    }

    /// The same table, said to be partitioned by these columns.
    pub fn with_partition_key(&self, columns: Option<Vec<Text>>) -> Table {
        let same = self.with_operator(Arc::clone(&self.operator));
        Table { partition_key: columns.map(Arc::from), ..same }
    }

    /// The columns that the table is said to be partitioned by.
    pub fn partition_key(&self) -> Option<&[Text]> {
        self.partition_key.as_deref()
    }

    /// Other rows of the same columns: what a step that leaves the columns alone gives.
    pub fn with_operator(&self, operator: Arc<dyn Operator>) -> Table {
        Table {
            shape: Arc::clone(&self.shape),
            types: self.types.clone(),
            keys: self.keys.clone(),
            partition_key: None,
            operator,
        }
    }

    /// The same table, its rows read through another step.
    fn through(&self, operator: Arc<dyn Operator>) -> Table {
        Table { partition_key: self.partition_key.clone(), ..self.with_operator(operator) }
    }

    /// The same rows with other claims about the types of the columns.
    pub fn with_types(&self, types: Vec<Arc<Type>>) -> Table {
        debug_assert_eq!(self.shape.len(), types.len());
        Table { types, ..self.with_operator(Arc::clone(&self.operator)) }
    }

    /// The same columns under other names, as many; keys follow.
    pub fn renamed(&self, names: Vec<Text>) -> Table {
        debug_assert_eq!(self.shape.len(), names.len());
        let renamed = |old: &Text| self.position(old).and_then(|at| names.get(at)).unwrap_or(old).clone();
        let keys = self
            .keys
            .iter()
            .map(|key| TableKey { columns: key.columns.iter().map(renamed).collect(), primary: key.primary });
        let keys = keys.collect();
        Table { shape: Arc::new(Shape::new(names)), keys, ..self.with_operator(Arc::clone(&self.operator)) }
    }

    /// The column names.
    pub fn shape(&self) -> &Arc<Shape> {
        &self.shape
    }

    /// The column names, in order.
    pub fn names(&self) -> &[Text] {
        self.shape.names()
    }

    /// The claimed column types, in order.
    pub fn types(&self) -> &[Arc<Type>] {
        &self.types
    }

    /// The keys.
    pub fn keys(&self) -> &[TableKey] {
        &self.keys
    }

    /// Number of columns.
    pub fn width(&self) -> usize {
        self.shape.len()
    }

    /// The position of a column.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.shape.position(name)
    }

    /// What yields the rows.
    pub fn operator(&self) -> &Arc<dyn Operator> {
        &self.operator
    }

    /// Whether both tables have the rows of one step, column by column. Their names and types may differ.
    pub fn shares_rows(&self, other: &Table) -> bool {
        std::ptr::addr_eq(Arc::as_ptr(&self.operator), Arc::as_ptr(&other.operator))
    }

    /// The record type of the rows.
    pub fn row_type(&self) -> RecordType {
        let fields = self.names().iter().zip(&self.types);
        RecordType {
            fields: fields
                .map(|(name, ty)| FieldType { name: name.clone(), ty: Arc::clone(ty), optional: false })
                .collect(),
            open: false,
        }
    }

    /// The table's type.
    pub fn table_type(&self) -> Arc<Type> {
        let table = TableType { row: Arc::new(self.row_type()), keys: self.keys.clone() };
        Arc::new(Type::new(Form::Table(Some(Arc::new(table)))))
    }
}
