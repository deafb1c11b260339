//! Field mappings: from the row a query gives to the row a destination takes.

use crate::destinations::{Cell, CellKind};

use super::country;
use super::model::{CodeFormat, FieldMapping, FieldType, MapType, Scalar, Transform};
use super::problem::suggest;

/// Why a mapping refuses a row.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldProblem {
    /// The destination field.
    pub column: String,
    /// The kind of reason.
    pub code: FieldProblemCode,
    /// The reason for a person to read.
    pub reason: String,
}

/// The kinds of reasons for which a mapping refuses a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldProblemCode {
    /// The source cell holds an M error.
    CellError,
    /// A value map does not list the value and has no default.
    ValueNotMapped,
    /// The text is no country or region.
    CountryUnknown,
    /// The value cannot be converted to the field's type.
    TypeMismatch,
}

impl FieldProblemCode {
    /// The stable name, as it stands in the run history.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CellError => "cell-error",
            Self::ValueNotMapped => "value-not-mapped",
            Self::CountryUnknown => "country-unknown",
            Self::TypeMismatch => "type-mismatch",
        }
    }
}

/// A row that its mappings refuse.
#[derive(Clone, Debug, PartialEq)]
pub struct RefusedRow {
    /// The destination cells; none where the mapping gave no value.
    pub cells: Vec<Option<Cell>>,
    /// Every mapping that refused, at least one.
    pub problems: Vec<FieldProblem>,
}

/// A mapping whose source field is not among the columns.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the mapping to {destination} names the source field {source_field:?}, which the rows do not have ({help})"
)]
pub struct UnknownSourceField {
    /// The destination field.
    pub destination: String,
    /// The field that is not there.
    pub source_field: String,
    /// A close name, or the names there are.
    pub help: String,
}

/// A task's mappings, bound to the columns of its rows.
#[derive(Clone, Debug)]
pub struct Mapper {
    fields: Vec<BoundField>,
}

#[derive(Clone, Debug)]
struct BoundField {
    source: Option<usize>,
    destination: String,
    transforms: Vec<Transform>,
    field_type: Option<FieldType>,
}

impl Mapper {
    /// Binds mappings to columns; an error lists every source field that is not there.
    pub fn new(mappings: &[FieldMapping], columns: &[String]) -> Result<Self, Vec<UnknownSourceField>> {
        let mut unknown = Vec::new();
        let mut fields = Vec::with_capacity(mappings.len());
        for mapping in mappings {
            let source = match &mapping.source {
                None => None,
                Some(name) => match columns.iter().position(|c| c == name) {
                    Some(index) => Some(index),
                    None => {
                        unknown.push(UnknownSourceField {
                            destination: mapping.destination.clone(),
                            source_field: name.clone(),
                            help: suggest(name, columns.iter().map(String::as_str)),
                        });
                        continue;
                    }
                },
            };
            let transforms = match &mapping.transform {
                None | Some(MapType::Copy(_)) => Vec::new(),
                Some(MapType::One(one)) => vec![one.clone()],
                Some(MapType::Many(many)) => many.clone(),
            };
            fields.push(BoundField {
                source,
                destination: mapping.destination.clone(),
                transforms,
                field_type: mapping.field_type,
            });
        }
        if unknown.is_empty() { Ok(Self { fields }) } else { Err(unknown) }
    }

    /// The indexes of the columns that are mapped at all, ascending.
    pub fn source_columns(&self) -> Vec<usize> {
        let mut indexes: Vec<usize> = self.fields.iter().filter_map(|f| f.source).collect();
        indexes.sort_unstable();
        indexes.dedup();
        indexes
    }

    /// The destination fields with the kinds they declare.
    pub fn destination_columns(&self) -> impl Iterator<Item = (&str, Option<CellKind>)> {
        self.fields.iter().map(|f| (f.destination.as_str(), f.field_type.map(kind)))
    }

    /// Maps one row. `cell` gives the value of a source column by its index, or why there is none, such as
    /// the M error in it. An error lists every field that cannot be mapped, together with the cells that can.
    pub fn apply(&self, mut cell: impl FnMut(usize) -> Mapped) -> Result<Vec<Cell>, RefusedRow> {
        let mut cells = Vec::with_capacity(self.fields.len());
        let mut problems = Vec::new();
        for field in &self.fields {
            let mapped = field.source.map_or(Ok(Cell::Null), &mut cell).and_then(|cell| field.map(cell));
            cells.push(mapped.map_err(|(code, reason)| {
                problems.push(FieldProblem { column: field.destination.clone(), code, reason });
            }));
        }
        if problems.is_empty() {
            Ok(cells.into_iter().flatten().collect())
        } else {
            Err(RefusedRow { cells: cells.into_iter().map(Result::ok).collect(), problems })
        }
    }
}

/// A cell, or why there is none.
pub type Mapped = Result<Cell, (FieldProblemCode, String)>;

impl BoundField {
    fn map(&self, cell: Cell) -> Mapped {
        let cell = self.transforms.iter().try_fold(cell, transform)?;
        match self.field_type {
            Some(field_type) => convert(cell, field_type),
            None => Ok(cell),
        }
    }
}

fn transform(cell: Cell, transform: &Transform) -> Mapped {
    match transform {
        Transform::Default { value } => Ok(match &cell {
            Cell::Null => value.to_cell(),
            Cell::Text(text) if text.is_empty() => value.to_cell(),
            _ => cell,
        }),
        Transform::Truncate { length } => Ok(truncate(cell, *length as usize)),
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
                    Err((FieldProblemCode::ValueNotMapped, reason))
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
                (None, None) => {
                    Err((FieldProblemCode::CountryUnknown, format!("{text:?} is no country or region")))
                }
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

fn kind(field_type: FieldType) -> CellKind {
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
fn convert(cell: Cell, field_type: FieldType) -> Mapped {
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
        (FieldProblemCode::TypeMismatch, reason)
    })
}

fn whole(value: f64) -> Option<Cell> {
    let whole = value.trunc();
    // 2^63 is exact in double precision; casts past it would saturate.
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    (-LIMIT..LIMIT).contains(&whole).then_some(Cell::Whole(whole as i64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use FieldProblemCode::{CellError, CountryUnknown, TypeMismatch, ValueNotMapped};

    fn mapper(yaml: &str) -> Mapper {
        let mappings: Vec<FieldMapping> = serde_saphyr::from_str(yaml).unwrap();
        Mapper::new(&mappings, &["a".to_owned(), "b".to_owned()]).unwrap()
    }

    /// The value of the one mapping for a source value, or the kind of problem.
    fn map(transform: &str, cell: Cell) -> Result<Cell, FieldProblemCode> {
        let mapper = mapper(&format!("- {{ source: b, destination: x, {transform} }}"));
        match mapper
            .apply(|i| if i == 1 { Ok(cell.clone()) } else { Err((CellError, "not asked for".to_owned())) })
        {
            Ok(cells) => Ok(cells[0].clone()),
            Err(refused) => Err(refused.problems[0].code),
        }
    }

    #[test]
    fn equal_copies_the_source() {
        for transform in ["", "transform: \"=\""] {
            assert_eq!(map(transform, Cell::Whole(7)), Ok(Cell::Whole(7)));
            assert_eq!(map(transform, Cell::Null), Ok(Cell::Null));
        }
    }

    #[test]
    fn default_fills_what_is_missing() {
        let default = "transform: { fn: default, value: none }";
        assert_eq!(map(default, Cell::Null), Ok(Cell::text("none")));
        assert_eq!(map(default, Cell::text("")), Ok(Cell::text("none")));
        assert_eq!(map(default, Cell::text("x")), Ok(Cell::text("x")));
        let constant = mapper("- { destination: x, transform: { fn: default, value: 5 } }");
        assert_eq!(constant.apply(|_| Err((CellError, "no source".to_owned()))).unwrap(), [Cell::Whole(5)]);
        assert!(constant.source_columns().is_empty());
    }

    #[test]
    fn truncate_counts_characters() {
        let truncate = "transform: { fn: truncate, length: 3 }";
        assert_eq!(map(truncate, Cell::text("Łódź")), Ok(Cell::text("Łód")));
        assert_eq!(map(truncate, Cell::text("東京")), Ok(Cell::text("東京")));
        assert_eq!(map(truncate, Cell::Whole(12)), Ok(Cell::Whole(12)));
        assert_eq!(map(truncate, Cell::Whole(12345)), Ok(Cell::text("123")));
        assert_eq!(map(truncate, Cell::Null), Ok(Cell::Null));
    }

    #[test]
    fn value_map_replaces_defaults_or_rejects() {
        let strict = "transform: { fn: value-map, map: { Active: 1, \"2\": two, \"true\": 3 } }";
        assert_eq!(map(strict, Cell::text("Active")), Ok(Cell::Whole(1)));
        assert_eq!(map(strict, Cell::Whole(2)), Ok(Cell::text("two")));
        assert_eq!(map(strict, Cell::Logical(true)), Ok(Cell::Whole(3)));
        assert_eq!(map(strict, Cell::text("active")), Err(ValueNotMapped));
        assert_eq!(map(strict, Cell::Null), Ok(Cell::Null));
        let lenient = "transform: { fn: value-map, map: { Active: 1 }, default: 0 }";
        assert_eq!(map(lenient, Cell::text("other")), Ok(Cell::Whole(0)));
        assert_eq!(map(lenient, Cell::Null), Ok(Cell::Whole(0)));
    }

    #[test]
    fn country_becomes_a_code_or_rejects() {
        let code = "transform: { fn: country-region-code }";
        assert_eq!(map(code, Cell::text("Deutschland ")), Ok(Cell::text("DE")));
        assert_eq!(map(code, Cell::Whole(276)), Ok(Cell::text("DE")));
        assert_eq!(map(code, Cell::text("Atlantis")), Err(CountryUnknown));
        assert_eq!(map(code, Cell::text("  ")), Ok(Cell::Null));
        let other = "transform: { fn: country-region-code, format: alpha-3, default: ZZZ }";
        assert_eq!(map(other, Cell::text("UK")), Ok(Cell::text("GBR")));
        assert_eq!(map(other, Cell::text("Atlantis")), Ok(Cell::text("ZZZ")));
        assert_eq!(map(other, Cell::Null), Ok(Cell::text("ZZZ")));
        let numeric = "transform: { fn: country-region-code, format: numeric }";
        assert_eq!(map(numeric, Cell::text("at")), Ok(Cell::text("040")));
    }

    #[test]
    fn transforms_apply_in_order() {
        let both = "transform: [{ fn: value-map, map: { a: abc } }, { fn: truncate, length: 2 }]";
        assert_eq!(map(both, Cell::text("a")), Ok(Cell::text("ab")));
    }

    #[test]
    fn types_convert_without_guessing() {
        let whole = "type: whole-number";
        assert_eq!(map(whole, Cell::Double(-2.9)), Ok(Cell::Whole(-2)));
        assert_eq!(map(whole, Cell::Decimal("7.99".parse().unwrap())), Ok(Cell::Whole(7)));
        assert_eq!(map(whole, Cell::Double(1e30)), Err(TypeMismatch));
        assert_eq!(map(whole, Cell::Double(f64::NAN)), Err(TypeMismatch));
        assert_eq!(map(whole, Cell::text("7")), Err(TypeMismatch));
        assert_eq!(map("type: text", Cell::Double(0.5)), Ok(Cell::text("0.5")));
        assert_eq!(
            map("type: date", Cell::DateTime("2026-01-02T03:04:05".into())),
            Ok(Cell::Date("2026-01-02".into()))
        );
        assert_eq!(map("type: logical", Cell::Null), Ok(Cell::Null));
    }

    #[test]
    fn every_problem_of_a_row_is_reported() {
        let mapper = mapper(
            "- { source: a, destination: x }\n\
             - { source: b, destination: y, transform: { fn: country-region-code } }\n\
             - { source: b, destination: z }",
        );
        let RefusedRow { cells, problems } = mapper
            .apply(|i| if i == 0 { Err((CellError, "bad number".to_owned())) } else { Ok(Cell::text("??")) })
            .unwrap_err();
        let found: Vec<_> = problems.iter().map(|p| (p.column.as_str(), p.code)).collect();
        assert_eq!(found, [("x", CellError), ("y", CountryUnknown)]);
        assert_eq!(problems[0].reason, "bad number");
        assert_eq!(cells, [None, None, Some(Cell::text("??"))]);
    }

    #[test]
    fn unknown_source_fields_are_all_named() {
        let mappings: Vec<FieldMapping> =
            serde_saphyr::from_str("[{ source: Nam, destination: x }, { source: q, destination: y }]")
                .unwrap();
        let errors = Mapper::new(&mappings, &["Name".to_owned()]).unwrap_err();
        assert_eq!(errors.len(), 2);
        assert!(errors[0].to_string().contains("did you mean Name?"), "{}", errors[0]);
    }
}
