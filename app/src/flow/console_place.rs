//! Which page of the console a path names, and the path of a page.

use shared::api::{Role, ScriptName};
use shared::url::page;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsolePlace {
    /// The console itself: its first page is the options.
    Start,
    /// A script in its editor.
    Script(ScriptName),
    Versions(ScriptName),
    Version(ScriptName, u32),
    Mail,
    /// Requests to recover encryption keys.
    Recoveries,
    /// No page of the console.
    Unknown,
}

impl ConsolePlace {
    pub fn of(path: &str) -> Self {
        match path {
            page::ADMIN => return Self::Start,
            page::ADMIN_MAIL => return Self::Mail,
            page::ADMIN_RECOVERIES => return Self::Recoveries,
            _ => {}
        }
        let of_script = |name| Self::of_script(name, path);
        ScriptName::ALL
            .into_iter()
            .find_map(of_script)
            .unwrap_or(Self::Unknown)
    }

    fn of_script(name: ScriptName, path: &str) -> Option<Self> {
        if path == editor(name) {
            return Some(Self::Script(name));
        }
        let rest = path.strip_prefix(versions(name))?;
        if rest.is_empty() {
            return Some(Self::Versions(name));
        }
        let number = rest.strip_prefix('/')?.parse().ok()?;
        Some(Self::Version(name, number))
    }

    /// Whether somebody with these roles finds something there.
    pub fn is_for(self, has: impl Fn(Role) -> bool) -> bool {
        let is_for_operators = matches!(self, Self::Start | Self::Recoveries);
        has(Role::Administrator) || (is_for_operators && has(Role::Operator))
    }

    /// The script that the page is about.
    pub fn script(self) -> Option<ScriptName> {
        match self {
            Self::Script(name) | Self::Versions(name) | Self::Version(name, _) => Some(name),
            Self::Start | Self::Mail | Self::Recoveries | Self::Unknown => None,
        }
    }
}

pub const fn editor(name: ScriptName) -> &'static str {
    match name {
        ScriptName::Options => page::ADMIN_OPTIONS,
        ScriptName::ExpiringOptions => page::ADMIN_REMINDERS,
    }
}

pub const fn versions(name: ScriptName) -> &'static str {
    match name {
        ScriptName::Options => page::ADMIN_VERSIONS,
        ScriptName::ExpiringOptions => page::ADMIN_REMINDER_VERSIONS,
    }
}

pub fn version(name: ScriptName, number: u32) -> String {
    match name {
        ScriptName::Options => page::admin_version(number),
        ScriptName::ExpiringOptions => page::admin_reminder_version(number),
    }
}

#[cfg(test)]
mod tests {
    use shared::api::ScriptName::{ExpiringOptions, Options};

    use super::*;

    #[test]
    fn every_page_has_its_path() {
        for (path, place) in [
            ("/admin", ConsolePlace::Start),
            ("/admin/options", ConsolePlace::Script(Options)),
            ("/admin/options/versions", ConsolePlace::Versions(Options)),
            ("/admin/reminders", ConsolePlace::Script(ExpiringOptions)),
            (
                "/admin/reminders/versions",
                ConsolePlace::Versions(ExpiringOptions),
            ),
            ("/admin/mail", ConsolePlace::Mail),
            ("/admin/recoveries", ConsolePlace::Recoveries),
            ("/admin/options/versions/", ConsolePlace::Unknown),
            ("/admin/options/versions/x", ConsolePlace::Unknown),
            ("/admin/reminders/versionsx", ConsolePlace::Unknown),
            ("/admin/mail/", ConsolePlace::Unknown),
            ("/admin/", ConsolePlace::Unknown),
            ("/", ConsolePlace::Unknown),
        ] {
            assert_eq!(ConsolePlace::of(path), place, "{path}");
        }
    }

    #[test]
    fn operators_find_the_recoveries_and_no_more() {
        for (place, roles) in [
            (ConsolePlace::Start, [false, true, true]),
            (ConsolePlace::Recoveries, [false, true, true]),
            (ConsolePlace::Mail, [false, false, true]),
            (ConsolePlace::Script(Options), [false, false, true]),
            (ConsolePlace::Unknown, [false, false, true]),
        ] {
            let all = [Role::SelfServiceUser, Role::Operator, Role::Administrator];
            assert_eq!(
                all.map(|role| place.is_for(|one| one == role)),
                roles,
                "{place:?}"
            );
        }
    }

    #[test]
    fn a_script_s_pages_lead_to_each_other() {
        for name in ScriptName::ALL {
            for (path, place) in [
                (editor(name).to_owned(), ConsolePlace::Script(name)),
                (versions(name).to_owned(), ConsolePlace::Versions(name)),
                (version(name, 7), ConsolePlace::Version(name, 7)),
            ] {
                assert_eq!(ConsolePlace::of(&path), place, "{path}");
                assert_eq!(place.script(), Some(name));
            }
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
