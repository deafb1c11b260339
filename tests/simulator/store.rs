//! Tables with primary and alternate keys, and the log that change tracking reads.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

/// A column: its name and type without `Edm.`.
#[derive(Clone, Debug)]
pub struct Column {
    pub name: &'static str,
    pub ty: &'static str,
    /// The greatest length of a text.
    pub max_length: Option<usize>,
    /// For a lookup the entity set it leads to; the column is then called `_<name>_value` when it is read.
    pub lookup: Option<&'static str>,
    pub required: bool,
}

/// A table.
#[derive(Clone, Debug)]
pub struct Entity {
    /// The entity set's name, such as `accounts`.
    pub set: &'static str,
    /// The logical name, such as `account`.
    pub name: &'static str,
    /// The primary key column, of type Guid.
    pub id: &'static str,
    pub columns: Vec<Column>,
    /// The alternate keys: their columns.
    pub keys: Vec<Vec<&'static str>>,
}

pub fn column(name: &'static str, ty: &'static str) -> Column {
    Column { name, ty, max_length: None, lookup: None, required: false }
}

pub type Row = Map<String, Value>;

/// What happened to a row.
#[derive(Clone, Debug)]
pub struct Logged {
    pub version: u64,
    pub id: String,
    pub deleted: bool,
}

#[derive(Default)]
pub struct Table {
    pub rows: BTreeMap<String, Row>,
    /// The version in which each row was written last: what its etag tells.
    pub versions: HashMap<String, u64>,
    pub log: Vec<Logged>,
    /// For each alternate key the id by the values.
    index: Vec<HashMap<String, String>>,
}

/// Why an operation is refused: status, code, message.
pub type Refusal = (u16, &'static str, String);

pub struct Store {
    pub entities: Vec<Entity>,
    pub tables: HashMap<&'static str, Table>,
    pub version: u64,
    made: u64,
}

/// How a row is named in an address.
#[derive(Clone, Debug, PartialEq)]
pub enum Key {
    Id(String),
    Alternate(Vec<(String, Value)>),
}

impl Store {
    pub fn new(entities: Vec<Entity>) -> Store {
        let tables = entities
            .iter()
            .map(|entity| {
                let index = entity.keys.iter().map(|_| HashMap::new()).collect();
                (entity.set, Table { index, ..Table::default() })
            })
            .collect();
        Store { entities, tables, version: 1, made: 0 }
    }

    pub fn entity(&self, set: &str) -> Option<Entity> {
        self.entities.iter().find(|entity| entity.set == set).cloned()
    }

    /// The id of the row that a key names.
    pub fn find(&self, entity: &Entity, key: &Key) -> Result<Option<String>, Refusal> {
        let table = &self.tables[entity.set];
        match key {
            Key::Id(id) => Ok(table.rows.contains_key(id).then(|| id.clone())),
            Key::Alternate(parts) => {
                let (at, columns) = alternate(entity, parts)?;
                let values: Row = parts.iter().cloned().collect();
                Ok(table.index[at].get(&index_text(columns, &values)).cloned())
            }
        }
    }

    /// The etag of a row.
    pub fn etag(&self, entity: &Entity, id: &str) -> String {
        format!("W/\"{}\"", self.tables[entity.set].versions.get(id).copied().unwrap_or_default())
    }

    /// Creates or changes a row. `must` says whether it has to be there (`Some(true)`) or not (`Some(false)`).
    pub fn upsert(
        &mut self,
        entity: &Entity,
        key: &Key,
        body: &Row,
        must: Option<bool>,
    ) -> Result<(String, bool), Refusal> {
        let found = self.find(entity, key)?;
        match (found.is_some(), must) {
            (false, Some(true)) => {
                return Err((
                    404,
                    "0x80060891",
                    "A record with the specified key values does not exist.".into(),
                ));
            }
            (true, Some(false)) => {
                return Err((412, "0x80060892", "A record with matching key values already exists.".into()));
            }
            _ => {}
        }
        let mut row = match &found {
            Some(id) => self.tables[entity.set].rows[id].clone(),
            None => {
                let mut row = Row::new();
                if let Key::Alternate(parts) = key {
                    // On create the values of the body go before those of the address; the address gives the rest.
                    row.extend(parts.iter().cloned());
                }
                row
            }
        };
        for (name, value) in body.iter().filter(|(name, _)| !name.starts_with('@')) {
            let (name, value) = self.checked(entity, name, value)?;
            row.insert(name, value);
        }
        for column in &entity.columns {
            let missing = row.get(column.name).is_none_or(Value::is_null);
            if column.required && missing {
                return Err((400, "0x80044331", format!("Attribute '{}' cannot be NULL", column.name)));
            }
        }
        let id = match (&found, key) {
            (Some(id), _) => id.clone(),
            (None, Key::Id(id)) => id.clone(),
            (None, Key::Alternate(_)) => {
                self.made += 1;
                format!("00000000-0000-0000-0000-{:012x}", self.made)
            }
        };
        row.insert(entity.id.to_owned(), Value::from(id.clone()));
        self.put(entity, &id, row)?;
        Ok((id, found.is_none()))
    }

    fn put(&mut self, entity: &Entity, id: &str, row: Row) -> Result<(), Refusal> {
        self.version += 1;
        let version = self.version;
        let table = self.tables.get_mut(entity.set).unwrap();
        for (at, columns) in entity.keys.iter().enumerate() {
            let text = index_text(columns, &row);
            if table.index[at].get(&text).is_some_and(|other| other != id) {
                let message = "A record that has the attribute values already exists.";
                return Err((412, "0x80060892", message.into()));
            }
        }
        for (at, columns) in entity.keys.iter().enumerate() {
            if let Some(old) = table.rows.get(id) {
                table.index[at].remove(&index_text(columns, old));
            }
            table.index[at].insert(index_text(columns, &row), id.to_owned());
        }
        table.rows.insert(id.to_owned(), row);
        table.versions.insert(id.to_owned(), version);
        table.log.push(Logged { version, id: id.to_owned(), deleted: false });
        Ok(())
    }

    pub fn delete(&mut self, entity: &Entity, key: &Key) -> Result<(), Refusal> {
        let Some(id) = self.find(entity, key)? else {
            return Err((404, "0x80040217", "The record does not exist.".into()));
        };
        self.version += 1;
        let version = self.version;
        let table = self.tables.get_mut(entity.set).unwrap();
        let row = table.rows.remove(&id).unwrap();
        for (at, columns) in entity.keys.iter().enumerate() {
            table.index[at].remove(&index_text(columns, &row));
        }
        table.log.push(Logged { version, id, deleted: true });
        Ok(())
    }

    /// A value as its column takes it.
    fn checked(&self, entity: &Entity, name: &str, value: &Value) -> Result<(String, Value), Refusal> {
        if let Some(navigation) = name.strip_suffix("@odata.bind") {
            let column = entity.columns.iter().find(|column| column.name == navigation);
            let Some(set) = column.and_then(|column| column.lookup) else {
                return Err((
                    400,
                    "0x80048d19",
                    format!("'{navigation}' is no single-valued navigation property."),
                ));
            };
            // webapi/associate-disassociate-entities-using-web-api: null takes the reference away.
            if value.is_null() {
                return Ok((format!("_{navigation}_value"), Value::Null));
            }
            let target = self.entity(set).unwrap();
            let path = value.as_str().unwrap_or_default();
            let key = path.trim_start_matches('/').strip_prefix(set).and_then(super::web_api::parse_key);
            let found = match key {
                Some(key) => self.find(&target, &super::web_api::with_id(key))?,
                None => return Err((400, "0x80048d19", format!("'{path}' names no row of {set}."))),
            };
            return match found {
                Some(id) => Ok((format!("_{navigation}_value"), Value::from(id))),
                None => Err((400, "0x80040217", format!("The row '{path}' does not exist."))),
            };
        }
        let Some(column) = entity.columns.iter().find(|column| column.name == name) else {
            if name == entity.id {
                return Ok((name.to_owned(), value.clone()));
            }
            let message = format!(
                "Could not find a property named '{name}' on type 'Microsoft.Dynamics.CRM.{}'.",
                entity.name
            );
            return Err((400, "0x80060888", message));
        };
        let fits = value.is_null()
            || match column.ty {
                "String" => value.is_string(),
                "Int32" | "Int64" => value.is_i64(),
                "Decimal" | "Double" => value.is_number(),
                "Boolean" => value.is_boolean(),
                _ => value.is_string(),
            };
        if !fits {
            return Err((
                400,
                "0x80048d19",
                format!("Cannot convert the literal '{value}' to the expected type 'Edm.{}'.", column.ty),
            ));
        }
        if let (Some(most), Some(text)) = (column.max_length, value.as_str())
            && text.chars().count() > most
        {
            let message = format!(
                "The length of the '{name}' attribute exceeded the maximum allowed length of '{most}'."
            );
            return Err((400, "0x80044331", message));
        }
        Ok((name.to_owned(), value.clone()))
    }
}

/// The alternate key with exactly these columns.
fn alternate<'e>(
    entity: &'e Entity,
    parts: &[(String, Value)],
) -> Result<(usize, &'e [&'static str]), Refusal> {
    let fits = |columns: &&Vec<&'static str>| {
        columns.len() == parts.len()
            && columns.iter().all(|column| parts.iter().any(|(name, _)| name == column))
    };
    let at = entity.keys.iter().position(|columns| fits(&columns)).ok_or_else(|| {
        (400, "0x80060888", "The key in the request URI is not valid for the resource.".to_owned())
    })?;
    Ok((at, &entity.keys[at]))
}

fn index_text(columns: &[&str], row: &Row) -> String {
    columns
        .iter()
        .map(|column| row.get(*column).cloned().unwrap_or_default().to_string().to_lowercase())
        .collect::<Vec<_>>()
        .join("\u{1}")
}

impl Clone for Table {
    fn clone(&self) -> Table {
        Table {
            rows: self.rows.clone(),
            versions: self.versions.clone(),
            log: self.log.clone(),
            index: self.index.clone(),
        }
    }
}

/// Taking back what failed half-way.
impl Store {
    /// The row that a key names.
    pub fn row(&self, entity: &Entity, key: &Key) -> Option<Row> {
        let id = self.find(entity, key).ok().flatten()?;
        self.tables[entity.set].rows.get(&id).cloned()
    }

    /// Makes rows what they were before they were written, the last one first.
    pub fn take_back(&mut self, entity: &Entity, done: Vec<(String, Option<Row>)>) {
        for (id, before) in done.into_iter().rev() {
            match before {
                Some(row) => self.put(entity, &id, row).unwrap(),
                None => self.delete(entity, &Key::Id(id.clone())).unwrap(),
            }
            // Nothing happened, so nothing is tracked: neither the write nor its taking back.
            let log = &mut self.tables.get_mut(entity.set).unwrap().log;
            log.truncate(log.len() - 2);
        }
    }

    pub fn snapshot_all(&self) -> HashMap<&'static str, Table> {
        self.tables.clone()
    }

    pub fn restore_all(&mut self, before: HashMap<&'static str, Table>) {
        self.tables = before;
    }
}
