//! Turning the Fn transforms of a task into applied steps of its Advanced Query, and back.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::steps::{Known, Steps};
use super::yaml::{ItemBlocks, item_blocks, with_query_and_mappings};
use super::{EditError, read, replace_project_file, write};
use crate::project::Project;
use crate::project::check::SOURCE_QUERY;
use crate::project::load::PROJECT_FILE;
use crate::project::model::{Task, Transform};
use crate::project::problem::suggest;
use crate::project::run::{Extent, Progress, engine, prepare};
use crate::project::system;
use crate::syntax::{self, Node};
use crate::value::identifier;
use crate::value::types::Form;

const FOLDER: &str = "queries";

/// What is needed to undo it.
#[derive(Serialize, Deserialize)]
struct Undo {
    task_before: String,
    task_after: String,
    /// None if there was no query.
    query_before: Option<String>,
    query_after: String,
}

/// Rewrites the Fn transforms of a task as steps of its Advanced Query, and answers the query's file. The mapping is
/// then `=` everywhere. What was there before is kept beside the query, for [`disable_advanced_query`].
///
/// # Errors
/// A task that is not there or has no transforms to rewrite and a query already, rows that cannot be looked at, a
/// truncation to a length that the destination does not say.
pub fn enable_advanced_query(folder: &Path, task: &str) -> Result<PathBuf, EditError> {
    let project = Project::load(folder)?;
    let (position, task) = find(&project, task)?;
    let has_transforms = task.mappings.iter().any(|mapping| !mapping.transforms().is_empty());
    if task.query.is_some() && !has_transforms {
        let message = format!("{} has an Advanced Query and no Fn transforms", task.name);
        return Err(EditError::refused(message, "there is nothing to rewrite; edit the query"));
    }
    let query = task.query.clone().unwrap_or_else(|| format!("{FOLDER}/{}.pq", file_name(&task.name)));
    let query_path = folder.join(&query);
    if task.query.is_none() && query_path.exists() {
        let message = format!("the file {query} is there already");
        return Err(EditError::refused(message, "name it as the task's query, or move it away"));
    }
    let undo_path = undo_path(folder, task);
    let columns = columns(&project, task)?;
    let task = with_lengths(&project, task)?;
    let query_before = task.query.as_ref().map(|_| read(&query_path)).transpose()?;
    let (query_after, mappings) = rewrite(query_before.as_deref(), &task, &columns);

    let text = read(&folder.join(PROJECT_FILE))?;
    let ItemBlocks { blocks, indent } = item_blocks(&text, "tasks")?;
    let Some(range) = blocks.get(position).cloned() else {
        return Err(EditError::refused("the task was not found in the project file", ""));
    };
    let before = text.get(range.clone()).unwrap_or_default().to_owned();
    let after = with_query_and_mappings(&before, indent, &query, &mappings);
    let mut new = text.clone();
    new.replace_range(range, &after);
    let undo = Undo { task_before: before, task_after: after, query_before, query_after };
    write(&query_path, &undo.query_after)?;
    write(&undo_path, &(serde_json::to_string_pretty(&undo).unwrap_or_default() + "\n"))?;
    match replace_project_file(folder, &text, &new) {
        Ok(_) => Ok(query_path),
        Err(error) => {
            restore(&query_path, undo.query_before.as_deref())?;
            let _ = std::fs::remove_file(&undo_path);
            Err(error)
        }
    }
}

/// Puts back the mapping and the query as they were before [`enable_advanced_query`]. With `force` also if the query or
/// the task has been changed since; these changes are lost.
///
/// # Errors
/// A task for which it was not enabled; changes that would be lost.
pub fn disable_advanced_query(folder: &Path, task: &str, force: bool) -> Result<(), EditError> {
    let project = Project::load(folder)?;
    let (position, task) = find(&project, task)?;
    let undo_path = undo_path(folder, task);
    let undo: Undo =
        match std::fs::read(&undo_path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            Some(undo) => undo,
            None => {
                let message =
                    format!("nothing is kept of {} from before its Advanced Query was enabled", task.name);
                return Err(EditError::refused(message, "only what enable rewrote can be undone"));
            }
        };
    let query_path = folder.join(task.query.as_deref().unwrap_or_default());
    let text = read(&folder.join(PROJECT_FILE))?;
    let found = item_blocks(&text, "tasks")?;
    let Some(range) = found.blocks.get(position).cloned() else {
        return Err(EditError::refused("the task was not found in the project file", ""));
    };
    let is_changed = text.get(range.clone()) != Some(undo.task_after.as_str())
        || std::fs::read_to_string(&query_path).ok().as_deref() != Some(undo.query_after.as_str());
    if is_changed && !force {
        let message = format!("{} or its query was changed since its Advanced Query was enabled", task.name);
        return Err(EditError::refused(message, "the changes would be lost; --force undoes it all the same"));
    }
    let mut new = text.clone();
    new.replace_range(range, &undo.task_before);
    // The query first: if this stops half-way, the project still loads.
    if let Some(query) = &undo.query_before {
        write(&query_path, query)?;
    }
    replace_project_file(folder, &text, &new)?;
    restore(&query_path, undo.query_before.as_deref())?;
    std::fs::remove_file(&undo_path).map_err(|source| EditError::Io { path: undo_path, source })
}

fn restore(path: &Path, before: Option<&str>) -> Result<(), EditError> {
    match before {
        Some(text) => write(path, text),
        None => std::fs::remove_file(path).map_err(|source| EditError::Io { path: path.to_owned(), source }),
    }
}

fn find<'p>(project: &'p Project, name: &str) -> Result<(usize, &'p Task), EditError> {
    let found = project.tasks().iter().enumerate().find(|(_, task)| task.name == name);
    found.ok_or_else(|| {
        let help = suggest(name, project.tasks().iter().map(|task| task.name.as_str()));
        EditError::refused(format!("there is no task {name:?}"), help)
    })
}

fn undo_path(folder: &Path, task: &Task) -> PathBuf {
    folder.join(FOLDER).join(format!("{}.before.json", file_name(&task.name)))
}

/// A task's name as the name of a file.
fn file_name(task: &str) -> String {
    let name: String = task
        .chars()
        .map(|c| if c.is_alphanumeric() || matches!(c, ' ' | '-' | '_') { c } else { '-' })
        .collect();
    let name = name.trim();
    if name.is_empty() { "task".to_owned() } else { name.to_owned() }
}

/// The columns that leave the query, or the source.
fn columns(project: &Project, task: &Task) -> Result<Vec<Known>, EditError> {
    let Some(leg) = crate::project::leg::legs(task).next() else { return Ok(Vec::new()) };
    let engine = engine(project);
    let prepared = prepare(&engine, project, leg).map_err(EditError::Failed)?;
    let progress = Arc::new(Progress::default());
    let input = prepared.open(&engine, project, &progress, &Extent::Shape).map_err(EditError::Failed)?;
    let known =
        input.table.names().iter().zip(input.table.types()).map(|(name, ty)| Known {
            name: name.as_str().to_owned(),
            is_text: matches!(ty.form, Form::Text),
        });
    Ok(known.collect())
}

/// The task with the lengths of the destination's fields in its truncations.
fn with_lengths(project: &Project, task: &Task) -> Result<Task, EditError> {
    let mut task = task.clone();
    let asks = |t: &Transform| matches!(t, Transform::Truncate { length: None });
    if !task.mappings.iter().any(|mapping| mapping.transforms().iter().any(asks)) {
        return Ok(task);
    }
    let described = project
        .connection(&task.destination.connection)
        .and_then(|connection| system::destination(project, connection).ok())
        .and_then(|store| store.describe(&task.destination.entity).ok().flatten());
    for mapping in &mut task.mappings {
        let length =
            described.as_ref().and_then(|d| d.column(&mapping.destination)).and_then(|column| column.length);
        for transform in mapping.transforms_mut() {
            if let Transform::Truncate { length: open @ None } = transform {
                if length.is_none() {
                    let message =
                        format!("the destination does not say how long {} may be", mapping.destination);
                    return Err(EditError::refused(message, "say it with truncate's length"));
                }
                *open = length;
            }
        }
    }
    Ok(task)
}

/// The query with the steps, and the mappings that are left.
fn rewrite(
    query: Option<&str>,
    task: &Task,
    columns: &[Known],
) -> (String, Vec<crate::project::model::FieldMapping>) {
    let parts = query.and_then(let_parts);
    let (taken, last) = match (&parts, query) {
        (Some(parts), _) => (parts.names.clone(), parts.last.clone()),
        (None, _) => (BTreeSet::from(["Source".to_owned()]), "Source".to_owned()),
    };
    let mut steps = Steps::new(taken, columns, &last);
    let mappings: Vec<_> = task
        .mappings
        .iter()
        .map(|mapping| {
            let source = mapping.source.as_ref();
            let uses = task.mappings.iter().filter(|other| other.source.as_ref() == source).count();
            let is_text = columns.iter().any(|column| Some(&column.name) == source && column.is_text);
            steps.mapping(mapping, uses > 1, is_text)
        })
        .collect();
    let mut result = String::new();
    identifier(steps.last(), &mut result);
    let lines: Vec<String> = steps
        .written
        .iter()
        .map(|(name, expression)| {
            let mut line = String::from("  ");
            identifier(name, &mut line);
            format!("{line} = {expression}")
        })
        .collect();
    let text = match (parts, query) {
        (Some(parts), Some(query)) if !lines.is_empty() => {
            let head = query.get(..parts.bindings_end).unwrap_or_default();
            let tail = query.get(parts.body_end..).unwrap_or_default();
            format!("{head},\n{}\nin\n  {result}{tail}", lines.join(",\n"))
        }
        (Some(_), Some(query)) => query.to_owned(),
        (_, query) => {
            // A query that is no let expression becomes the source of one.
            let source = query.map_or(SOURCE_QUERY, str::trim);
            let mut all = vec![format!("  Source = {source}")];
            all.extend(lines);
            format!("let\n{}\nin\n  {result}\n", all.join(",\n"))
        }
    };
    (text, mappings)
}

/// A query of the usual form: steps, and the name of one of them as the result.
struct LetParts {
    names: BTreeSet<String>,
    last: String,
    /// Where the last step ends.
    bindings_end: usize,
    /// Where the result ends.
    body_end: usize,
}

fn let_parts(query: &str) -> Option<LetParts> {
    let parsed = syntax::parse(query);
    let tree = &parsed.tree;
    let Node::Let { bindings, body } = tree.node(tree.root()) else { return None };
    let bindings = tree.list(bindings);
    let name = |id| match tree.node(id) {
        Node::Binding { name, .. } => Some(tree.name(name, query).into_owned()),
        _ => None,
    };
    let names: BTreeSet<String> = bindings.iter().filter_map(|id| name(*id)).collect();
    let result = match tree.node(body) {
        Node::Name { .. } => tree.name(body, query).into_owned(),
        _ => return None,
    };
    let end = |id| tree.span(id).end as usize;
    names.contains(&result).then_some(LetParts {
        last: result,
        names,
        bindings_end: end(*bindings.last()?),
        body_end: end(body),
    })
}
