//! `pqm project new`, `add-task`, `advanced-query` and `template`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use pqm::project::edit::{EditError, NewTask, add_task, disable_advanced_query, enable_advanced_query};
use pqm::project::template::{Template, find, instantiate, of_project, provided, to_text};

use serde_json::{Value as Json, json};

use super::{Failure, RecordFormat, mistakes, print};

/// Arguments of `pqm project new`.
#[derive(Args, Debug)]
pub struct NewArguments {
    /// The folder to make the project in
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// The project's name; the folder's if absent
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// A template: one that is provided, or a file
    #[arg(long, value_name = "TEMPLATE", default_value = "blank")]
    template: String,

    /// How to print what was done
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) format: RecordFormat,
}

/// Arguments of `pqm project add-task`.
#[derive(Args, Debug)]
pub struct AddTaskArguments {
    /// The project's folder: the one with project.yaml
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// The task's name
    #[arg(value_name = "NAME")]
    name: String,

    /// The connection its rows come from
    #[arg(long, value_name = "CONNECTION")]
    source: String,

    /// The entity its rows come from
    #[arg(long, value_name = "ENTITY")]
    source_entity: String,

    /// The connection its rows go to
    #[arg(long, value_name = "CONNECTION")]
    destination: String,

    /// The entity its rows go to
    #[arg(long, value_name = "ENTITY")]
    destination_entity: String,

    /// A column of the integration key, if it is not declared or discovered; may be given several times
    #[arg(long, value_name = "COLUMN")]
    key: Vec<String>,

    /// How to print what was done
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) format: RecordFormat,
}

/// What to do with the Advanced Query of a task.
#[derive(Subcommand, Debug)]
pub enum AdvancedQueryCommand {
    /// Rewrite the task's Fn transforms as steps of its Advanced Query
    Enable {
        /// The project's folder: the one with project.yaml
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// The task's name
        #[arg(value_name = "TASK")]
        task: String,
        /// How to print what was done
        #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
        format: RecordFormat,
    },
    /// Put mapping and query back as they were before
    Disable {
        /// The project's folder: the one with project.yaml
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// The task's name
        #[arg(value_name = "TASK")]
        task: String,
        /// Give up what was changed since
        #[arg(long)]
        force: bool,
        /// How to print what was done
        #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
        format: RecordFormat,
    },
}

/// What to do with templates.
#[derive(Subcommand, Debug)]
pub enum TemplateCommand {
    /// List the templates that are provided
    List {
        /// How to print them
        #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
        format: RecordFormat,
    },
    /// Print a template
    Show {
        /// One that is provided, or a file
        #[arg(value_name = "TEMPLATE")]
        template: String,
    },
    /// Save a project as a template, in a file to share
    Save {
        /// The project's folder: the one with project.yaml
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// The file to write
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The template's name
        #[arg(long, value_name = "NAME")]
        name: String,
        /// What it is for
        #[arg(long, value_name = "TEXT", default_value = "")]
        description: String,
        /// How to print what was done
        #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
        format: RecordFormat,
    },
}

impl AdvancedQueryCommand {
    pub(super) fn format(&self) -> RecordFormat {
        match self {
            AdvancedQueryCommand::Enable { format, .. } | AdvancedQueryCommand::Disable { format, .. } => {
                *format
            }
        }
    }
}

impl TemplateCommand {
    pub(super) fn format(&self) -> RecordFormat {
        match self {
            TemplateCommand::List { format } | TemplateCommand::Save { format, .. } => *format,
            TemplateCommand::Show { .. } => RecordFormat::Text,
        }
    }
}

/// Says what was done.
fn done(format: RecordFormat, text: &str, record: &Json) -> Result<(), Failure> {
    match format {
        RecordFormat::Text => print(text),
        RecordFormat::Json => print(&format!("{record}\n")),
    }
}

pub(super) fn new_project(arguments: &NewArguments) -> Result<(), Failure> {
    let template = find(&arguments.template).map_err(refused)?;
    let folder = std::path::absolute(&arguments.folder).unwrap_or_else(|_| arguments.folder.clone());
    let of_folder = || {
        folder.file_name().map_or_else(|| "project".to_owned(), |name| name.to_string_lossy().into_owned())
    };
    let name = arguments.name.clone().unwrap_or_else(of_folder);
    instantiate(&template, &arguments.folder, &name).map_err(refused)?;
    done(
        arguments.format,
        &format!("Made the project {name} from the template {}.\n", template.template),
        &json!({ "project": name, "folder": arguments.folder, "template": template.template }),
    )
}

pub(super) fn new_task(arguments: &AddTaskArguments) -> Result<(), Failure> {
    let task = NewTask {
        name: arguments.name.clone(),
        source: (arguments.source.clone(), arguments.source_entity.clone()),
        destination: (arguments.destination.clone(), arguments.destination_entity.clone()),
        key: arguments.key.clone(),
    };
    let mappings = add_task(&arguments.folder, &task).map_err(refused)?;
    done(
        arguments.format,
        &format!("Added the task {} with {} mappings.\n", task.name, mappings.len()),
        &json!({ "task": task.name, "mappings": mappings.len() }),
    )
}

pub(super) fn advanced_query(command: &AdvancedQueryCommand) -> Result<(), Failure> {
    match command {
        AdvancedQueryCommand::Enable { folder, task, format } => {
            let query = enable_advanced_query(folder, task).map_err(refused)?;
            let text = std::fs::read_to_string(&query).unwrap_or_default();
            done(
                *format,
                &format!("{}:\n{text}\nUndo it with: pqm project advanced-query disable\n", query.display()),
                &json!({ "task": task, "file": query, "query": text }),
            )
        }
        AdvancedQueryCommand::Disable { folder, task, force, format } => {
            disable_advanced_query(folder, task, *force).map_err(refused)?;
            let text = format!("{task} is as it was before its Advanced Query was enabled.\n");
            done(*format, &text, &json!({ "task": task }))
        }
    }
}

pub(super) fn templates(command: &TemplateCommand) -> Result<(), Failure> {
    match command {
        TemplateCommand::List { format } => {
            let line = |t: &Template| format!("{}: {}\n", t.template, t.description);
            let record = |t: &Template| json!({ "template": t.template, "description": t.description });
            let all = provided();
            let records: Vec<Json> = all.iter().map(record).collect();
            done(*format, &all.iter().map(line).collect::<String>(), &json!({ "templates": records }))
        }
        TemplateCommand::Show { template } => print(&to_text(&find(template).map_err(refused)?)),
        TemplateCommand::Save { folder, file, name, description, format } => {
            let template = of_project(folder, name, description).map_err(refused)?;
            std::fs::write(file, to_text(&template)).map_err(|error| Failure::file("write", file, &error))?;
            let text = format!("Saved {name} in {}.\n", file.display());
            done(*format, &text, &json!({ "template": name, "file": file }))
        }
    }
}

pub(super) fn refused(error: EditError) -> Failure {
    match error {
        EditError::Load(error) => mistakes(&error),
        EditError::Refused { message, help } => {
            Failure::Usage(message, Some(help).filter(|help| !help.is_empty()))
        }
        EditError::Failed(failure) => Failure::Source(failure.diagnostics),
        EditError::Io { .. } => Failure::Io(error.to_string()),
    }
}
