//! The columns that a step asks its table for by name.

use super::subject::Subject;
use crate::syntax::{Node, NodeId};

/// A name that a table must have as a column, and where the name stands.
pub(super) struct Demand {
    pub(super) table: NodeId,
    pub(super) place: NodeId,
    pub(super) name: String,
}

/// What a call demands; nothing for functions that take missing columns, and for what is not written out.
pub(super) fn demands(subject: &Subject, name: &str, arguments: &[NodeId]) -> Vec<Demand> {
    let (lists, first_of_pairs): (&[(usize, usize)], bool) = match name {
        "Table.SelectColumns" | "Table.RemoveColumns" | "Table.ReorderColumns" if arguments.len() == 2 => {
            (&[(0, 1)], false)
        }
        "Table.FillDown"
        | "Table.FillUp"
        | "Table.DuplicateColumn"
        | "Table.ExpandRecordColumn"
        | "Table.ExpandTableColumn"
        | "Table.ExpandListColumn"
        | "Table.SplitColumn"
        | "Table.Column"
        | "Table.Group"
        | "Table.Unpivot"
        | "Table.CombineColumns"
        | "Table.Pivot" => (&[(0, 1)], false),
        "Table.NestedJoin" | "Table.Join" => (&[(0, 1), (2, 3)], false),
        "Table.ReplaceValue" => (&[(0, 4)], false),
        "Table.RenameColumns" if arguments.len() == 2 => (&[(0, 1)], true),
        "Table.TransformColumns" if arguments.len() <= 3 => (&[(0, 1)], true),
        "Table.TransformColumnTypes"
            if arguments.get(2).is_none_or(|&culture| subject.literal_text(culture).is_some()) =>
        {
            (&[(0, 1)], true)
        }
        "Table.Sort" | "Table.Distinct" | "Table.ReplaceErrorValues" => (&[(0, 1)], true),
        _ => return Vec::new(),
    };
    // Table.Pivot names its column third; its second argument holds values.
    let lists = if name == "Table.Pivot" { &[(0, 2), (0, 3)] } else { lists };
    let mut found = Vec::new();
    for &(table, columns) in lists {
        let (Some(&table), Some(&columns)) = (arguments.get(table), arguments.get(columns)) else { continue };
        let mut places = Vec::new();
        gather(subject, columns, first_of_pairs, &mut places);
        let demand = |place| Some(Demand { table, place, name: subject.literal_text(place)? });
        found.extend(places.into_iter().filter_map(demand));
    }
    found
}

/// The literal names in a name, a list of names or, if asked for, a list of lists that begin with names.
fn gather(subject: &Subject, id: NodeId, pairs: bool, places: &mut Vec<NodeId>) {
    if matches!(subject.node(id), Node::Text) {
        places.push(id);
        return;
    }
    let Some(items) = subject.list(id) else { return };
    let is_text = |id: &NodeId| matches!(subject.node(*id), Node::Text);
    // `{"a", type text}` is one pair; `{"a", "b"}` may be a pair or two names, and only the first is certain.
    let single = pairs && items.first().is_some_and(is_text);
    if single {
        places.extend(items.first());
        return;
    }
    for &item in items {
        if is_text(&item) {
            places.push(item);
        } else if pairs
            && let Some(first) = subject.list(item).and_then(<[NodeId]>::first).filter(|id| is_text(id))
        {
            places.push(*first);
        }
    }
}

/// The texts of a list that is written out, or of one text.
pub(super) fn texts(subject: &Subject, id: NodeId) -> Option<Vec<String>> {
    if let Some(text) = subject.literal_text(id) {
        return Some(vec![text]);
    }
    subject.list(id)?.iter().map(|&item| subject.literal_text(item)).collect()
}

/// The first texts of a list of lists that is written out, or of one such list.
pub(super) fn firsts(subject: &Subject, id: NodeId) -> Option<Vec<String>> {
    let items = subject.list(id)?;
    if let Some(one) = items.first().and_then(|&first| subject.literal_text(first)) {
        return Some(vec![one]);
    }
    items.iter().map(|&item| subject.literal_text(*subject.list(item)?.first()?)).collect()
}
