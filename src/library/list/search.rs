//! Finding values in lists.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::criteria::{EqualityIndex, EquationCriteria, Keys, Over};
use crate::eval::{Arguments, Context};
use crate::library::{Declaration, example, native};
use crate::value::{Error, List, Member, Part, Result, Value};

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

    /// How many of the first items are numbers or texts that surely differ from the one value: found in loops that do
    /// nothing else.
    fn different(&self, items: &[Member]) -> usize {
        fn run(items: &[Member], differs: impl Fn(&Value) -> bool) -> usize {
            items.iter().take_while(|item| item.ready().is_some_and(&differs)).count()
        }
        let sought = match &self.values {
            Values::OneByOne(values) if self.criteria.is_plain() => values.first(),
            _ => None,
        };
        match sought.map(|keys| keys.at(0).as_plain()) {
            Some(Value::Int64(sought)) => {
                run(items, |item| matches!(item, Value::Int64(whole) if *whole != *sought))
            }
            Some(Value::Double(sought)) => {
                run(items, |item| matches!(item, Value::Double(double) if *double != *sought))
            }
            Some(Value::Text(sought)) => {
                run(items, |item| matches!(item, Value::Text(text) if *text != *sought))
            }
            _ => 0,
        }
    }

    /// Hands on the places of the items that equal one of the values, until `found` breaks: nothing behind is read.
    fn each_place(
        &self,
        ctx: &Context,
        list: &Arc<List>,
        mut found: impl FnMut(i64) -> ControlFlow<()>,
    ) -> Result<()> {
        let mut place = 0;
        let mut test = |place: i64, item: &Value| -> Result<ControlFlow<()>> {
            let equal = self.has(ctx, item.as_plain())?;
            Ok(if equal { found(place) } else { ControlFlow::Continue(()) })
        };
        list.each_part(ctx, |part| match part {
            Part::Members(mut items) => loop {
                let different = self.different(items);
                place += different as i64;
                let Some((item, rest)) = items.get(different..).and_then(<[Member]>::split_first) else {
                    return Ok(ControlFlow::Continue(()));
                };
                let flow = match item.ready() {
                    Some(value) => test(place, value)?,
                    None => test(place, &item.force(ctx)?)?,
                };
                if flow.is_break() {
                    return Ok(flow);
                }
                place += 1;
                items = rest;
            },
            Part::Column(column) => column.each_value(ctx, |value| {
                place += 1;
                test(place - 1, &value)
            }),
        })
    }

    fn is_in(&self, ctx: &Context, list: &Arc<List>) -> Result<bool> {
        let mut found = false;
        self.each_place(ctx, list, |_| {
            found = true;
            ControlFlow::Break(())
        })?;
        Ok(found)
    }
}

fn contains(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let sought = Sought::new(ctx, std::slice::from_ref(arguments.full(1)), arguments.value(2))?;
    sought.is_in(ctx, &arguments.list(0)?).map(Value::Logical)
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
    let mut all = Vec::new();
    sought.each_place(ctx, list, |at| {
        match occurrence {
            None | Some(0) => {
                all.push(Value::Int64(at));
                return ControlFlow::Break(());
            }
            Some(1) => all = vec![Value::Int64(at)],
            _ => all.push(Value::Int64(at)),
        }
        ControlFlow::Continue(())
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
