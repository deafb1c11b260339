//! Upper and lower case. As in .NET a letter becomes one letter: `ß` stays itself.

use super::Culture;

impl Culture {
    /// The text in upper case.
    pub fn to_upper(self, text: &str) -> String {
        let mut written = String::with_capacity(text.len());
        self.write_upper(text, &mut written);
        written
    }

    /// The text in lower case.
    pub fn to_lower(self, text: &str) -> String {
        let mut written = String::with_capacity(text.len());
        self.write_lower(text, &mut written);
        written
    }

    /// Writes the text in upper case into an empty one.
    pub fn write_upper(self, text: &str, written: &mut String) {
        if self.has_dotless_i() {
            return written
                .extend(text.chars().map(|letter| if letter == 'i' { 'İ' } else { upper(letter) }));
        }
        if text.is_ascii() {
            written.push_str(text);
            return written.make_ascii_uppercase();
        }
        written.extend(text.chars().map(upper));
    }

    /// Writes the text in lower case into an empty one.
    pub fn write_lower(self, text: &str, written: &mut String) {
        if self.has_dotless_i() {
            return written
                .extend(text.chars().map(|letter| if letter == 'I' { 'ı' } else { lower(letter) }));
        }
        if text.is_ascii() {
            written.push_str(text);
            return written.make_ascii_lowercase();
        }
        written.extend(text.chars().map(lower));
    }

    /// One letter in upper case.
    pub fn letter_to_upper(self, letter: char) -> char {
        if letter == 'i' && self.has_dotless_i() { 'İ' } else { upper(letter) }
    }

    /// One letter in lower case.
    pub fn letter_to_lower(self, letter: char) -> char {
        if letter == 'I' && self.has_dotless_i() { 'ı' } else { lower(letter) }
    }

    /// Whether the dotted and the dotless i are told apart, as Turkish and Azerbaijani do.
    pub fn has_dotless_i(self) -> bool {
        matches!(self.name().get(..2), Some("tr" | "az")) && matches!(self.language(), "tr" | "az")
    }
}

fn upper(letter: char) -> char {
    single(letter, letter.to_uppercase())
}

fn lower(letter: char) -> char {
    if letter == 'İ' { 'i' } else { single(letter, letter.to_lowercase()) }
}

fn single(letter: char, mut mapped: impl Iterator<Item = char>) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(only), None) => only,
        _ => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turkish_keeps_its_two_letters_i_apart() {
        let turkish = Culture::find("tr-TR").unwrap_or_default();
        assert_eq!(turkish.to_upper("iı"), "İI");
        assert_eq!(turkish.to_lower("İI"), "iı");
        assert_eq!(Culture::default().to_upper("iı"), "II");
        assert_eq!(Culture::default().to_lower("İI"), "ii");
    }

    #[test]
    fn letters_stay_single() {
        assert_eq!(Culture::default().to_upper("straße é"), "STRAßE É");
    }
}
