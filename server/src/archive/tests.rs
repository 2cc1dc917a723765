//! The key archive, without a server around it.

mod delivery;
mod with_hpke;
