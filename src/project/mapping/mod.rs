//! Field mappings: from the row a query gives to the row a destination takes.

mod convert;
mod fit;
mod transform;

use std::sync::Arc;

use rustc_hash::FxHashMap;

use self::convert::{convert, kind, truncate_number};
pub(super) use self::fit::misfit;
use self::transform::transform;
use super::check::EVERY_FIELD;
use super::history::Step;
use super::model::{FieldMapping, FieldType, OrganizationMapping, SchemaPolicy, Side, Transform};
use super::problem::suggest;
use crate::destinations::{Cell, CellKind, Description};

/// Why a mapping refuses a row.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldProblem {
    /// The destination field.
    pub column: String,
    /// What is wrong.
    pub problem: CellProblem,
}

/// Why there is no value.
#[derive(Clone, Debug, PartialEq)]
pub struct CellProblem {
    /// The kind of reason.
    pub code: FieldProblemCode,
    /// The reason for a person to read.
    pub reason: String,
    /// For errors of M: the query's file, line and column.
    pub place: Option<(String, u32, u32)>,
}

impl CellProblem {
    /// A reason without a place.
    pub fn new(code: FieldProblemCode, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into(), place: None }
    }
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
    /// The related entity has no row with this integration key.
    RelatedNotFound,
    /// The destination has no field for the value.
    FieldUnknown,
    /// The value does not fit the destination's field.
    Misfit,
}

impl FieldProblemCode {
    /// The stable name, as it stands in the run history.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CellError => "cell-error",
            Self::ValueNotMapped => "value-not-mapped",
            Self::CountryUnknown => "country-unknown",
            Self::TypeMismatch => "type-mismatch",
            Self::RelatedNotFound => "related-not-found",
            Self::FieldUnknown => "field-unknown",
            Self::Misfit => "misfit",
        }
    }

    /// The step that finds it.
    pub fn step(self) -> Step {
        match self {
            Self::CellError => Step::Query,
            Self::FieldUnknown | Self::Misfit => Step::Schema,
            _ => Step::Mapping,
        }
    }

    /// Whether it shows that the source has drifted away from the destination.
    pub fn is_drift(self) -> bool {
        matches!(self, Self::TypeMismatch | Self::FieldUnknown | Self::Misfit)
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

/// What mappings need to know besides the columns of the rows.
#[derive(Clone, Debug, Default)]
pub struct Binding<'b> {
    /// The destination entity, if it is there already and says what it is.
    pub description: Option<&'b Description>,
    /// The organizations of this project.
    pub organization: Option<&'b OrganizationMapping>,
    /// What happens where rows do not fit the destination, if that is said.
    pub schema: Option<SchemaPolicy>,
    /// By destination field of the mapping: how its values become references to rows of a related entity.
    pub related: FxHashMap<String, Arc<Related>>,
}

/// References to the rows of a related entity by their integration key.
#[derive(Clone, Debug, PartialEq)]
pub struct Related {
    /// The related entity.
    pub entity: String,
    /// The column of the destination that holds the reference.
    pub column: String,
    /// From the integration key as text to the value that refers to the row.
    pub rows: FxHashMap<String, Cell>,
}

/// A task's mappings, bound to the columns of its rows.
#[derive(Clone, Debug)]
pub struct Mapper {
    fields: Vec<BoundField>,
    /// Columns of the rows for which the destination has no field.
    strays: Vec<(usize, String)>,
}

#[derive(Clone, Debug)]
struct BoundField {
    source: Option<usize>,
    destination: String,
    transforms: Vec<Transform>,
    field_type: Option<FieldType>,
    related: Option<Arc<Related>>,
    /// What the destination's field holds, and its length, where that is to be kept to.
    fit: Option<(CellKind, Option<u32>)>,
    /// Whether the destination's field holds whole numbers.
    is_whole: bool,
}

impl Mapper {
    /// Binds mappings to columns; an error lists every source field that is not there.
    pub fn new(
        mappings: &[FieldMapping],
        columns: &[String],
        binding: &Binding<'_>,
    ) -> Result<Self, Vec<UnknownSourceField>> {
        let mut unknown = Vec::new();
        let mut mapper = Self { fields: Vec::with_capacity(mappings.len()), strays: Vec::new() };
        // A field that the source has lost is left as it is, where the policy is to go on.
        let may_lack = matches!(binding.schema, Some(SchemaPolicy::Evolve | SchemaPolicy::QuarantineValue));
        for mapping in mappings {
            if mapping.destination == EVERY_FIELD {
                mapper.every_field(mappings, columns, binding);
                continue;
            }
            let source = match &mapping.source {
                None => None,
                Some(name) => match columns.iter().position(|c| c == name) {
                    Some(index) => Some(index),
                    None if may_lack => continue,
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
            mapper.fields.push(BoundField::new(mapping, source, binding));
        }
        if unknown.is_empty() { Ok(mapper) } else { Err(unknown) }
    }

    /// Maps the columns that no mapping names to the fields of their own names.
    fn every_field(&mut self, mappings: &[FieldMapping], columns: &[String], binding: &Binding<'_>) {
        for (index, name) in columns.iter().enumerate() {
            let named = |m: &FieldMapping| m.source.as_ref() == Some(name) || m.destination == *name;
            if mappings.iter().any(named) {
                continue;
            }
            let adds = binding.schema == Some(SchemaPolicy::Evolve);
            if binding.description.is_some_and(|entity| entity.column(name).is_none()) && !adds {
                self.strays.push((index, name.clone()));
                continue;
            }
            let mapping = FieldMapping::of(name);
            self.fields.push(BoundField::new(&mapping, Some(index), binding));
        }
    }

    /// The columns for which the destination has no field.
    pub fn strays(&self) -> impl Iterator<Item = &str> {
        self.strays.iter().map(|(_, name)| name.as_str())
    }

    /// The indexes of the columns that are mapped at all, ascending.
    pub fn source_columns(&self) -> Vec<usize> {
        let strays = self.strays.iter().map(|(index, _)| *index);
        let mut indexes: Vec<usize> = self.fields.iter().filter_map(|f| f.source).chain(strays).collect();
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
            cells.push(mapped.map_err(|problem| {
                problems.push(FieldProblem { column: field.destination.clone(), problem });
            }));
        }
        for (index, name) in &self.strays {
            let problem = match cell(*index) {
                Ok(Cell::Null) => continue,
                Ok(_) => {
                    let reason = format!("the destination has no field {name}");
                    CellProblem::new(FieldProblemCode::FieldUnknown, reason)
                }
                Err(problem) => problem,
            };
            problems.push(FieldProblem { column: name.clone(), problem });
        }
        if problems.is_empty() {
            Ok(cells.into_iter().flatten().collect())
        } else {
            Err(RefusedRow { cells: cells.into_iter().map(Result::ok).collect(), problems })
        }
    }
}

/// A cell, or why there is none.
pub type Mapped = Result<Cell, CellProblem>;

impl BoundField {
    fn new(mapping: &FieldMapping, source: Option<usize>, binding: &Binding<'_>) -> Self {
        let related = binding.related.get(&mapping.destination).cloned();
        let destination = related.as_ref().map_or(&mapping.destination, |related| &related.column).clone();
        let stored = binding.description.and_then(|entity| entity.column(&destination));
        let length = stored.and_then(|column| column.length);
        let transforms = mapping.transforms().iter().map(|transform| match transform {
            Transform::Truncate { length: None } => Transform::Truncate { length },
            Transform::Organization { side } => {
                let of = |o: &OrganizationMapping| match side {
                    Side::Source => o.source.clone(),
                    Side::Destination => o.destination.clone(),
                };
                Transform::Default {
                    value: super::model::Scalar::Text(binding.organization.map(of).unwrap_or_default()),
                }
            }
            other => other.clone(),
        });
        let keeps_to_it = matches!(
            binding.schema,
            Some(SchemaPolicy::Freeze | SchemaPolicy::QuarantineRow | SchemaPolicy::QuarantineValue)
        );
        let kind = stored.and_then(|column| column.kind);
        Self {
            source,
            transforms: transforms.collect(),
            field_type: mapping.field_type,
            fit: kind.filter(|_| keeps_to_it && related.is_none()).map(|kind| (kind, length)),
            is_whole: kind == Some(CellKind::Whole) && mapping.field_type.is_none(),
            related,
            destination,
        }
    }

    fn map(&self, cell: Cell) -> Mapped {
        let mut cell = self.transforms.iter().try_fold(cell, transform)?;
        if let Some(field_type) = self.field_type {
            cell = convert(cell, field_type)?;
        } else if self.is_whole {
            cell = truncate_number(cell);
        }
        if let Some(related) = &self.related {
            cell = related.refer(cell)?;
        }
        match self.fit.and_then(|(kind, length)| misfit(&cell, kind, length)) {
            Some(reason) => Err(CellProblem::new(FieldProblemCode::Misfit, reason)),
            None => Ok(cell),
        }
    }
}

impl Related {
    fn refer(&self, cell: Cell) -> Mapped {
        if cell.is_blank() {
            return Ok(Cell::Null);
        }
        let key = cell.to_string();
        self.rows.get(&key).cloned().ok_or_else(|| {
            let reason = format!("{} has no row with the integration key {key:?}", self.entity);
            CellProblem::new(FieldProblemCode::RelatedNotFound, reason)
        })
    }
}

#[cfg(test)]
mod tests;
