// Makes the phone page open without a network: the start page and the mobile IDs on this phone. It keeps the page
// and exactly the files that the page names; it never touches the API, nor the portal's pages (the scope "/m" is a
// prefix, so "/mobile-ids" falls under it too).
//
// The page is fetched from the network first, so a new version is seen at the next opening. Its files carry a hash
// in their names: they are stored before the page that names them, and the old ones go after it. Nothing here
// depends on a version, so an old worker serves a new page well.
"use strict";

const CACHE = "smart-id-phone";
const PAGE = "/m";
/** Longer than this on the network, and the stored page is shown. */
const PAGE_WITHIN_MS = 4000;
/** A name with a hash names the same octets for ever; other files are looked at again with each page. */
const HASHED = /-[0-9a-f]{12,16}[._]/;

self.addEventListener("install", (event) => {
  event.waitUntil(
    fetch(PAGE, { cache: "no-cache" })
      .then(keepPage)
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || url.pathname.startsWith("/api/")) {
    return;
  }
  if (request.mode === "navigate") {
    if (url.pathname === PAGE) {
      event.respondWith(page(event));
    }
    return;
  }
  event.respondWith(file(request));
});

async function page(event) {
  const fetched = fetch(event.request).then((response) => {
    if (response.ok && !response.redirected) {
      event.waitUntil(keepPage(response.clone()).catch(() => {}));
    }
    return response;
  });
  const stored = await caches.match(PAGE, { cacheName: CACHE });
  if (!stored) {
    return fetched;
  }
  const late = new Promise((resolve) => setTimeout(() => resolve(stored.clone()), PAGE_WITHIN_MS));
  return Promise.race([fetched.then((response) => (response.status < 500 ? response : stored)), late]).catch(
    () => stored,
  );
}

async function file(request) {
  const stored = await caches.match(request, { cacheName: CACHE, ignoreVary: true });
  return stored ?? fetch(request);
}

async function keepPage(response) {
  if (!response.ok) {
    throw new Error(`The phone page answered ${response.status}`);
  }
  const text = await response.clone().text();
  const named = new Set(
    [...text.matchAll(/["'](\/[^"'\s/][^"'\s]*\.(?:js|wasm|css|svg|png|webmanifest))["']/g)].map(
      (match) => match[1],
    ),
  );
  const cache = await caches.open(CACHE);
  const kept = new Set((await cache.keys()).map((request) => new URL(request.url).pathname));
  await Promise.all(
    [...named]
      .filter((path) => !kept.has(path) || !HASHED.test(path))
      .map((path) => cache.add(new Request(path, { cache: "no-cache" }))),
  );
  await cache.put(PAGE, response);
  await Promise.all(
    [...kept].filter((path) => path !== PAGE && !named.has(path)).map((path) => cache.delete(path)),
  );
}
