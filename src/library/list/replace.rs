//! Replacing items by equal ones.

use std::sync::Arc;

use super::stream::{as_list, counted};
use crate::criteria::{EqualityIndex, EquationCriteria, Over};
use crate::eval::{Arguments, Context};
use crate::library::{Declaration, example, native};
use crate::value::{Error, Member, Result, Value};

pub(in crate::library) const FUNCTIONS: &[Declaration] = &[native(
    "List.ReplaceMatchingItems",
    "(list as list, replacements as list, optional equationCriteria as any) as list",
    "The list with new values for old ones, given as pairs `{old, new}`. Of two pairs for one value the first counts.",
    &[example("List.ReplaceMatchingItems({1, 2, 3}, {{3, -3}, {1, -1}})", "{-1, 2, -3}")],
    replace_matching_items,
)];

fn replace_matching_items(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let list = arguments.list(0)?;
    let mut index = EqualityIndex::new(EquationCriteria::parse(ctx, arguments.value(2), Over::Items)?);
    let mut replacements = Vec::new();
    for pair in arguments.list(1)?.values(ctx)? {
        let members = as_list(&pair)?.members(ctx)?;
        let [old, new] = members.as_slice() else {
            return Err(Error::expression("A replacement must be a list of an old and a new value.")
                .with_detail(pair));
        };
        if index.insert(ctx, &old.force(ctx)?)?.1 {
            replacements.push(new.clone());
        }
    }
    let found = Arc::new((index, replacements));
    Ok(counted(list.known_count(), move || {
        let (mut items, found) = (list.items(), Arc::clone(&found));
        move |ctx: &Context| {
            let Some(item) = items.next(ctx)? else { return Ok(None) };
            let found = Arc::clone(&found);
            Ok(Some(Member::lazy(move |ctx| {
                let value = item.force_with_metadata(ctx)?;
                let (index, replacements) = &*found;
                match index.find(ctx, &value)?.and_then(|number| replacements.get(number)) {
                    Some(new) => new.force_with_metadata(ctx),
                    None => Ok(value),
                }
            })))
        }
    }))
}
