//! Plans for people: a line for each step, in the order in which rows pass them.

use std::fmt::Write as _;

use pqm::table::{How, Plan};
use pqm::value::Value;

use super::super::format::{Column, Grid, Role, Shown, size, took};
use super::{Analysis, name, places, word};

/// The plans as aligned lines.
pub fn text(plans: &[Plan], analysis: Option<Analysis>, value: &Value, width: usize, colour: bool) -> String {
    let mut text = String::new();
    let is_table = matches!(value.as_plain(), Value::Table(_));
    if !is_table {
        let kind = value.kind().name().to_lowercase();
        _ = writeln!(text, "The result is a value of type {kind}: it is there already, and has no plan.");
    }
    for (at, plan) in plans.iter().enumerate() {
        if at == usize::from(is_table) {
            let gap = if at > 0 || !is_table { "\n" } else { "" };
            _ = writeln!(text, "{gap}Read to make it:");
        }
        text.push_str(&grid(plan, analysis.is_some() || at >= usize::from(is_table), width, colour));
    }
    let mut reasons = Vec::new();
    plans.iter().for_each(|plan| gather_reasons(plan, &mut reasons));
    if !reasons.is_empty() {
        text.push_str("\nRow by row:\n");
        for reason in reasons {
            _ = writeln!(text, "  {reason}");
        }
    }
    if let Some(Analysis { time, errors }) = analysis {
        let errors = match errors {
            0 => String::new(),
            1 => ", 1 cell holds an error".to_owned(),
            count => format!(", {count} cells hold errors"),
        };
        _ = writeln!(text, "\nRead to its end in {}{errors}.", took(time));
    }
    text
}

fn grid(plan: &Plan, figures: bool, width: usize, colour: bool) -> String {
    let mut titles = vec!["Step", "Operation", "How", "Columns"];
    if figures {
        titles.extend(["Rows", "Time", "Memory"]);
    }
    titles.push("Of what");
    let mut grid = Grid::new(titles.into_iter().map(|title| Column::titled(title, "")).collect());
    push(&mut grid, plan, 0, figures);
    let mut out = Vec::new();
    // Writing to memory cannot fail.
    let _ = grid.write(width, colour, true, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// The lines of what a step reads, then its own. What is read beside the first table stands further to the right.
fn push(grid: &mut Grid, plan: &Plan, depth: usize, figures: bool) {
    for (at, input) in plan.inputs.iter().enumerate() {
        push(grid, input, depth + usize::from(at > 0), figures);
    }
    let plain = |text: String| Shown { text, role: Role::Value };
    let how = match plan.holds {
        Some(holds) => format!("{}, holds {holds}", word(plan)),
        None => word(plan).to_owned(),
    };
    let columns = match plan.columns.len() {
        all if all == plan.width => format!("{all}"),
        some => format!("{some} of {}", plan.width),
    };
    let limit = plan.limit.map(|limit| format!("at most {limit} rows")).unwrap_or_default();
    let places = match places(plan) {
        1 => String::new(),
        places => format!("written at {places} places, made once"),
    };
    let detail =
        [from_here(&plan.detail).to_owned(), limit, places].into_iter().filter(|part| !part.is_empty());
    let named = plan.notes.iter().any(|note| note.name.is_some());
    let step = Shown::name(&format!("{}{}", "│ ".repeat(depth), name(plan)));
    let mut row = vec![
        if named { step } else { plain(step.text) },
        plain(plan.operator.to_owned()),
        Shown {
            text: how,
            role: if matches!(plan.how, How::RowWise(_)) { Role::Error } else { Role::Value },
        },
        plain(columns),
    ];
    if figures {
        let of = |text: fn(&pqm::table::Figures) -> String| {
            plan.figures
                .filter(|figures| figures.readings > 0)
                .map(|figures| text(&figures))
                .unwrap_or_default()
        };
        row.push(Shown::number(of(|figures| figures.rows.to_string())));
        row.push(Shown::number(of(|figures| took(figures.time))));
        row.push(Shown::number(of(|figures| size(figures.bytes))));
    }
    row.push(plain(detail.collect::<Vec<_>>().join(", ")));
    grid.push(row);
}

/// A path as seen from the current folder; anything else as it is.
fn from_here(detail: &str) -> &str {
    let here = std::env::current_dir().ok();
    let inside = here.as_ref().and_then(|here| std::path::Path::new(detail).strip_prefix(here).ok());
    inside.and_then(std::path::Path::to_str).unwrap_or(detail)
}

fn gather_reasons(plan: &Plan, reasons: &mut Vec<String>) {
    plan.inputs.iter().for_each(|input| gather_reasons(input, reasons));
    if let How::RowWise(why) = &plan.how {
        let name = match name(plan) {
            name if name.is_empty() => plan.operator.to_owned(),
            name => name,
        };
        reasons.push(format!("{name}: {why}."));
    }
}
