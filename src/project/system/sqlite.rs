//! SQLite files as sources.

use std::rc::Rc;
use std::sync::Arc;

use super::{Opened, Reading, Scope, SourceSystem, buffered, idle};
use crate::destinations::roll_back_interrupted;
use crate::eval::Context;
use crate::sources::sqlite::Database;
use crate::value::Result;

pub(super) struct Sqlite;

impl SourceSystem for Sqlite {
    fn entities(&self, scope: &Scope<'_>) -> Result<Vec<String>> {
        let (_, database) = open(scope)?;
        Ok(database.entities()?.into_iter().map(|entity| entity.name.as_str().to_owned()).collect())
    }

    fn open(&self, scope: &Scope<'_>, entity: &str, reading: Reading) -> Result<Opened> {
        let (ctx, database) = open(scope)?;
        let table = database.table(entity)?;
        // An open reading would keep a destination in the same file from writing.
        if reading == Reading::Whole
            || reading == Reading::Streamed && scope.project.writes_database(scope.connection)
        {
            return buffered(ctx, &table);
        }
        let rows = match reading {
            Reading::Shape => None,
            _ => table.operator().known_rows().map(|rows| rows as u64),
        };
        Ok(Opened { table: Arc::new(table), rows, ctx: Rc::new(ctx) })
    }
}

fn open(scope: &Scope<'_>) -> Result<(Context, Database)> {
    let path = scope.project.address(scope.connection);
    if scope.project.writes_database(scope.connection) {
        roll_back_interrupted(&path);
    }
    let ctx = idle(scope)?;
    let database = Database::open(&ctx, &path)?;
    Ok((ctx, database))
}
