//! Aggregates told from their code: which functions of a group of rows, or of a list, take one value after the other.

use std::sync::Arc;

use super::Fold;
use crate::eval::Context;
use crate::ir::Node;
use crate::table::{Column, Program, is_simple};
use crate::value::{Callable, Function, Kind, Result, Shape, Value};

/// What a function of a table or list aggregates.
#[derive(Clone)]
pub(in crate::table) struct Recognised {
    /// The state before the first item.
    pub(super) start: Fold,
    /// The column of the table that is aggregated; `None` where only the rows are counted.
    pub column: Option<usize>,
    /// What is applied to each item first.
    pub(super) map: Option<Arc<Function>>,
    /// What that does to a column, if it has such a form.
    program: Option<Arc<Program>>,
}

impl Recognised {
    fn new(start: Fold, column: Option<usize>, map: Option<Arc<Function>>) -> Recognised {
        let program = map.as_ref().and_then(|map| Program::of_cell(map)).map(Arc::new);
        Recognised { start, column, map, program }
    }

    /// What is aggregated of a column in place of its own cells: what the function makes of them, if it makes a value
    /// of each, and that can be told for all of them at once.
    ///
    /// # Errors
    /// Only a stop.
    pub(in crate::table) fn mapped(&self, ctx: &Context, column: &Column) -> Result<Option<Arc<Column>>> {
        let Some(program) = self.program.as_ref().filter(|_| !ctx.limits().row_wise) else { return Ok(None) };
        let items = program.run_cells(ctx, column.settle(ctx)?)?;
        Ok(items.fates().is_none().then(|| Arc::clone(items.column())))
    }
}

/// What a function of a table of these columns aggregates, if its code says so.
pub(in crate::table) fn of_rows(function: &Function, shape: &Shape) -> Option<Recognised> {
    let counts = |name: &str| name == "Table.RowCount";
    let count = Recognised::new(Fold::Count(0), None, None);
    let (name, argument) = match function.callable() {
        Callable::Native(native) => return counts(&native.name).then_some(count),
        Callable::Closure(_) => only_call(function, Kind::Table)?,
    };
    if counts(name) {
        return matches!(argument, Node::Parameter(0)).then_some(count);
    }
    let start = start(name)?;
    let (list, map) = mapped(argument)?;
    let Node::Field(of, access, _) = list else { return None };
    if !matches!(**of, Node::Parameter(0)) {
        return None;
    }
    Some(Recognised::new(start, Some(shape.position(&access.name)?), map))
}

/// What a function of a list aggregates, if its code says so.
pub(in crate::table) fn of_items(function: &Function) -> Option<Recognised> {
    let (start, map) = match function.callable() {
        Callable::Native(native) => (start(&native.name)?, None),
        Callable::Closure(_) => {
            let (name, argument) = only_call(function, Kind::List)?;
            let (list, map) = mapped(argument)?;
            (start(name).filter(|_| matches!(list, Node::Parameter(0)))?, map)
        }
    };
    Some(Recognised::new(start, None, map))
}

/// The library function that a function of one parameter does nothing but call, and its only argument.
fn only_call(function: &Function, parameter: Kind) -> Option<(&str, &Node)> {
    let Callable::Closure(closure) = function.callable() else { return None };
    let lambda = closure.lambda();
    let takes = matches!(lambda.parameters.kinds.as_slice(), [kinds] if kinds.contains(parameter));
    if !takes || lambda.returns.is_some() || lambda.code.variables.iter().any(Option::is_some) {
        return None;
    }
    match &lambda.code.body {
        Node::CallNative(native, arguments, _) => match &**arguments {
            [argument] => Some((&native.name, argument)),
            _ => None,
        },
        _ => None,
    }
}

/// The list that is aggregated, and what is applied to its items if it is `List.Transform` of another: only a
/// function that is cheap and pure.
fn mapped(node: &Node) -> Option<(&Node, Option<Arc<Function>>)> {
    let Node::CallNative(native, arguments, _) = node else { return Some((node, None)) };
    let (true, [list, map]) = (native.name.as_str() == "List.Transform", &**arguments) else { return None };
    let function = match map {
        Node::Constant(Value::Function(function)) => Arc::clone(function),
        Node::Lambda(group, index, captures) if captures.is_empty() => {
            Arc::new(Function::closure(Arc::clone(group), *index, Arc::from([])))
        }
        _ => return None,
    };
    let unary = function.parameters().ty.required == 1;
    (unary && is_simple(&function)).then_some((list, Some(function)))
}

fn start(name: &str) -> Option<Fold> {
    Some(match name {
        "List.Count" => Fold::Count(0),
        "List.NonNullCount" => Fold::NonNullCount(0),
        "List.Sum" => Fold::Sum(Value::Null),
        "List.Average" => Fold::Average(Value::Null, 0),
        "List.Min" => Fold::Min(Value::Null),
        "List.Max" => Fold::Max(Value::Null),
        _ => return None,
    })
}
