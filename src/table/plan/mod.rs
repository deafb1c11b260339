//! Printed plans: which steps a table is made of, how each runs, and what came of running them.
//!
//! Steps explain themselves ([`Explanation`]). Names of steps and figures come from [`Observed`], which stands around
//! the tables of an evaluation whose program was compiled to be observed.

mod explain;
mod observe;

pub use explain::{Explanation, How};
pub(super) use explain::{columns, list, text};
pub(crate) use observe::noted;
pub use observe::{Figures, Observed, read_through};
pub(super) use observe::{Observer, current, under};

use std::sync::Arc;

use observe::Made;

use super::{Demand, Table};
use crate::eval::Context;
use crate::ir::Note;
use crate::value::{Result, Value};

/// A step of a plan with the steps it reads.
pub struct Plan {
    /// What the step is called in the program, and which function made it; the innermost first. Nothing for a step
    /// that is a part of the one above it.
    pub notes: Vec<Arc<Note>>,
    /// What kind of step it is.
    pub operator: &'static str,
    /// Of what and with what.
    pub detail: String,
    /// How it runs.
    pub how: How,
    /// What it keeps in memory.
    pub holds: Option<&'static str>,
    /// The columns that are read of it, of how many.
    pub columns: Vec<String>,
    /// How many columns it has.
    pub width: usize,
    /// How many rows are read of it at most.
    pub limit: Option<usize>,
    /// What came of reading it so far.
    pub figures: Option<Figures>,
    /// The steps it reads.
    pub inputs: Vec<Plan>,
}

impl Plan {
    /// The plan of the value that an observed program gave, if it is a table, and of all other tables that were read
    /// to make it and are no part of it. Reads no rows.
    ///
    /// # Errors
    /// What preparing the steps raises.
    pub fn of_value(ctx: &Context, value: &Value) -> Result<Vec<Plan>> {
        let mut plans = Vec::new();
        let mut shown = Vec::new();
        if let Value::Table(table) = value.as_plain() {
            plans.push(Plan::of(ctx, table, &Demand::all())?);
            plans.iter().for_each(|plan| plan.gather_notes(&mut shown));
        }
        // What a table is made of was made before it.
        for table in ctx.kept::<Made>().tables().iter().rev() {
            let Some(observed) = table.operator().observed() else { continue };
            if observed.figures().readings > 0 && !shown.contains(&Arc::as_ptr(observed.note())) {
                let plan = Plan::of(ctx, table, &Demand::all())?;
                plan.gather_notes(&mut shown);
                plans.push(plan);
            }
        }
        Ok(plans)
    }

    fn gather_notes(&self, notes: &mut Vec<*const Note>) {
        notes.extend(self.notes.iter().map(Arc::as_ptr));
        self.inputs.iter().for_each(|input| input.gather_notes(notes));
    }

    /// The plan of reading a table so. Reads no rows.
    ///
    /// # Errors
    /// What preparing the steps raises.
    pub fn of(ctx: &Context, table: &Table, demand: &Demand) -> Result<Plan> {
        ctx.nested(|| {
            let mut operator = table.operator();
            let (mut notes, mut figures) = (Vec::new(), None::<Figures>);
            while let Some(observed) = operator.observed() {
                notes.push(Arc::clone(observed.note()));
                let inside = observed.figures();
                figures = Some(figures.map_or(inside, |outer| outer.around(inside)));
                operator = observed.inside();
            }
            notes.reverse();
            let Explanation { detail, how, holds, inputs } = operator.explain(ctx, demand)?;
            let wanted = table.names().iter().enumerate().filter(|(at, _)| demand.wants(*at));
            Ok(Plan {
                notes,
                operator: operator.name(),
                detail,
                how,
                holds,
                columns: wanted.map(|(_, name)| name.as_str().to_owned()).collect(),
                width: table.width(),
                limit: demand.limit,
                figures,
                inputs: inputs
                    .iter()
                    .map(|(table, demand)| Plan::of(ctx, table, demand))
                    .collect::<Result<_>>()?,
            })
        })
    }
}

#[cfg(test)]
mod tests;
