//! Which step an error in a cell comes from.

use rustc_hash::FxHashMap;

use super::errors::{Failing, holds, said};
use super::session::{Session, Target};
use super::steps::Step;
use crate::Evaluated;

impl Session {
    /// The steps that a target names itself.
    fn inputs(&self, target: &Target) -> Vec<String> {
        let step = match target {
            Target::Step(name) => self.steps().get(name).cloned().unwrap_or_else(|| Step::new(name, "null")),
            Target::Expression(text) => self.new_step(None, text),
        };
        let mut names = step.uses();
        names.retain(|name| *name != step.name && self.steps().get(name).is_some());
        names
    }
}

/// Lends the session for a moment.
pub type Lend<'a> = &'a dyn Fn(&mut dyn FnMut(&Session));

/// The step that the error of each cell comes from: the one it was raised in if the error tells, else the first one
/// whose value holds it. Steps before a target are asked for by `evaluate`, and only as far back as errors go.
pub fn origins(
    value: &Evaluated,
    target: &Target,
    cells: &[Failing],
    session: Lend<'_>,
    evaluate: &mut dyn FnMut(&str) -> Option<Evaluated>,
) -> Vec<Option<String>> {
    let ctx = value.context();
    let texts: Vec<String> = cells.iter().map(|cell| said(&ctx, &cell.error)).collect();
    let wanted: Vec<(&str, &str)> =
        cells.iter().zip(&texts).map(|(cell, text)| (cell.column.as_str(), text.as_str())).collect();
    let mut read: FxHashMap<String, Vec<bool>> = FxHashMap::default();
    let mut held_by = |name: &str, at: usize| {
        let held = read.entry(name.to_owned()).or_insert_with(|| {
            let value = evaluate(name);
            let held = value.as_ref().and_then(|value| holds(value, value.table().ok()?, &wanted).ok());
            held.unwrap_or_default()
        });
        held.get(at).copied().unwrap_or(false)
    };
    let mut origins = Vec::with_capacity(cells.len());
    for (at, cell) in cells.iter().enumerate() {
        if let Some(step) = Session::step_of(&cell.error) {
            origins.push(Some(step));
            continue;
        }
        let mut current = target.clone();
        loop {
            let mut inputs = Vec::new();
            session(&mut |session| inputs = session.inputs(&current));
            match inputs.into_iter().find(|name| held_by(name, at)) {
                Some(name) => current = Target::Step(name),
                None => break,
            }
        }
        origins.push(match current {
            Target::Step(name) => Some(name),
            Target::Expression(_) => None,
        });
    }
    origins
}

#[cfg(test)]
mod tests {
    use super::super::errors::failing_cells;
    use super::*;
    use crate::Engine;

    fn session() -> Session {
        let mut session = Session::new(Engine::new());
        for (name, text) in [
            ("Source", "#table({\"A\", \"B\"}, {{\"1\", \"x\"}, {\"y\", \"2\"}})"),
            ("First", "Table.TransformColumnTypes(Source, {{\"A\", type number}})"),
            ("Second", "Table.TransformColumnTypes(First, {{\"B\", type number}})"),
            ("Renamed", "Table.RenameColumns(Second, {{\"A\", \"C\"}})"),
            ("Added", "Table.AddColumn(Renamed, \"D\", each error \"no\")"),
            ("Kept", "Table.FirstN(Added, 9)"),
        ] {
            let step = session.new_step(Some(name), text);
            let outcome = session.enter(step).unwrap().evaluate();
            session.settle(&outcome);
        }
        session
    }

    fn found(target: Target) -> Vec<(u64, String, Option<String>)> {
        let session = session();
        let value = session.prepare(&target).unwrap().evaluate().result.unwrap();
        let found = failing_cells(&value, value.table().unwrap(), 9).unwrap();
        let origins = origins(&value, &target, &found.cells, &|ask| ask(&session), &mut |name| {
            session.prepare(&Target::Step(name.to_owned())).ok()?.evaluate().result.ok()
        });
        let cells = found.cells.into_iter().zip(origins);
        cells.map(|(cell, origin)| (cell.row, cell.column, origin)).collect()
    }

    #[test]
    fn an_error_comes_from_the_first_step_that_holds_it() {
        let cell = |row, column: &str, step: &str| (row, column.to_owned(), Some(step.to_owned()));
        assert_eq!(
            found(Target::Step("Kept".to_owned())),
            [cell(1, "B", "Second"), cell(1, "D", "Added"), cell(2, "C", "First"), cell(2, "D", "Added")]
        );
    }

    #[test]
    fn an_error_of_an_expression_that_is_no_step_comes_from_none() {
        let text = "Table.TransformColumnTypes(Source, {{\"A\", type number}})";
        let target = Target::Expression(text.to_owned());
        assert_eq!(found(target), [(2, "A".to_owned(), None)]);
    }
}
