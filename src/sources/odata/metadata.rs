//! The metadata document: CSDL 4.0 in XML.

use std::collections::HashMap;
use std::sync::Arc;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// What a service offers.
#[derive(Debug, Default)]
pub struct Model {
    /// Entity sets and singletons, in order.
    pub containers: Vec<Container>,
    types: HashMap<String, Arc<EntityType>>,
    enums: Vec<String>,
    definitions: HashMap<String, String>,
    aliases: HashMap<String, String>,
}

/// An entity set or a singleton.
#[derive(Clone, Debug)]
pub struct Container {
    /// The name in addresses.
    pub name: String,
    /// The full name of the type.
    pub ty: String,
    /// Whether it holds one entity.
    pub is_singleton: bool,
}

/// An entity type or complex type, with what it inherits.
#[derive(Clone, Debug, Default)]
pub struct EntityType {
    /// The full name.
    pub name: String,
    pub(super) base: Option<String>,
    /// The names of the key properties.
    pub key: Vec<String>,
    /// The structural properties.
    pub properties: Vec<Property>,
    /// The navigation properties; their type is the type they lead to.
    pub navigation: Vec<Property>,
    /// Whether entities may have properties that are not declared.
    pub is_open: bool,
}

/// A property.
#[derive(Clone, Debug)]
pub struct Property {
    /// The name.
    pub name: String,
    /// The type.
    pub ty: Edm,
    /// Whether it may be null.
    pub nullable: bool,
    /// The greatest length, where one is declared.
    pub max_length: Option<u32>,
    /// For a navigation property: the property that holds the key of what it leads to, and the property there; only
    /// where it is one.
    pub refers: Option<(String, String)>,
}

/// The types of values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edm {
    /// A primitive type by its name without `Edm.`.
    Primitive(String),
    /// An enumeration, by its full name.
    Enumeration(String),
    /// A complex type or entity type, by its full name.
    Structure(String),
    /// Many of one type.
    Collection(Box<Edm>),
}

impl Model {
    /// Reads a metadata document.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<Model, String> {
        let mut reading = Reading::default();
        let mut reader = Reader::from_str(text);
        loop {
            match reader.read_event() {
                Ok(Event::Start(tag)) => reading.open(&tag, true)?,
                Ok(Event::Empty(tag)) => reading.open(&tag, false)?,
                Ok(Event::End(tag)) => reading.close(tag.local_name().as_ref()),
                Ok(Event::Eof) => break,
                Ok(_) => {}
                Err(error) => return Err(format!("it isn't well-formed XML: {error}")),
            }
        }
        if !reading.seen_schema {
            return Err("it holds no Schema of OData".to_owned());
        }
        reading.finish()
    }

    /// A type by its full name.
    pub fn ty(&self, name: &str) -> Option<&Arc<EntityType>> {
        self.types.get(name)
    }

    /// The first entity set of a type.
    pub fn set_of(&self, ty: &str) -> Option<&Container> {
        self.containers.iter().find(|container| !container.is_singleton && container.ty == ty)
    }

    /// An entity set or singleton by its name.
    pub fn container(&self, name: &str) -> Option<&Container> {
        self.containers.iter().find(|container| container.name == name)
    }

    fn resolve(&self, name: &str) -> Edm {
        if let Some(inner) = name.strip_prefix("Collection(").and_then(|rest| rest.strip_suffix(')')) {
            return Edm::Collection(Box::new(self.resolve(inner)));
        }
        if let Some(primitive) = name.strip_prefix("Edm.") {
            return Edm::Primitive(primitive.to_owned());
        }
        let full = self.full_name(name);
        if self.enums.contains(&full) {
            return Edm::Enumeration(full);
        }
        match self.definitions.get(&full) {
            Some(underlying) => self.resolve(underlying),
            None => Edm::Structure(full),
        }
    }

    /// A name with the alias of its schema replaced.
    fn full_name(&self, name: &str) -> String {
        match name.rsplit_once('.') {
            Some((space, last)) => match self.aliases.get(space) {
                Some(space) => format!("{space}.{last}"),
                None => name.to_owned(),
            },
            None => name.to_owned(),
        }
    }

    /// The type a name in a context address stands for.
    pub fn named(&self, name: &str) -> Edm {
        self.resolve(name)
    }
}

#[derive(Default)]
struct Reading {
    model: Model,
    seen_schema: bool,
    namespace: String,
    current: Option<EntityType>,
    in_key: bool,
    /// Types as they were written: names of types are resolved when all are known.
    types: Vec<(EntityType, Vec<RawProperty>)>,
    raw: Vec<RawProperty>,
}

struct RawProperty {
    name: String,
    ty: String,
    nullable: bool,
    max_length: Option<u32>,
    is_navigation: bool,
    refers: Vec<(String, String)>,
}

impl Reading {
    fn open(&mut self, tag: &BytesStart<'_>, has_content: bool) -> Result<(), String> {
        let attributes = attributes(tag)?;
        let get =
            |name: &str| attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        let need = |name: &str| {
            get(name).ok_or_else(|| {
                let tag = tag.local_name();
                let tag: &str = tag.as_ref();
                format!("an element {tag} lacks the attribute {name}")
            })
        };
        match tag.local_name().as_ref() {
            "Schema" => {
                self.seen_schema = true;
                self.namespace = need("Namespace")?;
                if let Some(alias) = get("Alias") {
                    self.model.aliases.insert(alias, self.namespace.clone());
                }
            }
            "EntityType" | "ComplexType" => {
                self.current = Some(EntityType {
                    name: format!("{}.{}", self.namespace, need("Name")?),
                    base: get("BaseType"),
                    is_open: get("OpenType").is_some_and(|open| open == "true"),
                    ..EntityType::default()
                });
                if !has_content {
                    self.end_type();
                }
            }
            "EnumType" => self.model.enums.push(format!("{}.{}", self.namespace, need("Name")?)),
            "TypeDefinition" => {
                let name = format!("{}.{}", self.namespace, need("Name")?);
                self.model.definitions.insert(name, need("UnderlyingType")?);
            }
            "Key" => self.in_key = has_content,
            "PropertyRef" if self.in_key => {
                let name = need("Name")?;
                if let Some(current) = &mut self.current {
                    current.key.push(name);
                }
            }
            kind @ ("Property" | "NavigationProperty") if self.current.is_some() => {
                self.raw.push(RawProperty {
                    name: need("Name")?,
                    ty: need("Type")?,
                    nullable: get("Nullable").is_none_or(|nullable| nullable != "false"),
                    max_length: get("MaxLength").and_then(|length| length.parse().ok()),
                    is_navigation: kind == "NavigationProperty",
                    refers: Vec::new(),
                });
            }
            "ReferentialConstraint" => {
                let refers = (need("Property")?, need("ReferencedProperty")?);
                if let Some(property) = self.raw.last_mut().filter(|property| property.is_navigation) {
                    property.refers.push(refers);
                }
            }
            kind @ ("EntitySet" | "Singleton") => {
                let is_singleton = kind == "Singleton";
                let ty = need(if is_singleton { "Type" } else { "EntityType" })?;
                self.model.containers.push(Container { name: need("Name")?, ty, is_singleton });
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, tag: &str) {
        match tag {
            "EntityType" | "ComplexType" => self.end_type(),
            "Key" => self.in_key = false,
            _ => {}
        }
    }

    fn end_type(&mut self) {
        if let Some(current) = self.current.take() {
            self.types.push((current, std::mem::take(&mut self.raw)));
        }
    }

    fn finish(mut self) -> Result<Model, String> {
        let mut own: HashMap<String, EntityType> = HashMap::new();
        for (mut ty, raw) in std::mem::take(&mut self.types) {
            for property in raw {
                let read = Property {
                    ty: self.model.resolve(&property.ty),
                    name: property.name,
                    nullable: property.nullable,
                    max_length: property.max_length,
                    refers: match <[_; 1]>::try_from(property.refers) {
                        Ok([one]) => Some(one),
                        Err(_) => None,
                    },
                };
                let list = if property.is_navigation { &mut ty.navigation } else { &mut ty.properties };
                list.push(read);
            }
            ty.base = ty.base.map(|base| self.model.full_name(&base));
            own.insert(ty.name.clone(), ty);
        }
        let names: Vec<String> = own.keys().cloned().collect();
        for name in names {
            let mut whole = EntityType::default();
            let mut next = Some(name.clone());
            let mut depth = 0;
            while let Some(ty) = next.as_ref().and_then(|name| own.get(name)) {
                depth += 1;
                if depth > 64 {
                    return Err(format!("the type {name} inherits from itself"));
                }
                // What is inherited stands first.
                whole.properties.splice(0..0, ty.properties.iter().cloned());
                whole.navigation.splice(0..0, ty.navigation.iter().cloned());
                whole.key.splice(0..0, ty.key.iter().cloned());
                whole.is_open |= ty.is_open;
                next = ty.base.clone();
            }
            whole.name.clone_from(&name);
            self.model.types.insert(name, Arc::new(whole));
        }
        for at in 0..self.model.containers.len() {
            if let Some(container) = self.model.containers.get(at) {
                let full = self.model.full_name(&container.ty);
                if let Some(container) = self.model.containers.get_mut(at) {
                    container.ty = full;
                }
            }
        }
        Ok(self.model)
    }
}

fn attributes(tag: &BytesStart<'_>) -> Result<Vec<(String, String)>, String> {
    tag.attributes()
        .map(|attribute| {
            let attribute = attribute.map_err(|error| format!("it isn't well-formed XML: {error}"))?;
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .map_err(|error| format!("it isn't well-formed XML: {error}"))?;
            let name: &str = attribute.key.local_name().into_inner();
            Ok((name.to_owned(), value.into_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_inherit_and_aliases_are_names() {
        let model = Model::parse(
            r#"<?xml version="1.0"?><edmx:Edmx Version="4.0" xmlns:edmx="x"><edmx:DataServices>
            <Schema Namespace="a.b" Alias="Self" xmlns="y">
              <EntityType Name="Base" Abstract="true"><Key><PropertyRef Name="id"/></Key>
                <Property Name="id" Type="Edm.Guid" Nullable="false"/></EntityType>
              <EntityType Name="Book" BaseType="Self.Base" OpenType="true">
                <Property Name="title" Type="Edm.String" MaxLength="111"/>
                <Property Name="colour" Type="Self.Colour"/><Property Name="size" Type="Self.Size"/>
                <Property Name="tags" Type="Collection(Edm.String)"/>
                <NavigationProperty Name="author" Type="a.b.Book">
                  <ReferentialConstraint Property="author_id" ReferencedProperty="id"/></NavigationProperty>
                <NavigationProperty Name="parts" Type="Collection(Self.Book)"/></EntityType>
              <EnumType Name="Colour"><Member Name="Red"/></EnumType>
              <TypeDefinition Name="Size" UnderlyingType="Edm.Int32"/>
              <EntityContainer Name="C"><EntitySet Name="Books" EntityType="Self.Book"/>
                <Singleton Name="Me" Type="a.b.Book"/></EntityContainer>
            </Schema></edmx:DataServices></edmx:Edmx>"#,
        )
        .unwrap();
        let book = model.ty(&model.container("Books").unwrap().ty).unwrap();
        assert_eq!(book.key, ["id"]);
        let shown: Vec<String> =
            book.properties.iter().map(|one| format!("{} {:?} {}", one.name, one.ty, one.nullable)).collect();
        assert_eq!(
            shown,
            [
                "id Primitive(\"Guid\") false",
                "title Primitive(\"String\") true",
                "colour Enumeration(\"a.b.Colour\") true",
                "size Primitive(\"Int32\") true",
                "tags Collection(Primitive(\"String\")) true",
            ]
        );
        assert_eq!(book.navigation[1].ty, Edm::Collection(Box::new(Edm::Structure("a.b.Book".into()))));
        assert_eq!(book.navigation[0].refers, Some(("author_id".to_owned(), "id".to_owned())));
        assert!(book.is_open && model.container("Me").unwrap().is_singleton);
    }

    #[test]
    fn what_is_no_metadata_says_so() {
        assert!(Model::parse("<html><body></html>").unwrap_err().contains("well-formed"));
        assert!(Model::parse("<a/>").unwrap_err().contains("no Schema"));
        let circle = r#"<Schema Namespace="a"><EntityType Name="B" BaseType="a.B"/></Schema>"#;
        assert!(Model::parse(circle).unwrap_err().contains("inherits from itself"));
    }
}
