//! `import outlay`: the library for notebooks and for columns, and the command line, in one module.
//!
//! Functions here convert between Python or Arrow and the library, and decide nothing. Whatever can be long
//! releases the interpreter.

mod ask;
mod audit;
mod capsule;
mod catalog;
mod column;
mod cost;
mod count;
mod error;
mod foreign;
mod outcome;
mod plan;
mod profile;
mod usage;

use pyo3::prelude::*;

/// The compiled part of `outlay`.
#[pymodule]
fn _outlay(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<capsule::ArrowArray>()?;
    module.add_class::<catalog::Catalog>()?;
    module.add_class::<ask::Answer>()?;
    module.add_function(wrap_pyfunction!(ask::main, module)?)?;
    module.add_function(wrap_pyfunction!(ask::ask, module)?)?;
    module.add_function(wrap_pyfunction!(audit::ask_of_stream, module)?)?;
    module.add_function(wrap_pyfunction!(count::count_text, module)?)?;
    module.add_function(wrap_pyfunction!(count::tokens, module)?)?;
    module.add_function(wrap_pyfunction!(count::count_tokens, module)?)?;
    module.add_function(wrap_pyfunction!(cost::billed, module)?)?;
    module.add_function(wrap_pyfunction!(cost::charge, module)?)?;
    module.add_function(wrap_pyfunction!(cost::cost, module)?)?;
    module.add_function(wrap_pyfunction!(outcome::columns, module)?)?;
    module.add_function(wrap_pyfunction!(plan::plan_rows, module)?)?;
    module.add_function(wrap_pyfunction!(profile::observation, module)?)?;
    module.add_function(wrap_pyfunction!(profile::profile_of_rows, module)?)?;
    module.add_function(wrap_pyfunction!(profile::profile_rows, module)?)?;
    module.add_function(wrap_pyfunction!(usage::usage, module)?)?;
    Ok(())
}
