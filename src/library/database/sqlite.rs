use std::path::Path;
use std::sync::Arc;

use crate::eval::{Arguments, Context};
use crate::sources::sqlite::Database;
use crate::table::{Column, from_columns};
use crate::value::types::TableKey;
use crate::value::{Error, Member, Result, Shape, Text, Value};

/// `Sqlite.Database(path, options)`.
pub(super) fn database(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let path = arguments.text(0)?;
    if let Some(options) = arguments.optional_record(1)?
        && let Some(name) = options.names().first()
    {
        return Err(Error::expression(format!(
            "'{name}' isn't a valid Sqlite.Database option. There are no options yet."
        ))
        .with_detail(Value::Text(name.clone())));
    }
    let database = Database::open(ctx, Path::new(path.as_str()))?;
    let entities = database.entities()?;
    let rows = entities.len();
    let texts =
        |text: &dyn Fn(usize) -> Value| Column::any((0..rows).map(|at| Member::Ready(text(at))).collect());
    let name = |at: usize| entities.get(at).map_or(Value::Null, |entity| Value::Text(entity.name.clone()));
    let kind = |at: usize| {
        let is_view = entities.get(at).is_some_and(|entity| entity.is_view);
        Value::text(if is_view { "View" } else { "Table" })
    };
    let data = entities.iter().map(|entity| {
        let (database, name) = (database.clone(), entity.name.clone());
        Member::lazy(move |_| Ok(Value::Table(Arc::new(database.table(&name)?))))
    });
    let columns = vec![
        texts(&name),
        Column::any(data.collect()),
        texts(&|_| Value::text("main")),
        texts(&name),
        texts(&kind),
    ];
    let shape = Shape::new(["Name", "Data", "Schema", "Item", "Kind"].map(Text::new));
    let key = TableKey { columns: vec![Text::new("Schema"), Text::new("Item")], primary: true };
    Ok(Value::Table(Arc::new(from_columns(Arc::new(shape), columns, rows).with_keys(vec![key]))))
}
