//! What a user does, a room each: they join words, state and calls into `ui` pieces. Pages put them together.

mod language_menu;

pub use language_menu::LanguageMenu;
