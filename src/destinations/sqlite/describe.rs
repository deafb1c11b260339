//! What tables an SQLite file has, and what their columns are.

use rusqlite::Connection;

use crate::destinations::{CellKind, Description, Reference, StoredColumn};

/// How a column treats values, after its declared type.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Affinity {
    Text,
    Real,
    /// Integer and numeric, which store alike.
    Numeric,
    None,
}

/// The tables, by name.
pub(super) fn tables(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    )?;
    statement.query_map([], |row| row.get(0))?.collect()
}

/// A table; none if there is none of that name.
pub(super) fn table(connection: &Connection, name: &str) -> rusqlite::Result<Option<Description>> {
    let mut statement = connection.prepare(
        "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?1) ORDER BY cid",
    )?;
    let columns: Vec<StoredColumn> = statement
        .query_map([name], |row| {
            let declared: String = row.get(1)?;
            let has_default = row.get::<_, Option<String>>(3)?.is_some() || row.get::<_, i64>(5)? > 0;
            // A lone integer primary key numbers rows by itself.
            let numbers_itself = row.get::<_, i64>(4)? > 0 && declared.eq_ignore_ascii_case("INTEGER");
            Ok(StoredColumn {
                name: row.get(0)?,
                kind: kind(&declared),
                length: length(&declared),
                required: row.get::<_, bool>(2)? && !has_default && !numbers_itself,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    if columns.is_empty() {
        return Ok(None);
    }
    Ok(Some(Description {
        columns,
        keys: keys(connection, name)?,
        references: references(connection, name)?,
    }))
}

/// The columns of a table with their declared types.
pub(super) fn declared(connection: &Connection, name: &str) -> rusqlite::Result<Vec<(String, String)>> {
    let mut statement = connection.prepare("SELECT name, type FROM pragma_table_xinfo(?1) ORDER BY cid")?;
    statement.query_map([name], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// The sets of columns that are unique in a table, the primary key first.
pub(super) fn keys(connection: &Connection, name: &str) -> rusqlite::Result<Vec<Vec<String>>> {
    let mut primary =
        connection.prepare("SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk")?;
    let primary: Vec<String> =
        primary.query_map([name], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut found: Vec<Vec<String>> = (!primary.is_empty()).then_some(primary).into_iter().collect();
    let mut indexes =
        connection.prepare("SELECT name FROM pragma_index_list(?1) WHERE \"unique\" = 1 AND partial = 0")?;
    let names: Vec<String> = indexes.query_map([name], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut columns = connection.prepare("SELECT name FROM pragma_index_info(?1) ORDER BY seqno")?;
    for index in names {
        // An index on an expression has a null here and cannot be the key.
        let parts: Vec<Option<String>> =
            columns.query_map([index], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        if let Some(parts) = parts.into_iter().collect::<Option<Vec<String>>>()
            && !found.contains(&parts)
        {
            found.push(parts);
        }
    }
    Ok(found)
}

fn references(connection: &Connection, name: &str) -> rusqlite::Result<Vec<Reference>> {
    let mut statement = connection.prepare(
        "SELECT id, \"table\", \"from\", \"to\" FROM pragma_foreign_key_list(?1) ORDER BY id, seq",
    )?;
    let rows = statement.query_map([name], |row| {
        Ok((
            row.get::<_, i64>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, String>(2)?,
            row.get::<_, Option<String>>(3)?,
        ))
    })?;
    let mut found: Vec<(i64, Reference)> = Vec::new();
    for row in rows {
        let (id, to, from, column) = row?;
        // A reference without named columns means the primary key.
        let column = match column {
            Some(column) => column,
            None => keys(connection, &to)?.into_iter().flatten().next().unwrap_or_else(|| "rowid".to_owned()),
        };
        match found.last_mut() {
            Some((last, reference)) if *last == id => reference.columns.push((from, column)),
            _ => {
                let columns = vec![(from, column)];
                found.push((id, Reference { name: to.clone(), to, columns, read: None }));
            }
        }
    }
    Ok(found.into_iter().map(|(_, reference)| reference).collect())
}

/// The kind a declared type promises; none where anything may stand.
fn kind(declared: &str) -> Option<CellKind> {
    let upper = declared.to_ascii_uppercase();
    let name = upper.split('(').next().unwrap_or_default().trim();
    Some(match name {
        "" | "ANY" => return None,
        "BOOLEAN" | "BOOL" => CellKind::Logical,
        "DATE" => CellKind::Date,
        "DATETIME" | "TIMESTAMP" => CellKind::DateTime,
        "TIME" => CellKind::Time,
        "BLOB" => CellKind::Binary,
        _ if name.contains("INT") => CellKind::Whole,
        _ => match affinity(declared) {
            Affinity::Text => CellKind::Text,
            Affinity::Real => CellKind::Double,
            Affinity::Numeric => CellKind::Decimal,
            Affinity::None => return None,
        },
    })
}

/// The number in `VARCHAR(30)`.
fn length(declared: &str) -> Option<u32> {
    let (name, rest) = declared.split_once('(')?;
    let text = affinity(name) == Affinity::Text;
    rest.trim_end_matches(')').trim().parse().ok().filter(|_| text)
}

/// The rules of "Datatypes In SQLite", section 3.1.
pub(super) fn affinity(declared: &str) -> Affinity {
    let declared = declared.to_ascii_uppercase();
    let has = |part| declared.contains(part);
    if has("INT") {
        Affinity::Numeric
    } else if has("CHAR") || has("CLOB") || has("TEXT") {
        Affinity::Text
    } else if has("BLOB") || declared.is_empty() {
        Affinity::None
    } else if has("REAL") || has("FLOA") || has("DOUB") {
        Affinity::Real
    } else {
        Affinity::Numeric
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_described() {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(
                "CREATE TABLE account (id INTEGER PRIMARY KEY, number VARCHAR(20) NOT NULL UNIQUE, name TEXT NOT NULL
                 DEFAULT '', born DATE, open BOOLEAN);
                 CREATE TABLE contact (id INTEGER PRIMARY KEY, account INTEGER REFERENCES account, x ANY)",
            )
            .unwrap();
        assert_eq!(tables(&connection).unwrap(), ["account", "contact"]);
        let account = table(&connection, "account").unwrap().unwrap();
        assert_eq!(account.keys, [vec!["id".to_owned()], vec!["number".to_owned()]]);
        let facts: Vec<_> = account.columns.iter().map(|c| (c.kind, c.length, c.required)).collect();
        let expected = [
            (Some(CellKind::Whole), None, false),
            (Some(CellKind::Text), Some(20), true),
            (Some(CellKind::Text), None, false),
            (Some(CellKind::Date), None, false),
            (Some(CellKind::Logical), None, false),
        ];
        assert_eq!(facts, expected);
        let contact = table(&connection, "contact").unwrap().unwrap();
        let columns = vec![("account".to_owned(), "id".to_owned())];
        let account = "account".to_owned();
        let reference = Reference { name: account.clone(), to: account, columns, read: None };
        assert_eq!(contact.references, [reference]);
        assert_eq!(contact.columns[2].kind, None);
        assert!(table(&connection, "none").unwrap().is_none());
    }
}
