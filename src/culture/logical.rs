//! Logical values as text, the same in every culture.

/// Reads `true` or `false` in any case of letters, with blanks around.
pub fn parse(text: &str) -> Option<bool> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// `true` or `false`.
pub fn text(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_any_case() {
        assert_eq!(parse("TRUE"), Some(true));
        assert_eq!(parse(" False "), Some(false));
        assert_eq!(parse("1"), None);
        assert_eq!(text(true), "true");
    }
}
