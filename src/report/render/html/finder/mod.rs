//! The part of a page that searches and sorts its table: the script and the markup beside it.

mod table_search;

pub(crate) use table_search::finder;
