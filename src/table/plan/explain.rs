//! What a step says of itself in a printed plan.

use std::sync::Arc;

use crate::table::{Demand, Table};
use crate::value::{Callable, Function, Text};

/// How a step does its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// It reads a source.
    Source,
    /// M functions run over whole columns.
    Vector,
    /// M functions run row by row, and why.
    RowWise(String),
    /// The source below does it.
    PushedDown,
    /// The engine's own code works on whole batches.
    Batches,
    /// Rows and cells are handed on as they are.
    Nothing,
}

/// What a step does when it is read with a certain demand.
#[derive(Clone)]
pub struct Explanation {
    /// Of what and with what: names of columns, a condition, a file.
    pub detail: String,
    /// How.
    pub how: How,
    /// What it keeps in memory until it has ended, if it keeps more than a batch.
    pub holds: Option<&'static str>,
    /// The tables it reads, and what it asks of them.
    pub inputs: Vec<(Arc<Table>, Demand)>,
}

impl Explanation {
    /// A step that reads no other.
    pub fn source(detail: impl Into<String>) -> Explanation {
        Explanation { detail: detail.into(), how: How::Source, holds: None, inputs: Vec::new() }
    }

    /// A step of the engine's own code over a table.
    pub fn over(table: &Arc<Table>, demand: Demand) -> Explanation {
        Explanation {
            detail: String::new(),
            how: How::Batches,
            holds: None,
            inputs: vec![(Arc::clone(table), demand)],
        }
    }

    /// The same with another table that is read.
    pub fn and(mut self, table: &Arc<Table>, demand: Demand) -> Explanation {
        self.inputs.push((Arc::clone(table), demand));
        self
    }

    /// The same with a detail.
    pub fn detail(mut self, detail: impl Into<String>) -> Explanation {
        self.detail = detail.into();
        self
    }

    /// The same, done so.
    pub fn how(mut self, how: How) -> Explanation {
        self.how = how;
        self
    }

    /// The same, keeping this in memory.
    pub fn holds(mut self, what: &'static str) -> Explanation {
        self.holds = Some(what);
        self
    }
}

/// Names of columns that are listed before the rest is counted.
const LISTED: usize = 4;
/// Characters of a function's text that are shown.
const CHARACTERS: usize = 60;

/// The names of some columns of a table.
pub(in crate::table) fn columns(table: &Table, positions: &[usize]) -> String {
    list(positions.iter().filter_map(|&at| table.names().get(at)))
}

/// Some names, the first ones written out.
pub(in crate::table) fn list<'t>(names: impl IntoIterator<Item = &'t Text>) -> String {
    let names: Vec<&str> = names.into_iter().map(|name| name.as_str()).collect();
    let shown = names.iter().take(LISTED).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(LISTED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// A function as its text has it, on one line and cut where it is long.
pub(in crate::table) fn text(function: &Function) -> String {
    let written = match function.callable() {
        Callable::Native(native) => return native.name.as_str().to_owned(),
        Callable::Closure(closure) => {
            let lambda = closure.lambda();
            lambda.code.place(lambda.site).map(|(source, span)| span.of(source.text()).to_owned())
        }
    };
    let line = written.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(CHARACTERS) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}
