//! The reader: opens a file that was encrypted to the user with a key on this phone. Everything happens in the
//! browser; nothing is sent anywhere.

mod screen;

use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::File;

use self::screen::{Opened, Screen, frame};
use super::phone::frame::{announce, page};
use crate::browser;
use crate::device::browser::{has_indexed_db, is_secure_context};
use crate::device::subtle;
use crate::i18n::provide_language;
use crate::reader::open::open;
use crate::reader::{Content, Fault, Holder, holders};

/// Opening takes the file's size several times over, and a phone has little.
const MAX_OCTETS: f64 = 50.0 * 1024.0 * 1024.0;

/// The one reader of this page. Copies are handles to it.
#[derive(Clone, Copy)]
pub struct Reader {
    screen: RwSignal<Screen>,
}

#[component]
pub fn ReaderPage() -> impl IntoView {
    provide_language();
    let reader = Reader {
        screen: RwSignal::new(Screen::Checking),
    };
    reader.look();
    announce(move || reader.screen.track());
    page(move |language| frame(reader, &reader.screen.get(), language).draw())
}

impl Reader {
    /// What this phone can open.
    fn look(self) {
        spawn_local(async move {
            let found = match find().await {
                Ok(holders) => Screen::Choose(holders.len()),
                Err(fault) => Screen::Failed(fault),
            };
            self.show(found);
        });
    }

    /// Opens a file that was chosen or dropped.
    pub fn take(self, file: File) {
        self.show(Screen::Opening);
        spawn_local(async move {
            let opened = read(&file).await;
            self.show(opened.map_or_else(Screen::Failed, Screen::Opened));
        });
    }

    fn show(self, screen: Screen) {
        let before = self
            .screen
            .try_maybe_update(|shown| (true, std::mem::replace(shown, screen)));
        if let Some(Screen::Opened(opened)) = before {
            browser::release(&opened.address);
        }
    }
}

async fn find() -> Result<Vec<Holder>, Fault> {
    if !is_secure_context() || !subtle::is_present() || !has_indexed_db() {
        return Err(Fault::BrowserUnfit);
    }
    let found = holders().await?;
    if found.is_empty() {
        return Err(Fault::NoCertificate);
    }
    Ok(found)
}

async fn read(file: &File) -> Result<Opened, Fault> {
    let holders = find().await?;
    if file.size() > MAX_OCTETS {
        return Err(Fault::TooLarge);
    }
    let octets = browser::read_octets(file).await.ok_or(Fault::Unreadable)?;
    let (content, holder) = open(&octets, &holders).await?;
    let address = browser::address_of(&content).ok_or(Fault::Unreadable)?;
    let content = Content::of(&file.name(), &js_sys::Uint8Array::new(&content).to_vec());
    Ok(Opened {
        address,
        content,
        profile_name: holder.profile_name,
        serial: holder.serial,
    })
}
