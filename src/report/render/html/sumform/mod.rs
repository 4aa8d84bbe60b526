//! The form on the page of several inputs.

mod form;

pub(crate) use form::sum_form;
