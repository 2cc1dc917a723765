//! What a link in a mail would do, in plain words, with the one button that does it, and then what it has done.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{MailLink, MailLinkKind, MailLinkStanding};
use shared::problem::Code;
use shared::url::page;

use super::facts::Facts;
use super::heading::{Heading, focus_heading};
use super::link::Link;
use crate::api::{self, Failure};
use crate::i18n::{Language, Word, say, t, use_language, word};
use crate::ui::{Announcer, Button, Look, Mark, MarkShape, Notice, Ring, Tone, anew, memo, use_announcer};
use crate::words;

#[derive(Clone, Copy)]
struct Letter {
    token: StoredValue<String>,
    link: RwSignal<Option<MailLink>>,
    failure: RwSignal<Option<Failure>>,
    /// The button was pressed, and there is no answer yet.
    busy: RwSignal<bool>,
    announcer: Announcer,
    language: RwSignal<Language>,
}

impl Letter {
    fn open(token: String) -> Self {
        let letter = Self {
            token: StoredValue::new(token),
            link: RwSignal::new(None),
            failure: RwSignal::new(None),
            busy: RwSignal::new(false),
            announcer: use_announcer(),
            language: use_language(),
        };
        letter.look();
        letter
    }

    fn look(self) {
        self.failure.set(None);
        let token = self.token.get_value();
        spawn_local(async move { self.heed(api::mail_link::look(token).await) });
    }

    fn follow(self) {
        self.busy.set(true);
        self.failure.set(None);
        let token = self.token.get_value();
        spawn_local(async move {
            self.heed(api::mail_link::follow(token).await);
            self.busy.try_set(false);
            self.tell();
        });
    }

    fn heed(self, answer: Result<MailLink, Failure>) {
        // The page may be gone when the answer comes.
        match answer {
            Ok(link) => drop(self.link.try_set(Some(link))),
            Err(failure) => drop(self.failure.try_set(Some(failure))),
        }
    }

    /// What has become of it, also to who does not see the page.
    fn tell(self) {
        let closed = self
            .link
            .try_get_untracked()
            .flatten()
            .filter(|link| link.standing != MailLinkStanding::Open);
        if let (Some(link), Some(language)) = (closed, self.language.try_get_untracked()) {
            focus_heading();
            self.announcer.say(title(&link).text(language).to_owned());
        }
    }
}

const fn title(link: &MailLink) -> Word {
    match (link.kind, link.standing) {
        (MailLinkKind::NotMe, MailLinkStanding::Open) => word::mail_link::NOT_ME,
        (MailLinkKind::NotMe, MailLinkStanding::Done) => word::mail_link::NOT_ME_DONE,
        (MailLinkKind::NotMe, MailLinkStanding::Over) => word::mail_link::NOT_ME_OVER,
        (MailLinkKind::Lock, MailLinkStanding::Open) => word::mail_link::LOCK,
        (MailLinkKind::Lock, MailLinkStanding::Done) => word::mail_link::LOCK_DONE,
        (MailLinkKind::Lock, MailLinkStanding::Over) => word::mail_link::LOCK_OVER,
    }
}

#[component]
pub fn MailLinkLetter(token: String) -> impl IntoView {
    let letter = Letter::open(token);
    let is_unknown = memo(move || {
        letter.failure.with(|failure| {
            let code = failure.as_ref().and_then(Failure::code);
            matches!(code, Some(Code::MailLinkUnknown | Code::MalformedRequest))
        })
    });
    let heading = say(move |language| {
        let title = match letter.link.with(|link| link.as_ref().map(title)) {
            _ if is_unknown.get() => word::mail_link::UNKNOWN,
            Some(title) => title,
            None => word::product::FULL_NAME,
        };
        title.text(language).to_owned()
    });
    view! {
        <div class="letter card">
            <Heading text=heading />
            {anew(move || match (is_unknown.get(), letter.link.get()) {
                (true, _) => view! { <Unknown /> }.into_any(),
                (false, Some(link)) => view! { <Told letter link /> }.into_any(),
                (false, None) if letter.failure.with(Option::is_none) => {
                    view! { <Ring label=t(word::product::LOADING) /> }.into_any()
                }
                (false, None) => ().into_any(),
            })}
            <Trouble letter is_unknown />
        </div>
    }
}

#[component]
fn Unknown() -> impl IntoView {
    view! {
        <p>{t(words::problem(Code::MailLinkUnknown))}</p>
        <Link href=page::DASHBOARD>{t(word::not_found::BACK)}</Link>
    }
}

/// Nothing was done, or it is not known: to ask again is safe.
#[component]
fn Trouble(letter: Letter, is_unknown: Memo<bool>) -> impl IntoView {
    let again = Callback::new(move |()| {
        if letter.link.with_untracked(Option::is_none) {
            letter.look();
        } else {
            letter.follow();
        }
    });
    anew(move || {
        let failure = letter.failure.get().filter(|_| !is_unknown.get())?;
        Some(view! {
            <Notice tone=Tone::Bad alert=true>
                <p>{t(words::failure(&failure))}</p>
                <Button label=t(word::shell::TRY_AGAIN) on_press=again />
            </Notice>
        })
    })
}

#[component]
fn Told(letter: Letter, link: MailLink) -> impl IntoView {
    match link.standing {
        MailLinkStanding::Open => view! { <Open letter link /> }.into_any(),
        MailLinkStanding::Done | MailLinkStanding::Over => view! { <Closed link /> }.into_any(),
    }
}

#[component]
fn Open(letter: Letter, link: MailLink) -> impl IntoView {
    let user = link.user.clone();
    let kind = link.kind;
    let text = say(move |language| match kind {
        MailLinkKind::NotMe => word::mail_link::not_me_text(language, &user),
        MailLinkKind::Lock => word::mail_link::LOCK_TEXT.text(language).to_owned(),
    });
    let (means, does) = match kind {
        MailLinkKind::NotMe => (word::mail_link::NOT_ME_MEANS, word::mail_link::NOT_ME_DO),
        MailLinkKind::Lock => (word::mail_link::LOCK_MEANS, word::mail_link::LOCK_DO),
    };
    view! {
        <p>{text}</p>
        <Facts rows=facts(link) />
        <p>{t(means)}</p>
        <Button
            label=t(does)
            look=Look::Primary
            busy=letter.busy
            on_press=Callback::new(move |()| letter.follow())
        />
    }
}

fn facts(link: MailLink) -> Vec<(Word, Signal<String>)> {
    let MailLink {
        kind,
        user,
        at,
        browser,
        mobile_id,
        phone,
        ..
    } = link;
    let owner = (kind == MailLinkKind::Lock).then_some(user);
    let when = match kind {
        MailLinkKind::NotMe => word::mail_link::ASKED_AT,
        MailLinkKind::Lock => word::mail_link::MADE_AT,
    };
    let told = [
        (word::fact::NAME, mobile_id),
        (word::fact::PHONE, phone),
        (word::mail_link::FOR_USER, owner),
        (word::mail_link::BROWSER, browser),
    ];
    let mut rows: Vec<(Word, Signal<String>)> = told
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?.into())))
        .collect();
    rows.push((when, say(move |language| words::date_and_time(&at, language))));
    rows
}

/// Done, or nothing was left to do.
#[component]
fn Closed(link: MailLink) -> impl IntoView {
    let is_done = link.standing == MailLinkStanding::Done;
    let (kind, user) = (link.kind, link.user);
    let text = say(move |language| match (kind, is_done) {
        (MailLinkKind::NotMe, true) => word::mail_link::not_me_done_text(language, &user),
        (MailLinkKind::NotMe, false) => word::mail_link::NOT_ME_OVER_TEXT.text(language).to_owned(),
        (MailLinkKind::Lock, true) => word::mail_link::LOCK_DONE_TEXT.text(language).to_owned(),
        (MailLinkKind::Lock, false) => word::mail_link::LOCK_OVER_TEXT.text(language).to_owned(),
    });
    let mark = if is_done { Mark::Tick } else { Mark::Note };
    view! {
        <div class="letter-result" data-mark=mark.name()>
            <MarkShape mark />
            <p>{text}</p>
        </div>
        <Link href=page::DASHBOARD>{t(word::not_found::BACK)}</Link>
    }
}
