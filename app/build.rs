//! Turns `locale/{en,sv,de}/*.json` into typed words: a constant for each sentence, a function for each sentence
//! with `{places}`. A key or a place that one language lacks stops the build, with its name.
//!
//! Constants, so that each of the small wasm binaries carries only the sentences that it shows.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

/// In the order of `i18n::Language`.
const LANGUAGES: [&str; 3] = ["en", "sv", "de"];

type Result<T> = std::result::Result<T, Box<dyn Error>>;
/// Section -> key -> sentence.
type Words = BTreeMap<String, BTreeMap<String, String>>;

fn main() -> Result<()> {
    println!("cargo:rerun-if-changed=locale");
    println!("cargo:rerun-if-changed=build.rs");
    let mut languages = Vec::new();
    for language in LANGUAGES {
        languages.push(read(language)?);
    }
    let code = write(&languages)?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("words.rs"), code)?;
    Ok(())
}

/// All files of a language as one; a section in two files is an error.
fn read(language: &str) -> Result<Words> {
    let mut words = Words::new();
    for entry in fs::read_dir(Path::new("locale").join(language))? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let file: Words = serde_json::from_str(&fs::read_to_string(&path)?)
            .map_err(|e| format!("{}: {e}", path.display()))?;
        for (section, sentences) in file {
            if words.insert(section.clone(), sentences).is_some() {
                return Err(format!("locale/{language}: section {section} stands in two files").into());
            }
        }
    }
    Ok(words)
}

fn write(languages: &[Words]) -> Result<String> {
    let mut sections = BTreeSet::new();
    for words in languages {
        sections.extend(words.keys());
    }
    let mut code = String::new();
    for section in sections {
        writeln!(code, "pub mod {section} {{")?;
        let mut keys = BTreeSet::new();
        for words in languages {
            keys.extend(words.get(section).into_iter().flat_map(BTreeMap::keys));
        }
        for key in keys {
            code.push_str(&entry(languages, section, key)?);
        }
        code.push_str("}\n");
    }
    Ok(code)
}

/// One constant or function.
fn entry(languages: &[Words], section: &str, key: &str) -> Result<String> {
    let mut sentences = Vec::new();
    for (language, words) in LANGUAGES.iter().zip(languages) {
        let sentence = words.get(section).and_then(|sentences| sentences.get(key));
        sentences.push(sentence.ok_or_else(|| format!("locale/{language}: {section}.{key} is missing"))?);
    }
    let wanted = sentences
        .first()
        .map(|sentence| places(sentence))
        .unwrap_or_default();
    for (language, sentence) in LANGUAGES.iter().zip(&sentences) {
        if places(sentence) != wanted {
            return Err(format!("locale/{language}: {section}.{key} has other places than English").into());
        }
    }
    if sentences.iter().any(|sentence| sentence.contains('\n')) {
        return Err(format!("locale: {section}.{key} has more than one line").into());
    }
    let name = key.to_uppercase();
    let first = sentences.first().map_or("", |sentence| sentence.as_str());
    let lines: Vec<_> = sentences.iter().map(|sentence| sentence.as_str()).collect();
    let mut code = format!(
        "    /// {first}\n    pub const {name}: super::super::Word = super::super::Word({:?});\n",
        lines.join("\n")
    );
    if !wanted.is_empty() {
        let (mut parameters, mut values) = (String::new(), String::new());
        for place in &wanted {
            write!(parameters, ", {place}: &str")?;
            write!(values, "(\"{place}\", {place}),")?;
        }
        code = code.replace("pub const", "const");
        writeln!(
            code,
            "    /// {first}\n    pub fn {key}(language: super::super::Language{parameters}) -> String {{"
        )?;
        writeln!(code, "        {name}.filled(language, &[{values}])\n    }}")?;
    }
    Ok(code)
}

/// The `{places}` of a sentence, sorted.
fn places(sentence: &str) -> Vec<String> {
    let mut places: Vec<String> = sentence
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(place, _)| place.to_owned())
        .collect();
    places.sort();
    places.dedup();
    places
}
