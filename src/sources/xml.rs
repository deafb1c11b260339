//! XML text as a tree of elements with resolved namespaces.
//!
//! Elements stand in one flat list and refer to each other by number, so that a deeply nested document costs no
//! stack. Document types are passed over: their entities are unknown here, which keeps documents from growing.

use quick_xml::NsReader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{PrefixDeclaration, ResolveResult};

use crate::eval::Context;
use crate::value::{Error, Result, Text};

/// More levels than this are refused.
const DEEPEST: usize = 10_000;

/// An XML document. Element 0 is its root.
pub struct Document {
    elements: Vec<Element>,
}

/// An element.
pub struct Element {
    /// Its name without prefix.
    pub name: Text,
    /// The namespace its prefix stands for; empty where it is in none.
    pub namespace: Text,
    /// Its attributes in order, without the declarations of namespaces.
    pub attributes: Vec<Attribute>,
    /// What it holds, in order. White space between elements is left out.
    pub content: Vec<Content>,
}

/// An attribute of an element.
pub struct Attribute {
    /// Its name without prefix.
    pub name: Text,
    /// The namespace its prefix stands for; empty without prefix.
    pub namespace: Text,
    /// Its value, white space normalised.
    pub value: Text,
}

/// A part of what an element holds.
pub enum Content {
    /// An element, by its number.
    Element(usize),
    /// A run of text.
    Text(Text),
}

impl Element {
    /// Whether the element is only a text: neither attributes nor elements.
    pub fn is_simple(&self) -> bool {
        self.attributes.is_empty() && self.children().next().is_none()
    }

    /// The elements that stand directly in it.
    pub fn children(&self) -> impl Iterator<Item = usize> {
        self.content.iter().filter_map(|part| match part {
            Content::Element(at) => Some(*at),
            Content::Text(_) => None,
        })
    }

    /// The texts that stand directly in it, put together; `None` if there are none.
    pub fn text(&self) -> Option<Text> {
        let mut texts = self.content.iter().filter_map(|part| match part {
            Content::Text(text) => Some(text),
            Content::Element(_) => None,
        });
        let first = texts.next()?.clone();
        Some(match texts.next() {
            None => first,
            Some(second) => {
                let start = format!("{first}{second}");
                Text::from(texts.fold(start, |all, text| all + text))
            }
        })
    }
}

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    /// `DataFormat.Error` with the place where the text is no well-formed XML.
    pub fn parse(ctx: &Context, text: &str) -> Result<Document> {
        let mut reader = NsReader::from_str(text);
        reader.config_mut().check_end_names = true;
        let mut builder = Builder::default();
        loop {
            ctx.step()?;
            let event = match reader.read_event() {
                Ok(event) => event,
                Err(error) => return Err(failed(text, reader.error_position(), &error.to_string())),
            };
            let done = matches!(event, Event::Eof);
            let outcome = builder.take(&reader, event);
            outcome.map_err(|why| failed(text, reader.buffer_position(), &why))?;
            if done {
                return Ok(Document { elements: builder.elements });
            }
        }
    }

    /// An element by its number.
    pub fn element(&self, at: usize) -> Option<&Element> {
        self.elements.get(at)
    }
}

#[derive(Default)]
struct Builder {
    elements: Vec<Element>,
    /// The elements that are open, outermost first.
    open: Vec<usize>,
    /// The text that is being put together from runs, references and CDATA sections.
    text: String,
}

impl Builder {
    fn take(&mut self, reader: &NsReader<&[u8]>, event: Event<'_>) -> Result<(), String> {
        match event {
            Event::Start(start) => self.start(reader, &start, true),
            Event::Empty(start) => self.start(reader, &start, false),
            Event::End(_) => {
                self.end_text();
                self.close();
                Ok(())
            }
            Event::Text(text) => self.add(&text.xml10_content()),
            Event::CData(text) => self.add(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let mut buffer = [0; 4];
                let text = referred(&reference, &mut buffer)?;
                self.add(text)
            }
            Event::Eof => match (self.open.last().and_then(|at| self.elements.get(*at)), self.elements.len())
            {
                (Some(open), _) => Err(format!("The element '{}' is never closed.", open.name)),
                (None, 0) => Err("There is no root element.".to_owned()),
                _ => Ok(()),
            },
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => Ok(()),
        }
    }

    fn start(&mut self, reader: &NsReader<&[u8]>, start: &BytesStart<'_>, opens: bool) -> Result<(), String> {
        self.end_text();
        if self.open.is_empty() && !self.elements.is_empty() {
            return Err("There are several root elements.".to_owned());
        }
        if self.open.len() >= DEEPEST {
            return Err(format!("Elements are nested more than {DEEPEST} levels deep."));
        }
        let (namespace, name) = reader.resolver().resolve_element(start.name());
        let mut element = Element {
            name: Text::new(name.as_ref()),
            namespace: bound(namespace)?,
            attributes: Vec::new(),
            content: Vec::new(),
        };
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| error.to_string())?;
            if matches!(
                attribute.key.as_namespace_binding(),
                Some(PrefixDeclaration::Default | PrefixDeclaration::Named(_))
            ) {
                continue;
            }
            let (namespace, name) = reader.resolver().resolve_attribute(attribute.key);
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .map_err(|error| error.to_string())?;
            element.attributes.push(Attribute {
                name: Text::new(name.as_ref()),
                namespace: bound(namespace)?,
                value: Text::new(&value),
            });
        }
        let at = self.elements.len();
        if let Some(parent) = self.open.last().and_then(|parent| self.elements.get_mut(*parent)) {
            parent.content.push(Content::Element(at));
        }
        self.elements.push(element);
        if opens {
            self.open.push(at);
        }
        Ok(())
    }

    fn add(&mut self, text: &str) -> Result<(), String> {
        if self.open.is_empty() {
            let blank = text.chars().all(is_white) || (self.elements.is_empty() && text == "\u{feff}");
            return if blank { Ok(()) } else { Err("There is text outside of the root element.".to_owned()) };
        }
        self.text.push_str(text);
        Ok(())
    }

    fn end_text(&mut self) {
        if !self.text.is_empty()
            && let Some(element) = self.open.last().and_then(|at| self.elements.get_mut(*at))
        {
            element.content.push(Content::Text(Text::new(&self.text)));
        }
        self.text.clear();
    }

    /// Ends an element. White space that only sets elements apart goes.
    fn close(&mut self) {
        if let Some(element) = self.open.pop().and_then(|at| self.elements.get_mut(at))
            && element.children().next().is_some()
        {
            element.content.retain(|part| match part {
                Content::Text(text) => !text.chars().all(is_white),
                Content::Element(_) => true,
            });
        }
    }
}

fn is_white(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn bound(namespace: ResolveResult<'_>) -> Result<Text, String> {
    match namespace {
        ResolveResult::Bound(namespace) => Ok(Text::new(namespace.as_ref())),
        ResolveResult::Unbound => Ok(Text::default()),
        ResolveResult::Unknown(prefix) => Err(format!("The prefix '{prefix}' is not declared.")),
    }
}

fn referred<'b>(reference: &BytesRef<'_>, buffer: &'b mut [u8; 4]) -> Result<&'b str, String> {
    match reference.resolve_char_ref() {
        Ok(Some(c)) => Ok(c.encode_utf8(buffer)),
        Ok(None) => resolve_xml_entity(reference)
            .ok_or_else(|| format!("The entity '{}' is not known.", reference.as_ref())),
        Err(error) => Err(error.to_string()),
    }
}

fn failed(text: &str, position: u64, why: &str) -> Error {
    let before = usize::try_from(position).ok().and_then(|at| text.get(..at)).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().encode_utf16().count() + 1;
    let why = why.trim_end_matches('.');
    Error::data_format(format!(
        "Xml processing failed. Either the input is invalid or it isn't supported. (Internal error: {why}. Line \
         {line}, position {column}.)"
    ))
}

#[cfg(test)]
mod tests {
    use super::Document;
    use crate::Engine;

    fn parse(text: &str) -> Result<Document, String> {
        let query = Engine::new().compile("test", "null").expect("compiles");
        Document::parse(&query.start(), text).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_no_document_is_refused_with_its_place() {
        for (text, why) in [
            ("", "There is no root element. Line 1, position 1."),
            ("<a>\n<b></a>", "Line 2, position 4."),
            ("<a/><b/>", "There are several root elements. Line 1, position 9."),
            ("<a/>x", "There is text outside of the root element."),
            ("<a>&nbsp;</a>", "The entity 'nbsp' is not known. Line 1, position 10."),
            ("<p:a/>", "The prefix 'p' is not declared."),
            ("<a x='1' x='2'/>", "Line 1, position"),
            ("<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "The entity 'e' is not known."),
            ("just text", "There is text outside of the root element."),
        ] {
            let error = parse(text).err().unwrap_or_default();
            assert!(error.contains("Xml processing failed.") && error.contains(why), "{text}: {error}");
        }
        let deep = "<a>".repeat(20_000);
        assert!(parse(&deep).err().unwrap_or_default().contains("levels deep"));
    }

    #[test]
    fn texts_references_and_sections_are_one_text() {
        let document = parse("<a>x &amp; <![CDATA[<y>]]>&#x41;<!-- no --></a>").unwrap();
        assert_eq!(document.element(0).unwrap().text().unwrap().as_str(), "x & <y>A");
    }

    #[test]
    fn namespaces_follow_their_declarations() {
        let document =
            parse("<a xmlns='u' xmlns:p='v' p:x='1' y='2'><p:b/><c xmlns=''/><d xml:lang='en'/></a>")
                .unwrap();
        let root = document.element(0).unwrap();
        let attributes: Vec<_> =
            root.attributes.iter().map(|a| (a.namespace.as_str(), a.name.as_str())).collect();
        assert_eq!(attributes, [("v", "x"), ("", "y")]);
        let children: Vec<_> = root
            .children()
            .filter_map(|at| document.element(at))
            .map(|child| (child.namespace.as_str(), child.name.as_str()))
            .collect();
        assert_eq!(children, [("v", "b"), ("", "c"), ("u", "d")]);
        let language = &document.element(3).unwrap().attributes[0];
        assert_eq!(language.namespace.as_str(), "http://www.w3.org/XML/1998/namespace");
    }
}
