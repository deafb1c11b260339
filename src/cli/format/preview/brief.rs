//! One cell of a preview: a value in a few words.

use pqm::eval::Context;
use pqm::table::Table;
use pqm::value::{Error, Member, Result, Value, identifier, quote};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::super::scalar::{self, Dates};

/// What a cell shows, on one line.
pub struct Shown {
    /// The text.
    pub text: String,
    /// What it is, for colour and alignment.
    pub role: Role,
}

/// What a text in a preview stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// A value.
    Value,
    /// A number: to be aligned at the right.
    Number,
    /// `null`
    Null,
    /// An error.
    Error,
    /// A list, record, table, function or type.
    Nested,
    /// A name.
    Name,
}

impl Shown {
    /// A number, such as an index.
    pub fn number(text: String) -> Shown {
        Shown { text, role: Role::Number }
    }

    /// A field's name.
    pub fn name(name: &str) -> Shown {
        Shown { text: one_line(name), role: Role::Name }
    }

    /// An error in a cell.
    pub fn error(error: &Error) -> Shown {
        Shown { text: one_line(&format!("Error: {}", error.message())), role: Role::Error }
    }
}

/// A value in about `budget` characters.
pub fn brief(ctx: &Context, value: &Value, budget: usize) -> Result<Shown> {
    let role = match value.as_plain() {
        Value::Null => return Ok(Shown { text: "null".to_owned(), role: Role::Null }),
        Value::Int64(_) | Value::Double(_) | Value::Decimal(_) => Role::Number,
        Value::Text(text) => return Ok(Shown { text: text_cell(text, budget), role: Role::Value }),
        Value::List(_)
        | Value::Record(_)
        | Value::Table(_)
        | Value::Function(_)
        | Value::Type(_)
        | Value::Binary(_) => {
            let mut text = String::new();
            nested(ctx, value, budget, &mut text)?;
            return Ok(Shown { text: one_line(&text), role: Role::Nested });
        }
        _ => Role::Value,
    };
    let mut text = String::new();
    scalar::push(ctx, value, Dates::People, &mut text)?;
    Ok(Shown { text, role })
}

/// Texts are shown as they are, unless that could mislead: then as M writes them.
fn text_cell(text: &str, budget: usize) -> String {
    // No more of a long text is looked at than can be shown.
    let end = text.char_indices().nth(budget).map_or(text.len(), |(at, _)| at);
    let (start, rest) = text.split_at(end);
    let odd = start.is_empty()
        || start.starts_with(char::is_whitespace)
        || (rest.is_empty() && start.ends_with(char::is_whitespace))
        || start.contains(char::is_control)
        || matches!(start, "null" | "true" | "false")
        || start.starts_with("Error: ");
    let mut shown = String::new();
    if odd {
        quote(start, &mut shown);
    } else {
        shown.push_str(start);
    }
    if !rest.is_empty() {
        shown.push('…');
    }
    shown
}

/// A value inside another one: as M writes it, until there is no more room.
fn nested(ctx: &Context, value: &Value, budget: usize, out: &mut String) -> Result<()> {
    if out.len() > budget {
        out.push('…');
        return Ok(());
    }
    match value.as_plain() {
        Value::Null => out.push_str("null"),
        Value::Text(text) => {
            let end = text.char_indices().nth(budget).map_or(text.len(), |(at, _)| at);
            quote(text.split_at(end).0, out);
        }
        Value::Table(table) => out.push_str(&table_size(table)),
        Value::Binary(_) => out.push_str("Binary"),
        Value::List(list) => {
            out.push('{');
            let mut items = list.items();
            let mut first = true;
            while let Some(item) = items.next(ctx)? {
                if !std::mem::take(&mut first) {
                    out.push_str(", ");
                }
                if out.len() > budget {
                    out.push('…');
                    break;
                }
                nested_member(ctx, &item, budget, out)?;
            }
            out.push('}');
        }
        Value::Record(record) => {
            out.push('[');
            for (at, (name, member)) in record.fields().enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                if out.len() > budget {
                    out.push('…');
                    break;
                }
                identifier(name, out);
                out.push_str(" = ");
                nested_member(ctx, &member, budget, out)?;
            }
            out.push(']');
        }
        plain => _ = scalar::push(ctx, plain, Dates::People, out)?,
    }
    Ok(())
}

fn nested_member(ctx: &Context, member: &Member, budget: usize, out: &mut String) -> Result<()> {
    match member.force(ctx).and_then(|value| ctx.nested(|| nested(ctx, &value, budget, out))) {
        Err(error) if !error.is_stop() => out.push_str("Error"),
        other => other?,
    }
    Ok(())
}

fn table_size(table: &Table) -> String {
    let columns = match table.width() {
        1 => "1 column".to_owned(),
        width => format!("{width} columns"),
    };
    match table.operator().known_rows() {
        Some(1) => format!("Table (1 row, {columns})"),
        Some(rows) => format!("Table ({rows} rows, {columns})"),
        None => format!("Table ({columns})"),
    }
}

/// The text without anything that would break a line or move the cursor.
pub fn one_line(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

/// The text, ended by `…` if it is wider than `width`.
pub fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 0;
    for cluster in text.graphemes(true) {
        used += cluster.width();
        if used + 1 > width {
            break;
        }
        kept.push_str(cluster);
    }
    // What was cut before bears the mark already.
    format!("{}…", kept.trim_end_matches('…'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cutting_counts_the_cells_of_the_terminal() {
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdefg", 6), "abcde…");
        assert_eq!(cut("abcd……", 5), "abcd…");
        assert_eq!(cut("日本語文字", 6), "日本…");
        assert_eq!(cut("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
    }

    #[test]
    fn texts_that_could_be_taken_for_something_else_are_quoted() {
        assert_eq!(text_cell("Contoso", 80), "Contoso");
        assert_eq!(text_cell("", 80), "\"\"");
        assert_eq!(text_cell("null", 80), "\"null\"");
        assert_eq!(text_cell(" x", 80), "\" x\"");
        assert_eq!(text_cell("a\nb", 80), "\"a#(lf)b\"");
        assert_eq!(text_cell(&"x".repeat(100), 10), format!("{}…", "x".repeat(10)));
    }
}
