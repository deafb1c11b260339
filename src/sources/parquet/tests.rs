use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow_array::builder::{Int32Builder, MapBuilder, StringBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, Date32Array, Decimal128Array, Float64Array, Int64Array, ListArray, RecordBatch, StringArray,
    StructArray, TimestampMicrosecondArray,
};
use arrow_schema::{DataType, Field};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;

use crate::Engine;
use crate::eval::Context;
use crate::host::{Host, HostError, Shared};
use crate::sources::bytes::file_binary;
use crate::table::{self, Demand};
use crate::value::{Binary, Value, literal_text};

use super::document;

fn file(columns: Vec<(&str, ArrayRef)>, group: usize) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(group)).build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn wide(rows: usize) -> Vec<u8> {
    let numbers: Int64Array = (0..rows as i64).map(|row| row * 7919 % 100_003).collect();
    let texts: StringArray = (0..rows).map(|row| Some(format!("row {}", row * 7919 % 100_003))).collect();
    file(vec![("n", Arc::new(numbers)), ("t", Arc::new(texts))], 10_000)
}

/// A host of one file that counts what is read of it.
#[derive(Clone)]
struct Counted {
    bytes: Arc<[u8]>,
    read: Arc<AtomicU64>,
}

impl Shared for Counted {
    fn size(&self) -> std::io::Result<u64> {
        Ok(self.bytes.len() as u64)
    }

    fn read_at(&self, at: u64, mut buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = buffer.write(&self.bytes[self.bytes.len().min(at as usize)..])?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl Host for Counted {
    fn open_shared(&self, _: &Path) -> Result<Option<Arc<dyn Shared>>, HostError> {
        Ok(Some(Arc::new(self.clone())))
    }
}

fn context(host: impl Host + 'static) -> Context {
    Engine::new().with_host(host).compile("test", "null").unwrap().start()
}

fn text_of(bytes: Vec<u8>) -> String {
    let ctx = context(crate::host::NoHost);
    match document(&ctx, &Arc::new(Binary::new(bytes))) {
        Ok(table) => {
            literal_text(&ctx, &Value::Table(Arc::new(table))).unwrap_or_else(|error| error.to_string())
        }
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_nobody_asks_for_is_not_read() {
    let bytes: Arc<[u8]> = wide(100_000).into();
    let host = Counted { bytes: Arc::clone(&bytes), read: Arc::default() };
    let ctx = context(host.clone());
    let table = document(&ctx, &Arc::new(file_binary(PathBuf::from("wide.parquet")))).unwrap();
    let reads = |demand: &Demand| {
        let before = host.read.load(Ordering::Relaxed);
        let batches = table::collect(&ctx, &table, demand).unwrap();
        let rows: usize = batches.iter().map(|batch| batch.len()).sum();
        (rows, host.read.load(Ordering::Relaxed) - before)
    };
    let (rows, all) = reads(&Demand::all());
    assert!(rows == 100_000 && all as usize > bytes.len() / 2, "{rows} {all}");
    assert_eq!(table.operator().known_rows(), Some(100_000));
    assert_eq!(reads(&Demand::count_only(2)), (100_000, 0));
    let (rows, one) = reads(&Demand::only(2, [0]));
    assert!(rows == 100_000 && one < all / 2, "{one} of {all} bytes for one of two columns");
    let (rows, first) = reads(&Demand::all().first(5));
    assert!(rows == 5 && first < all / 5, "{first} of {all} bytes for 5 rows");
}

#[test]
fn columns_of_every_kind_become_values() {
    let list = ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![Some(1), None]), None]);
    let inner: ArrayRef = Arc::new(StringArray::from(vec!["x", "y"]));
    let group = StructArray::from(vec![(Arc::new(Field::new("f", DataType::Utf8, false)), inner)]);
    let mut map = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
    map.keys().append_value("k");
    map.values().append_value(7);
    map.append(true).unwrap();
    map.append(true).unwrap();
    let instants = TimestampMicrosecondArray::from(vec![Some(0), None]);
    let decimals = Decimal128Array::from(vec![Some(12_345), None]).with_precision_and_scale(9, 2).unwrap();
    let text = text_of(file(
        vec![
            ("date", Arc::new(Date32Array::from(vec![Some(19_783), None]))),
            ("local", Arc::new(instants.clone())),
            ("utc", Arc::new(instants.with_timezone("UTC"))),
            ("decimal", Arc::new(decimals)),
            ("list", Arc::new(list)),
            ("group", Arc::new(group)),
            ("map", Arc::new(map.finish())),
            ("double", Arc::new(Float64Array::from(vec![0.5, f64::NAN]))),
        ],
        10,
    ));
    let rows = "{{#date(2024, 3, 1), #datetime(1970, 1, 1, 0, 0, 0), #datetimezone(1970, 1, 1, 0, 0, 0, 0, 0), 123.45, \
                {1, null}, [f = \"x\"], {[key = \"k\", value = 7]}, 0.5}, {null, null, null, null, null, [f = \"y\"], {}, #nan}}";
    assert!(text.ends_with(&format!("{rows})")), "{text}");
}

#[test]
fn a_damaged_file_is_an_error_and_nothing_worse() {
    let whole = wide(300);
    assert!(text_of(whole.clone()).starts_with("#table"));
    for at in (0..whole.len()).step_by(whole.len() / 150 + 1) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        let text = text_of(bytes);
        assert!(
            text.starts_with("#table") || text.starts_with("DataFormat.Error: The input"),
            "{at}: {text}"
        );
        let text = text_of(whole[..at].to_vec());
        assert!(
            text.starts_with("DataFormat.Error: The input couldn't be read as a Parquet document"),
            "{text}"
        );
    }
}
