//! A back-up as a folder: `data/` with every file of the data folder that cannot be made again, `database.sqlite`, and
//! `SHA256SUMS`, which is written last: by it one sees that the back-up is whole. What is in it is for its owner alone.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{self, Read as _},
    os::unix::fs::PermissionsExt as _,
    path::{Component, Path, PathBuf},
};

use aws_lc_rs::digest;

use crate::durable_file;

const DATABASE: &str = "database.sqlite";
const DATA: &str = "data";
const SUMS: &str = "SHA256SUMS";
/// While one of these is there and the other is not, the CA counts as incomplete, and no server starts on half of a
/// restored folder.
const FIRST: &str = "data/ca/issuing.cer";
const LAST: &str = "data/ca/root.cer";

/// Why nothing was backed up or restored, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("{0} is not empty: name a folder that is empty, or is not there yet")]
    NotEmpty(PathBuf),
    #[error("{0} is there already: move it away, so that nothing is overwritten")]
    Occupied(PathBuf),
    #[error("{0} lies in data_dir, of which it would be a copy: name a folder elsewhere")]
    InDataDir(PathBuf),
    #[error("{0} is no back-up, or one that was broken off: it has no file {SUMS}")]
    NoSums(PathBuf),
    #[error("the back-up is damaged, {0} is missing or was changed: take another one")]
    Changed(String),
    #[error("the back-up has {}, and database.url names {}", database(*.0), database(!*.0))]
    OtherEngine(bool),
    #[error("cannot read or write {path}")]
    File { path: PathBuf, source: io::Error },
}

const fn database(is_sqlite: bool) -> &'static str {
    if is_sqlite {
        "an SQLite database in it"
    } else {
        "no SQLite database"
    }
}

type Result<T> = std::result::Result<T, BackupError>;

fn failed(path: &Path) -> impl FnOnce(io::Error) -> BackupError {
    let path = path.to_owned();
    move |source| BackupError::File { path, source }
}

/// Makes the folder, for its owner alone, and gives where the copy of an SQLite database goes.
pub fn begin(folder: &Path, data_dir: &Path) -> Result<PathBuf> {
    durable_file::create_dir(folder).map_err(failed(folder))?;
    let owner_only = fs::Permissions::from_mode(0o700);
    fs::set_permissions(folder, owner_only).map_err(failed(folder))?;
    let (within, data) = (absolute(folder)?, absolute(data_dir)?);
    if within.starts_with(data) {
        return Err(BackupError::InDataDir(folder.to_owned()));
    }
    refuse_content(folder)?;
    Ok(folder.join(DATABASE))
}

/// Copies what lies below `data_dir`, but for `left_out`, locks, and drafts; then writes down what is there. The number
/// of files.
pub fn finish(folder: &Path, data_dir: &Path, left_out: &[PathBuf]) -> Result<usize> {
    let left_out: Vec<PathBuf> = left_out.iter().filter_map(|path| in_place(path)).collect();
    copy_below(&absolute(data_dir)?, &folder.join(DATA), &left_out)?;
    let database = folder.join(DATABASE);
    if database.exists() {
        let owner_only = fs::Permissions::from_mode(durable_file::SECRET);
        let file = File::open(&database).map_err(failed(&database))?;
        file.set_permissions(owner_only)
            .and_then(|()| file.sync_all())
            .map_err(failed(&database))?;
    }
    let mut names = Vec::new();
    list_below(folder, Path::new(""), &mut names)?;
    names.sort();
    let mut sums = String::new();
    for name in &names {
        let _ = writeln!(sums, "{}  {name}", sum(&folder.join(name))?);
    }
    let path = folder.join(SUMS);
    durable_file::write_new(&path, sums.as_bytes(), durable_file::SECRET).map_err(failed(&path))?;
    Ok(names.len())
}

/// Puts a whole back-up into a data folder that is empty, and its database to `database`, the file that the settings
/// name (`None`: PostgreSQL, which is restored by its own means). The number of files.
pub fn restore(folder: &Path, data_dir: &Path, database: Option<&Path>) -> Result<usize> {
    let mut names = checked(folder)?;
    let has_database = names.iter().any(|name| name == DATABASE);
    if has_database != database.is_some() {
        return Err(BackupError::OtherEngine(has_database));
    }
    if data_dir.exists() {
        refuse_content(data_dir)?;
    }
    // A log that lies beside it would be taken for its own.
    for beside in database.into_iter().flat_map(with_logs) {
        if beside.exists() {
            return Err(BackupError::Occupied(beside));
        }
    }
    in_order(&mut names);
    for name in &names {
        let to = match (name.strip_prefix("data/"), database) {
            (Some(below), _) => data_dir.join(below),
            (None, Some(database)) => database.to_owned(),
            (None, None) => continue,
        };
        if let Some(parent) = to.parent() {
            durable_file::create_dir(parent).map_err(failed(parent))?;
        }
        durable_file::copy_new(&folder.join(name), &to, durable_file::SECRET).map_err(failed(&to))?;
    }
    Ok(names.len())
}

fn in_order(names: &mut [String]) {
    names.sort_by_key(|name| (name == LAST, name != FIRST));
}

/// The files of a back-up, each as it was written.
fn checked(folder: &Path) -> Result<Vec<String>> {
    let path = folder.join(SUMS);
    let sums = match fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(BackupError::NoSums(folder.to_owned()));
        }
        read => read.map_err(failed(&path))?,
    };
    let mut names = Vec::new();
    for line in sums.lines() {
        let Some((expected, name)) = line.split_once("  ") else {
            return Err(BackupError::Changed(SUMS.to_owned()));
        };
        let is_inside = Path::new(name)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        if !is_inside || !sum(&folder.join(name)).is_ok_and(|sum| sum == expected) {
            return Err(BackupError::Changed(name.to_owned()));
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

fn refuse_content(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder).map_err(failed(folder))? {
        if entry.map_err(failed(folder))?.file_name() != "lost+found" {
            return Err(BackupError::NotEmpty(folder.to_owned()));
        }
    }
    Ok(())
}

/// An SQLite database and what may lie beside it while it is at work.
pub fn with_logs(database: &Path) -> [PathBuf; 4] {
    ["", "-wal", "-shm", "-journal"].map(|end| {
        let mut name = database.as_os_str().to_owned();
        name.push(end);
        name.into()
    })
}

/// By its folder's true name, whether it is there at the moment or not.
fn in_place(path: &Path) -> Option<PathBuf> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = absolute(parent.unwrap_or(Path::new("."))).ok()?;
    Some(parent.join(path.file_name()?))
}

fn absolute(path: &Path) -> Result<PathBuf> {
    fs::canonicalize(path).map_err(failed(path))
}

/// Files before folders: of a CA that is renewed at this moment no certificate comes along without its key.
fn copy_below(from: &Path, to: &Path, left_out: &[PathBuf]) -> Result<()> {
    durable_file::create_dir(to).map_err(failed(to))?;
    let mut folders = Vec::new();
    for entry in fs::read_dir(from).map_err(failed(from))? {
        let entry = entry.map_err(failed(from))?;
        let (path, name) = (entry.path(), entry.file_name());
        let text = name.to_string_lossy();
        // The last one is the file system's own.
        let is_passing =
            text == "lock" || text.ends_with(".lock") || text.ends_with(".new") || text == "lost+found";
        if is_passing || left_out.contains(&path) {
            continue;
        }
        let kind = fs::metadata(&path).map_err(failed(&path))?;
        if kind.is_dir() {
            folders.push((path, to.join(name)));
        } else if kind.is_file() {
            durable_file::copy_new(&path, &to.join(name), durable_file::SECRET).map_err(failed(&path))?;
        }
    }
    for (from, to) in folders {
        copy_below(&from, &to, left_out)?;
    }
    Ok(())
}

fn list_below(folder: &Path, below: &Path, names: &mut Vec<String>) -> Result<()> {
    let here = folder.join(below);
    for entry in fs::read_dir(&here).map_err(failed(&here))? {
        let entry = entry.map_err(failed(&here))?;
        let name = below.join(entry.file_name());
        if entry.path().is_dir() {
            list_below(folder, &name, names)?;
        } else {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    Ok(())
}

/// SHA-256 in hex, as `sha256sum` writes it.
fn sum(path: &Path) -> Result<String> {
    let mut file = File::open(path).map_err(failed(path))?;
    let mut context = digest::Context::new(&digest::SHA256);
    let mut portion = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut portion).map_err(failed(path))?;
        let Some(octets) = portion.get(..read).filter(|octets| !octets.is_empty()) else {
            break;
        };
        context.update(octets);
    }
    let hash = context.finish();
    let mut text = String::with_capacity(64);
    for octet in hash.as_ref() {
        let _ = write!(text, "{octet:02x}");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_a_ca_whole_comes_last() {
        let mut names = [
            "data/ca/root.cer",
            "database.sqlite",
            "data/ca/issuing.cer",
            "data/ca/keys/root.key",
        ]
        .map(str::to_owned);
        in_order(&mut names);
        assert_eq!(
            names,
            [
                "data/ca/issuing.cer",
                "database.sqlite",
                "data/ca/keys/root.key",
                "data/ca/root.cer"
            ]
        );
    }

    fn folder() -> (tempfile::TempDir, PathBuf, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let (data, to) = (dir.path().join("from"), dir.path().join("to"));
        for (name, text) in [
            ("ca/issuing.cer", "issuing"),
            ("ca/keys/issuing.key", "key"),
            ("ca/root.cer", "root"),
            ("ca/lock", ""),
            ("ca/issuing-2.cer.new", "half"),
            ("mail.key", "mail"),
            ("mail/1.eml", "to Anna"),
            ("selfservice.sqlite", "database"),
        ] {
            let path = data.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        (dir, data, to)
    }

    fn back_up(data: &Path, to: &Path) -> usize {
        let database = begin(to, data).unwrap();
        fs::write(database, "database").unwrap();
        let left_out = [
            data.join("selfservice.sqlite"),
            data.join("mail"),
            data.join("not there"),
        ];
        finish(to, data, &left_out).unwrap()
    }

    #[test]
    fn what_cannot_be_made_again_goes_there_and_back_for_its_owner_alone() {
        let (dir, data, to) = folder();
        assert_eq!(back_up(&data, &to), 5);
        let sums = fs::read_to_string(to.join(SUMS)).unwrap();
        let names: Vec<_> = sums
            .lines()
            .map(|line| line.split_once("  ").unwrap().1)
            .collect();
        assert_eq!(
            names,
            [
                "data/ca/issuing.cer",
                "data/ca/keys/issuing.key",
                "data/ca/root.cer",
                "data/mail.key",
                DATABASE
            ]
        );
        let again = dir.path().join("again");
        assert_eq!(
            restore(&to, &again, Some(&again.join("other.sqlite"))).unwrap(),
            5
        );
        for name in [
            "ca/issuing.cer",
            "ca/keys/issuing.key",
            "ca/root.cer",
            "mail.key",
            "other.sqlite",
        ] {
            let from = if name == "other.sqlite" {
                "selfservice.sqlite"
            } else {
                name
            };
            assert_eq!(
                fs::read(again.join(name)).unwrap(),
                fs::read(data.join(from)).unwrap(),
                "{name}"
            );
        }
        let mut both = names.iter().map(|name| to.join(name)).collect::<Vec<_>>();
        both.extend([again.join("mail.key"), again.join("other.sqlite"), to.join(SUMS)]);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert!(both.iter().all(|path| mode(path) == 0o600));
        for folder in [&to, &to.join("data/ca/keys"), &again, &again.join("ca/keys")] {
            assert_eq!(mode(folder), 0o700, "{}", folder.display());
        }
    }

    #[test]
    fn nothing_is_overwritten_and_nothing_goes_into_itself() {
        let (dir, data, to) = folder();
        back_up(&data, &to);
        assert!(matches!(begin(&to, &data), Err(BackupError::NotEmpty(_))));
        assert!(matches!(
            begin(&data.join("copy"), &data),
            Err(BackupError::InDataDir(_))
        ));
        let file = dir.path().join("there.sqlite");
        assert!(matches!(
            restore(&to, &data, Some(&file)),
            Err(BackupError::NotEmpty(_))
        ));
        fs::write(&file, "other").unwrap();
        let again = dir.path().join("again");
        assert!(matches!(
            restore(&to, &again, Some(&file)),
            Err(BackupError::Occupied(_))
        ));
        let refused = restore(&to, &again, None).unwrap_err().to_string();
        assert_eq!(
            refused,
            "the back-up has an SQLite database in it, and database.url names no SQLite database"
        );
        assert!(!again.exists());
    }

    #[test]
    fn a_back_up_that_is_not_whole_is_refused() {
        let (dir, data, to) = folder();
        back_up(&data, &to);
        let again = dir.path().join("again");
        let file = again.join("x.sqlite");
        let sums = fs::read_to_string(to.join(SUMS)).unwrap();
        let refused = || restore(&to, &again, Some(&file)).unwrap_err();
        fs::write(to.join("data/mail.key"), "liam").unwrap();
        assert!(matches!(refused(), BackupError::Changed(name) if name == "data/mail.key"));
        fs::remove_file(to.join("data/mail.key")).unwrap();
        assert!(matches!(refused(), BackupError::Changed(name) if name == "data/mail.key"));
        fs::write(to.join(SUMS), sums.replace("data/mail.key", "../from/mail.key")).unwrap();
        assert!(matches!(refused(), BackupError::Changed(name) if name == "../from/mail.key"));
        fs::remove_file(to.join(SUMS)).unwrap();
        assert!(matches!(refused(), BackupError::NoSums(_)));
        assert!(!again.exists());
    }
}
