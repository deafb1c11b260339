//! The statements by which rows are found, inserted, updated and deleted.

use super::describe::{Affinity, affinity};
use crate::destinations::{CellKind, Entity, Row, infer_kind};

/// The table as it stands, and the statements for it. Each cell of a row has the parameter of its position.
pub(super) struct Statements {
    pub(super) affinities: Vec<Affinity>,
    /// Row id of the key, and whether all other columns are the same.
    pub(super) find: String,
    pub(super) insert: String,
    /// Inserts if no unique key is taken.
    pub(super) insert_new: String,
    pub(super) update: Option<String>,
    pub(super) delete: String,
    /// Of each column that is not part of the key: the value, and whether it is the same.
    pub(super) compare: Option<String>,
}

impl Statements {
    /// For a table with these columns and their declared types.
    pub(super) fn new(entity: &Entity, stored: &[(String, String)]) -> Self {
        let affinities = entity
            .columns()
            .iter()
            .map(|c| {
                let declared = stored.iter().find(|(name, _)| same_name(name, &c.name));
                affinity(declared.map_or("", |(_, declared)| declared))
            })
            .collect();
        // A column may hide one of the names of the row id.
        let row_id = ["rowid", "_rowid_", "oid"]
            .into_iter()
            .find(|alias| !stored.iter().any(|(name, _)| same_name(name, alias)))
            .unwrap_or("rowid");
        let table = quote(entity.name());
        let column = |i: usize| quote(entity.column_name(i));
        let join = |parts: Vec<String>, by: &str| parts.join(by);
        let is_same = |i| format!("{} IS ?{} COLLATE BINARY", column(i), i + 1);
        let is = |i| format!("{} = ?{}", column(i), i + 1);
        let same = join(entity.value_columns().map(is_same).collect(), " AND ");
        let by_key = join(entity.key_columns().map(is).collect(), " AND ");
        let all = 0..entity.columns().len();
        let names = join(all.clone().map(column).collect(), ", ");
        let places = join(all.map(|i| format!("?{}", i + 1)).collect(), ", ");
        let set = join(entity.value_columns().map(is).collect(), ", ");
        let both =
            join(entity.value_columns().map(|i| format!("{}, {}", column(i), is_same(i))).collect(), ", ");
        let insert = format!("INSERT INTO {table} ({names}) VALUES ({places})");
        Self {
            affinities,
            find: format!(
                "SELECT {row_id}, {} FROM {table} WHERE {by_key}",
                if same.is_empty() { "1" } else { &same }
            ),
            insert_new: format!("{insert} ON CONFLICT DO NOTHING"),
            insert,
            update: (!set.is_empty()).then(|| format!("UPDATE {table} SET {set} WHERE {by_key}")),
            delete: format!("DELETE FROM {table} WHERE {by_key}"),
            compare: (!both.is_empty()).then(|| format!("SELECT {both} FROM {table} WHERE {by_key}")),
        }
    }
}

/// Creates the table with the types its columns declare, or that its first rows show.
pub(super) fn create_statement(entity: &Entity, rows: &[Row]) -> String {
    let mut parts: Vec<String> = entity
        .columns()
        .iter()
        .enumerate()
        .map(|(i, column)| {
            let is_key = entity.key_columns().any(|k| k == i);
            // That the first rows hold whole numbers does not mean that all do.
            let inferred = || match infer_kind(rows, i) {
                Some(CellKind::Whole) if !is_key => Some(CellKind::Decimal),
                other => other,
            };
            let kind = column.kind.or_else(inferred);
            let mut part = quote(&column.name);
            if let Some(kind) = kind {
                part.push(' ');
                part.push_str(declared_type(kind));
            }
            if is_key {
                part.push_str(" NOT NULL");
            }
            part
        })
        .collect();
    let key: Vec<String> = entity.key_columns().map(|i| quote(entity.column_name(i))).collect();
    parts.push(format!("PRIMARY KEY ({})", key.join(", ")));
    format!("CREATE TABLE {} (\n  {}\n)", quote(entity.name()), parts.join(",\n  "))
}

/// Adds a column to a table.
pub(super) fn add_statement(entity: &Entity, column: usize, rows: &[Row]) -> String {
    let declared = entity.columns().get(column).and_then(|c| c.kind).or_else(|| infer_kind(rows, column));
    let kind = declared.map_or("", declared_type);
    format!("ALTER TABLE {} ADD COLUMN {} {kind}", quote(entity.name()), quote(entity.column_name(column)))
}

fn declared_type(kind: CellKind) -> &'static str {
    match kind {
        CellKind::Logical => "BOOLEAN",
        CellKind::Whole => "INTEGER",
        CellKind::Double => "REAL",
        CellKind::Decimal => "NUMERIC",
        CellKind::Date => "DATE",
        CellKind::DateTime => "DATETIME",
        CellKind::Text | CellKind::Time | CellKind::DateTimeZone | CellKind::Duration => "TEXT",
        CellKind::Binary => "BLOB",
    }
}

pub(super) fn same_name(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b)
}

pub(super) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
