//! Navigation tables: what a database holds, each thing in a row of its own.

use std::sync::Arc;

use crate::table::{Column, Table, from_columns};
use crate::value::types::TableKey;
use crate::value::{Member, Shape, Text, Value};

/// A table or view.
pub(super) struct Item {
    pub(super) name: Text,
    pub(super) schema: Text,
    pub(super) item: Text,
    pub(super) is_view: bool,
    pub(super) data: Member,
}

/// The table Name, Data, Schema, Item, Kind.
pub(super) fn table(items: Vec<Item>) -> Table {
    let rows = items.len();
    let texts =
        |of: &dyn Fn(&Item) -> Value| Column::any(items.iter().map(|i| Member::Ready(of(i))).collect());
    let names = texts(&|item| Value::Text(item.name.clone()));
    let schemas = texts(&|item| Value::Text(item.schema.clone()));
    let things = texts(&|item| Value::Text(item.item.clone()));
    let kinds = texts(&|item| Value::text(if item.is_view { "View" } else { "Table" }));
    let data = Column::any(items.into_iter().map(|item| item.data).collect());
    let shape = Shape::new(["Name", "Data", "Schema", "Item", "Kind"].map(Text::new));
    let key = TableKey { columns: vec![Text::new("Schema"), Text::new("Item")], primary: true };
    from_columns(Arc::new(shape), vec![names, data, schemas, things, kinds], rows).with_keys(vec![key])
}
