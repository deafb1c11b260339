//! The Fn transforms.

use super::{CellProblem, FieldProblemCode, Mapped};
use crate::destinations::Cell;
use crate::project::country;
use crate::project::model::{CodeFormat, Scalar, Transform};
use crate::project::problem::suggest;

/// Applies one transform.
pub(super) fn transform(cell: Cell, transform: &Transform) -> Mapped {
    match transform {
        Transform::Default { value } => Ok(match &cell {
            Cell::Null => value.to_cell(),
            Cell::Text(text) if text.is_empty() => value.to_cell(),
            _ => cell,
        }),
        Transform::Truncate { length: Some(length) } => Ok(truncate(cell, *length as usize)),
        // Nothing says how long; checking a project finds it.
        Transform::Truncate { length: None } => Ok(cell),
        // Bound to its value before the first row.
        Transform::Organization { .. } => Ok(cell),
        Transform::ValueMap { map, default } => {
            let found = match &cell {
                Cell::Null => None,
                other => map.get(&other.to_string()),
            };
            match (found.or(default.as_ref()), &cell) {
                (Some(value), _) => Ok(value.to_cell()),
                (None, Cell::Null) => Ok(Cell::Null),
                (None, other) => {
                    let text = other.to_string();
                    let names = suggest(&text, map.keys().map(String::as_str));
                    let reason = format!("the value map does not list {text:?} and has no default ({names})");
                    Err(CellProblem::new(FieldProblemCode::ValueNotMapped, reason))
                }
            }
        }
        Transform::CountryRegionCode { format, default } => {
            if cell.is_blank() {
                return Ok(default.as_ref().map_or(Cell::Null, Scalar::to_cell));
            }
            let text = cell.to_string();
            match (country::find(&text), default) {
                (Some(country), _) => Ok(Cell::text(match format {
                    CodeFormat::Alpha2 => country.alpha2,
                    CodeFormat::Alpha3 => country.alpha3,
                    CodeFormat::Numeric => country.numeric,
                })),
                (None, Some(default)) => Ok(default.to_cell()),
                (None, None) => Err(CellProblem::new(
                    FieldProblemCode::CountryUnknown,
                    format!("{text:?} is no country or region"),
                )),
            }
        }
    }
}

/// Text, and anything else as text if it is too long, cut to a number of characters.
fn truncate(cell: Cell, length: usize) -> Cell {
    if cell == Cell::Null {
        return cell;
    }
    let text = cell.to_string();
    match text.char_indices().nth(length) {
        Some((end, _)) => Cell::text(&text[..end]),
        None => cell,
    }
}

impl Scalar {
    /// The value as a cell.
    pub fn to_cell(&self) -> Cell {
        match self {
            Self::Logical(value) => Cell::Logical(*value),
            Self::Whole(value) => Cell::Whole(*value),
            Self::Double(value) => Cell::Double(*value),
            Self::Text(text) => Cell::text(text.as_str()),
        }
    }
}
