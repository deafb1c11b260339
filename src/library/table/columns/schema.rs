//! The schema of a table as a table.

use std::sync::Arc;

use crate::eval::{Arguments, Context};
use crate::table::{self, Column, Table};
use crate::value::types::{Form, RecordType};
use crate::value::{Member, Record, Result, Shape, Text, Type, Value};

/// What a column of the schema shows.
enum Shown {
    Name,
    Position,
    TypeName,
    Kind,
    IsNullable,
    /// A facet of the type.
    Facet,
    /// A field of the type's metadata.
    Metadata(&'static str),
}

/// The columns: name, type, whether it admits `null`, what it shows.
const COLUMNS: &[(&str, &str, bool, Shown)] = &[
    ("Name", "text", false, Shown::Name),
    ("Position", "number", false, Shown::Position),
    ("TypeName", "text", false, Shown::TypeName),
    ("Kind", "text", false, Shown::Kind),
    ("IsNullable", "logical", false, Shown::IsNullable),
    ("NumericPrecisionBase", "number", true, Shown::Facet),
    ("NumericPrecision", "number", true, Shown::Facet),
    ("NumericScale", "number", true, Shown::Facet),
    ("IsSigned", "logical", true, Shown::Facet),
    ("DateTimePrecision", "number", true, Shown::Facet),
    ("MaxLength", "number", true, Shown::Facet),
    ("IsVariableLength", "logical", true, Shown::Facet),
    ("NativeTypeName", "text", true, Shown::Facet),
    ("NativeDefaultExpression", "text", true, Shown::Facet),
    ("NativeExpression", "text", true, Shown::Facet),
    ("Description", "text", true, Shown::Metadata("Documentation.FieldDescription")),
    ("IsWritable", "logical", true, Shown::Metadata("Documentation.IsWritable")),
    ("FieldCaption", "text", true, Shown::Metadata("Documentation.FieldCaption")),
];

pub(super) fn schema(_ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let table = arguments.table(0)?;
    Ok(Value::Table(Arc::new(schema_of(&table.row_type()))))
}

/// The schema of the columns that `row` describes, as `Table.Schema` and `Type.TableSchema` show it.
pub(in crate::library) fn schema_of(row: &RecordType) -> Table {
    let columns = COLUMNS.iter().map(|(name, _, _, shown)| {
        let fields = row.fields.iter().enumerate();
        Column::any(fields.map(|(at, field)| cell(name, shown, at, &field.name, &field.ty)).collect())
    });
    let columns = columns.collect();
    let types = COLUMNS.iter().map(|(_, ty, nullable, _)| {
        let ty = Type::primitive(ty).unwrap_or_else(|| Type::new(Form::Any));
        Arc::new(Type { nullable: *nullable, ..ty })
    });
    let shape = Arc::new(Shape::new(COLUMNS.iter().map(|(name, ..)| Text::new(name))));
    table::from_columns(shape, columns, row.fields.len()).with_types(types.collect())
}

fn cell(name: &str, shown: &Shown, at: usize, column: &Text, ty: &Type) -> Member {
    let field = |record: &Option<Arc<Record>>, name: &str| {
        record.as_ref().and_then(|record| record.get(name)).unwrap_or(Member::Ready(Value::Null))
    };
    Member::Ready(match shown {
        Shown::Name => Value::Text(column.clone()),
        Shown::Position => Value::Int64(at as i64),
        Shown::TypeName => match ty.name {
            Some(name) => Value::text(name),
            None => Value::text(format!("{}.Type", ty.message_name())),
        },
        Shown::Kind => Value::text(ty.primitive_name()),
        Shown::IsNullable => Value::Logical(ty.admits_null()),
        Shown::Facet => return field(&ty.facets, name),
        Shown::Metadata(name) => return field(&ty.metadata, name),
    })
}
