//! Values of one type made values of another, without guessing.

use super::{CellProblem, FieldProblemCode, Mapped};
use crate::destinations::{Cell, CellKind};
use crate::project::model::FieldType;

/// The kind of values a field type has.
pub(super) fn kind(field_type: FieldType) -> CellKind {
    match field_type {
        FieldType::Text => CellKind::Text,
        FieldType::WholeNumber => CellKind::Whole,
        FieldType::Decimal => CellKind::Decimal,
        FieldType::Number => CellKind::Double,
        FieldType::Logical => CellKind::Logical,
        FieldType::Date => CellKind::Date,
        FieldType::Time => CellKind::Time,
        FieldType::Datetime => CellKind::DateTime,
    }
}

/// Numbers become numbers of other kinds, a date and time its date or time, everything its text; nothing
/// else is guessed. Decimals become whole numbers by truncation.
pub(super) fn convert(cell: Cell, field_type: FieldType) -> Mapped {
    use rust_decimal::Decimal;
    use rust_decimal::prelude::{FromPrimitive, ToPrimitive};
    let converted = match (&cell, field_type) {
        (Cell::Null, _) => Some(Cell::Null),
        (other, _) if other.kind() == Some(kind(field_type)) => return Ok(cell),
        (other, FieldType::Text) => Some(Cell::text(other.to_string())),
        (Cell::Double(value), FieldType::WholeNumber) => whole(*value),
        (Cell::Decimal(value), FieldType::WholeNumber) => value.trunc().to_i64().map(Cell::Whole),
        (Cell::Logical(value), FieldType::WholeNumber) => Some(Cell::Whole(i64::from(*value))),
        (Cell::Whole(value), FieldType::Decimal) => Some(Cell::Decimal(Decimal::from(*value))),
        (Cell::Double(value), FieldType::Decimal) => Decimal::from_f64(*value).map(Cell::Decimal),
        (Cell::Whole(value), FieldType::Number) => Some(Cell::Double(*value as f64)),
        (Cell::Decimal(value), FieldType::Number) => value.to_f64().map(Cell::Double),
        (Cell::Whole(0), FieldType::Logical) => Some(Cell::Logical(false)),
        (Cell::Whole(1), FieldType::Logical) => Some(Cell::Logical(true)),
        (Cell::Date(date), FieldType::Datetime) => Some(Cell::DateTime(format!("{date}T00:00:00").into())),
        (Cell::DateTime(text), FieldType::Date) => {
            text.split_once('T').map(|(date, _)| Cell::Date(date.into()))
        }
        (Cell::DateTime(text), FieldType::Time) => {
            text.split_once('T').map(|(_, time)| Cell::Time(time.into()))
        }
        _ => None,
    };
    converted.ok_or_else(|| {
        let reason = format!("{:?} cannot become a value of the type {field_type:?}", cell.to_string());
        CellProblem::new(FieldProblemCode::TypeMismatch, reason)
    })
}

fn whole(value: f64) -> Option<Cell> {
    let whole = value.trunc();
    // 2^63 is exact in double precision; casts past it would saturate.
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    (-LIMIT..LIMIT).contains(&whole).then_some(Cell::Whole(whole as i64))
}

/// A number with its decimals cut off, where that can be; other values as they are.
pub(super) fn truncate_number(cell: Cell) -> Cell {
    use rust_decimal::prelude::ToPrimitive;
    let cut = match &cell {
        Cell::Double(value) => whole(*value),
        Cell::Decimal(value) => value.trunc().to_i64().map(Cell::Whole),
        _ => None,
    };
    cut.unwrap_or(cell)
}
