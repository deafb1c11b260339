//! The `pqm` program.

fn main() {
    let text = std::env::args().nth(1).unwrap_or_default();
    match pqm::Engine::new().compile("<eval>", &text) {
        Err(diagnostics) => println!("{diagnostics:#?}"),
        Ok(query) => {
            let ctx = query.start();
            let shown = query.evaluate(&ctx).and_then(|value| pqm::value::literal_text(&ctx, &value));
            match shown {
                Ok(text) => println!("{text}"),
                Err(error) => println!("{}", pqm::value::error_line(&ctx, &error).unwrap_or_default()),
            }
        }
    }
}
