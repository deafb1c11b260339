//! Each working function over columns and lists of arguments, of which one fails and one is of a wrong type: the error
//! stays in its cell, and what the others give is what calling the function with them gives.

use pqm::library::{Library, declarations};
use pqm::value::{Function, Value};

use super::calls::{arguments, parameter_count, plain};
use super::{engine, shown};

const FAILS: &str = "error \"probe\"";

/// Expressions that must give the same: the calls written out, and the function applied to cells.
struct Pair {
    written_out: String,
    over_cells: String,
}

/// The function over a table in whose second row the argument at `at` fails, and is of no type that it admits in the
/// third.
fn over_table(name: &str, function: &Function, arguments: &[String], at: usize) -> Pair {
    let count = arguments.len().max(at + 1);
    let row = |replaced: Option<&str>| -> Vec<String> {
        let argument = |at: usize| arguments.get(at).map_or("null", String::as_str);
        (0..count).map(|here| replaced.filter(|_| here == at).unwrap_or(argument(here)).to_owned()).collect()
    };
    let kinds = function.parameters().kinds.get(at).copied();
    let wrong = plain(|kind| kinds.is_some_and(|kinds| !kinds.contains(kind)));
    let mut rows = vec![row(None), row(Some(FAILS)), row(None)];
    rows.extend(wrong.map(|wrong| row(Some(wrong))));
    let calls = rows.iter().map(|row| format!("{name}({})", row.join(", ")));
    let calls: Vec<String> =
        calls.enumerate().map(|(at, call)| if at == 1 { FAILS.to_owned() } else { call }).collect();
    let columns: Vec<String> = (0..count).map(|at| format!("p{at}")).collect();
    let named = columns.iter().map(|column| format!("\"{column}\""));
    let cells = columns.iter().map(|column| format!("[{column}]"));
    let rows = rows.iter().map(|row| format!("{{{}}}", row.join(", ")));
    Pair {
        written_out: format!("{{{}}}", calls.join(", ")),
        over_cells: format!(
            "Table.AddColumn(#table({{{}}}, {{{}}}), \"r\", each {name}({}))[r]",
            named.collect::<Vec<_>>().join(", "),
            rows.collect::<Vec<_>>().join(", "),
            cells.collect::<Vec<_>>().join(", "),
        ),
    }
}

/// The function given to `List.Transform`, over so many items that they are computed as a column.
fn over_list(name: &str, argument: &str) -> Pair {
    let repeated = |item: &str| format!("List.Repeat({{{item}, {FAILS}, {item}}}, 12)");
    Pair {
        written_out: repeated(&format!("{name}({argument})")),
        over_cells: format!("List.Transform({}, {name})", repeated(argument)),
    }
}

#[test]
fn errors_stay_in_their_cell_and_others_get_their_values() {
    let engine = engine();
    let mut faults = Vec::new();
    let mut checked = 0;
    for declaration in declarations() {
        let name = declaration.name;
        let Some(Value::Function(function)) = Library::get().lookup(name) else { continue };
        let arguments = arguments(&engine, declaration, &function);
        let mut pairs: Vec<Pair> =
            (0..parameter_count(&function)).map(|at| over_table(name, &function, &arguments, at)).collect();
        if function.parameters().ty.required <= 1 && !pairs.is_empty() {
            let first = arguments.first().cloned().unwrap_or_else(|| "null".to_owned());
            pairs.push(over_list(name, &first));
        }
        checked += pairs.len();
        for pair in pairs {
            let (wanted, got) = (shown(&engine, &pair.written_out), shown(&engine, &pair.over_cells));
            let without_probe = !wanted.contains("error: Expression.Error: probe");
            if wanted != got || without_probe {
                faults.push(format!("{}\n  got      {got}\n  expected {wanted}", pair.over_cells));
            }
        }
    }
    assert!(checked > 1_000, "{checked} columns and lists");
    assert!(faults.is_empty(), "{} of {checked}\n{}", faults.len(), faults.join("\n"));
}
