//! The ways into a pipeline.
