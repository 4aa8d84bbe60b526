//! The part of a page that answers what-ifs: the script and the markup over [`WhatIf`](crate::report::WhatIf), its data.

mod form;

pub(crate) use form::what_if_form;
