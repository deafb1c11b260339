//! Rows as a service takes them.

use super::Dialect;
use super::body;
use super::known::Values;
use super::references::{self, BIND};
use crate::destinations::{Cell, Entity, Rejection, RejectionCode};
use crate::sources::odata::{Edm, EntityType, Model};

/// A column of the rows as the service has it.
#[derive(Clone, Debug)]
pub(super) struct Field {
    /// The name under which it is written.
    pub(super) name: String,
    /// The name under which it is read; none if it can't be.
    pub(super) read: Option<String>,
    pub(super) ty: Edm,
    /// The most characters of a text.
    pub(super) length: Option<u32>,
    /// For a reference that is written as an address: the entity set it leads to, where that is known.
    binds: Option<String>,
}

/// Knows how the rows of one entity set are written.
pub(super) struct Encoder {
    pub(super) fields: Vec<Field>,
    /// The indexes of the key columns.
    pub(super) key: Vec<usize>,
    /// Whether the key is the entity's own, and not an alternate one.
    is_primary: bool,
}

/// A row in the service's words.
pub(super) struct Encoded {
    pub(super) values: Values,
    /// `(key)` as an address has it.
    pub(super) address: String,
    /// The fields outside the key, as JSON without braces.
    pub(super) fields: String,
    /// The fields of the key, likewise.
    pub(super) key_fields: String,
}

impl Encoder {
    /// For the columns of an entity. `length` knows the lengths that the metadata leave out. What the service has no
    /// column for is the error.
    pub(super) fn new(
        model: &Model,
        ty: &EntityType,
        dialect: Dialect,
        entity: &Entity,
        is_primary: bool,
        length: &dyn Fn(&str) -> Option<u32>,
    ) -> Result<Encoder, Vec<String>> {
        let references = references::of(model, ty, dialect);
        let (mut fields, mut missing) = (Vec::new(), Vec::new());
        for column in entity.columns() {
            let name = &column.name;
            let reference =
                references.iter().filter(|one| one.written != one.read).find(|one| one.written == *name);
            // A column that only shows a reference stands for it, where it shows no more than one.
            let shown: Vec<_> =
                references.iter().filter(|one| one.written != one.read && one.read == *name).collect();
            let reference = reference.or(match shown.as_slice() {
                [one] => Some(*one),
                _ => None,
            });
            let property = ty.properties.iter().find(|property| property.name == *name);
            if let Some(reference) = reference {
                fields.push(Field {
                    name: reference.written.clone(),
                    read: Some(reference.read.clone()),
                    ty: Edm::Primitive("Guid".to_owned()),
                    length: None,
                    binds: Some(reference.to.clone()),
                });
            } else if name.ends_with(BIND) {
                let ty = Edm::Primitive("Guid".to_owned());
                fields.push(Field { name: name.clone(), read: None, ty, length: None, binds: None });
            } else if let Some(property) = property.filter(|_| shown.is_empty()) {
                fields.push(Field {
                    name: name.clone(),
                    read: Some(name.clone()),
                    ty: property.ty.clone(),
                    length: property.max_length.or_else(|| length(name)),
                    binds: None,
                });
            } else {
                missing.push(name.clone());
            }
        }
        if missing.is_empty() {
            Ok(Encoder { fields, key: entity.key_columns().collect(), is_primary })
        } else {
            Err(missing)
        }
    }

    /// A row, or why one of its cells can't be stored.
    pub(super) fn row(&self, cells: &[Cell]) -> Result<Encoded, Rejection> {
        let mut json = Vec::with_capacity(cells.len());
        for (field, cell) in self.fields.iter().zip(cells) {
            json.push(field.json(cell)?);
        }
        let pairs = |is_key: bool| {
            let chosen = self.fields.iter().zip(&json).enumerate();
            let chosen = chosen.filter(|(at, _)| self.key.contains(at) == is_key);
            let pairs: Vec<String> =
                chosen.map(|(_, (field, json))| format!("{}:{json}", body::string(&field.name))).collect();
            pairs.join(",")
        };
        Ok(Encoded {
            values: self.fields.iter().zip(&json).map(|(field, json)| field.value(json)).collect(),
            address: self.address(cells)?,
            fields: pairs(false),
            key_fields: pairs(true),
        })
    }

    /// The key of a row as an address has it.
    fn address(&self, cells: &[Cell]) -> Result<String, Rejection> {
        let mut parts = Vec::with_capacity(self.key.len());
        for column in &self.key {
            let (Some(field), Some(cell)) = (self.fields.get(*column), cells.get(*column)) else { continue };
            let text = body::key(&field.ty, cell).map_err(|reason| field.refuse(reason))?;
            parts.push((field.name.as_str(), text));
        }
        Ok(match parts.as_slice() {
            [(_, only)] if self.is_primary => format!("({only})"),
            many => {
                let named: Vec<String> = many.iter().map(|(name, value)| format!("{name}={value}")).collect();
                format!("({})", named.join(","))
            }
        })
    }
}

impl Field {
    fn refuse(&self, reason: String) -> Rejection {
        Rejection { column: Some(self.name.clone()), code: RejectionCode::NotStorable, reason }
    }

    fn json(&self, cell: &Cell) -> Result<String, Rejection> {
        if let (Some(set), Cell::Text(text)) = (&self.binds, cell)
            && !text.contains('(')
        {
            return Ok(body::string(&format!("{set}({text})")));
        }
        let json = body::json(&self.ty, cell).map_err(|reason| self.refuse(reason))?;
        if let (Some(most), Cell::Text(text)) = (self.length, cell) {
            let count = text.chars().count();
            if count > most as usize {
                let reason = format!("the text has {count} characters, and {} takes {most}", self.name);
                return Err(self.refuse(reason));
            }
        }
        Ok(json)
    }

    /// The value by which a row is compared, from its JSON.
    fn value(&self, json: &str) -> Option<Box<str>> {
        let json: serde_json::Value = serde_json::from_str(json).unwrap_or_default();
        if self.name.ends_with(BIND) {
            // `accounts(1111...)`, as it is read: the identifier alone.
            let path = json.as_str()?;
            let inside = path.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
            return Some(inside.unwrap_or(path).to_ascii_lowercase().into());
        }
        body::canonical(&self.ty, &json).map(Box::from)
    }
}
