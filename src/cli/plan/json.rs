//! Plans for programs.

use pqm::table::{How, Plan};
use serde_json::{Map, Value as Json, json};

use super::{Analysis, places, word};

pub fn json(plans: &[Plan], analysis: Option<Analysis>) -> String {
    let mut all = Map::new();
    all.insert("plans".to_owned(), plans.iter().map(|plan| step(plan, analysis.is_some())).collect());
    if let Some(Analysis { time, errors }) = analysis {
        all.insert("seconds".to_owned(), json!(time.as_secs_f64()));
        all.insert("errors".to_owned(), json!(errors));
    }
    format!("{:#}\n", Json::Object(all))
}

fn step(plan: &Plan, analysed: bool) -> Json {
    let names: Vec<&str> = plan.notes.iter().filter_map(|note| note.name.as_deref()).collect();
    let calls: Vec<&str> =
        plan.notes.iter().filter_map(|note| note.call.as_ref().map(|call| call.as_str())).collect();
    let mut fields = Map::new();
    let mut put = |name: &str, value: Json| {
        fields.insert(name.to_owned(), value);
    };
    put("steps", json!(names));
    put("calls", json!(calls));
    put("operator", json!(plan.operator));
    put("detail", json!(plan.detail));
    put("how", json!(word(plan)));
    if let How::RowWise(why) = &plan.how {
        put("why", json!(why));
    }
    if let Some(holds) = plan.holds {
        put("holds", json!(holds));
    }
    if places(plan) > 1 {
        put("places", json!(places(plan)));
    }
    put("columns", json!(plan.columns));
    put("width", json!(plan.width));
    if let Some(limit) = plan.limit {
        put("limit", json!(limit));
    }
    if let Some(figures) = plan.figures.filter(|_| analysed) {
        put("readings", json!(figures.readings));
        put("rows", json!(figures.rows));
        put("seconds", json!(figures.time.as_secs_f64()));
        put("bytes", json!(figures.bytes));
    }
    put("inputs", plan.inputs.iter().map(|input| step(input, analysed)).collect());
    Json::Object(fields)
}
