//! `outlay.Catalog`: models and prices, with changes of one's own.

use std::sync::{Arc, OnceLock};

use outlay::catalog::{Catalog as Models, ReleasedCatalog};
use outlay::cli::kept_catalogue;
use pyo3::prelude::*;

use crate::error::exception;

/// Models, prices and limits: those of the package, changed by overlays.
///
/// `overlays` are pairs of a name and a text in the form of `pricing/openai.toml`; the last one wins. `kept` is
/// the text of a released catalogue that is used where it is newer than that of the package, an empty text
/// for none, and `None` for the one that `outlay models update` keeps on this machine.
#[pyclass(frozen, module = "outlay._outlay")]
pub(crate) struct Catalog {
    pub(crate) models: Arc<Models>,
    overlays: Vec<(String, String)>,
    /// The catalogue that was kept, where it is used.
    kept: Option<String>,
}

#[pymethods]
impl Catalog {
    #[new]
    #[pyo3(signature = (overlays, kept=None))]
    fn new(
        py: Python<'_>,
        overlays: Vec<(String, String)>,
        kept: Option<String>,
    ) -> PyResult<Self> {
        let kept = kept.map_or_else(read_kept, |text| (!text.is_empty()).then_some(text));
        Self::read(overlays, kept).map_err(|error| exception(py, &error))
    }

    /// A hash of everything in it: the same digest, the same prices.
    #[getter]
    fn digest(&self) -> String {
        self.models.digest()
    }

    /// The ids of its models.
    fn ids(&self) -> Vec<String> {
        self.models.models().map(|model| model.id.clone()).collect()
    }

    /// What makes the same catalogue on another machine: the arguments of the class.
    fn state(&self) -> (Vec<(String, String)>, String) {
        (self.overlays.clone(), self.kept.clone().unwrap_or_default())
    }
}

impl Catalog {
    fn read(overlays: Vec<(String, String)>, kept: Option<String>) -> Result<Self, outlay::Error> {
        let mut models = Models::embedded();
        let mut used = None;
        if let Some(text) = kept {
            let released = ReleasedCatalog::read(&text)?;
            if released.day > Models::embedded_day() {
                released.apply(&mut models)?;
                used = Some(text);
            }
        }
        for (name, text) in &overlays {
            models.overlay(name, text)?;
        }
        Ok(Self { models: Arc::new(models), overlays, kept: used })
    }
}

/// The catalogue that was kept on this machine.
#[expect(
    clippy::disallowed_methods,
    reason = "this package touches the world, as the command line does"
)]
fn read_kept() -> Option<String> {
    std::fs::read_to_string(kept_catalogue()?).ok()
}

/// The models of a catalogue, or of the one that the command line uses on this machine.
pub(crate) fn models(
    py: Python<'_>,
    catalog: Option<&Bound<'_, Catalog>>,
) -> PyResult<Arc<Models>> {
    static USUAL: OnceLock<Arc<Models>> = OnceLock::new();
    if let Some(catalog) = catalog {
        return Ok(Arc::clone(&catalog.get().models));
    }
    if let Some(models) = USUAL.get() {
        return Ok(Arc::clone(models));
    }
    let usual = Catalog::read(Vec::new(), read_kept()).map_err(|error| exception(py, &error))?;
    Ok(Arc::clone(USUAL.get_or_init(|| usual.models)))
}
