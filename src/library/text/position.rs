//! Positions in texts. M counts UTF-16 units, texts are held as UTF-8.
//!
//! A position inside of a character past the basic plane stands for the end of that character, so that cutting a
//! text anywhere neither loses nor doubles a character.

/// The length of a text in units.
pub(in crate::library) fn length(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    // A unit for each byte that starts a character, and another one for those that start four bytes.
    let units = |byte: u8| usize::from(byte & 0xC0 != 0x80) + usize::from(byte >= 0xF0);
    text.bytes().map(units).sum()
}

/// The byte a position stands for; `None` past the end.
pub(in crate::library) fn byte_at(text: &str, position: usize) -> Option<usize> {
    if text.is_ascii() {
        return (position <= text.len()).then_some(position);
    }
    let mut units = 0;
    for (byte, character) in text.char_indices() {
        if units >= position {
            return Some(byte);
        }
        units += character.len_utf16();
    }
    (units >= position).then_some(text.len())
}

/// The position of a byte that starts a character.
pub(in crate::library) fn position_of(text: &str, byte: usize) -> usize {
    text.get(..byte).map_or(0, length)
}

/// Up to `count` units from a position on; less, or nothing, where the text ends before.
pub(in crate::library) fn slice(text: &str, start: usize, count: usize) -> &str {
    let from = byte_at(text, start).unwrap_or(text.len());
    let rest = text.get(from..).unwrap_or("");
    // The count is measured from where the text is really cut.
    let moved = position_of(text, from).saturating_sub(start);
    let to = byte_at(rest, count.saturating_sub(moved)).unwrap_or(rest.len());
    rest.get(..to).unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_utf16_units() {
        assert_eq!(length("aé😀b"), 5);
        assert_eq!(byte_at("aé😀b", 2), Some(3));
        assert_eq!(byte_at("aé😀b", 3), Some(7));
        assert_eq!(byte_at("aé😀b", 5), Some(8));
        assert_eq!(byte_at("aé😀b", 6), None);
        assert_eq!(position_of("aé😀b", 7), 4);
        assert_eq!(byte_at("abc", 3), Some(3));
        assert_eq!(byte_at("abc", 4), None);
    }

    #[test]
    fn cutting_anywhere_loses_nothing() {
        let text = "aé😀b";
        for at in 0..=5 {
            assert_eq!(format!("{}{}", slice(text, 0, at), slice(text, at, 9)), text, "{at}");
        }
        assert_eq!(slice(text, 2, 1), "😀");
        assert_eq!(slice(text, 3, 1), "");
        assert_eq!(slice(text, 9, 1), "");
        assert_eq!(slice(text, 1, 1), "é");
    }
}
