//! Table types: rows, columns, keys, schema.

use std::sync::Arc;

use super::facets::{NAMES, facets_of};
use super::wrong_form;
use crate::eval::{Arguments, Context, column_not_found, conversion_error, field_not_found};
use crate::library::{Declaration, example, native};
use crate::table::{self, Table};
use crate::value::types::{FieldType, Form, RecordType, TableKey, TableType};
use crate::value::{Member, Record, Result, Shape, Text, Type, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "Type.TableRow",
        "(table as type) as type",
        "The record type of the rows of a table type.",
        &[example("Type.TableRow(type table [a = number])", "type [a = number]")],
        table_row,
    ),
    native(
        "Type.TableColumn",
        "(tableType as type, column as text) as type",
        "The type of a column of a table type.",
        &[
            example("Type.TableColumn(type table [a = number], \"a\")", "type number"),
            example(
                "Type.TableColumn(type table [a = number], \"b\")",
                "error: Expression.Error: The column 'b' of the table wasn't found. | Detail: \"b\"",
            ),
        ],
        table_column,
    ),
    native(
        "Type.TableKeys",
        "(tableType as type) as list",
        "The keys of a table type: for each its `Columns` and whether it is `Primary`.",
        &[example("Type.TableKeys(type table [a = number])", "{}")],
        table_keys,
    ),
    native(
        "Type.AddTableKey",
        "(table as type, columns as list, isPrimary as logical) as type",
        "The table type with one key more.",
        &[example(
            "Type.TableKeys(Type.AddTableKey(type table [a = number], {\"a\"}, true))",
            "{[Columns = {\"a\"}, Primary = true]}",
        )],
        add_table_key,
    ),
    native(
        "Type.ReplaceTableKeys",
        "(tableType as type, keys as list) as type",
        "The table type with other keys in place of its own.",
        &[example(
            "Type.TableKeys(Type.ReplaceTableKeys(type table [a = number], {[Columns = {\"a\"}, Primary = false]}))",
            "{[Columns = {\"a\"}, Primary = false]}",
        )],
        replace_table_keys,
    ),
    native(
        "Type.TablePartitionKey",
        "(tableType as type) as nullable list",
        "The columns of the partition key of a table type; null if it has none.",
        &[example("Type.TablePartitionKey(type table [a = number])", "null")],
        table_partition_key,
    ),
    native(
        "Type.ReplaceTablePartitionKey",
        "(tableType as type, partitionKey as nullable list) as type",
        "The table type with another partition key.",
        &[example(
            "Type.TablePartitionKey(Type.ReplaceTablePartitionKey(type table [a = number], {\"a\"}))",
            "{\"a\"}",
        )],
        replace_table_partition_key,
    ),
    native(
        "Type.TableSchema",
        "(tableType as type) as table",
        "A table that describes the columns of a table type, one in each row.",
        &[example("Type.TableSchema(type table [a = number]){0}[TypeName]", "\"Number.Type\"")],
        |ctx, arguments| Ok(Value::Table(Arc::new(schema(ctx, &read(&arguments)?.1.row)?))),
    ),
];

/// The table type at the first position. `table` itself is the type without columns.
fn read(arguments: &Arguments<'_>) -> Result<(Arc<Type>, Arc<TableType>)> {
    let ty = arguments.ty(0)?;
    let table = match &ty.form {
        Form::Table(Some(table)) => Arc::clone(table),
        Form::Table(None) => Arc::new(TableType {
            row: Arc::new(RecordType { fields: Vec::new(), open: true }),
            keys: Vec::new(),
        }),
        _ => return Err(wrong_form(&ty, Form::Table(None))),
    };
    Ok((ty, table))
}

fn table_row(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (_, table) = read(&arguments)?;
    Ok(Value::Type(Arc::new(Type::new(Form::Record(Some(Arc::clone(&table.row)))))))
}

fn table_column(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (_, table) = read(&arguments)?;
    let name = arguments.text(1)?;
    match table.row.fields.iter().find(|field| field.name == name) {
        Some(field) => Ok(field.ty.to_value()),
        None => Err(column_not_found(&name)),
    }
}

fn table_keys(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (_, table) = read(&arguments)?;
    Ok(Value::list(table.keys.iter().map(|key| {
        Value::record([
            ("Columns", Value::list(key.columns.iter().cloned().map(Value::Text))),
            ("Primary", Value::Logical(key.primary)),
        ])
    })))
}

/// The names of columns, which the table type must have.
fn columns(ctx: &Context, table: &TableType, value: &Value) -> Result<Vec<Text>> {
    let Value::List(list) = value.as_plain() else {
        return Err(conversion_error(value, &Arc::new(Type::new(Form::List(None)))));
    };
    let mut names = Vec::new();
    for value in list.values(ctx)? {
        let Value::Text(name) = value else {
            return Err(conversion_error(&value, &Arc::new(Type::new(Form::Text))));
        };
        if !table.row.fields.iter().any(|field| field.name == name) {
            return Err(column_not_found(&name));
        }
        names.push(name);
    }
    Ok(names)
}

fn with_keys(ty: &Type, table: &TableType, keys: Vec<TableKey>) -> Value {
    let table = TableType { row: Arc::clone(&table.row), keys };
    Value::Type(Arc::new(Type { form: Form::Table(Some(Arc::new(table))), ..ty.clone() }))
}

fn add_table_key(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (ty, table) = read(&arguments)?;
    let columns = columns(ctx, &table, arguments.value(1))?;
    let mut keys = table.keys.clone();
    keys.push(TableKey { columns, primary: arguments.logical(2)? });
    Ok(with_keys(&ty, &table, keys))
}

fn replace_table_keys(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (ty, table) = read(&arguments)?;
    let mut keys = Vec::new();
    for key in arguments.list(1)?.values(ctx)? {
        let Value::Record(key) = &key else {
            return Err(conversion_error(&key, &Arc::new(Type::new(Form::Record(None)))));
        };
        let Some(names) = key.get("Columns") else { return Err(field_not_found("Columns", key)) };
        let primary = key.get("Primary").map(|member| member.force(ctx)).transpose()?;
        let columns = columns(ctx, &table, &names.force(ctx)?)?;
        keys.push(TableKey { columns, primary: matches!(primary, Some(Value::Logical(true))) });
    }
    Ok(with_keys(&ty, &table, keys))
}

fn table_partition_key(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (ty, _) = read(&arguments)?;
    Ok(match &ty.partition_key {
        Some(columns) => Value::list(columns.iter().cloned().map(Value::Text)),
        None => Value::Null,
    })
}

fn replace_table_partition_key(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let (ty, table) = read(&arguments)?;
    let partition_key = match arguments.value(1) {
        Value::Null => None,
        names => Some(Arc::from(columns(ctx, &table, names)?)),
    };
    Ok(Value::Type(Arc::new(Type { partition_key, ..(*ty).clone() })))
}

/// What a row type says of its columns, as `Table.Schema` shows it too.
pub(in crate::library) fn schema(ctx: &Context, row: &RecordType) -> Result<Table> {
    let primitive = |name: &str| Arc::new(Type::primitive(name).unwrap_or_else(|| (*Type::any()).clone()));
    let nullable = |name: &str| Arc::new(primitive(name).with_null());
    let mut fields = vec![
        ("Name", primitive("text")),
        ("Position", primitive("number")),
        ("TypeName", primitive("text")),
        ("Kind", primitive("text")),
        ("IsNullable", primitive("logical")),
    ];
    fields.extend(NAMES.iter().map(|name| {
        let ty = match *name {
            "IsSigned" | "IsVariableLength" => "logical",
            "NativeTypeName" | "NativeDefaultExpression" | "NativeExpression" => "text",
            _ => "number",
        };
        (*name, nullable(ty))
    }));
    fields.extend([
        ("Description", nullable("text")),
        ("IsWritable", nullable("logical")),
        ("FieldCaption", nullable("text")),
    ]);
    let shape = Arc::new(Shape::new(fields.iter().map(|(name, _)| Text::new(name))));
    let schema_row = RecordType {
        fields: fields
            .into_iter()
            .map(|(name, ty)| FieldType { name: Text::new(name), ty, optional: false })
            .collect(),
        open: false,
    };
    let mut rows: Vec<Vec<Member>> = Vec::with_capacity(row.fields.len());
    for (at, field) in row.fields.iter().enumerate() {
        let mut cells: Vec<Member> = [
            Value::Text(field.name.clone()),
            Value::Int64(at as i64),
            Value::text(type_name(&field.ty)),
            Value::text(field.ty.primitive_name()),
            Value::Logical(field.ty.admits_null()),
        ]
        .map(Member::Ready)
        .into();
        cells.extend(facets_of(&field.ty).members());
        cells.extend(described(ctx, &field.ty)?);
        rows.push(cells);
    }
    let width = shape.len();
    let columns = (0..width)
        .map(|at| {
            let cells = rows.iter().map(|row| row.get(at).cloned().unwrap_or(Member::Ready(Value::Null)));
            table::Column::any(cells.collect())
        })
        .collect();
    let ty = TableType { row: Arc::new(schema_row), keys: Vec::new() };
    Ok(table::from_columns(shape, columns, rows.len()).with_type(&ty))
}

/// Description, IsWritable and FieldCaption, which metadata of the column's type can give.
fn described(_: &Context, ty: &Type) -> Result<Vec<Member>> {
    let documented = |name: &str| ty.metadata.as_ref().and_then(|metadata: &Arc<Record>| metadata.get(name));
    Ok(["Documentation.FieldDescription", "Documentation.IsWritable", "Documentation.FieldCaption"]
        .iter()
        .map(|name| documented(name).unwrap_or(Member::Ready(Value::Null)))
        .collect())
}

/// The library's name of a type: `Int64.Type`, `Text.Type`.
fn type_name(ty: &Type) -> String {
    match ty.name {
        Some(name) => name.to_owned(),
        None => format!("{}.Type", ty.message_name()),
    }
}
