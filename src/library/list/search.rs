//! Finding values in lists.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::criteria::{EqualityIndex, EquationCriteria, Keys, Over};
use crate::eval::{Arguments, Context};
use crate::library::{Declaration, example, native};
use crate::value::{Error, List, Result, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[
    native(
        "List.Contains",
        "(list as list, value as any, optional equationCriteria as any) as logical",
        "Whether an item equals the value.",
        &[
            example("List.Contains({1, 2, 3}, 2)", "true"),
            example("List.Contains({10, 20}, 11, (item, value) => value - item < 2)", "true"),
        ],
        contains,
    ),
    native(
        "List.ContainsAll",
        "(list as list, values as list, optional equationCriteria as any) as logical",
        "Whether each of the values equals an item.",
        &[
            example("List.ContainsAll({1, 2, 3}, {3, 1})", "true"),
            example("List.ContainsAll({1, 2}, {2, 4})", "false"),
        ],
        contains_all,
    ),
    native(
        "List.ContainsAny",
        "(list as list, values as list, optional equationCriteria as any) as logical",
        "Whether one of the values equals an item.",
        &[
            example("List.ContainsAny({1, 2}, {2, 4})", "true"),
            example("List.ContainsAny({1, 2}, {})", "false"),
        ],
        contains_any,
    ),
    native(
        "List.PositionOf",
        "(list as list, value as any, optional occurrence as nullable number, optional equationCriteria as any) as any",
        "The position of the first item that equals the value, -1 if there is none; with an occurrence that of the last, or the list of all.",
        &[
            example("List.PositionOf({5, 6, 5}, 5)", "0"),
            example("List.PositionOf({5, 6, 5}, 5, Occurrence.Last)", "2"),
            example("List.PositionOf({5, 6, 5}, 5, Occurrence.All)", "{0, 2}"),
        ],
        position_of,
    ),
    native(
        "List.PositionOfAny",
        "(list as list, values as list, optional occurrence as nullable number, optional equationCriteria as any) as any",
        "The position of the first item that equals one of the values, -1 if there is none; with an occurrence that of the last, or the list of all.",
        &[example("List.PositionOfAny({\"a\", \"b\", \"c\"}, {\"c\", \"b\"})", "1")],
        position_of_any,
    ),
];

/// Values that items are compared with.
struct Sought {
    criteria: EquationCriteria,
    values: Values,
}

enum Values {
    ByHash(EqualityIndex),
    OneByOne(Vec<Keys>),
}

impl Sought {
    fn new(ctx: &Context, values: &[Value], criteria: &Value) -> Result<Sought> {
        let criteria = EquationCriteria::parse(ctx, criteria, Over::Items)?;
        // A function need not be symmetric: it gets the item first, the value second.
        // One value is found sooner by looking than by hash.
        let values = if criteria.is_hashable() && values.len() != 1 {
            let mut index = EqualityIndex::new(criteria.clone());
            for value in values {
                index.insert(ctx, value)?;
            }
            Values::ByHash(index)
        } else {
            Values::OneByOne(values.iter().map(|value| criteria.keys(ctx, value)).collect::<Result<_>>()?)
        };
        Ok(Sought { criteria, values })
    }

    /// Whether an item equals one of the values.
    fn has(&self, ctx: &Context, item: &Value) -> Result<bool> {
        match &self.values {
            Values::ByHash(index) => Ok(index.find(ctx, item)?.is_some()),
            Values::OneByOne(values) => {
                if let [value] = values.as_slice() {
                    return self.criteria.item_equals(ctx, item, value);
                }
                let item = self.criteria.keys(ctx, item)?;
                for value in values {
                    if self.criteria.equal_keys(ctx, &item, value)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        }
    }

    fn is_in(&self, ctx: &Context, list: &Arc<List>) -> Result<bool> {
        any(ctx, list, |item| self.has(ctx, item))
    }
}

/// Whether the test holds for an item; reads no further than the first.
fn any(ctx: &Context, list: &Arc<List>, mut test: impl FnMut(&Value) -> Result<bool>) -> Result<bool> {
    let mut found = false;
    list.each_value(ctx, |item| {
        found = test(item)?;
        Ok(if found { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    Ok(found)
}

fn contains(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let criteria = EquationCriteria::parse(ctx, arguments.value(2), Over::Items)?;
    let value = criteria.keys(ctx, arguments.full(1))?;
    any(ctx, &arguments.list(0)?, |item| criteria.item_equals(ctx, item, &value)).map(Value::Logical)
}

fn contains_any(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let values = arguments.list(1)?.values(ctx)?;
    Sought::new(ctx, &values, arguments.value(2))?.is_in(ctx, &arguments.list(0)?).map(Value::Logical)
}

fn contains_all(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let criteria = EquationCriteria::parse(ctx, arguments.value(2), Over::Items)?;
    let mut missing: Vec<Keys> = Vec::new();
    for value in arguments.list(1)?.values(ctx)? {
        missing.push(criteria.keys(ctx, &value)?);
    }
    if criteria.is_hashable() {
        let mut wanted = EqualityIndex::new(criteria.clone());
        for keys in missing {
            wanted.insert_keys(ctx, keys)?;
        }
        let mut found = vec![false; wanted.len()];
        let mut left = wanted.len();
        let mut items = arguments.list(0)?.items();
        while left > 0
            && let Some(item) = items.next_value(ctx)?
        {
            if let Some(at) = wanted.find(ctx, &item)?
                && let Some(found) = found.get_mut(at)
                && !std::mem::replace(found, true)
            {
                left -= 1;
            }
        }
        return Ok(Value::Logical(left == 0));
    }
    let mut items = arguments.list(0)?.items();
    while !missing.is_empty()
        && let Some(item) = items.next_value(ctx)?
    {
        let item = criteria.keys(ctx, &item)?;
        let mut still = Vec::with_capacity(missing.len());
        for keys in missing {
            if !criteria.equal_keys(ctx, &item, &keys)? {
                still.push(keys);
            }
        }
        missing = still;
    }
    Ok(Value::Logical(missing.is_empty()))
}

fn positions(ctx: &Context, list: &Arc<List>, sought: &Sought, occurrence: Option<i64>) -> Result<Value> {
    let (mut at, mut all) = (0i64, Vec::new());
    list.each_value(ctx, |item| {
        if sought.has(ctx, item)? {
            match occurrence {
                None | Some(0) => {
                    all.push(Value::Int64(at));
                    return Ok(ControlFlow::Break(()));
                }
                Some(1) => all = vec![Value::Int64(at)],
                _ => all.push(Value::Int64(at)),
            }
        }
        at += 1;
        Ok(ControlFlow::Continue(()))
    })?;
    match occurrence {
        Some(2) => Ok(Value::list(all)),
        _ => Ok(all.pop().unwrap_or(Value::Int64(-1))),
    }
}

/// `Occurrence.First`, `Occurrence.Last` or `Occurrence.All`.
fn occurrence(arguments: &Arguments<'_>) -> Result<Option<i64>> {
    let occurrence = arguments.optional_whole(2, "occurrence")?;
    match occurrence {
        None | Some(0..=2) => Ok(occurrence),
        Some(_) => Err(Error::expression("The 'occurrence' argument is out of range.")
            .with_detail(arguments.value(2).clone())),
    }
}

fn position_of(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let occurrence = occurrence(&arguments)?;
    let sought = Sought::new(ctx, std::slice::from_ref(arguments.full(1)), arguments.value(3))?;
    positions(ctx, &arguments.list(0)?, &sought, occurrence)
}

fn position_of_any(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let occurrence = occurrence(&arguments)?;
    let sought = Sought::new(ctx, &arguments.list(1)?.values(ctx)?, arguments.value(3))?;
    positions(ctx, &arguments.list(0)?, &sought, occurrence)
}
