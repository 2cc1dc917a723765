//! A QR code as inline SVG: black on white with its quiet zone in every theme, because cameras need that.

use leptos::prelude::*;

/// Modules of white around the code (ISO/IEC 18004).
const QUIET_ZONE: u32 = 4;

#[component]
pub fn Qr(
    #[prop(into)] label: Signal<String>,
    /// Modules a side.
    size: u32,
    /// The `d` attribute that fills the dark modules, one unit each.
    path: String,
) -> impl IntoView {
    let width = size + 2 * QUIET_ZONE;
    view! {
        <svg
            class="qr"
            role="img"
            aria-label=label
            viewBox=format!("-{QUIET_ZONE} -{QUIET_ZONE} {width} {width}")
            shape-rendering="crispEdges"
        >
            <rect class="qr-light" x=format!("-{QUIET_ZONE}") y=format!("-{QUIET_ZONE}") width=width height=width />
            <path class="qr-dark" d=path />
        </svg>
    }
}
