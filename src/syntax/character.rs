//! The character classes of M's lexical grammar. Knows nothing of tokens.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Whether an identifier can start with `c`: a letter (Lu, Ll, Lt, Lm, Lo, Nl) or `_`.
pub fn is_identifier_start(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphabetic() || c == '_' } else { is_letter(c.general_category()) }
}

/// Whether an identifier can go on with `c`: what it can start with, digits (Nd), connecting (Pc),
/// combining (Mn, Mc) and formatting (Cf) characters.
pub fn is_identifier_part(c: char) -> bool {
    if c.is_ascii() {
        return PART[c as usize & 127];
    }
    let category = c.general_category();
    is_letter(category)
        || matches!(
            category,
            GeneralCategory::DecimalNumber
                | GeneralCategory::ConnectorPunctuation
                | GeneralCategory::NonspacingMark
                | GeneralCategory::SpacingMark
                | GeneralCategory::Format
        )
}

fn is_letter(category: GeneralCategory) -> bool {
    matches!(
        category,
        GeneralCategory::UppercaseLetter
            | GeneralCategory::LowercaseLetter
            | GeneralCategory::TitlecaseLetter
            | GeneralCategory::ModifierLetter
            | GeneralCategory::OtherLetter
            | GeneralCategory::LetterNumber
    )
}

/// Whether `c` ends a line: CR, LF, next line, line separator, paragraph separator.
pub fn is_new_line(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether `c` is white space: class Zs, tabs, form feed and the line ends; also the byte order mark,
/// which editors leave at the start of files.
pub fn is_white_space(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\u{b}' | '\u{c}' | '\u{a0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}'
    ) || is_new_line(c)
}

/// Whether an ASCII byte is white space.
pub(super) fn is_ascii_white_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// Whether a byte is an ASCII character that an identifier can go on with.
pub(super) fn is_ascii_part(byte: u8) -> bool {
    byte < 128 && PART[byte as usize & 127]
}

/// For every ASCII character whether an identifier can go on with it; a table, because it is asked for
/// nearly every byte of a text.
static PART: [bool; 128] = {
    let mut part = [false; 128];
    let mut at = 0;
    while at < 128 {
        let byte = at as u8;
        part[at] = byte.is_ascii_alphanumeric() || byte == b'_';
        at += 1;
    }
    part
};

/// Whether `name` can stand in M as it is, without `#"..."`.
pub fn is_regular_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    if !characters.next().is_some_and(is_identifier_start) {
        return false;
    }
    let mut after_dot = false;
    for c in characters {
        if c == '.' {
            if after_dot {
                return false;
            }
            after_dot = true;
        } else if is_identifier_part(c) {
            after_dot = false;
        } else {
            return false;
        }
    }
    !after_dot && super::token::keyword(name.as_bytes()).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unicode_classes_decide_about_identifiers() {
        for c in ['a', '_', 'Ä', 'ж', '中', 'ª', 'Ⅷ'] {
            assert!(is_identifier_start(c) && is_identifier_part(c), "{c}");
        }
        for c in ['1', '٣', '\u{301}', '‿', '\u{200d}'] {
            assert!(!is_identifier_start(c) && is_identifier_part(c), "{c}");
        }
        for c in [' ', '-', '.', '€', '½', '“', 'ⓐ'] {
            assert!(!is_identifier_part(c), "{c}");
        }
    }

    #[test]
    fn regular_identifiers() {
        for name in ["a", "_", "Table.AddColumn", "Änderung1", "a.1", "optional", "table"] {
            assert!(is_regular_identifier(name), "{name}");
        }
        for name in ["", "1a", "a b", "a.", ".a", "a..b", "let", "a-b", "#date"] {
            assert!(!is_regular_identifier(name), "{name}");
        }
    }
}
