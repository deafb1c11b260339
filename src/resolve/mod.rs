//! From trees to [`ir`](crate::ir): names become slots, captures, cells, section members or constants.
//!
//! Two passes: [`scan`] finds what every name means and where each variable must live, [`lower`] writes the
//! nodes. Unknown names are found here, before anything runs. Between them [`share`] looks for expressions that stand
//! at several places and need only one value.

mod circles;
mod error;
mod in_place;
mod lower;
mod meanings;
mod prompt;
mod scan;
mod share;
mod type_node;

pub use error::ResolveError;
pub use meanings::{Meanings, Target, meanings};
pub use scan::closest;

use std::sync::Arc;

use crate::eval::Names;
use crate::ir::{Program, Section};
use crate::syntax::{Node, NodeId, Tree};
use crate::text::Source;
use crate::value::Text;
use scan::{Scanned, scan};
use share::{Shared, share};

/// A parsed text, ready to be resolved.
pub struct Document {
    /// The text.
    pub source: Source,
    /// Its tree, without errors.
    pub tree: Tree,
    /// Whether evaluating it observes the tables that its steps give: see [`Node::Noted`](crate::ir::Node::Noted).
    pub observed: bool,
}

/// Resolves documents that belong together: any number of sections, and at most one expression, which sees
/// the shared members of all sections. Names that no document defines are looked up in `names`.
///
/// The program can be run even if there are errors: what was not understood raises its error when evaluated.
pub fn resolve(documents: &[Document], names: &dyn Names) -> (Program, Vec<(Source, ResolveError)>) {
    let mut program = Program::default();
    let mut errors = Vec::new();
    let outline = Outline::of(documents);
    for (at, document) in documents.iter().enumerate() {
        let scanned = scan_sharing(document, document.tree.root(), &outline, outline.section_of(at), names);
        errors.extend(scanned.errors.iter().cloned().map(|error| (document.source.clone(), error)));
        let lowered = lower::lower(document, &scanned);
        match lowered {
            lower::Lowered::Expression(code) => program.expression = Some(code),
            lower::Lowered::Section(members) => {
                let name = outline.section_name(at).unwrap_or_default();
                program.sections.push(Section { name, members });
            }
        }
    }
    (program, errors)
}

/// What the names below `root` mean, with variables for what stands at several places.
fn scan_sharing(
    document: &Document,
    root: NodeId,
    outline: &Outline,
    section: Option<u32>,
    names: &dyn Names,
) -> Scanned {
    let scanned = scan(document, root, outline, section, names, &Shared::default());
    match share(document, root, &scanned) {
        None => scanned,
        Some(shared) => scan(document, root, outline, section, names, &shared),
    }
}

/// The sections of all documents and their members, which names may refer to.
struct Outline {
    sections: Vec<OutlineSection>,
    /// For each document the number of its section.
    of_document: Vec<Option<u32>>,
}

struct OutlineSection {
    name: Text,
    members: Vec<(Text, bool)>,
}

impl Outline {
    fn of(documents: &[Document]) -> Outline {
        let mut outline = Outline { sections: Vec::new(), of_document: Vec::new() };
        for document in documents {
            let tree = &document.tree;
            let text = document.source.text();
            let Node::Section { name, members, .. } = tree.node(tree.root()) else {
                outline.of_document.push(None);
                continue;
            };
            let members = tree
                .list(members)
                .iter()
                .filter_map(|&member| match tree.node(member) {
                    Node::SectionMember { name, shared, .. } => {
                        Some((Text::new(&tree.name(name, text)), shared))
                    }
                    _ => None,
                })
                .collect();
            let name = name.map_or_else(Text::default, |name| Text::new(&tree.name(name, text)));
            outline.of_document.push(Some(outline.sections.len() as u32));
            outline.sections.push(OutlineSection { name, members });
        }
        outline
    }

    fn section_of(&self, document: usize) -> Option<u32> {
        self.of_document.get(document).copied().flatten()
    }

    fn section_name(&self, document: usize) -> Option<Text> {
        let section = self.section_of(document)?;
        self.sections.get(section as usize).map(|section| section.name.clone())
    }

    /// A member of a section, by the names of both.
    fn member(&self, section: &str, name: &str) -> Option<(u32, u32)> {
        let at = self.sections.iter().position(|known| known.name.as_str() == section)?;
        self.member_of(at as u32, name).map(|member| (at as u32, member))
    }

    fn member_of(&self, section: u32, name: &str) -> Option<u32> {
        let members = &self.sections.get(section as usize)?.members;
        members.iter().position(|(known, _)| known.as_str() == name).map(|at| at as u32)
    }

    /// The names of all shared members.
    fn shared_names(&self) -> impl Iterator<Item = &str> {
        let members = self.sections.iter().flat_map(|section| &section.members);
        members.filter(|(_, shared)| *shared).map(|(name, _)| name.as_str())
    }

    /// The shared members of that name in other sections than `own`.
    fn shared(&self, own: Option<u32>, name: &str) -> Vec<(u32, u32)> {
        let mut found = Vec::new();
        for (at, section) in self.sections.iter().enumerate().filter(|(at, _)| own != Some(*at as u32)) {
            for (index, (known, shared)) in section.members.iter().enumerate() {
                if *shared && known.as_str() == name {
                    found.push((at as u32, index as u32));
                }
            }
        }
        found
    }
}

/// Gives a name to what has none yet: traces show it.
fn shared_name(name: &str) -> Arc<str> {
    Arc::from(name)
}

/// Resolves one member of a section by itself: it sees `names`, but not the other members.
pub fn resolve_member(document: &Document, name: &str, names: &dyn Names) -> Option<Arc<crate::ir::Code>> {
    let tree = &document.tree;
    let Node::Section { members, .. } = tree.node(tree.root()) else { return None };
    let value = tree.list(members).iter().find_map(|&member| match tree.node(member) {
        Node::SectionMember { name: found, value, .. }
            if tree.name(found, document.source.text()) == name =>
        {
            Some(value)
        }
        _ => None,
    })?;
    let outline = Outline { sections: Vec::new(), of_document: Vec::new() };
    let scanned = scan_sharing(document, value, &outline, None, names);
    Some(lower::lower_expression(document, value, &scanned))
}
