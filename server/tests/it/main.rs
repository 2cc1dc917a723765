//! The server from outside: the real router on a real socket with a database of its own for each test, people and
//! phones as actors. One binary, so that it links once; files mirror the routes.

mod app;
mod authorization;
mod device;
mod faults;
mod house;
mod mobile_id;
mod ops;
mod pki;
mod process;
mod session;
mod store;
