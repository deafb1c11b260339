//! How alike two texts are.

/// What an edit weighs against the length of the longer text. Calibrated on the documented clusters: one letter
/// left out of seven is alike at the usual threshold of 0.8, five changed out of twelve are not at 0.5.
const EDIT: f64 = 1.25;

/// What a text is worth that is one word of the other, which has more words.
const WORD: f64 = 0.6;

/// From 0 (nothing in common) to 1 (equal). Spaces may not count.
pub(super) fn similarity(left: &str, right: &str, ignore_space: bool) -> f64 {
    let whole = by_edits(&joined(left, ignore_space), &joined(right, ignore_space));
    let (left, right) = (words(left), words(right));
    let within = match (left.len(), right.len()) {
        (0, _) | (_, 0) => 0.0,
        (a, b) if a <= b => best_part(&left, &right, ignore_space),
        _ => best_part(&right, &left, ignore_space),
    };
    whole.max(within)
}

fn joined(text: &str, ignore_space: bool) -> String {
    if ignore_space { text.split_whitespace().collect() } else { text.to_owned() }
}

fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect()
}

fn by_edits(left: &str, right: &str) -> f64 {
    let longer = left.chars().count().max(right.chars().count());
    if longer == 0 {
        return 1.0;
    }
    let edits = strsim::osa_distance(left, right) as f64;
    (1.0 - EDIT * edits / longer as f64).max(0.0)
}

/// How well the few words, put together, match one or two neighbouring words of the many.
fn best_part(few: &[&str], many: &[&str], ignore_space: bool) -> f64 {
    if many.len() < 2 {
        return 0.0;
    }
    let few = few.concat();
    let mut best = many.iter().map(|word| by_edits(&few, word)).fold(0.0, f64::max);
    if ignore_space {
        best = many.windows(2).map(|pair| by_edits(&few, &pair.concat())).fold(best, f64::max);
    }
    // A half-likeness of a part says nothing about the whole.
    if best >= 0.8 { WORD * best } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::similarity;

    #[test]
    fn a_slip_is_alike_and_another_word_is_not() {
        for (left, right) in [("seattle", "seattl"), ("seattle", "seatle"), ("vancouver", "vancover")] {
            assert!(similarity(left, right, true) >= 0.8, "{left} {right}");
        }
        for (left, right) in [("seattle", "redmond"), ("bob", "robert"), ("seattle", "vancouver")] {
            assert!(similarity(left, right, true) < 0.5, "{left} {right}");
        }
    }

    #[test]
    fn likeness_has_no_direction_and_ends_at_one() {
        let texts = ["", "a", "apple", "apple pie", "pie apple", "blue berries", "blueberries", "4ppl3"];
        for left in texts {
            assert_eq!(similarity(left, left, true), 1.0);
            for right in texts {
                let there = similarity(left, right, true);
                assert!((0.0..=1.0).contains(&there));
                assert_eq!(there, similarity(right, left, true), "{left} {right}");
            }
        }
    }

    #[test]
    fn spaces_count_only_if_they_are_asked_to() {
        assert_eq!(similarity("new york", "newyork", true), 1.0);
        assert!(similarity("new york", "newyork", false) < 1.0);
    }
}
