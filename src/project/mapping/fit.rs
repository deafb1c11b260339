//! Whether values fit the fields they go to.

use crate::destinations::{Cell, CellKind};

/// Why a value does not fit a field of this kind and length; none if it does.
pub(in crate::project) fn misfit(cell: &Cell, kind: CellKind, length: Option<u32>) -> Option<String> {
    let found = cell.kind()?;
    let fits = match kind {
        CellKind::Text => true,
        CellKind::Whole => matches!(found, CellKind::Whole | CellKind::Logical),
        CellKind::Double | CellKind::Decimal => {
            matches!(found, CellKind::Whole | CellKind::Double | CellKind::Decimal)
        }
        CellKind::Logical => found == CellKind::Logical || matches!(cell, Cell::Whole(0 | 1)),
        CellKind::DateTime => matches!(found, CellKind::DateTime | CellKind::Date) || is_iso_date(cell),
        CellKind::Date => found == CellKind::Date || is_iso_date(cell),
        other => found == other,
    };
    if !fits {
        return Some(format!(
            "a value of the kind {found:?} ({:?}) does not fit a field of the kind {kind:?}",
            brief(cell)
        ));
    }
    let length = length? as usize;
    let given = cell.to_string().chars().count();
    (given > length)
        .then(|| format!("{:?} has {given} characters where the field takes {length}", brief(cell)))
}

fn is_iso_date(cell: &Cell) -> bool {
    matches!(cell, Cell::Text(text) if text.get(..10).is_some_and(|date| date.parse::<jiff::civil::Date>().is_ok()))
}

fn brief(cell: &Cell) -> String {
    const MOST: usize = 40;
    let text = cell.to_string();
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_kept_and_what_does_not_is_named() {
        let fits = |cell: Cell, kind| misfit(&cell, kind, None).is_none();
        assert!(fits(Cell::Null, CellKind::Date) && fits(Cell::Whole(7), CellKind::Text));
        assert!(fits(Cell::text("2026-01-02"), CellKind::Date) && !fits(Cell::text("soon"), CellKind::Date));
        assert!(!fits(Cell::text("7"), CellKind::Whole) && !fits(Cell::Double(0.5), CellKind::Whole));
        assert!(fits(Cell::Whole(1), CellKind::Logical) && !fits(Cell::Whole(2), CellKind::Logical));
        let long = misfit(&Cell::text("four"), CellKind::Text, Some(3)).unwrap();
        assert!(long.contains("4 characters"), "{long}");
        assert!(misfit(&Cell::text("Łód"), CellKind::Text, Some(3)).is_none());
    }
}
