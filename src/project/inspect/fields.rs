//! Fields of mappings against what source and destination have.

use super::Inspection;
use crate::destinations::{Cell, CellKind, Description};
use crate::project::check::EVERY_FIELD;
use crate::project::document::Step::{self, Field, Item};
use crate::project::mapping::misfit;
use crate::project::model::{FieldMapping, SchemaPolicy, Transform};
use crate::project::problem::{ProblemCode, suggest};
use crate::project::run::Prepared;
use crate::table::Table;
use crate::value::types::Form;

/// A column of the rows and the kind its type claims.
pub(super) struct Claimed {
    name: String,
    kind: Option<CellKind>,
}

/// The columns of a table with the kinds their types claim.
pub(super) fn claimed(table: &Table) -> Vec<Claimed> {
    let columns = table.names().iter().zip(table.types());
    columns
        .map(|(name, ty)| {
            let kind = match (&ty.form, ty.name) {
                (Form::Text, _) => Some(CellKind::Text),
                (Form::Logical, _) => Some(CellKind::Logical),
                (Form::Date, _) => Some(CellKind::Date),
                (Form::DateTime, _) => Some(CellKind::DateTime),
                (Form::DateTimeZone, _) => Some(CellKind::DateTimeZone),
                (Form::Time, _) => Some(CellKind::Time),
                (Form::Duration, _) => Some(CellKind::Duration),
                (Form::Binary, _) => Some(CellKind::Binary),
                (
                    Form::Number,
                    Some("Int64.Type" | "Int32.Type" | "Int16.Type" | "Int8.Type" | "Byte.Type"),
                ) => Some(CellKind::Whole),
                (Form::Number, _) => Some(CellKind::Double),
                _ => None,
            };
            Claimed { name: name.as_str().to_owned(), kind }
        })
        .collect()
}

impl Inspection<'_> {
    /// Source fields that the rows do not have.
    pub(super) fn sources(&mut self, task: &Prepared<'_>, columns: &[Claimed], base: &[Step<'static>]) {
        for (k, mapping) in task.leg.mappings.iter().enumerate() {
            let Some(source) = mapping.source.as_ref().filter(|source| *source != EVERY_FIELD) else {
                continue;
            };
            if !columns.iter().any(|column| column.name == *source) {
                let message = format!("the rows have no field {source:?}");
                let help = suggest(source, columns.iter().map(|column| column.name.as_str()));
                let path = [base, &[Field("mappings"), Item(k), Field("source")]].concat();
                self.report(ProblemCode::Missing, &path, message, help);
            }
        }
    }

    /// Destination fields that are not there, that values cannot fit, or that nothing fills.
    pub(super) fn destinations(
        &mut self,
        task: &Prepared<'_>,
        columns: Option<&[Claimed]>,
        description: Option<&Description>,
        base: &[Step<'static>],
    ) {
        let entity = &task.leg.destination.entity;
        for (k, mapping) in task.leg.mappings.iter().enumerate() {
            let at = |rest: &[Step<'static>]| [base, &[Field("mappings"), Item(k)], rest].concat();
            let name = &mapping.destination;
            if name == EVERY_FIELD {
                continue;
            }
            let stored = description.and_then(|entity| entity.column(name));
            let cuts_to_length = |t: &Transform| matches!(t, Transform::Truncate { length: None });
            if mapping.transforms().iter().any(cuts_to_length) && stored.and_then(|c| c.length).is_none() {
                let message = format!("{entity} does not say how long {name} may be");
                let help = "say it with truncate's length";
                self.report(ProblemCode::Fit, &at(&[Field("transform")]), message, help);
            }
            let Some(description) = description else { continue };
            let Some(stored) = stored else {
                let may_add = task.leg.schema() == SchemaPolicy::Evolve;
                let is_related = name.contains('.') && !description.references.is_empty();
                if !may_add && !is_related && !self.is_relationship(entity, name) {
                    let message = format!("{entity} has no field {name:?}");
                    let help = suggest(name, description.columns.iter().map(|c| c.name.as_str()));
                    self.report(ProblemCode::Missing, &at(&[Field("destination")]), message, help);
                }
                continue;
            };
            let Some(kind) = stored.kind else { continue };
            for cell in constants(mapping) {
                if let Some(reason) = misfit(&cell, kind, stored.length) {
                    let message = format!("{name}: {reason}");
                    self.report(ProblemCode::Fit, &at(&[Field("transform")]), message, "change the value");
                }
            }
            let source = mapping.source.as_ref().filter(|_| mapping.transforms().is_empty());
            let claimed = source.and_then(|s| columns.and_then(|all| all.iter().find(|c| c.name == *s)));
            if let Some(found) = claimed.and_then(|column| column.kind)
                && mapping.field_type.is_none()
                && !converts(found, kind)
            {
                let message =
                    format!("the source field holds {found:?} values and {name} takes {kind:?} values");
                let help = "change its type in the query, or map another field";
                self.report(ProblemCode::Fit, &at(&[]), message, help);
            }
        }
        let fills = |name: &str| {
            task.leg.mappings.iter().any(|m| {
                m.destination.eq_ignore_ascii_case(name)
                    || m.destination == EVERY_FIELD
                    || m.destination.contains('.')
            })
        };
        let required =
            description.into_iter().flat_map(|d| &d.columns).filter(|c| c.required && !fills(&c.name));
        for column in required {
            let message = format!("{entity} needs a value in {}, and no mapping gives one", column.name);
            let help = format!(
                "map a field to it, or add {{ destination: {}, transform: {{ fn: default, value: VALUE }} }}",
                column.name
            );
            let path = [base, &[Field("mappings")]].concat();
            self.report(ProblemCode::Required, &path, message, help);
        }
    }

    fn is_relationship(&self, entity: &str, field: &str) -> bool {
        let mut all = self.project.connection_set().relationships.iter().filter(|r| r.entity == *entity);
        all.any(|r| field.strip_prefix(r.name.as_str()).is_some_and(|rest| rest.starts_with('.')))
    }
}

/// The values that a mapping may give whatever the source holds.
fn constants(mapping: &FieldMapping) -> Vec<Cell> {
    // What later transforms make of a value is not looked into.
    match mapping.transforms().last() {
        Some(Transform::Default { value }) => vec![value.to_cell()],
        Some(Transform::ValueMap { map, default }) => {
            map.values().chain(default).map(crate::project::model::Scalar::to_cell).collect()
        }
        Some(Transform::CountryRegionCode { default: Some(default), .. }) => vec![default.to_cell()],
        _ => Vec::new(),
    }
}

/// Whether values of one kind can go into a field of another without being refused or changed in meaning.
fn converts(from: CellKind, to: CellKind) -> bool {
    use CellKind::{Date, DateTime, DateTimeZone, Decimal, Double, Logical, Text, Whole};
    match (from, to) {
        (_, Text) => true,
        // Texts may hold what the field takes; a run looks at each.
        (Text, _) => true,
        (Whole | Double | Decimal, Whole | Double | Decimal) => true,
        (Logical, Whole) | (Date, DateTime) | (DateTimeZone, DateTime) => true,
        // What has no zone is taken as UTC.
        (Date | DateTime, DateTimeZone) => true,
        (from, to) => from == to,
    }
}
