//! Languages and words. The sentences stand in `locale/`; `build.rs` makes them the constants and functions of
//! [`word`], so that a missing one does not compile. What a code or a state is called is said in `crate::words`.

mod language;

use leptos::prelude::*;

pub use language::Language;

use crate::browser;

/// One sentence in every language, a line each in the order of [`Language`]. One text, because a table of three
/// would cost more octets in the wasm than looking for the line does.
#[derive(Clone, Copy)]
pub struct Word(&'static str);

impl Word {
    pub fn text(self, language: Language) -> &'static str {
        self.0.split('\n').nth(language as usize).unwrap_or_default()
    }

    /// With every `{place}` filled in.
    fn filled(self, language: Language, values: &[(&str, &str)]) -> String {
        let mut filled = String::new();
        // Every other piece is the name of a place. (`str::replace` would cost each page a kilobyte.)
        for (count, piece) in self.text(language).split(['{', '}']).enumerate() {
            let value = values.iter().find(|(place, _)| count % 2 == 1 && *place == piece);
            filled.push_str(value.map_or(piece, |(_, value)| value));
        }
        filled
    }
}

/// The sentences, a module for each section of the locale files.
pub mod word {
    include!(concat!(env!("OUT_DIR"), "/words.rs"));
}

const STORED: &str = "language";

/// The language to begin with, and to speak when no signal can be asked any more.
pub fn stored_or_browser_language() -> Language {
    browser::local_get(STORED)
        .and_then(|code| Language::from_tag(&code))
        .or_else(|| {
            browser::languages()
                .iter()
                .find_map(|tag| Language::from_tag(tag))
        })
        .unwrap_or_default()
}

/// The chosen language: stored by an earlier visit, or the first of the browser's that we speak. Call once, in the
/// root of an application; it also keeps `<html lang>` true.
pub fn provide_language() -> RwSignal<Language> {
    let language = RwSignal::new(stored_or_browser_language());
    provide_context(language);
    Effect::new(move || browser::set_page_language(language.get().code()));
    language
}

/// Changes the language of everything on the page and remembers it.
pub fn choose_language(signal: RwSignal<Language>, language: Language) {
    browser::local_set(STORED, language.code());
    signal.set(language);
}

/// The language signal; English where none was provided.
pub fn use_language() -> RwSignal<Language> {
    use_context().unwrap_or_else(|| RwSignal::new(Language::default()))
}

/// A sentence that follows the language.
pub fn t(word: Word) -> Signal<String> {
    say(move |language| word.text(language).to_owned())
}

/// A text that is made anew when the language, or a signal read in `make`, changes.
pub fn say(make: impl Fn(Language) -> String + Send + Sync + 'static) -> Signal<String> {
    // One kind of signal for all sentences: each closure's own would cost more than what it says.
    fn erased(make: Box<dyn Fn(Language) -> String + Send + Sync>) -> Signal<String> {
        let language = use_language();
        Signal::derive(move || make(language.get()))
    }
    erased(Box::new(make))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_in_every_language() {
        const WORD: Word = Word("{a} of {b}\n{a} av {b}\n{b}: {a}");
        assert_eq!(WORD.filled(Language::En, &[("a", "2"), ("b", "3")]), "2 of 3");
        assert_eq!(WORD.filled(Language::De, &[("a", "2"), ("b", "3")]), "3: 2");
    }

    #[test]
    fn the_files_are_read_in_the_order_of_the_languages() {
        let word = word::language::LABEL;
        assert_eq!(
            Language::ALL.map(|language| word.text(language)),
            ["Language", "Språk", "Sprache"]
        );
    }
}
