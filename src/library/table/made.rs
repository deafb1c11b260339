//! The columns of tables that are made from values: a list of names, a table type, or a number of columns.

use std::sync::Arc;

use super::arguments::{expected, texts};
use crate::eval::{Context, field_exists};
use crate::table::Table;
use crate::value::types::{Form, TableType};
use crate::value::{Error, Member, Result, Shape, Text, Type, Value};

/// The columns a new table is to have.
#[derive(Clone)]
pub(super) struct Columns {
    /// Their names.
    pub(super) shape: Arc<Shape>,
    ty: Option<Arc<TableType>>,
}

impl Columns {
    /// Reads a `columns` argument; `None` for `null`.
    ///
    /// # Errors
    /// It is neither a list of names, a table type nor a number; or a name comes twice.
    pub(super) fn read(ctx: &Context, value: &Value) -> Result<Option<Columns>> {
        Ok(Some(match value.as_plain() {
            Value::Null => return Ok(None),
            Value::Type(ty) => match &ty.form {
                Form::Table(Some(ty)) => {
                    let names = ty.row.fields.iter().map(|field| field.name.clone());
                    Columns { shape: Arc::new(Shape::new(names)), ty: Some(Arc::clone(ty)) }
                }
                _ => return Err(expected(value, Form::Table(None))),
            },
            Value::List(names) => Columns::named(texts(ctx, names)?)?,
            number => match number.to_double() {
                Some(count) if count.fract() == 0.0 && (0.0..1e6).contains(&count) => {
                    Columns::numbered(ctx, count as usize)?
                }
                Some(_) => {
                    return Err(Error::expression("The 'columns' argument is out of range.")
                        .with_detail(number.clone()));
                }
                None => return Err(expected(number, Form::List(None))),
            },
        }))
    }

    /// Columns of these names, which must differ.
    pub(super) fn named(names: Vec<Text>) -> Result<Columns> {
        distinct(&names)?;
        Ok(Columns { shape: Arc::new(Shape::new(names)), ty: None })
    }

    /// `Column1`, `Column2`, ... What a column takes at least is asked for before.
    pub(super) fn numbered(ctx: &Context, count: usize) -> Result<Columns> {
        const COLUMN: usize = 256;
        ctx.reserve(count.saturating_mul(COLUMN))?;
        let mut names = Vec::with_capacity(count);
        for at in 0..count {
            ctx.step()?;
            names.push(numbered(at));
        }
        Ok(Columns { shape: Arc::new(Shape::new(names)), ty: None })
    }

    /// Number of columns.
    pub(super) fn len(&self) -> usize {
        self.shape.len()
    }

    /// Whether their types are given.
    pub(super) fn are_typed(&self) -> bool {
        self.ty.is_some()
    }

    /// The table with the types that were given.
    pub(super) fn claim(&self, table: Table) -> Table {
        match &self.ty {
            Some(ty) => table.with_type(ty),
            None => table,
        }
    }
}

/// The default name of the column at a position from 0.
pub(super) fn numbered(position: usize) -> Text {
    Text::from(format!("Column{}", position + 1))
}

/// Checks that no name comes twice.
pub(super) fn distinct(names: &[Text]) -> Result<()> {
    let mut seen = rustc_hash::FxHashSet::default();
    for name in names {
        if !seen.insert(name.as_str()) {
            return Err(field_exists(name, Member::Ready(Value::Null)));
        }
    }
    Ok(())
}

/// A list of as many `any` types as there are columns.
pub(super) fn untyped(count: usize) -> Vec<Arc<Type>> {
    vec![Type::any(); count]
}
