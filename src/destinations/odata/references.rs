//! References between entities, after the metadata.

use super::Dialect;
use crate::destinations::Reference;
use crate::sources::odata::{Edm, EntityType, Model};

/// What names of references are written with: the value is then the address of a row.
pub(super) const BIND: &str = "@odata.bind";

/// A navigation property that leads to one entity.
pub(super) struct Navigation {
    /// Its name.
    pub(super) name: String,
    /// The entity set it leads to.
    pub(super) to: String,
    /// The key there.
    pub(super) key: String,
    /// The column that shows the key of what it leads to.
    pub(super) read: String,
    /// The column by which it is set: the same, or the property itself with [`BIND`].
    pub(super) written: String,
}

/// The references of a type that can be told. Of Dataverse's lookups with several targets each target is one.
pub(super) fn of(model: &Model, ty: &EntityType, dialect: Dialect) -> Vec<Navigation> {
    let has = |name: &str| ty.properties.iter().any(|property| property.name == name);
    let one = |navigation: &crate::sources::odata::Property| {
        let Edm::Structure(target) = &navigation.ty else { return None };
        let to = model.set_of(target)?.name.clone();
        let name = navigation.name.clone();
        let (read, key) = match &navigation.refers {
            Some((read, key)) => (read.clone(), key.clone()),
            // lookup-properties: a lookup shows its value under this name.
            None => match model.ty(target)?.key.as_slice() {
                [key] => (format!("_{name}_value"), key.clone()),
                _ => return None,
            },
        };
        let written = match dialect {
            Dialect::Dataverse => format!("{name}{BIND}"),
            Dialect::Standard => read.clone(),
        };
        has(&read).then_some(Navigation { name, to, key, read, written })
    };
    ty.navigation.iter().filter_map(one).collect()
}

/// The same as descriptions have it.
pub(super) fn described(navigation: &Navigation) -> Reference {
    Reference {
        name: navigation.name.clone(),
        to: navigation.to.clone(),
        columns: vec![(navigation.written.clone(), navigation.key.clone())],
        read: Some(navigation.read.clone()),
    }
}
