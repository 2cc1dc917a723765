//! Which page of the console a path names.

use shared::url::page;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsolePlace {
    /// The console itself: its first page is the options.
    Start,
    Options,
    Versions,
    Version(u32),
    /// No page of the console.
    Unknown,
}

impl ConsolePlace {
    pub fn of(path: &str) -> Self {
        match path {
            page::ADMIN => Self::Start,
            page::ADMIN_OPTIONS => Self::Options,
            page::ADMIN_VERSIONS => Self::Versions,
            _ => path
                .strip_prefix(page::ADMIN_VERSIONS)
                .and_then(|rest| rest.strip_prefix('/'))
                .and_then(|number| number.parse().ok())
                .map_or(Self::Unknown, Self::Version),
        }
    }

    /// One of the places that the menu entry Versions stands for.
    pub fn is_versions(self) -> bool {
        matches!(self, Self::Versions | Self::Version(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_its_path() {
        for (path, place) in [
            ("/admin", ConsolePlace::Start),
            ("/admin/options", ConsolePlace::Options),
            ("/admin/options/versions", ConsolePlace::Versions),
            (page::admin_version(7).as_str(), ConsolePlace::Version(7)),
            ("/admin/options/versions/", ConsolePlace::Unknown),
            ("/admin/options/versions/x", ConsolePlace::Unknown),
            ("/admin/", ConsolePlace::Unknown),
            ("/", ConsolePlace::Unknown),
        ] {
            assert_eq!(ConsolePlace::of(path), place, "{path}");
        }
    }

    #[test]
    fn a_path_is_the_console_s_or_the_portal_s() {
        for (path, console) in [
            ("/admin", true),
            ("/admin/options?x", true),
            ("/admin?x", true),
            ("/administer", false),
            ("/", false),
        ] {
            assert_eq!(page::is_console(path), console, "{path}");
        }
    }
}
