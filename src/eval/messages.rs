//! The errors the engine raises in more than one place, worded as Power Query words them.

use std::sync::Arc;

use crate::table::Table;
use crate::value::{Error, Member, Record, Value};

/// A value needs itself.
pub fn cyclic_reference() -> Error {
    Error::expression("A cyclic reference was encountered during evaluation.")
}

/// A record has no such field.
pub fn field_not_found(name: &str, record: &Arc<Record>) -> Error {
    Error::expression(format!("The field '{name}' of the record wasn't found."))
        .with_format("The field '#{0}' of the record wasn't found.", vec![Value::text(name)])
        .with_detail(Value::Record(Arc::clone(record)))
}

/// A record has the field already.
pub fn field_exists(name: &str, value: Member) -> Error {
    let detail =
        Record::from_members([("Name".into(), Member::Ready(Value::text(name))), ("Value".into(), value)]);
    Error::expression(format!("The field '{name}' already exists in the record."))
        .with_format("The field '#{0}' already exists in the record.", vec![Value::text(name)])
        .with_detail(Value::Record(Arc::new(detail)))
}

/// A table has no such column.
pub fn column_not_found(name: &str) -> Error {
    Error::expression(format!("The column '{name}' of the table wasn't found."))
        .with_format("The column '#{0}' of the table wasn't found.", vec![Value::text(name)])
        .with_detail(Value::text(name))
        .with_code("10224")
}

/// A table has no such column; the error remembers those it has, for advice.
pub fn no_column(table: &Table, name: &str) -> Error {
    column_not_found(name).with_known(table.shape())
}

/// A list or table ended too early.
pub fn not_enough_elements() -> Error {
    Error::expression("There weren't enough elements in the enumeration to complete the operation.")
}

/// A list or table has more items than it may have.
pub fn too_many_elements() -> Error {
    Error::expression("There were too many elements in the enumeration to complete the operation.")
}

/// A documented function that this version does not have.
pub fn not_available(name: &str) -> Error {
    Error::expression(format!("The function '{name}' isn't available in this version of pqm."))
        .with_format("The function '#{0}' isn't available in this version of pqm.", vec![Value::text(name)])
        .with_detail(Value::text(name))
}
