//! The CA's keys in a PKCS#11 token, played by SoftHSM2. Each test has tokens of its own.

mod archive;
mod keys;
mod program;
mod renewal;
mod soft_hsm;
