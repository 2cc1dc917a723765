//! The house's directions, read from the sources of all three crates: `http -> use_case -> domain` and
//! `use_case -> store, ca` in the server, `page -> feature -> ui` in the application. A line that points elsewhere
//! fails here, with its file.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A room, and the other rooms of its crate that it may name.
type Directions = &'static [(&'static str, &'static [&'static str])];

const SERVER: Directions = &[
    ("domain", &[]),
    ("store", &["domain"]),
    ("archive", &["ca", "chance", "durable_file"]),
    ("ca", &["chance", "durable_file"]),
    ("clock", &[]),
    ("chance", &[]),
    ("password", &[]),
    ("durable_file", &[]),
    ("backup", &["durable_file"]),
    ("mail", &["chance", "domain", "durable_file"]),
    ("script", &["domain"]),
    ("settings", &["archive", "ca", "domain", "mail"]),
    (
        "use_case",
        &[
            "archive", "domain", "store", "ca", "clock", "chance", "mail", "password", "script",
        ],
    ),
    // Sessions reach the store through tower-sessions' own trait, and errors name what they come from.
    ("http", &["use_case", "domain", "settings", "store", "ca"]),
    ("phone", &[]),
    (
        "startup",
        &[
            "archive", "ca", "chance", "clock", "http", "mail", "password", "settings", "store", "use_case",
        ],
    ),
    (
        "cli",
        &[
            "backup", "clock", "domain", "http", "mail", "phone", "settings", "startup", "store", "use_case",
        ],
    ),
];

const APP: Directions = &[
    ("browser", &[]),
    ("ui", &[]),
    ("flow", &[]),
    ("api", &[]),
    ("js", &[]),
    ("state", &["api", "browser", "flow"]),
    ("words", &["api", "browser", "flow", "i18n", "js"]),
    ("i18n", &["browser"]),
    ("device", &["api", "browser", "js"]),
    ("reader", &["device"]),
    (
        "feature",
        &["api", "browser", "flow", "i18n", "state", "ui", "words"],
    ),
    (
        "page",
        &[
            "api", "browser", "device", "feature", "flow", "i18n", "reader", "state", "ui", "words",
        ],
    ),
];

const SHARED: Directions = &[
    ("api", &["problem"]),
    ("problem", &[]),
    ("protocol", &["api"]),
    ("url", &["api"]),
];

/// Whose types stay in which rooms of the server.
const CRATES: [(&str, &[&str]); 11] = [
    ("sea_orm", &["store"]),
    ("rcgen", &["ca"]),
    ("cryptoki", &["ca"]),
    ("axum", &["http", "settings", "startup"]),
    (
        "tokio",
        &[
            "http", "mail", "store", "use_case", "password", "startup", "phone", "cli",
        ],
    ),
    ("reqwest", &["phone"]),
    ("lettre", &["mail"]),
    ("minijinja", &["mail"]),
    ("png", &["mail"]),
    ("rhai", &["script"]),
    ("similar", &["domain"]),
];

struct Source {
    room: String,
    path: PathBuf,
    text: String,
}

/// All sources below `src` of a crate, but for tests that stand in files of their own.
fn sources(of: &str) -> Vec<Source> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .join(of)
        .join("src");
    let mut found = Vec::new();
    walk(&src, &mut found);
    found.retain(|path| {
        !path.ends_with("tests.rs") && !path.components().any(|part| part.as_os_str() == "tests")
    });
    let source = |path: PathBuf| {
        let first = path.strip_prefix(&src).unwrap().components().next().unwrap();
        let room = first
            .as_os_str()
            .to_string_lossy()
            .trim_end_matches(".rs")
            .to_owned();
        Source {
            room,
            text: fs::read_to_string(&path).unwrap(),
            path,
        }
    };
    assert!(found.len() > 5, "{of} has sources");
    found.into_iter().map(source).collect()
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
    for (of, directions) in [("server", SERVER), ("app", APP), ("shared", SHARED)] {
        for Source { room, path, text } in sources(of) {
            let Some((_, allowed)) = directions.iter().find(|(name, _)| *name == room) else {
                let is_entrance = matches!(&*room, "lib" | "main" | "bin");
                assert!(
                    is_entrance,
                    "{room} is a new room of {of}: give it a line in this test"
                );
                continue;
            };
            let code = text.split("#[cfg(test)]").next().unwrap();
            let code: Vec<_> = code
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .collect();
            let elsewhere = named(&code.join("\n"))
                .into_iter()
                .filter(|name| *name != room && !allowed.contains(&&**name));
            wrong.extend(elsewhere.map(|name| format!("{} names crate::{name}", path.display())));
        }
    }
    // The macro of the wire types stands at the root of its crate.
    wrong.retain(|line| !line.ends_with("names crate::wire"));
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_crates_types_stay_in_their_room() {
    let mut wrong = Vec::new();
    for Source { room, path, text } in sources("server") {
        for (name, rooms) in CRATES {
            if text.contains(&format!("{name}::")) && !rooms.contains(&&*room) && room != "main" {
                wrong.push(format!("{} names {name}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_domain_reads_no_clock_awaits_nothing_and_logs_nothing() {
    let words = [
        "now_utc",
        ".await",
        "async fn",
        "tracing::",
        "std::fs",
        "rand::",
        "SystemTime",
    ];
    for Source { path, text, .. } in sources("server")
        .into_iter()
        .filter(|source| source.room == "domain")
    {
        for word in words {
            assert!(!text.contains(word), "{} has {word}", path.display());
        }
    }
}

#[test]
fn a_use_case_calls_no_other_use_case() {
    for Source { path, text, .. } in sources("server")
        .into_iter()
        .filter(|source| source.room == "use_case")
    {
        assert!(!text.contains("::run("), "{} calls a use case", path.display());
    }
}

#[test]
fn files_stay_small_and_say_what_lives_in_them() {
    for Source { path, text, .. } in ["server", "app", "shared"].into_iter().flat_map(sources) {
        let lines = text.split("#[cfg(test)]").next().unwrap().lines().count();
        assert!(
            lines <= 350,
            "{} has {lines} lines: it holds two things",
            path.display()
        );
        assert!(
            text.starts_with("//!"),
            "{} does not say what lives in it",
            path.display()
        );
    }
}
