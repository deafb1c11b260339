//! The order of texts as people of a culture see it: letters first, then accents, then case.
//!
//! A simplification of the Unicode collation algorithm: blanks, punctuation, digits and letters in this order,
//! letters by what they are built on. Accented letters that a language counts as letters of their own are in
//! [`TAILORED`].

use std::cmp::Ordering;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::Culture;

/// A culture's way to order texts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Collation {
    culture: Culture,
    ignore_case: bool,
}

/// A unit of comparison: a letter with its accents.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Element {
    /// Which letter, in order; what is no letter comes before.
    letter: u32,
    /// What stands on it.
    accents: u32,
    upper: bool,
}

/// Letters that stand in a place of their own: languages, the letter in lower case, and the letter it follows
/// with its rank among those that do.
const TAILORED: &[(&[&str], char, char, u32)] = &[
    (&["sv", "fi"], 'å', 'z', 1),
    (&["sv", "fi"], 'ä', 'z', 2),
    (&["sv", "fi"], 'ö', 'z', 3),
    (&["da", "nb", "nn", "no"], 'æ', 'z', 1),
    (&["da", "nb", "nn", "no"], 'ø', 'z', 2),
    (&["da", "nb", "nn", "no"], 'å', 'z', 3),
    (&["is"], 'þ', 'z', 1),
    (&["is"], 'æ', 'z', 2),
    (&["is"], 'ö', 'z', 3),
    (&["et"], 'õ', 'w', 1),
    (&["et"], 'ä', 'w', 2),
    (&["et"], 'ö', 'w', 3),
    (&["et"], 'ü', 'w', 4),
    (&["es", "gl", "eu"], 'ñ', 'n', 1),
    (&["pl"], 'ą', 'a', 1),
    (&["pl"], 'ć', 'c', 1),
    (&["pl"], 'ę', 'e', 1),
    (&["pl"], 'ł', 'l', 1),
    (&["pl"], 'ń', 'n', 1),
    (&["pl"], 'ó', 'o', 1),
    (&["pl"], 'ś', 's', 1),
    (&["pl"], 'ź', 'z', 1),
    (&["pl"], 'ż', 'z', 2),
    (&["cs", "sk", "sl", "hr", "bs", "lt", "lv"], 'č', 'c', 1),
    (&["hr", "bs"], 'ć', 'c', 2),
    (&["hr", "bs"], 'đ', 'd', 1),
    (&["cs"], 'ř', 'r', 1),
    (&["cs", "sk", "sl", "hr", "bs", "lt", "lv", "et"], 'š', 's', 1),
    (&["cs", "sk", "sl", "hr", "bs", "lt", "lv"], 'ž', 'z', 1),
    (&["hu"], 'ö', 'o', 1),
    (&["hu"], 'ő', 'o', 1),
    (&["hu"], 'ü', 'u', 1),
    (&["hu"], 'ű', 'u', 1),
    (&["ro"], 'ă', 'a', 1),
    (&["ro"], 'â', 'a', 2),
    (&["ro"], 'î', 'i', 1),
    (&["ro"], 'ș', 's', 1),
    (&["ro"], 'ț', 't', 1),
    (&["tr", "az"], 'ç', 'c', 1),
    (&["tr", "az"], 'ğ', 'g', 1),
    (&["tr", "az"], 'ı', 'h', 1),
    (&["tr", "az"], 'ö', 'o', 1),
    (&["tr", "az"], 'ş', 's', 1),
    (&["tr", "az"], 'ü', 'u', 1),
];

/// Letters that no decomposition takes apart, with what they count as.
fn expanded(letter: char) -> Option<(&'static str, u32)> {
    Some(match letter {
        'æ' => ("ae", 0),
        'œ' => ("oe", 0),
        'ß' => ("ss", 0),
        'þ' => ("th", 0),
        'ø' => ("o", 0x338),
        'đ' => ("d", 0x335),
        'ð' => ("d", 0x336),
        'ħ' => ("h", 0x335),
        'ł' => ("l", 0x335),
        'ŧ' => ("t", 0x335),
        'ı' => ("i", 1),
        _ => return None,
    })
}

impl Collation {
    /// The order of texts in a culture, with or without regard to case.
    pub fn new(culture: Culture, ignore_case: bool) -> Collation {
        Collation { culture, ignore_case }
    }

    /// The order of two texts.
    pub fn compare(self, left: &str, right: &str) -> Ordering {
        if left == right {
            return Ordering::Equal;
        }
        let (left, right) = (self.elements(left), self.elements(right));
        let by = |level: fn(&Element) -> u32| {
            left.iter()
                .map(|(element, _)| level(element))
                .cmp(right.iter().map(|(element, _)| level(element)))
        };
        by(|element| element.letter)
            .then_with(|| by(|element| element.accents))
            .then_with(|| by(|element| u32::from(element.upper)))
    }

    /// What equals the key of another text exactly where [`Collation::compare`] sees no difference.
    pub fn key(self, text: &str) -> Box<[u32]> {
        let elements = self.elements(text);
        elements
            .into_iter()
            .flat_map(|(element, _)| [element.letter, element.accents, u32::from(element.upper)])
            .collect()
    }

    /// The units of a text, each with the byte its character starts at.
    pub fn elements(self, text: &str) -> Vec<(Element, usize)> {
        let mut elements: Vec<(Element, usize)> = Vec::with_capacity(text.len());
        for (at, character) in text.char_indices() {
            let lower = self.culture.letter_to_lower(character);
            let upper = !self.ignore_case && lower != character;
            if let Some(letter) = self.tailored(lower) {
                elements.push((Element { letter, accents: 0, upper }, at));
                continue;
            }
            for part in std::iter::once(lower).nfd() {
                self.push(part, upper, at, &mut elements);
            }
        }
        elements
    }

    fn push(self, part: char, upper: bool, at: usize, elements: &mut Vec<(Element, usize)>) {
        if is_combining_mark(part) {
            // Accents of one letter are told apart by their numbers; which comes first matters little.
            if let Some((element, _)) = elements.last_mut() {
                element.accents = element.accents.wrapping_mul(0x1000).wrapping_add(part as u32);
            }
            return;
        }
        if is_ignored(part) {
            return;
        }
        match expanded(part) {
            Some((letters, accents)) => elements.extend(
                letters.chars().map(|letter| (Element { letter: rank(letter, 0), accents, upper }, at)),
            ),
            None => elements.push((Element { letter: rank(part, 0), accents: 0, upper }, at)),
        }
    }

    fn tailored(self, letter: char) -> Option<u32> {
        if letter.is_ascii() {
            return None;
        }
        let language = self.culture.language();
        TAILORED
            .iter()
            .find(|(languages, tailored, ..)| *tailored == letter && languages.contains(&language))
            .map(|(_, _, after, place)| rank(*after, *place))
    }
}

/// The place of a character: its class, its code, and its place among those that follow it.
fn rank(character: char, place: u32) -> u32 {
    let class = if character.is_whitespace() {
        0
    } else if character.is_numeric() {
        2
    } else if character.is_alphabetic() {
        3
    } else {
        1
    };
    (class << 28) | ((character as u32) << 4) | place
}

/// Characters that do not show.
fn is_ignored(character: char) -> bool {
    (character.is_control() && !character.is_whitespace())
        || matches!(character, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(culture: &str, texts: &[&'static str]) -> Vec<&'static str> {
        let collation = Collation::new(Culture::find(culture).unwrap(), false);
        let mut texts = texts.to_vec();
        texts.sort_by(|left, right| collation.compare(left, right));
        texts
    }

    #[test]
    fn letters_weigh_more_than_accents_and_accents_more_than_case() {
        let wanted = ["", " b", "-a", "1", "a", "A", "á", "ab", "Ab", "áb", "b", "β", "ж"];
        let mut shuffled = wanted;
        shuffled.reverse();
        assert_eq!(sorted("en-US", &shuffled), wanted);
    }

    #[test]
    fn languages_have_letters_of_their_own() {
        assert_eq!(sorted("en-US", &["zebra", "ärlig", "apa"]), ["apa", "ärlig", "zebra"]);
        assert_eq!(sorted("sv-SE", &["ärlig", "ål", "zebra", "apa"]), ["apa", "zebra", "ål", "ärlig"]);
        assert_eq!(sorted("es-ES", &["nz", "ñandú", "o", "na"]), ["na", "nz", "ñandú", "o"]);
    }

    #[test]
    fn equal_texts_may_be_written_differently() {
        let plain = Collation::new(Culture::default(), false);
        assert_eq!(plain.compare("e\u{301}", "é"), Ordering::Equal);
        assert_eq!(plain.compare("a\u{AD}b", "ab"), Ordering::Equal);
        assert_eq!(plain.compare("a", "A"), Ordering::Less);
        let blind = Collation::new(Culture::default(), true);
        assert_eq!(blind.compare("STRASSE", "strasse"), Ordering::Equal);
        assert_eq!(blind.compare("Straße", "STRASSE"), Ordering::Equal);
        assert_eq!(plain.compare("encyclopædia", "encyclopaedia"), Ordering::Equal);
        assert_eq!(blind.compare("é", "e"), Ordering::Greater);
        let texts = ["e\u{301}", "é", "a\u{AD}b", "ab", "a", "A", "STRASSE", "straße", "æ", "ae", "", " "];
        for (left, right) in texts.iter().flat_map(|left| texts.iter().map(move |right| (left, right))) {
            for collation in [plain, blind] {
                let equal = collation.key(left) == collation.key(right);
                assert_eq!(equal, collation.compare(left, right).is_eq(), "{left} {right}");
            }
        }
    }
}
