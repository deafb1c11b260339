//! The statements by which rows come into a table.

use crate::destinations::{CellKind, Entity, Row, infer_kind};
use crate::sources::postgres::{Kind, StoredColumn, quote};

/// The temporary table that rows are copied into.
pub(super) const STAGING: &str = "pg_temp.pqm_staging";

/// The statements for a table as it stands.
pub(super) struct Statements {
    /// Makes the temporary table. Its rows are gone with each transaction.
    pub(super) stage: String,
    pub(super) copy: String,
    /// Inserts or updates; of each row that was not the same: its number, and whether it is new.
    pub(super) upsert: String,
    /// Of each row that is there: its number, then for each column outside the key what is stored, what comes, and
    /// whether they differ.
    pub(super) compare: Option<String>,
    /// Copies keys only.
    pub(super) copy_keys: String,
    /// Deletes the rows with these keys; their numbers.
    pub(super) delete: String,
}

impl Statements {
    /// For rows of an entity, whose columns stand in the table as `columns` say, in the same order.
    pub(super) fn new(entity: &Entity, table: &str, columns: &[&StoredColumn]) -> Self {
        let name = |i: usize| columns.get(i).map(|column| quote(&column.name)).unwrap_or_default();
        let list = |each: &mut dyn Iterator<Item = usize>, of: &dyn Fn(usize) -> String, by: &str| {
            each.map(of).collect::<Vec<_>>().join(by)
        };
        let all = || 0..columns.len();
        let keys = list(&mut entity.key_columns(), &name, ", ");
        let names = list(&mut all(), &name, ", ");
        let differs = |a: &str, b: &str, i: usize| {
            // Some types have no equality; others take values for equal that are not written alike.
            let cast = match columns.get(i).map(|column| column.kind) {
                Some(Kind::Json | Kind::Other) => "::text",
                _ => "",
            };
            format!("{a}.{name}{cast} IS DISTINCT FROM {b}.{name}{cast}", name = name(i))
        };
        let changed = list(&mut entity.value_columns(), &|i| differs("t", "EXCLUDED", i), " OR ");
        let set = list(&mut entity.value_columns(), &|i| format!("{0} = EXCLUDED.{0}", name(i)), ", ");
        let action = match set.is_empty() {
            true => "NOTHING".to_owned(),
            false => format!("UPDATE SET {set} WHERE {changed}"),
        };
        let same_key = |a: &str, b: &str| {
            list(&mut entity.key_columns(), &|i| format!("{a}.{0} = {b}.{0}", name(i)), " AND ")
        };
        let compare = |i: usize| format!("t.{0}::text, s.{0}::text, {1}", name(i), differs("t", "s", i));
        let compared = list(&mut entity.value_columns(), &compare, ", ");
        let returned = list(&mut entity.key_columns(), &|i| format!("t.{}", name(i)), ", ");
        Self {
            stage: format!(
                "CREATE TEMPORARY TABLE IF NOT EXISTS pqm_staging ON COMMIT DELETE ROWS AS \
                 SELECT 0::int4 AS pqm_number, {names} FROM {table} WITH NO DATA"
            ),
            copy: format!("COPY {STAGING} (pqm_number, {names}) FROM STDIN"),
            upsert: format!(
                "WITH done AS (INSERT INTO {table} AS t ({names}) SELECT {names} FROM {STAGING} \
                 ON CONFLICT ({keys}) DO {action} RETURNING {returned}, (t.xmax = 0) AS pqm_is_new) \
                 SELECT s.pqm_number, done.pqm_is_new FROM done JOIN {STAGING} s ON {}",
                same_key("done", "s")
            ),
            compare: (!compared.is_empty()).then(|| {
                format!(
                    "SELECT s.pqm_number, {compared} FROM {STAGING} s JOIN {table} t ON {}",
                    same_key("t", "s")
                )
            }),
            copy_keys: format!("COPY {STAGING} (pqm_number, {keys}) FROM STDIN"),
            delete: format!(
                "DELETE FROM {table} t USING {STAGING} s WHERE {} RETURNING s.pqm_number",
                same_key("t", "s")
            ),
        }
    }
}

/// Creates a table with the types its columns declare, or that its first rows show.
pub(super) fn create(entity: &Entity, sql_name: &str, rows: &[Row]) -> String {
    let mut parts: Vec<String> = (0..entity.columns().len())
        .map(|i| {
            let is_key = entity.key_columns().any(|key| key == i);
            let not_null = if is_key { " NOT NULL" } else { "" };
            format!("{} {}{not_null}", quote(entity.column_name(i)), column_type(entity, i, rows, is_key))
        })
        .collect();
    let key: Vec<String> = entity.key_columns().map(|i| quote(entity.column_name(i))).collect();
    parts.push(format!("PRIMARY KEY ({})", key.join(", ")));
    format!("CREATE TABLE {sql_name} ({})", parts.join(", "))
}

/// Adds a column.
pub(super) fn add(entity: &Entity, table: &str, column: usize, rows: &[Row]) -> String {
    let name = quote(entity.column_name(column));
    format!("ALTER TABLE {table} ADD COLUMN {name} {}", column_type(entity, column, rows, false))
}

fn column_type(entity: &Entity, column: usize, rows: &[Row], is_key: bool) -> &'static str {
    let inferred = || match infer_kind(rows, column) {
        // That the first rows hold whole numbers does not mean that all do.
        Some(CellKind::Whole) if !is_key => Some(CellKind::Decimal),
        other => other,
    };
    match entity.columns().get(column).and_then(|c| c.kind).or_else(inferred) {
        None | Some(CellKind::Text) => "text",
        Some(CellKind::Logical) => "boolean",
        Some(CellKind::Whole) => "bigint",
        Some(CellKind::Double) => "double precision",
        Some(CellKind::Decimal) => "numeric",
        Some(CellKind::Date) => "date",
        Some(CellKind::Time) => "time",
        Some(CellKind::DateTime) => "timestamp",
        Some(CellKind::DateTimeZone) => "timestamptz",
        Some(CellKind::Duration) => "interval",
        Some(CellKind::Binary) => "bytea",
    }
}
