//! Templates: projects to start from. One file holds a whole template, so that it can be shared: the project file as a
//! text, and the queries it names.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;

use super::Project;
use super::edit::{EditError, scalar};
use super::load::{PROJECT_FILE, parse};
use super::problem::{LoadError, masked};

/// The templates that come with the program.
const PROVIDED: [&str; 2] =
    [include_str!("provided/blank.template.yaml"), include_str!("provided/files-to-sqlite.template.yaml")];

/// A project to start from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// The template's name.
    pub template: String,
    /// What it is for.
    pub description: String,
    /// The text of the project file.
    pub project: String,
    /// The files it names, by their paths in the project's folder.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
}

/// The templates that come with the program.
pub fn provided() -> Vec<Template> {
    PROVIDED.iter().filter_map(|text| read(Path::new("provided"), text).ok()).collect()
}

/// The template of this name, or the one in the file of this name.
///
/// # Errors
/// A name that is neither, a file that is no template.
pub fn find(name: &str) -> Result<Template, EditError> {
    if let Some(found) = provided().into_iter().find(|template| template.template == name) {
        return Ok(found);
    }
    let path = Path::new(name);
    let text = std::fs::read_to_string(path).map_err(|error| {
        let names: Vec<String> = provided().into_iter().map(|template| template.template).collect();
        let help = format!("name the file of a template, or one that is provided: {}", names.join(", "));
        EditError::Refused { message: format!("there is no template {name:?} ({error})"), help }
    })?;
    Ok(read(path, &text)?)
}

fn read(path: &Path, text: &str) -> Result<Template, LoadError> {
    let schema = schemars::schema_for!(Template).to_value();
    parse::<Template>(text, &schema).map(|(template, _)| template).map_err(|problems| LoadError {
        path: path.to_owned(),
        text: masked(text, &problems),
        problems,
    })
}

/// Makes a project of a template in a folder that has none.
///
/// # Errors
/// A folder with a project, a template whose files lie outside of the folder, what the operating system refuses.
pub fn instantiate(template: &Template, folder: &Path, name: &str) -> Result<Project, EditError> {
    let file = folder.join(PROJECT_FILE);
    let refused = |message: String, help: &str| EditError::Refused { message, help: help.to_owned() };
    if file.exists() {
        return Err(refused(format!("{} has a project already", folder.display()), "choose another folder"));
    }
    let mut text = String::new();
    for line in template.project.split_inclusive('\n') {
        match line.strip_prefix("name:") {
            Some(_) => text.push_str(&format!("name: {}\n", scalar(name))),
            None => text.push_str(line),
        }
    }
    let mut files = vec![(file, text)];
    for (path, content) in &template.files {
        let is_inside =
            Path::new(path).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        if !is_inside {
            return Err(refused(
                format!("the template's file {path:?} lies outside of the project"),
                "correct the template",
            ));
        }
        files.push((folder.join(path), content.clone()));
    }
    for (path, content) in files {
        let fail = |source| EditError::Io { path: path.clone(), source };
        if path.exists() {
            return Err(refused(format!("{} is there already", path.display()), "choose another folder"));
        }
        std::fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(fail)?;
        std::fs::write(&path, content).map_err(fail)?;
    }
    Ok(Project::load(folder)?)
}

/// A template of a project: its file and its queries, as they are. Secrets are in neither.
///
/// # Errors
/// A project with mistakes, queries that cannot be read.
pub fn of_project(folder: &Path, name: &str, description: &str) -> Result<Template, EditError> {
    let project = Project::load(folder)?;
    let read =
        |path: PathBuf| std::fs::read_to_string(&path).map_err(|source| EditError::Io { path, source });
    let mut files = BTreeMap::new();
    let queries = project.legs().into_iter().filter_map(|leg| leg.query.map(str::to_owned));
    for path in queries.chain(project.file().include.iter().cloned()) {
        let text = read(folder.join(&path))?;
        files.insert(path, text);
    }
    Ok(Template {
        template: name.to_owned(),
        description: description.to_owned(),
        project: read(folder.join(PROJECT_FILE))?,
        files,
    })
}

/// The template as the text of a file.
pub fn to_text(template: &Template) -> String {
    let mut text = format!(
        "template: {}\ndescription: {}\nproject: {}",
        scalar(&template.template),
        scalar(&template.description),
        block(&template.project, 2)
    );
    if !template.files.is_empty() {
        text.push_str("files:\n");
    }
    for (path, content) in &template.files {
        text.push_str(&format!("  {}: {}", scalar(path), block(content, 4)));
    }
    text
}

/// A text of several lines as YAML: as it is where that can be read back, else quoted.
fn block(text: &str, indent: usize) -> String {
    let plain = text.ends_with('\n')
        && !text.ends_with("\n\n")
        && !text
            .chars()
            .any(|c| c != '\n' && (c.is_control() || matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}')))
        && !text.starts_with('\n');
    if !plain {
        return format!("{}\n", serde_json::Value::from(text));
    }
    let spaces = " ".repeat(indent);
    let lines =
        text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("{spaces}{line}\n") });
    format!("|2\n{}", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn provided_templates_make_projects() {
        let all = provided();
        assert_eq!(all.len(), PROVIDED.len());
        for template in all {
            let folder = tempfile::tempdir().unwrap();
            let project = instantiate(&template, folder.path(), "My: project").unwrap();
            assert_eq!(project.name(), "My: project");
            assert!(instantiate(&template, folder.path(), "Again").is_err());
        }
    }

    #[test]
    fn a_template_can_be_read_again() {
        let template = Template {
            template: "A: b".to_owned(),
            description: "for \"tests\"".to_owned(),
            project: "name: x\n\n  indented: [1]\n# é\n".to_owned(),
            files: BTreeMap::from([
                ("queries/a b.pq".to_owned(), "  let\n    a = 1\nin\n  a\n".to_owned()),
                ("q.pq".to_owned(), "no end of line".to_owned()),
            ]),
        };
        assert_eq!(read(Path::new("t"), &to_text(&template)).unwrap(), template);
    }

    #[test]
    fn files_stay_inside_the_project() {
        let files = BTreeMap::from([("../evil.pq".to_owned(), "1".to_owned())]);
        let template = Template { files, ..provided().remove(0) };
        let folder = tempfile::tempdir().unwrap();
        assert!(instantiate(&template, &folder.path().join("p"), "x").is_err());
    }
}
