//! Field mappings.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// One line of a task's mapping.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldMapping {
    /// The source field; absent for a default without source. `Related.Field` reaches a field of a related entity.
    #[serde(default)]
    pub source: Option<String>,
    /// The destination field. `Related.Field` finds the related row by its integration key and stores a reference.
    pub destination: String,
    /// The map type: "=" (if absent), one Fn transform, or a list of them applied in order.
    #[serde(default)]
    pub transform: Option<MapType>,
    /// The type of the destination field; values are converted to it, decimals to whole numbers by
    /// truncation.
    #[serde(default, rename = "type")]
    pub field_type: Option<FieldType>,
}

impl FieldMapping {
    /// A field as it is, to the field of the same name.
    pub fn of(name: &str) -> Self {
        Self {
            source: Some(name.to_owned()),
            destination: name.to_owned(),
            transform: None,
            field_type: None,
        }
    }

    /// Its transforms in order; none for "=".
    pub fn transforms(&self) -> &[Transform] {
        match &self.transform {
            None | Some(MapType::Copy(_)) => &[],
            Some(MapType::One(one)) => std::slice::from_ref(one),
            Some(MapType::Many(many)) => many,
        }
    }

    /// Its transforms, to be changed.
    pub(in crate::project) fn transforms_mut(&mut self) -> &mut [Transform] {
        match &mut self.transform {
            None | Some(MapType::Copy(_)) => &mut [],
            Some(MapType::One(one)) => std::slice::from_mut(one),
            Some(MapType::Many(many)) => many,
        }
    }

    /// Whether its transforms are written as a list.
    pub fn is_list(&self) -> bool {
        matches!(self.transform, Some(MapType::Many(_)))
    }
}

/// How a mapping gives its value.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum MapType {
    /// The source value as it is.
    Copy(CopyMark),
    /// One transform.
    One(Transform),
    /// Transforms applied in order.
    Many(Vec<Transform>),
}

/// The map type "=".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum CopyMark {
    /// The source value as it is.
    #[serde(rename = "=")]
    Equal,
}

/// A transform of a mapping (map type Fn).
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(tag = "fn", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Transform {
    /// The value where the source is null or an empty text, and everywhere without a source.
    Default {
        /// The default value.
        value: Scalar,
    },
    /// Cuts text to a length.
    Truncate {
        /// The most characters that stay; the length of the destination field if absent.
        #[serde(default)]
        length: Option<u32>,
    },
    /// The organization of this project, from the connection set; without a source, everywhere.
    Organization {
        /// The organization in the source or the one in the destination.
        side: Side,
    },
    /// Replaces values by others. What is not listed takes the default, or rejects the row without one;
    /// null stays null without a default.
    ValueMap {
        /// Value -> replacement; values are compared as text.
        map: BTreeMap<String, Scalar>,
        /// The value of what is not listed.
        #[serde(default)]
        default: Option<Scalar>,
    },
    /// Turns a country's name, in one of many languages, or any of its codes into an ISO 3166-1 code. What
    /// is no country takes the default, or rejects the row without one; blank becomes null without a default.
    CountryRegionCode {
        /// The code to give: alpha-2 if absent.
        #[serde(default)]
        format: CodeFormat,
        /// The value of what is no country.
        #[serde(default)]
        default: Option<Scalar>,
    },
}

/// One of two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// Where data come from.
    Source,
    /// Where data go.
    Destination,
}

/// The codes of ISO 3166-1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CodeFormat {
    /// Two letters: DE.
    #[default]
    #[serde(rename = "alpha-2")]
    Alpha2,
    /// Three letters: DEU.
    #[serde(rename = "alpha-3")]
    Alpha3,
    /// Three digits, as text: 276.
    Numeric,
}

/// The type of a destination field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FieldType {
    /// Text.
    Text,
    /// A whole number to 64 bits.
    WholeNumber,
    /// A decimal number with exact digits.
    Decimal,
    /// A number in double precision.
    Number,
    /// True or false.
    Logical,
    /// A date.
    Date,
    /// A time of day.
    Time,
    /// A date and time.
    Datetime,
}

/// A single value in a project file.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Scalar {
    /// True or false.
    Logical(bool),
    /// A whole number.
    Whole(i64),
    /// Another number.
    Double(f64),
    /// Text.
    Text(String),
}
