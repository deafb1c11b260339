//! What a store is to a runner: the seam by which each kind of destination plugs in.

use super::{CellKind, DestinationError, Entity, Outcome, Row};

/// A store as a whole: what it holds, and how to write one of its entities.
///
/// Each kind of system implements this once. The runner knows nothing else of it.
pub trait Destination: Send + Sync {
    /// The names of the entities that are there, sorted.
    ///
    /// # Errors
    /// What keeps the store from being read.
    fn entities(&self) -> Result<Vec<String>, DestinationError>;

    /// What an entity looks like; none if it is not there.
    ///
    /// # Errors
    /// What keeps the store from being read.
    fn describe(&self, entity: &str) -> Result<Option<Description>, DestinationError>;

    /// Opens an entity for rows. It is created with the first rows if it is not there.
    ///
    /// # Errors
    /// What keeps the store from being written.
    fn open(&self, entity: Entity, options: WriteOptions) -> Result<Box<dyn UpsertWriter>, DestinationError>;
}

/// A writer that takes rows by key. See the module documentation for the contract.
pub trait UpsertWriter: Send {
    /// Takes rows and answers one outcome per row, in order. The rows are not durable yet.
    fn write(&mut self, rows: &[Row]) -> Result<Vec<Outcome>, DestinationError>;

    /// Deletes the rows with these keys and answers one outcome per row, in order: [`Outcome::Deleted`],
    /// [`Outcome::Unchanged`] where there was none, or a rejection. Only the key cells of the rows count.
    fn delete(&mut self, rows: &[Row]) -> Result<Vec<Outcome>, DestinationError>;

    /// How many rows to give at a time, so that the store is kept busy.
    fn rows_at_once(&self) -> usize {
        1000
    }

    /// Makes everything written so far durable, if the store can do so before the end; answers whether it is.
    fn checkpoint(&mut self) -> Result<bool, DestinationError>;

    /// Makes everything durable and ends. Dropping a writer instead gives up what came after the last
    /// checkpoint.
    fn finish(self: Box<Self>) -> Result<(), DestinationError>;
}

/// How an entity is opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WriteOptions {
    /// Whether rows are kept.
    pub mode: Mode,
    /// Whether columns that the entity lacks are added to it; otherwise they are an error.
    pub add_columns: bool,
    /// Which rows are written.
    pub rows: RowPolicy,
}

/// Which rows are written, depending on whether their key is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RowPolicy {
    /// All: new ones are inserted, others updated.
    #[default]
    Upsert,
    /// New ones are inserted; what is there is left as it is, and counts as unchanged.
    CreateOnly,
    /// What is there is updated; new ones are rejected.
    UpdateOnly,
}

/// Whether rows are written, or only what writing them would do is found out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Rows are written.
    #[default]
    Write,
    /// Outcomes are what they would be, updates name the fields they would change, and nothing is kept.
    Plan,
}

/// An entity as it stands in a store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// Its columns in order.
    pub columns: Vec<StoredColumn>,
    /// The sets of columns that are unique in it, the primary key first.
    pub keys: Vec<Vec<String>>,
    /// Its references to other entities.
    pub references: Vec<Reference>,
}

/// A column as it stands in a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredColumn {
    /// The name.
    pub name: String,
    /// The kind of its values, where the store says so.
    pub kind: Option<CellKind>,
    /// The most characters of a text, where the store says so.
    pub length: Option<u32>,
    /// Whether a row must have a value in it that the store does not give itself.
    pub required: bool,
}

/// Columns that hold the key of a row of another entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The name by which mappings reach the fields of the other entity.
    pub name: String,
    /// The entity they refer to.
    pub to: String,
    /// The referring columns, each with the one it refers to.
    pub columns: Vec<(String, String)>,
    /// The column by which the reference is read, where it is another than the one it is written by.
    pub read: Option<String>,
}

impl Description {
    /// The column of this name. Stores that fold case are matched without regard to it, an exact match first.
    pub fn column(&self, name: &str) -> Option<&StoredColumn> {
        let exact = self.columns.iter().find(|column| column.name == name);
        exact.or_else(|| self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name)))
    }
}
