//! Parameters of a program: declared when it is compiled, given a value by each run.
//!
//! To the resolver they are shared members of one more section, so that every evaluation has a cell for each; a
//! run fills those cells.

use crate::resolve::Document;
use crate::syntax::{self, Node};
use crate::text::Source;
use crate::value::types::FunctionType;
use crate::value::{identifier, quote};

/// The section that holds the parameters; a name no one writes by accident.
pub(super) const SECTION: &str = "host parameters";

/// The section of the parameters that are no member of a section in `documents` already; `None` if all are.
pub(super) fn section(parameters: &FunctionType, documents: &[Document]) -> Option<Document> {
    let mut text = String::from("section ");
    identifier(SECTION, &mut text);
    text.push(';');
    let mut any = false;
    for (at, parameter) in parameters.parameters.iter().enumerate() {
        let name = parameter.name.as_str();
        if documents.iter().any(|document| has_member(document, name)) {
            continue;
        }
        any = true;
        text.push_str(" shared ");
        identifier(name, &mut text);
        text.push_str(" = ");
        if at < parameters.required {
            text.push_str("error ");
            quote(&format!("The parameter '{name}' was given no value."), &mut text);
        } else {
            text.push_str("null");
        }
        text.push(';');
    }
    if !any {
        return None;
    }
    let source = Source::new(SECTION, text);
    let tree = syntax::parse(source.text()).tree;
    Some(Document { source, tree, observed: false })
}

/// Whether a document is a section with a member called `name`.
fn has_member(document: &Document, name: &str) -> bool {
    let tree = &document.tree;
    let Node::Section { members, .. } = tree.node(tree.root()) else { return false };
    tree.list(members).iter().any(|&member| match tree.node(member) {
        Node::SectionMember { name: found, .. } => tree.name(found, document.source.text()) == name,
        _ => false,
    })
}
