//! Integration keys: the columns by which rows of a destination are found again.

use super::check::EVERY_FIELD;
use super::model::{ConnectionSet, DestinationEntity, FieldMapping};
use crate::destinations::Description;

/// The key the task names, else the one the connection set names for its entity.
pub(super) fn declared<'a>(
    set: &'a ConnectionSet,
    destination: &'a DestinationEntity,
) -> Option<&'a [String]> {
    let own = destination.key.as_deref();
    own.or_else(|| set.integration_keys.get(&destination.entity).map(Vec::as_slice))
}

/// The only unique key of an entity whose columns are all mapped, or why there is none.
pub(super) fn discover(
    description: Option<&Description>,
    mappings: &[FieldMapping],
) -> Result<Vec<String>, String> {
    let Some(description) = description else {
        return Err("none is declared, and the entity is not there to discover one".to_owned());
    };
    let mapped = |column: &String| {
        mappings.iter().any(|m| m.destination.eq_ignore_ascii_case(column) || m.destination == EVERY_FIELD)
    };
    let candidates: Vec<&Vec<String>> =
        description.keys.iter().filter(|key| !key.is_empty() && key.iter().all(mapped)).collect();
    match candidates.as_slice() {
        // The mapping's own spelling of the names is the one that counts from here on.
        [one] => Ok(one
            .iter()
            .map(|column| {
                let same = mappings.iter().find(|m| m.destination.eq_ignore_ascii_case(column));
                same.map_or_else(|| column.clone(), |m| m.destination.clone())
            })
            .collect()),
        [] => Err("none is declared, and the mapping fills no unique key of the entity".to_owned()),
        several => {
            let keys: Vec<String> = several.iter().map(|key| format!("({})", key.join(", "))).collect();
            Err(format!("none is declared, and several could be it: {}", keys.join(", ")))
        }
    }
}
