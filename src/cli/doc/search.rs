//! `pqm doc --search`: names by what they do.

use super::entry::{Entry, State};
use crate::cli::exit::Failure;

/// The names that have to do with all of the words, the best first: a line each with the beginning of the description.
pub fn search(words: &str) -> Result<String, Failure> {
    let found = found(words)?;
    let width = found.iter().map(|entry| entry.name.len()).max().unwrap_or_default();
    let line = |entry: &Entry| {
        let said = match (entry.summary, entry.state) {
            (_, State::NotAvailable(_)) => "(not available)",
            ("", _) => entry.heading.split_once(" = ").map_or("", |(_, value)| value),
            (summary, _) => summary.split_once(". ").map_or(summary, |(first, _)| first),
        };
        format!("{:width$}  {said}\n", entry.name).trim_end().to_owned() + "\n"
    };
    Ok(found.iter().map(line).collect())
}

/// The names that have to do with all of the words, the best first.
pub fn found(words: &str) -> Result<Vec<Entry>, Failure> {
    let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    let mut found: Vec<(u32, Entry)> =
        Entry::all().into_iter().filter_map(|entry| Some((rank(&entry, &words)?, entry))).collect();
    if found.is_empty() {
        let help = "Try a single word, or the beginning of one.".to_owned();
        return Err(Failure::Usage(
            format!("Nothing in the library speaks of '{}'.", words.join(" ")),
            Some(help),
        ));
    }
    found.sort_by_key(|(rank, entry)| (*rank, entry.name));
    Ok(found.into_iter().map(|(_, entry)| entry).collect())
}

/// How well an entry matches, lower is better; `None` if a word is nowhere.
fn rank(entry: &Entry, words: &[String]) -> Option<u32> {
    let (name, summary) = (entry.name.to_lowercase(), entry.summary.to_lowercase());
    let member = name.rsplit('.').next().unwrap_or(&name);
    let places = words.iter().map(|word| {
        Some(if member == word {
            0
        } else if member.starts_with(word.as_str()) {
            1
        } else if name.contains(word.as_str()) {
            2
        } else if summary.split(|c: char| !c.is_alphanumeric()).any(|said| said.starts_with(word.as_str())) {
            4
        } else {
            return None;
        })
    });
    let absent = if matches!(entry.state, State::NotAvailable(_)) { 3 } else { 0 };
    if words.is_empty() { None } else { places.sum::<Option<u32>>().map(|sum| sum + absent) }
}

#[cfg(test)]
mod tests {
    use super::search;

    fn names(words: &str) -> Vec<String> {
        let text = search(words).unwrap_or_default();
        text.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
    }

    #[test]
    fn names_come_before_descriptions() {
        let split = names("split");
        let place = |name: &str| split.iter().position(|found| found == name);
        assert!(place("Text.Split") < place("Text.SplitAny"), "{split:?}");
        assert!(place("Splitter.SplitByNothing").is_some(), "{split:?}");
        assert!(split.iter().any(|name| name == "Table.SplitColumn"));
        assert!(names("split column").starts_with(&["Table.SplitColumn".to_owned()]));
        assert!(names("no such words").is_empty() && names("").is_empty());
    }
}
