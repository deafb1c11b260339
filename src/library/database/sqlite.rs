use std::path::Path;
use std::sync::Arc;

use super::navigation::{self, Item};
use crate::eval::{Arguments, Context};
use crate::sources::sqlite::{Database, Entity};
use crate::value::{Error, Member, Result, Text, Value};

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
    let item = |entity: Entity| {
        let (database, name) = (database.clone(), entity.name.clone());
        Item {
            name: entity.name.clone(),
            schema: Text::new("main"),
            item: entity.name,
            is_view: entity.is_view,
            data: Member::lazy(move |_| Ok(Value::Table(Arc::new(database.table(&name)?)))),
        }
    };
    Ok(Value::Table(Arc::new(navigation::table(entities.into_iter().map(item).collect()))))
}
