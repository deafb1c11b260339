use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::drop::{Nested, drop_nested};
use super::{Member, Result, Text, Type, Value};
use crate::eval::Context;
use crate::table::Batch;

/// The field names of a record, in order; shared by all records (and tables) of one form.
pub struct Shape {
    id: u32,
    names: Vec<Text>,
    /// Only for many names; a few are found faster by looking along the list.
    index: Option<FxHashMap<Text, u32>>,
    /// The shape of one name more that was asked for last.
    wider: Mutex<Option<Arc<Shape>>>,
}

/// Names up to this many are searched in order.
const FEW: usize = 8;
/// Names of two shapes up to this many are told where they stand in each other.
const FEW_PLACES: usize = 32;

impl Shape {
    /// A shape of these names, which must differ from each other: of two equal names the first is found.
    pub fn new(names: impl IntoIterator<Item = Text>) -> Shape {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let names: Vec<Text> = names.into_iter().collect();
        let index = (names.len() > FEW).then(|| {
            let mut index = FxHashMap::with_capacity_and_hasher(names.len(), Default::default());
            for (at, name) in names.iter().enumerate() {
                index.entry(name.clone()).or_insert(at as u32);
            }
            index
        });
        Shape { id: NEXT.fetch_add(1, Ordering::Relaxed), names, index, wider: Mutex::default() }
    }

    /// The shape of these names and one more behind them: the same as before, if it was asked for the same name last.
    pub fn with(&self, name: &Text) -> Arc<Shape> {
        /// Shapes of more names are made anew, so that a record that grows without end keeps no shape of each length.
        const MOST: usize = 16;
        let make = || Arc::new(Shape::new(self.names.iter().chain([name]).cloned()));
        if self.len() >= MOST {
            return make();
        }
        let mut wider = self.wider.lock().unwrap_or_else(PoisonError::into_inner);
        match &*wider {
            Some(shape) if shape.names.last() == Some(name) => Arc::clone(shape),
            _ => Arc::clone(wider.insert(make())),
        }
    }

    /// A number no other shape has (until 2^32 shapes were made): the key of inline caches.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// The names in order.
    pub fn names(&self) -> &[Text] {
        &self.names
    }

    /// The position of `name`.
    pub fn position(&self, name: &str) -> Option<usize> {
        match &self.index {
            Some(index) => index.get(name).map(|at| *at as usize),
            None => self.names.iter().position(|known| known.as_str() == name),
        }
    }

    /// Where this shape has the names of another one, if it has all of them and they are few.
    pub fn places(&self, other: &Shape) -> Option<[u8; FEW_PLACES]> {
        let mut places = [0; FEW_PLACES];
        if self.len() + other.len() > FEW_PLACES {
            return None;
        }
        for (place, name) in places.iter_mut().zip(other.names()) {
            *place = u8::try_from(self.position(name)?).ok()?;
        }
        Some(places)
    }

    /// Number of names.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is no name.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

impl std::fmt::Debug for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.names.iter().map(Text::as_str)).finish()
    }
}

/// A record: a shape and a member for each of its names.
pub struct Record {
    shape: Arc<Shape>,
    fields: Fields,
    /// The record type the record was given, if it was.
    ty: Option<Arc<Type>>,
}

/// The fields of a record: three of them fit into the record itself.
pub type Members = SmallVec<[Member; 3]>;

enum Fields {
    Members(Members),
    /// A row of a table: reads its column on access.
    Row {
        batch: Arc<Batch>,
        row: usize,
    },
}

impl Record {
    /// A record of `members`, as many as the shape has names.
    pub fn new(shape: Arc<Shape>, members: impl Into<Members>) -> Record {
        let members = members.into();
        debug_assert_eq!(shape.len(), members.len());
        Record { shape, fields: Fields::Members(members), ty: None }
    }

    /// Row `row` of `batch` as a record.
    pub fn row(shape: Arc<Shape>, batch: Arc<Batch>, row: usize) -> Record {
        Record { shape, fields: Fields::Row { batch, row }, ty: None }
    }

    /// A record of values at hand.
    pub fn from_fields<'n>(fields: impl IntoIterator<Item = (&'n str, Value)>) -> Record {
        let (names, members): (Vec<Text>, Vec<Member>) =
            fields.into_iter().map(|(name, value)| (Text::new(name), Member::Ready(value))).unzip();
        Record::new(Arc::new(Shape::new(names)), members)
    }

    /// A record of named members.
    pub fn from_members(fields: impl IntoIterator<Item = (Text, Member)>) -> Record {
        let (names, members): (Vec<Text>, Vec<Member>) = fields.into_iter().unzip();
        Record::new(Arc::new(Shape::new(names)), members)
    }

    /// The record without fields.
    pub fn empty() -> Record {
        Record::new(Arc::new(Shape::new([])), Vec::new())
    }

    /// The same fields under a record type. It is a claim: nothing checks the fields against it.
    pub fn with_type(&self, ty: Arc<Type>) -> Record {
        Record { shape: Arc::clone(&self.shape), fields: Fields::Members(self.members()), ty: Some(ty) }
    }

    /// The record type the record was given, if it was.
    pub fn claimed_type(&self) -> Option<&Arc<Type>> {
        self.ty.as_ref()
    }

    /// The names of the fields.
    pub fn shape(&self) -> &Arc<Shape> {
        &self.shape
    }

    /// The names of the fields, in order.
    pub fn names(&self) -> &[Text] {
        self.shape.names()
    }

    /// Number of fields.
    pub fn len(&self) -> usize {
        self.shape.len()
    }

    /// Whether there is no field.
    pub fn is_empty(&self) -> bool {
        self.shape.is_empty()
    }

    /// The field at a position.
    pub fn at(&self, position: usize) -> Option<Member> {
        match &self.fields {
            Fields::Members(members) => members.get(position).cloned(),
            Fields::Row { batch, row } => batch.column(position).map(|column| column.get(*row)),
        }
    }

    /// The value at a position, if the record holds it and it is evaluated.
    pub fn ready_at(&self, position: usize) -> Option<&Value> {
        match &self.fields {
            Fields::Members(members) => members.get(position)?.ready(),
            Fields::Row { .. } => None,
        }
    }

    /// The field at a position, evaluated.
    pub fn force_at(&self, position: usize, ctx: &Context) -> Result<Option<Value>> {
        match &self.fields {
            Fields::Members(members) => {
                members.get(position).map(|member| member.force_with_metadata(ctx)).transpose()
            }
            Fields::Row { batch, row } => {
                batch.column(position).map(|column| column.get(*row).force_with_metadata(ctx)).transpose()
            }
        }
    }

    /// The field called `name`.
    pub fn get(&self, name: &str) -> Option<Member> {
        self.shape.position(name).and_then(|position| self.at(position))
    }

    /// All fields in order.
    pub fn members(&self) -> Members {
        match &self.fields {
            Fields::Members(members) => members.clone(),
            Fields::Row { batch, row } => {
                (0..self.len()).filter_map(|at| batch.column(at)).map(|column| column.get(*row)).collect()
            }
        }
    }

    /// The record with other members at these places: the record itself if nothing else holds it, else a copy. It has
    /// no type of its own.
    pub fn updated(mut self: Arc<Self>, places: &[u8], members: Members) -> Arc<Record> {
        let own = Record::own_members(&mut self);
        for (at, member) in places.iter().zip(members) {
            if let Some(place) = own.get_mut(usize::from(*at)) {
                *place = member;
            }
        }
        self
    }

    /// The record with other members at these places in it, and in the records in it: those that nothing else holds are
    /// changed where they are, of others copies are.
    pub fn changed(mut self: Arc<Self>, changes: impl IntoIterator<Item = (Path, Member)>) -> Arc<Record> {
        for (path, member) in changes {
            let Some((last, way)) = path.places().split_last() else { continue };
            let mut record = &mut self;
            for place in way {
                match Record::own_members(record).get_mut(usize::from(*place)) {
                    Some(Member::Ready(Value::Record(inner))) => record = inner,
                    _ => return self,
                }
            }
            if let Some(place) = Record::own_members(record).get_mut(usize::from(*last)) {
                *place = member;
            }
        }
        self
    }

    /// The members of a record for changing, which takes its type from it; if something else holds the record, of a copy
    /// in its stead.
    fn own_members(record: &mut Arc<Record>) -> &mut [Member] {
        let changeable =
            |record: &mut Record| record.ty.is_none() && matches!(record.fields, Fields::Members(_));
        if !Arc::get_mut(record).is_some_and(changeable) {
            *record = Arc::new(Record::new(Arc::clone(&record.shape), record.members()));
        }
        match Arc::get_mut(record) {
            Some(Record { fields: Fields::Members(own), .. }) => own,
            _ => &mut [],
        }
    }

    /// The member at a position, if the record holds its members itself.
    pub fn held(&self, position: usize) -> Option<&Member> {
        match &self.fields {
            Fields::Members(members) => members.get(position),
            Fields::Row { .. } => None,
        }
    }

    /// Names with their members, in order.
    pub fn fields(&self) -> impl Iterator<Item = (&Text, Member)> {
        self.names().iter().zip(self.members())
    }
}

/// The places that lead from a record to a field of a record in it.
#[derive(Clone, Copy, Default)]
pub struct Path {
    depth: u8,
    places: [u8; Path::DEEPEST],
}

impl Path {
    /// Paths are at most so long.
    const DEEPEST: usize = 7;

    /// The path to a place in the record that this one leads to; `None` if it would be too long.
    pub fn then(mut self, place: u8) -> Option<Path> {
        *self.places.get_mut(usize::from(self.depth))? = place;
        self.depth += 1;
        Some(self)
    }

    /// The places.
    pub fn places(&self) -> &[u8] {
        self.places.get(..usize::from(self.depth)).unwrap_or_default()
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        if let Fields::Members(members) = &mut self.fields
            && !members.iter().all(Member::is_flat)
        {
            drop_nested(Nested::Fields(std::mem::take(members)));
        }
    }
}

impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.fields()).finish()
    }
}
