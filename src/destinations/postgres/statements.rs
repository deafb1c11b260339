//! The statements by which rows come into a table.

use crate::destinations::{CellKind, Entity, Row, RowPolicy, infer_kind};
use crate::sources::postgres::{Kind, StoredColumn, quote};

/// The temporary table that rows are copied into.
pub(super) const STAGING: &str = "pg_temp.pqm_staging";
/// Its name alone.
pub(super) const STAGED: &str = "pqm_staging";

/// The statements for a table as it stands.
pub(super) struct Statements {
    /// Makes the temporary table. Its rows are gone with each transaction.
    pub(super) stage: String,
    pub(super) copy: String,
    /// Copies rows that are all new to where they belong.
    pub(super) copy_new: String,
    /// Inserts rows that are new and updates those that differ; rows that are the same are looked at and no more. In
    /// one row: the numbers of the new ones, how many of them went in, the numbers of those that differ, and of them
    /// those that were updated.
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
    pub(super) fn new(entity: &Entity, table: &str, columns: &[&StoredColumn], rows: RowPolicy) -> Self {
        let name = |i: usize| columns.get(i).map(|column| quote(&column.name)).unwrap_or_default();
        let list = |each: &mut dyn Iterator<Item = usize>, of: &dyn Fn(usize) -> String, by: &str| {
            each.map(of).collect::<Vec<_>>().join(by)
        };
        let all = || 0..columns.len();
        let keys = list(&mut entity.key_columns(), &name, ", ");
        let names = list(&mut all(), &name, ", ");
        let differs = |i: usize| {
            // Some types have no equality; others take values for equal that are not written alike.
            let cast = match columns.get(i).map(|column| column.kind) {
                Some(Kind::Json | Kind::Other) => "::text",
                _ => "",
            };
            format!("t.{name}{cast} IS DISTINCT FROM s.{name}{cast}", name = name(i))
        };
        let mut changed = list(&mut entity.value_columns(), &differs, " OR ");
        if changed.is_empty() || rows == RowPolicy::CreateOnly {
            changed = "false".to_owned();
        }
        let same_key = |other: &str| {
            list(&mut entity.key_columns(), &|i| format!("t.{0} = {other}.{0}", name(i)), " AND ")
        };
        // Looked up one by one, whatever the server thinks of the sizes of the two tables.
        let stored = format!(
            "LATERAL (SELECT t.ctid AS pqm_at, ({changed}) AS pqm_differs FROM {table} t WHERE {} LIMIT 1) o ON true",
            same_key("s")
        );
        let inserted = match rows {
            RowPolicy::UpdateOnly => "SELECT 1 WHERE false".to_owned(),
            _ => format!(
                "INSERT INTO {table} ({names}) SELECT {names} FROM found WHERE pqm_at IS NULL \
                 ON CONFLICT ({keys}) DO NOTHING RETURNING 1"
            ),
        };
        let set = list(&mut entity.value_columns(), &|i| format!("{0} = f.{0}", name(i)), ", ");
        let updated = match set.is_empty() {
            true => "SELECT 0::int4 AS pqm_number WHERE false".to_owned(),
            false => format!(
                "UPDATE {table} t SET {set} FROM found f WHERE t.ctid = f.pqm_at AND {} RETURNING f.pqm_number",
                same_key("f")
            ),
        };
        let numbers = |from: &str| format!("array(SELECT pqm_number FROM {from})");
        let compare = |i: usize| format!("t.{0}::text, s.{0}::text, {1}", name(i), differs(i));
        let compared = list(&mut entity.value_columns(), &compare, ", ");
        Self {
            stage: format!(
                "CREATE TEMPORARY TABLE IF NOT EXISTS pqm_staging ON COMMIT DELETE ROWS AS \
                 SELECT 0::int4 AS pqm_number, {names} FROM {table} WITH NO DATA"
            ),
            copy: format!("COPY {STAGING} (pqm_number, {names}) FROM STDIN"),
            copy_new: format!("COPY {table} ({names}) FROM STDIN"),
            upsert: format!(
                "WITH found AS MATERIALIZED (SELECT s.*, o.pqm_at FROM {STAGING} s LEFT JOIN {stored} \
                 WHERE o.pqm_at IS NULL OR o.pqm_differs), inserted AS ({inserted}), updated AS ({updated}) \
                 SELECT {}, (SELECT count(*) FROM inserted), {}, {}",
                numbers("found WHERE pqm_at IS NULL"),
                numbers("found WHERE pqm_at IS NOT NULL"),
                numbers("updated")
            ),
            compare: (!compared.is_empty()).then(|| {
                format!(
                    "SELECT s.pqm_number, {compared} FROM {STAGING} s JOIN {table} t ON {}",
                    same_key("s")
                )
            }),
            copy_keys: format!("COPY {STAGING} (pqm_number, {keys}) FROM STDIN"),
            delete: format!(
                "WITH found AS MATERIALIZED (SELECT s.*, o.pqm_at FROM {STAGING} s JOIN {stored}) \
                 DELETE FROM {table} t USING found f WHERE t.ctid = f.pqm_at AND {} RETURNING f.pqm_number",
                same_key("f")
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
