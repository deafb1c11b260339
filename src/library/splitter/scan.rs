//! Taking a text apart at delimiters, with regard to quotes.

/// Where quotes have a meaning: what they enclose is not split, and they are left off.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Quotes {
    Ignored,
    Anywhere,
    AtStart,
}

/// Splits a text. `delimiter` gives the length of the delimiter that a text starts with, and is asked at each
/// place in order, so that it may wait for one delimiter after another.
pub(super) fn split(
    text: &str,
    quotes: Quotes,
    mut delimiter: impl FnMut(&str) -> Option<usize>,
) -> Vec<String> {
    let mut parts = Vec::new();
    let mut part = String::new();
    let (mut inside, mut at_start) = (false, true);
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let after = rest.get(character.len_utf8()..).unwrap_or("");
        if inside {
            match (character, after.strip_prefix('"')) {
                // Two quotes in quotes are one that is meant.
                ('"', Some(after)) => {
                    part.push('"');
                    rest = after;
                    continue;
                }
                ('"', None) => inside = false,
                _ => part.push(character),
            }
        } else if character == '"' && (quotes == Quotes::Anywhere || quotes == Quotes::AtStart && at_start) {
            inside = true;
        } else if let Some(after) = delimiter(rest).and_then(|length| rest.get(length..)) {
            parts.push(std::mem::take(&mut part));
            at_start = true;
            rest = after;
            continue;
        } else {
            part.push(character);
        }
        at_start = false;
        rest = after;
    }
    parts.push(part);
    parts
}

/// The places of the parts that [`split`] gives of a text without quotes that mean something.
pub(super) fn cut(
    text: &str,
    places: &mut Vec<(usize, usize)>,
    mut delimiter: impl FnMut(&str) -> Option<usize>,
) {
    let (mut start, mut at) = (0, 0);
    while let Some(character) = text.get(at..).and_then(|rest| rest.chars().next()) {
        match text.get(at..).and_then(&mut delimiter) {
            Some(length) => {
                places.push((start, at));
                at += length;
                start = at;
            }
            None => at += character.len_utf8(),
        }
    }
    places.push((start, text.len()));
}

/// The characters of a text from the last to the first: what is split from the end is split so.
pub(super) fn reversed(text: &str) -> String {
    text.chars().rev().collect()
}

/// Splits from the end; the parts in the order of the text. `delimiter` sees the text reversed.
pub(super) fn split_from_end(
    text: &str,
    quotes: Quotes,
    delimiter: impl FnMut(&str) -> Option<usize>,
) -> Vec<String> {
    let parts = split(&reversed(text), quotes, delimiter);
    parts.iter().rev().map(|part| reversed(part)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comma(text: &str) -> Option<usize> {
        text.starts_with(',').then_some(1)
    }

    #[test]
    fn quotes_keep_delimiters() {
        assert_eq!(split("a,\"b,\"\"c\"\"\",d", Quotes::Anywhere, comma), ["a", "b,\"c\"", "d"]);
        assert_eq!(split("5\" x,6\" y", Quotes::Anywhere, comma), ["5 x,6 y"]);
        assert_eq!(split("5\" x,6\" y", Quotes::AtStart, comma), ["5\" x", "6\" y"]);
        assert_eq!(split("\"a,b\"c,d", Quotes::AtStart, comma), ["a,bc", "d"]);
        assert_eq!(split("\"a,b\"", Quotes::Ignored, comma), ["\"a", "b\""]);
        assert_eq!(split("", Quotes::Anywhere, comma), [""]);
    }

    #[test]
    fn the_end_is_split_like_the_start() {
        assert_eq!(split_from_end("a,\"é,b\",c", Quotes::Anywhere, comma), ["a", "é,b", "c"]);
        assert_eq!(split_from_end("a,\"b,c", Quotes::Anywhere, comma), ["a,b", "c"]);
    }
}
