use std::io::BufRead;
use std::sync::Arc;

use super::{Relation, Server, StoredColumn, quote, rows, said};
use crate::eval::Context;
use crate::sources::ahead::{Ahead, Batcher};
use crate::table::{Batches, Demand, Operator};
use crate::value::{Error, Member, Result, Value};

/// Reads a table or view.
pub(super) struct Read {
    pub(super) server: Server,
    pub(super) relation: Arc<Relation>,
}

impl Operator for Read {
    fn open(&self, _ctx: &Context, demand: &Demand) -> Result<Box<dyn Batches>> {
        let (server, relation) = (self.server.clone(), Arc::clone(&self.relation));
        let wanted: Vec<bool> = (0..relation.columns.len()).map(|at| demand.wants(at)).collect();
        let limit = demand.limit;
        Ok(Box::new(Ahead::new("postgres reader", move |sender| {
            let batcher = Batcher::new(wanted.clone(), sender);
            read(&server, &relation, &wanted, limit, batcher).map_err(|said| {
                Error::data_source(format!("Reading {} of '{}' failed: {said}", relation.sql, server.name()))
            })
        })))
    }

    fn name(&self) -> &'static str {
        "read PostgreSQL table"
    }
}

fn read(
    server: &Server,
    relation: &Relation,
    wanted: &[bool],
    limit: Option<usize>,
    mut batcher: Batcher<'_>,
) -> std::result::Result<(), String> {
    let mut client = server.connect().map_err(|error| error.to_string())?;
    let columns: Vec<&StoredColumn> = relation
        .columns
        .iter()
        .zip(wanted)
        .filter(|(_, wanted)| **wanted)
        .map(|(column, _)| column)
        .collect();
    let limit = limit.map(|limit| format!(" LIMIT {limit}")).unwrap_or_default();
    if columns.is_empty() {
        let sql = format!("SELECT count(*) FROM (SELECT 1 FROM {}{limit}) AS rows", relation.sql);
        let count = client.query_one(&sql, &[]).and_then(|row| row.try_get::<_, i64>(0));
        batcher.count(usize::try_from(count.map_err(|error| said(&error))?).unwrap_or(0));
        return Ok(());
    }
    let names: Vec<String> = columns.iter().map(|column| quote(&column.name)).collect();
    let sql = format!("COPY (SELECT {} FROM {}{limit}) TO STDOUT", names.join(", "), relation.sql);
    let mut reader = client.copy_out(&sql).map_err(|error| said(&error))?;
    let broken = |error: std::io::Error| {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<postgres::Error>());
        inner.map_or_else(|| error.to_string(), said)
    };
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line).map_err(broken)? == 0 {
            break;
        }
        rows::cells(line.strip_suffix(b"\n").unwrap_or(&line), |at, cell| {
            let kind = columns.get(at).map(|column| column.kind);
            let value = cell.zip(kind).map_or(Value::Null, |(text, kind)| kind.value(text));
            batcher.push(at, Member::Ready(value));
        });
        if !batcher.row() {
            // The reading was given up.
            return Ok(());
        }
    }
    batcher.finish();
    Ok(())
}
