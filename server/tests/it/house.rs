//! The house's directions, read from the sources: `http -> use_case -> domain`, `use_case -> store, ca`; `startup`
//! and `cli` wire. A line that points elsewhere fails here, with the file and the line.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Room, and the rooms of this crate that it may name.
const DIRECTIONS: [(&str, &[&str]); 12] = [
    ("domain", &["domain"]),
    ("store", &["store", "domain"]),
    ("ca", &["ca", "chance"]),
    ("clock", &[]),
    ("chance", &[]),
    ("password", &[]),
    ("settings", &["settings", "domain"]),
    (
        "use_case",
        &["use_case", "domain", "store", "ca", "clock", "chance", "password"],
    ),
    // Sessions reach the store through tower-sessions' own trait, and errors name what they come from.
    ("http", &["http", "use_case", "domain", "settings", "store", "ca"]),
    ("phone", &["phone"]),
    (
        "startup",
        &[
            "ca", "chance", "clock", "http", "password", "settings", "store", "use_case",
        ],
    ),
    (
        "cli",
        &[
            "cli", "clock", "http", "phone", "settings", "startup", "store", "use_case",
        ],
    ),
];

/// Whose types stay in which room.
const CRATES: [(&str, &[&str]); 5] = [
    ("sea_orm", &["store"]),
    ("rcgen", &["ca"]),
    ("axum", &["http", "settings", "startup"]),
    (
        "tokio",
        &["http", "store", "use_case", "password", "startup", "phone", "cli"],
    ),
    ("reqwest", &["phone"]),
];

fn sources() -> Vec<(String, PathBuf, String)> {
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    let room = |path: &Path| {
        let below = path
            .strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
            .unwrap();
        let first = below
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_string_lossy()
            .into_owned();
        first.trim_end_matches(".rs").to_owned()
    };
    // A room's own tests, in files of their own, may make what they need.
    found.retain(|path| {
        !path.ends_with("tests.rs") && !path.components().any(|part| part.as_os_str() == "tests")
    });
    found
        .into_iter()
        .map(|path| (room(&path), path.clone(), fs::read_to_string(path).unwrap()))
        .collect()
}

fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The names after `crate::`, also inside `use crate::{…}`.
fn named(source: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in source.match_indices("crate::") {
        let before = source[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = &source[at + "crate::".len()..];
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut name = String::new();
            for c in list.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => names.push(std::mem::take(&mut name)),
                    c if depth == 0 => name.push(c),
                    _ => {}
                }
            }
            names.push(name);
        } else {
            names.push(
                rest.chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect(),
            );
        }
    }
    let first = |name: String| {
        name.trim()
            .split("::")
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    names
        .into_iter()
        .map(first)
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn each_room_names_only_the_rooms_it_may() {
    let mut wrong = Vec::new();
    for (room, path, source) in sources() {
        let Some((_, allowed)) = DIRECTIONS.iter().find(|(name, _)| *name == room) else {
            assert!(
                matches!(&*room, "lib" | "main"),
                "{room} is a new room: give it a line in this test"
            );
            continue;
        };
        let code = source.split("#[cfg(test)]").next().unwrap();
        wrong.extend(
            named(code)
                .into_iter()
                .filter(|name| !allowed.contains(&&**name) && *name != room)
                .map(|name| format!("{} names crate::{name}", path.display())),
        );
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_crates_types_stay_in_their_room() {
    let mut wrong = Vec::new();
    for (room, path, source) in sources() {
        for (name, rooms) in CRATES {
            let is_named = source.contains(&format!("{name}::"));
            if is_named && !rooms.contains(&&*room) && room != "main" {
                wrong.push(format!("{} names {name}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_domain_reads_no_clock_awaits_nothing_and_logs_nothing() {
    for (room, path, source) in sources() {
        if room == "domain" {
            for word in [
                "now_utc",
                ".await",
                "async fn",
                "tracing::",
                "std::fs",
                "rand::",
                "SystemTime",
            ] {
                assert!(!source.contains(word), "{} has {word}", path.display());
            }
        }
    }
}

#[test]
fn a_use_case_calls_no_other_use_case() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/use_case");
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let source = fs::read_to_string(&path).unwrap();
        assert!(!source.contains("::run("), "{} calls a use case", path.display());
    }
}

#[test]
fn files_and_functions_stay_small() {
    for (_, path, source) in sources() {
        let lines = source.split("#[cfg(test)]").next().unwrap().lines().count();
        assert!(
            lines <= 350,
            "{} has {lines} lines: it holds two things",
            path.display()
        );
        assert!(
            source.starts_with("//!"),
            "{} does not say what lives in it",
            path.display()
        );
    }
}
