//! Mail as files, for a demo and for tests: one `.eml` a mail, whole or absent.

use std::path::PathBuf;

use async_trait::async_trait;

use super::{Outcome, Parcel, Transport, Trouble};
use crate::durable_file;

#[derive(Debug)]
pub struct Folder {
    dir: PathBuf,
}

impl Folder {
    pub fn open(dir: PathBuf) -> std::io::Result<Self> {
        durable_file::create_dir(&dir)?;
        Ok(Self { dir })
    }
}

#[async_trait]
impl Transport for Folder {
    async fn send(&self, parcel: &Parcel) -> Outcome {
        let path = self.dir.join(format!("{}.eml", parcel.name));
        let (to, octets) = (path.clone(), parcel.octets.clone());
        let written =
            tokio::task::spawn_blocking(move || durable_file::write_new(&to, &octets, durable_file::SECRET))
                .await;
        let fault = match written {
            Ok(Ok(())) => return Outcome::Accepted(format!("written to {}", path.display())),
            // An earlier try came so far and could not say so.
            Ok(Err(error)) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                return Outcome::Accepted(format!("is in {} already", path.display()));
            }
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
        Outcome::Later(Trouble {
            reason: format!("cannot write {}: {fault}", path.display()),
            of_server: true,
            alarm: true,
        })
    }
}
