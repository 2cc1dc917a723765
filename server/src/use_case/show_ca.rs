//! Each generation of the issuing CA: until when it must be looked after, what it has published, and whether the one that
//! issues ends too soon. Asked by the command line, and every night by the background worker.

use std::fmt;

use time::{Duration, OffsetDateTime};

use super::{Context, options};
use crate::{domain::revocation::Crl, store::Result};

/// Long enough for whoever looks once a month, and for a root's key that must be fetched from somewhere.
const ENDS_SOON: Duration = Duration::days(365);

#[derive(Debug)]
pub struct CaSeen {
    /// From the first to the one that issues.
    pub generations: Vec<GenerationSeen>,
    pub warning: Option<EndsSoon>,
}

#[derive(Debug)]
pub struct GenerationSeen {
    pub number: u32,
    pub name: String,
    /// Upper-case hex.
    pub serial: String,
    pub from: OffsetDateTime,
    pub until: OffsetDateTime,
    /// When the last of its certificates ends.
    pub certificates_until: Option<OffsetDateTime>,
    pub crl: Option<Crl>,
    pub issues: bool,
    pub has_ended: bool,
}

/// The generation that issues ends within a year, or before certificates would that could be wanted today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndsSoon {
    pub until: OffsetDateTime,
    /// When the longest validity that the options give would end, if it began now.
    pub longest: OffsetDateTime,
}

impl fmt::Display for EndsSoon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (until, longest) = (self.until.date(), self.longest.date());
        if self.longest > self.until {
            write!(
                f,
                "the issuing CA ends on {until}, and certificates of the validity that the options give would end on \
                 {longest}: they are refused"
            )?;
        } else {
            write!(f, "the issuing CA ends on {until}")?;
        }
        f.write_str(". Renew it: selfservice ca renew")
    }
}

pub async fn run(context: &Context) -> Result<CaSeen> {
    let now = context.clock.now();
    let book = context.store.read();
    let mut generations = Vec::new();
    for generation in context.ca.generations() {
        generations.push(GenerationSeen {
            number: generation.number(),
            name: generation.name().to_owned(),
            serial: generation.serial().to_owned(),
            from: generation.not_before(),
            until: generation.not_after(),
            certificates_until: book.last_end(generation.name()).await?,
            crl: book.newest_crl(generation.number()).await?,
            issues: generation.number() == context.ca.newest().number(),
            has_ended: generation.has_ended(now),
        });
    }
    Ok(CaSeen {
        generations,
        warning: warning(context).await?,
    })
}

/// For the log.
pub async fn warning(context: &Context) -> Result<Option<EndsSoon>> {
    let now = context.clock.now();
    let until = context.ca.issuing_not_after();
    let mut longest = now;
    for user in context.store.read().find_users("", options::SAMPLE).await? {
        let options = options::in_force(context, &user).await?;
        let lifetime = options::lifetime(options.values.validity, now);
        longest = longest.max(lifetime.map_or(longest, |(_, end)| end));
    }
    let ends_soon = EndsSoon { until, longest };
    Ok((until < longest.max(now + ENDS_SOON)).then_some(ends_soon))
}
