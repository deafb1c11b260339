//! The names of the library, prepared for being looked up by how they begin: editors ask at each key.

use std::sync::OnceLock;

use crate::library::Library;

/// The library's names, lower-cased once and sorted.
pub(super) struct LibraryNames {
    /// By the whole name.
    whole: Vec<(String, &'static str)>,
    /// By what follows the last point: `selectrows` for `Table.SelectRows`.
    last: Vec<(String, &'static str)>,
}

impl LibraryNames {
    /// The index; made when it is asked for first.
    pub(super) fn get() -> &'static LibraryNames {
        static INDEX: OnceLock<LibraryNames> = OnceLock::new();
        INDEX.get_or_init(|| {
            let names = Library::get().all_names();
            let mut whole: Vec<(String, &'static str)> =
                names.iter().map(|&name| (name.to_lowercase(), name)).collect();
            let mut last: Vec<(String, &'static str)> = whole
                .iter()
                .filter_map(|(folded, name)| Some((folded.rsplit_once('.')?.1.to_owned(), *name)))
                .collect();
            whole.sort();
            last.sort();
            LibraryNames { whole, last }
        })
    }

    /// The names that begin with a lower-cased text.
    pub(super) fn beginning<'s>(&'s self, folded: &'s str) -> impl Iterator<Item = &'static str> + 's {
        beginning(&self.whole, folded)
    }

    /// The names whose part after the last point begins with a lower-cased text.
    pub(super) fn ending<'s>(&'s self, folded: &'s str) -> impl Iterator<Item = &'static str> + 's {
        beginning(&self.last, folded)
    }
}

fn beginning<'s>(
    sorted: &'s [(String, &'static str)],
    folded: &'s str,
) -> impl Iterator<Item = &'static str> + 's {
    let first = sorted.partition_point(|(name, _)| name.as_str() < folded);
    let from = sorted.get(first..).unwrap_or_default();
    from.iter().take_while(move |(name, _)| name.starts_with(folded)).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_finds_what_going_over_all_names_finds() {
        let index = LibraryNames::get();
        for typed in ["", "t", "table.s", "table.selectrows", "selectrows", "zzz", "#", "int64", "utc"] {
            let all = Library::get().all_names();
            let mut whole: Vec<&str> =
                all.iter().filter(|name| name.to_lowercase().starts_with(typed)).copied().collect();
            let mut found: Vec<&str> = index.beginning(typed).collect();
            whole.sort_unstable();
            found.sort_unstable();
            assert_eq!(found, whole, "{typed}");
            let mut last: Vec<&str> = all
                .iter()
                .filter(|name| {
                    let name = name.to_lowercase();
                    name.rsplit_once('.').is_some_and(|(_, last)| last.starts_with(typed))
                })
                .copied()
                .collect();
            let mut found: Vec<&str> = index.ending(typed).collect();
            last.sort_unstable();
            found.sort_unstable();
            assert_eq!(found, last, "{typed}");
        }
    }
}
