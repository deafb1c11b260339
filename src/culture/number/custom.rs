//! .NET's custom numeric format strings: `0 # . , % ‰ E+0`, literals, and sections between `;`.
//!
//! The rules are those of .NET Framework, oddities included: what is a placeholder decides where
//! digits go, and everything else is copied.

use std::fmt::Write;

use super::standard::group_breaks;
use crate::culture::Culture;
use crate::value::number::Digits;

/// One item of a section.
#[derive(Debug)]
enum Item {
    /// `0` or `#`: a place for a digit.
    Place,
    /// `.`
    Point,
    /// `%`
    Percent,
    /// `‰`
    PerMille,
    /// `E+0`: the letter, whether a plus sign is written, and the least number of digits.
    Exponent(char, bool, usize),
    /// Text to copy.
    Literal(String),
}

/// What the placeholders of a section ask for.
#[derive(Debug, Default)]
struct Section {
    items: Vec<Item>,
    /// Number of places, and how many of them stand before the point.
    places: i32,
    whole_places: Option<i32>,
    /// The first and one past the last place that is a `0`.
    first_zero: Option<i32>,
    last_zero: i32,
    thousands: bool,
    /// Power of ten from `%`, `‰` and scaling commas.
    shift: i32,
    scientific: bool,
}

pub(super) fn format(mut digits: Digits, format: &str, culture: Culture) -> String {
    let sections = split_sections(format);
    let pick = |wanted: usize| match sections.get(wanted) {
        Some(section) if !section.is_empty() => wanted,
        _ => 0,
    };
    let mut chosen = pick(if digits.is_zero() { 2 } else { usize::from(digits.negative) });
    loop {
        let section = Section::parse(sections.get(chosen).copied().unwrap_or(""));
        let mut rounded = digits.clone();
        if !rounded.is_zero() {
            rounded.shift(section.shift);
            if section.scientific {
                rounded.round_to(i64::from(section.places));
            } else {
                rounded.round_to_places(i64::from(section.places - section.whole()));
            }
            // A number that this section rounds to zero belongs to the section for zero.
            if rounded.is_zero() && pick(2) != chosen {
                digits = rounded;
                chosen = pick(2);
                continue;
            }
        }
        return section.write(&rounded, chosen == 0, culture);
    }
}

/// Cuts at the semicolons that stand outside quotes and escapes.
fn split_sections(format: &str) -> Vec<&str> {
    let mut sections = Vec::new();
    let mut start = 0;
    let mut quote = None;
    let mut characters = format.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' if quote.is_none() => {
                characters.next();
            }
            '\'' | '"' if quote == Some(character) => quote = None,
            '\'' | '"' if quote.is_none() => quote = Some(character),
            ';' if quote.is_none() => {
                sections.push(format.get(start..at).unwrap_or(""));
                start = at + 1;
            }
            _ => {}
        }
    }
    sections.push(format.get(start..).unwrap_or(""));
    sections
}

impl Section {
    fn parse(format: &str) -> Self {
        let mut section = Self::default();
        // The place before which the last comma stood, and how many commas stood there.
        let mut commas: Option<(i32, i32)> = None;
        let mut characters = format.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '#' => {
                    section.places += 1;
                    section.items.push(Item::Place);
                }
                '0' => {
                    section.first_zero.get_or_insert(section.places);
                    section.places += 1;
                    section.last_zero = section.places;
                    section.items.push(Item::Place);
                }
                '.' => {
                    section.whole_places.get_or_insert(section.places);
                    section.items.push(Item::Point);
                }
                ',' => {
                    if section.places > 0 && section.whole_places.is_none() {
                        commas = match commas {
                            Some((place, count)) if place == section.places => Some((place, count + 1)),
                            earlier => {
                                section.thousands |= earlier.is_some();
                                Some((section.places, 1))
                            }
                        };
                    }
                }
                '%' => {
                    section.shift += 2;
                    section.items.push(Item::Percent);
                }
                '‰' => {
                    section.shift += 3;
                    section.items.push(Item::PerMille);
                }
                '\'' | '"' => {
                    let quoted = characters.by_ref().take_while(|&next| next != character).collect();
                    section.items.push(Item::Literal(quoted));
                }
                '\\' => section.literal(characters.next().unwrap_or('\\')),
                'E' | 'e' => {
                    let mut ahead = characters.clone();
                    let sign = ahead.next_if(|&next| matches!(next, '+' | '-'));
                    let zeros = std::iter::from_fn(|| ahead.next_if_eq(&'0')).count();
                    if zeros == 0 {
                        section.literal(character);
                    } else if section.scientific {
                        // Only the first exponent counts; another one is text.
                        section.literal(character);
                        sign.into_iter().for_each(|sign| section.literal(sign));
                        (0..zeros).for_each(|_| section.literal('0'));
                        characters = ahead;
                    } else {
                        section.scientific = true;
                        section.items.push(Item::Exponent(character, sign == Some('+'), zeros.min(10)));
                        characters = ahead;
                    }
                }
                other => section.literal(other),
            }
        }
        if let Some((place, count)) = commas {
            if place == section.whole() {
                section.shift -= count * 3;
            } else {
                section.thousands = true;
            }
        }
        section
    }

    fn literal(&mut self, character: char) {
        if let Some(Item::Literal(text)) = self.items.last_mut() {
            text.push(character);
        } else {
            self.items.push(Item::Literal(character.to_string()));
        }
    }

    /// How many places stand before the point.
    fn whole(&self) -> i32 {
        self.whole_places.unwrap_or(self.places)
    }

    fn write(&self, digits: &Digits, signed: bool, culture: Culture) -> String {
        let data = culture.data();
        let symbols = &data.symbols;
        let whole = self.whole();
        // Positions count from the point: 1 is the last whole digit, 0 the first of the fraction.
        let first_zero = self.first_zero.map_or(0, |place| (whole - place).max(0));
        let last_zero = (whole - self.last_zero).min(0);
        let (mut position, mut surplus) =
            if self.scientific { (whole, 0) } else { (digits.scale.max(whole), digits.scale - whole) };
        let breaks = if self.thousands && !symbols.group.is_empty() {
            let total = position + surplus.min(0);
            group_breaks(usize::try_from(total.max(first_zero)).unwrap_or(0), &data.group_sizes)
        } else {
            Vec::new()
        };
        let mut text = String::with_capacity(16);
        if digits.negative && signed {
            text.push_str(symbols.negative);
        }
        let mut next = 0;
        let mut point_written = false;
        let push_digit = |text: &mut String, digit: char, position: i32| {
            text.push(digit);
            if position > 1 && usize::try_from(position - 1).is_ok_and(|after| breaks.contains(&after)) {
                text.push_str(symbols.group);
            }
        };
        for item in &self.items {
            // Digits that find no place of their own stand before the first place or the point.
            if matches!(item, Item::Place | Item::Point) {
                while surplus > 0 {
                    push_digit(&mut text, char::from(b'0' + digits.digit(next)), position);
                    next += 1;
                    position -= 1;
                    surplus -= 1;
                }
            }
            match item {
                Item::Place => {
                    let digit = if surplus < 0 {
                        surplus += 1;
                        (position <= first_zero).then_some('0')
                    } else if next < digits.len() {
                        next += 1;
                        Some(char::from(b'0' + digits.digit(next - 1)))
                    } else {
                        (position > last_zero).then_some('0')
                    };
                    if let Some(digit) = digit {
                        push_digit(&mut text, digit, position);
                    }
                    position -= 1;
                }
                Item::Point => {
                    let has_fraction = last_zero < 0 || (whole < self.places && next < digits.len());
                    if position == 0 && !point_written && has_fraction {
                        text.push_str(symbols.decimal);
                        point_written = true;
                    }
                }
                Item::Percent => text.push_str(symbols.percent),
                Item::PerMille => text.push('‰'),
                Item::Exponent(letter, plus, width) => {
                    let power = if digits.is_zero() { 0 } else { digits.scale - whole };
                    let sign = match power {
                        ..0 => symbols.negative,
                        _ if *plus => symbols.positive,
                        _ => "",
                    };
                    // Writing to a text cannot fail.
                    let _ = write!(text, "{letter}{sign}{:0width$}", power.unsigned_abs());
                }
                Item::Literal(literal) => text.push_str(literal),
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(value: f64, pattern: &str) -> String {
        format(Digits::of_double(value, 15), pattern, Culture::invariant())
    }

    #[test]
    fn zeros_hold_places_that_number_signs_leave_out() {
        assert_eq!(show(1234.5678, "00000"), "01235");
        assert_eq!(show(0.45678, "#.##"), ".46");
        assert_eq!(show(123.0, "#.##"), "123");
        assert_eq!(show(1.2, "00.00"), "01.20");
        assert_eq!(show(0.0, "#"), "");
        assert_eq!(show(123456.0, "[##-##-##]"), "[12-34-56]");
    }

    #[test]
    fn commas_group_between_places_and_scale_at_the_end() {
        assert_eq!(show(2147483647.0, "##,#"), "2,147,483,647");
        assert_eq!(show(2147483647.0, "#,#,,"), "2,147");
        assert_eq!(show(1234567890.0, "#,,"), "1235");
        assert_eq!(show(12.0, "0,0000"), "00,012");
    }

    #[test]
    fn percent_and_exponent() {
        assert_eq!(show(0.086, "#0.##%"), "8.6%");
        assert_eq!(show(0.03697, "#0.00‰"), "36.97‰");
        assert_eq!(show(987654.0, "#0.0e0"), "98.8e4");
        assert_eq!(show(1503.92311, "0.0##e+00"), "1.504e+03");
        assert_eq!(show(86000.0, "0.###E-000"), "8.6E004");
        assert_eq!(show(0.00086, "0.0E+0"), "8.6E-4");
    }

    #[test]
    fn literals_and_escapes_are_copied() {
        assert_eq!(show(987654.0, r"\###00\#"), "#987654#");
        assert_eq!(show(68.0, "# 'degrees'"), "68 degrees");
        assert_eq!(show(9.3, r"##.0\%"), "9.3%");
        assert_eq!(show(42.0, "My Number = #"), "My Number = 42");
    }

    #[test]
    fn sections_are_for_positive_negative_and_zero() {
        assert_eq!(show(-1234.0, "##;(##)"), "(1234)");
        assert_eq!(show(0.0, "##;(##);**Zero**"), "**Zero**");
        assert_eq!(show(0.001, "0.0;-0.0;zero"), "zero");
        assert_eq!(show(-5.0, "0;;zero"), "-5");
        assert_eq!(show(-5.0, "0 '; '"), "-5 ; ");
    }
}
