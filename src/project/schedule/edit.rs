//! Changing a schedules file: other lines stay as they are.

use std::ops::Range;
use std::path::Path;

use super::model::{Missed, Schedule};
use super::{SCHEDULES_FILE, read, schedules};
use crate::project::edit::{EditError, item_blocks, read as read_file, scalar, write};
use crate::project::problem::LoadError;

const HEAD: &str = "# When this project runs by itself: pqm project serve-schedules\nschedules:\n";

/// Adds a schedule.
///
/// # Errors
/// It means nothing, its name is taken, or the file cannot be changed.
pub fn add_schedule(folder: &Path, schedule: &Schedule) -> Result<(), EditError> {
    let known = schedules(folder)?;
    if known.iter().any(|other| other.schedule.name == schedule.name) {
        return Err(EditError::refused(
            format!("there is a schedule {:?} already", schedule.name),
            "choose another name, or remove that one first",
        ));
    }
    change(folder, |text| {
        if known.is_empty() {
            let head = text
                .split("schedules:")
                .next()
                .filter(|head| text.contains("schedules:") && !head.is_empty());
            return Ok(match head {
                Some(head) => format!("{head}schedules:\n{}", block(schedule, 2)),
                None => format!("{HEAD}{}", block(schedule, 2)),
            });
        }
        let blocks = item_blocks(text, "schedules")?;
        let end = blocks.blocks.last().map_or(text.len(), |block| block.end);
        let (before, after) = text.split_at_checked(end).unwrap_or((text, ""));
        let line_end = if before.ends_with('\n') { "" } else { "\n" };
        Ok(format!("{before}{line_end}{}{after}", block(schedule, blocks.indent)))
    })
}

/// Takes a schedule out.
///
/// # Errors
/// There is none of that name, or the file cannot be changed.
pub fn remove_schedule(folder: &Path, name: &str) -> Result<(), EditError> {
    let (lines, is_only) = lines_of(folder, name)?;
    change(folder, |text| {
        let (before, rest) = text.split_at_checked(lines.start).unwrap_or((text, ""));
        let after = rest.get(lines.len()..).unwrap_or_default();
        // A list without items would be nothing at all.
        let before =
            if is_only { before.replacen("schedules:", "schedules: []", 1) } else { before.to_owned() };
        Ok(format!("{before}{after}"))
    })
}

/// Leaves a schedule out for the time being, or no longer.
///
/// # Errors
/// There is none of that name, or the file cannot be changed.
pub fn pause_schedule(folder: &Path, name: &str, paused: bool) -> Result<(), EditError> {
    let (lines, _) = lines_of(folder, name)?;
    change(folder, |text| {
        let (before, rest) = text.split_at_checked(lines.start).unwrap_or((text, ""));
        let (block, after) = rest.split_at_checked(lines.len()).unwrap_or((rest, ""));
        let indent = block.len() - block.trim_start().len() + 2;
        let is_pause = |line: &&str| line.trim_start().trim_start_matches("- ").starts_with("paused:");
        if block.lines().next().as_ref().is_some_and(is_pause)
            || block.contains('{') && block.lines().count() == 1
        {
            return Err(EditError::refused(
                format!("the schedule {name:?} is not written in lines of its own"),
                "write \"- name: ...\" and each further field in a line of its own",
            ));
        }
        let mut lines: String = block.split_inclusive('\n').filter(|line| !is_pause(line)).collect();
        if paused {
            if !lines.ends_with('\n') {
                lines.push('\n');
            }
            lines.push_str(&format!("{}paused: true\n", " ".repeat(indent)));
        }
        Ok(format!("{before}{lines}{after}"))
    })
}

/// The lines of a schedule, and whether it is the only one.
fn lines_of(folder: &Path, name: &str) -> Result<(Range<usize>, bool), EditError> {
    let known = schedules(folder)?;
    let Some(position) = known.iter().position(|other| other.schedule.name == name) else {
        let names: Vec<&str> = known.iter().map(|other| other.schedule.name.as_str()).collect();
        let help = if names.is_empty() {
            "the project has none".to_owned()
        } else {
            format!("there is {}", names.join(", "))
        };
        return Err(EditError::refused(format!("there is no schedule {name:?}"), help));
    };
    let text = read_file(&folder.join(SCHEDULES_FILE))?;
    let blocks = item_blocks(&text, "schedules")?.blocks;
    let lines = blocks.get(position).cloned().unwrap_or_default();
    Ok((lines, blocks.len() == 1))
}

/// Writes the file as it is to be, if that means something.
fn change(folder: &Path, change: impl FnOnce(&str) -> Result<String, EditError>) -> Result<(), EditError> {
    let path = folder.join(SCHEDULES_FILE);
    let old = if path.exists() { read_file(&path)? } else { String::new() };
    let new = change(&old)?;
    if let Err(problems) = read(&new) {
        return Err(LoadError { path, text: new, problems }.into());
    }
    write(&path, &new)
}

/// A schedule as lines of the file.
fn block(schedule: &Schedule, indent: usize) -> String {
    let (dash, spaces) = (" ".repeat(indent), " ".repeat(indent + 2));
    let mut text = format!("{dash}- name: {}\n", scalar(&schedule.name));
    let mut field = |name: &str, value: &str| text.push_str(&format!("{spaces}{name}: {value}\n"));
    let texts = [
        ("every", &schedule.every),
        ("cron", &schedule.cron),
        ("start", &schedule.start),
        ("until", &schedule.until),
        ("time_zone", &schedule.time_zone),
        ("connection_set", &schedule.connection_set),
        ("organization", &schedule.organization),
    ];
    for (name, value) in texts {
        if let Some(value) = value {
            field(name, &scalar(value));
        }
    }
    match schedule.missed {
        Missed::RunOnce => {}
        Missed::Skip => field("missed", "skip"),
        Missed::RunAll => field("missed", "run-all"),
    }
    if !schedule.tasks.is_empty() {
        let tasks: Vec<String> = schedule.tasks.iter().map(|task| scalar(task)).collect();
        field("tasks", &format!("[{}]", tasks.join(", ")));
    }
    if schedule.all_data {
        field("all_data", "true");
    }
    if schedule.paused {
        field("paused", "true");
    }
    text
}
