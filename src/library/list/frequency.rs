//! The most frequent items.

use crate::criteria::{EqualityIndex, EquationCriteria, Over};
use crate::eval::{Arguments, Context, not_enough_elements};
use crate::library::{Declaration, example, native};
use crate::value::{Result, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "List.Mode",
        "(list as list, optional equationCriteria as any) as any",
        "The most frequent item; of several equally frequent the last.",
        &[example("List.Mode({\"A\", 1, 3, 3, 5, 5})", "5")],
        mode,
    ),
    native(
        "List.Modes",
        "(list as list, optional equationCriteria as any) as list",
        "The most frequent items.",
        &[example("List.Modes({\"A\", 1, 3, 3, 5, 5})", "{3, 5}")],
        modes,
    ),
];

/// The most frequent items in order of their first appearance; at least one.
fn most_frequent(ctx: &Context, arguments: &Arguments<'_>) -> Result<Vec<Value>> {
    let list = arguments.list(0)?;
    let mut index = EqualityIndex::new(EquationCriteria::parse(ctx, arguments.value(1), Over::Items)?);
    let mut found: Vec<(Value, usize)> = Vec::new();
    let mut items = list.items();
    while let Some(value) = items.next_evaluated(ctx)? {
        let (number, new) = index.insert(ctx, &value)?;
        if new {
            found.push((value, 1));
        } else if let Some((_, count)) = found.get_mut(number) {
            *count += 1;
        }
    }
    let most = found.iter().map(|(_, count)| *count).max();
    let modes: Vec<Value> =
        found.into_iter().filter(|(_, count)| Some(*count) == most).map(|(value, _)| value).collect();
    if modes.is_empty() {
        return Err(not_enough_elements().with_detail(Value::List(list)));
    }
    Ok(modes)
}

fn mode(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    Ok(most_frequent(ctx, &arguments)?.pop().unwrap_or(Value::Null))
}

fn modes(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    Ok(Value::list(most_frequent(ctx, &arguments)?))
}
