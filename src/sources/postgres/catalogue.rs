//! What tables and views a database has, and what their columns, keys and references are.

use postgres::{Client, Error};

use super::{Kind, quote};

/// A table or view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// The name as SQL writes it, with its schema.
    pub sql: String,
    /// The name alone; empty for a query.
    pub name: String,
    /// Whether rows can be written to it.
    pub is_table: bool,
    /// Its columns in order.
    pub columns: Vec<StoredColumn>,
    /// Its unique keys, the primary one first.
    pub keys: Vec<Key>,
    /// Its references to other tables.
    pub references: Vec<Reference>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredColumn {
    /// The name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// The type as it was declared: `numeric(10,2)`.
    pub declared: String,
    /// The most characters of a text.
    pub length: Option<u32>,
    /// The digits of a decimal, and those of them behind the point.
    pub digits: Option<(u32, u32)>,
    /// Whether it is never null.
    pub required: bool,
    /// Whether the server gives it a value by itself.
    pub has_default: bool,
}

/// A unique key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The columns.
    pub columns: Vec<String>,
    /// Whether it is the primary key.
    pub is_primary: bool,
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The name of the table it refers to.
    pub to: String,
    /// The referring columns, each with the one it refers to.
    pub columns: Vec<(String, String)>,
}

/// How an entity is called: the tables of the current schema by their own name, others with their schema's.
const ENTITY: &str =
    "CASE WHEN n.nspname = current_schema() THEN c.relname::text ELSE n.nspname || '.' || c.relname END";
/// Relations that are somebody's, not the server's own.
const OWN: &str = "c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema' \
    AND n.nspname NOT LIKE 'pg\\_%'";

/// The names of the tables and views, sorted.
///
/// # Errors
/// What the server said.
pub fn relations(client: &mut Client) -> Result<Vec<String>, Error> {
    let sql = format!(
        "SELECT {ENTITY} FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OWN} \
         AND NOT c.relispartition ORDER BY 1"
    );
    client.query(&sql, &[])?.iter().map(|row| row.try_get(0)).collect()
}

/// Of each table and view its schema, its name and whether it is a view, sorted.
///
/// # Errors
/// What the server said.
pub fn catalogue(client: &mut Client) -> Result<Vec<(String, String, bool)>, Error> {
    let sql = format!(
        "SELECT n.nspname::text, c.relname::text, c.relkind IN ('v', 'm') FROM pg_class c \
         JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OWN} AND NOT c.relispartition ORDER BY 1, 2"
    );
    client
        .query(&sql, &[])?
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)))
        .collect()
}

/// What a query in SQL gives, as if it were a view.
///
/// # Errors
/// What the server said.
pub fn query(client: &mut Client, sql: &str) -> Result<Relation, Error> {
    let sql = sql.trim_end_matches(|c: char| c.is_whitespace() || c == ';');
    // On lines of its own, so that a comment at its end does not swallow the parenthesis.
    let statement = client.prepare(&format!("SELECT * FROM (\n{sql}\n) q"))?;
    let columns = statement.columns().iter().map(|column| StoredColumn {
        name: column.name().to_owned(),
        kind: Kind::of(column.type_().name()),
        declared: column.type_().name().to_owned(),
        length: None,
        digits: None,
        required: false,
        has_default: false,
    });
    let mut columns: Vec<StoredColumn> = columns.collect();
    for at in 0..columns.len() {
        // A query may give a name twice.
        let (before, from) = columns.split_at_mut(at);
        let Some(column) = from.first_mut() else { break };
        let given = column.name.clone();
        let mut more = 0;
        while before.iter().any(|other| other.name == column.name) {
            more += 1;
            column.name = format!("{given}_{more}");
        }
    }
    let places: Vec<String> = columns.iter().map(|column| quote(&column.name)).collect();
    Ok(Relation {
        sql: format!("(\n{sql}\n) q ({})", places.join(", ")),
        name: String::new(),
        is_table: false,
        columns,
        keys: Vec::new(),
        references: Vec::new(),
    })
}

/// A table or view; none if there is none of that name.
///
/// # Errors
/// What the server said.
pub fn relation(client: &mut Client, name: &str) -> Result<Option<Relation>, Error> {
    let sql = format!(
        "SELECT c.oid, n.nspname::text, c.relname::text, c.relkind IN ('r', 'p') \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE {OWN} AND ({ENTITY} = $1 OR n.nspname || '.' || c.relname = $1) \
         ORDER BY {ENTITY} = $1 DESC LIMIT 1"
    );
    let Some(found) = client.query_opt(&sql, &[&name])? else { return Ok(None) };
    let (id, schema, table): (u32, String, String) =
        (found.try_get(0)?, found.try_get(1)?, found.try_get(2)?);
    Ok(Some(Relation {
        sql: format!("{}.{}", quote(&schema), quote(&table)),
        name: table,
        is_table: found.try_get(3)?,
        columns: columns(client, id)?,
        keys: keys(client, id)?,
        references: references(client, id)?,
    }))
}

fn columns(client: &mut Client, relation: u32) -> Result<Vec<StoredColumn>, Error> {
    let rows = client.query(
        "SELECT a.attname::text, coalesce(b.typname, t.typname)::text, format_type(a.atttypid, a.atttypmod), \
         CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END, a.attnotnull OR t.typnotnull, \
         a.atthasdef OR a.attidentity <> '' OR a.attgenerated <> '' \
         FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid \
         LEFT JOIN pg_type b ON t.typtype = 'd' AND b.oid = t.typbasetype \
         WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
        &[&relation],
    )?;
    let column = |row: &postgres::Row| {
        let type_name: String = row.try_get(1)?;
        let modifier: i32 = row.try_get(3)?;
        // The server counts four bytes of a length along.
        let size = u32::try_from(modifier).ok().and_then(|modifier| modifier.checked_sub(4));
        let is_text = matches!(type_name.as_str(), "varchar" | "bpchar");
        Ok(StoredColumn {
            name: row.try_get(0)?,
            kind: Kind::of(&type_name),
            declared: row.try_get(2)?,
            length: size.filter(|_| is_text),
            digits: size.filter(|_| type_name == "numeric").map(|size| (size >> 16, size & 0x7ff)),
            required: row.try_get(4)?,
            has_default: row.try_get(5)?,
        })
    };
    rows.iter().map(column).collect()
}

fn keys(client: &mut Client, relation: u32) -> Result<Vec<Key>, Error> {
    // Only those that a row can be found by at once, whatever it holds.
    let rows = client.query(
        "SELECT i.indisprimary, array(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY k (number, place) \
         JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number \
         WHERE k.place <= i.indnkeyatts ORDER BY k.place) FROM pg_index i WHERE i.indrelid = $1 AND i.indisunique \
         AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL \
         ORDER BY i.indisprimary DESC, i.indexrelid",
        &[&relation],
    )?;
    rows.iter().map(|row| Ok(Key { is_primary: row.try_get(0)?, columns: row.try_get(1)? })).collect()
}

fn references(client: &mut Client, relation: u32) -> Result<Vec<Reference>, Error> {
    let names = |columns: &str, relation: &str| {
        format!(
            "array(SELECT a.attname::text FROM unnest(f.{columns}) WITH ORDINALITY k (number, place) \
             JOIN pg_attribute a ON a.attrelid = f.{relation} AND a.attnum = k.number ORDER BY k.place)"
        )
    };
    let sql = format!(
        "SELECT {ENTITY}, {}, {} FROM pg_constraint f JOIN pg_class c ON c.oid = f.confrelid \
         JOIN pg_namespace n ON n.oid = c.relnamespace WHERE f.contype = 'f' AND f.conrelid = $1 ORDER BY f.conname",
        names("conkey", "conrelid"),
        names("confkey", "confrelid")
    );
    let reference = |row: &postgres::Row| {
        let (from, to): (Vec<String>, Vec<String>) = (row.try_get(1)?, row.try_get(2)?);
        Ok(Reference { to: row.try_get(0)?, columns: from.into_iter().zip(to).collect() })
    };
    client.query(&sql, &[&relation])?.iter().map(reference).collect()
}
