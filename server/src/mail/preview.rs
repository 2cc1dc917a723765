//! A mail with sample data, as an administrator looks at it before anybody gets one.

use base64ct::{Base64, Encoding};
use shared::api::Language;

use super::{
    content::Content,
    message, png,
    templates::{Rendered, Templates, TemplatesError},
};

#[derive(Debug)]
pub struct Preview {
    /// In the HTML the picture stands as a `data:` URI, because a browser knows no Content-ID.
    pub rendered: Rendered,
    /// Files of the administrator's own that it is made from.
    pub overridden: Vec<String>,
}

impl Preview {
    pub(super) fn new(
        templates: &Templates,
        content: &Content,
        language: Language,
    ) -> Result<Self, TemplatesError> {
        let (mut rendered, overridden) = templates.render_told(content, language)?;
        if let Content::ActivationCode(code) = content
            && let Some(octets) = png::qr(&code.link)
        {
            let picture = format!("data:image/png;base64,{}", Base64::encode_string(&octets));
            rendered.html = rendered.html.replace(&format!("cid:{}", message::QR), &picture);
        }
        Ok(Self { rendered, overridden })
    }
}
