//! Files that are either whole or absent, whenever the program is killed.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// For everybody to read, and for the owner alone.
pub const PUBLIC: u32 = 0o644;
pub const SECRET: u32 = 0o600;

/// Writes a file that is not there yet. When this returns, the file survives a power cut; until then either
/// nothing or a leftover of another name is to be seen, which the next call clears away.
pub fn write_new(path: &Path, octets: &[u8], mode: u32) -> io::Result<()> {
    make_new(path, mode, |file| file.write_all(octets))
}

/// The same in the place of a file that is there: readers see the one or the other.
pub fn replace(path: &Path, octets: &[u8], mode: u32) -> io::Result<()> {
    make(path, mode, |file| file.write_all(octets))
}

/// As `write_new`, with what stands in another file.
pub fn copy_new(from: &Path, path: &Path, mode: u32) -> io::Result<()> {
    let mut from = File::open(from)?;
    make_new(path, mode, |file| io::copy(&mut from, file).map(|_| ()))
}

fn make_new(path: &Path, mode: u32, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    if path.try_exists()? {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    make(path, mode, write)
}

fn make(path: &Path, mode: u32, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let draft = draft(path);
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(&draft)?;
    write(&mut file)?;
    file.sync_all()?;
    fs::rename(&draft, path)?;
    sync_parent(path)
}

/// Makes the folder, for its owner alone, where it is missing.
pub fn create_dir(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    sync_parent(dir)
}

/// Held by whoever makes what is made once in a folder. The kernel lets go of it when its holder dies.
pub fn lock(dir: &Path) -> io::Result<File> {
    create_dir(dir)?;
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(dir.join("lock"))?;
    file.lock()?;
    Ok(file)
}

fn draft(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    name.into()
}

fn sync_parent(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_leftover_of_a_killed_run_is_replaced_and_leaves_no_lax_mode_behind() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("root.key");
        fs::write(dir.path().join("root.key.new"), b"half a k").unwrap();
        write_new(&path, b"whole", SECRET).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn nothing_is_ever_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("root.key");
        write_new(&path, b"first", SECRET).unwrap();
        let error = write_new(&path, b"second", SECRET).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"first");
    }
}
