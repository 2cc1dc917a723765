// An iPhone drops the storage of a page that is not visited, and gives the Home Screen a storage of its own: the
// phone page leads there first. Also what makes it installable anywhere, and what of it works offline.
import type { Page } from "@playwright/test";
import { expectAccessible } from "../fixture/accessibility.ts";
import { accounts } from "../fixture/account.ts";
import { expectInstalled, openLink, start, storedForOffline } from "../fixture/phone.ts";
import { dialog, getAsFarAsTheCode, typePairingCode } from "../fixture/portal.ts";
import { expect, test } from "../fixture/test.ts";

/** From now on pages of this context believe that they were opened from the Home Screen. */
async function fromHomeScreen(page: Page): Promise<void> {
	await page.addInitScript(() => {
		Object.defineProperty(Navigator.prototype, "standalone", { get: () => true });
		const real = window.matchMedia.bind(window);
		window.matchMedia = (query) => real(query.replace("(display-mode: standalone)", "all"));
	});
}

async function shortCode(desktop: Page): Promise<string> {
	await dialog(desktop).getByText("Cannot scan?").click();
	const text = (await dialog(desktop).textContent()) ?? "";
	const found = text.match(/[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}/);
	if (!found) throw new Error(`no short code on the screen: ${text}`);
	return found[0];
}

test("an iPhone is led to the Home Screen first, and goes on there with the short code", async ({
	desktop,
	open,
	server,
}) => {
	const link = await getAsFarAsTheCode(desktop, accounts.anna);
	const safari = await open("iphone");
	await safari.goto(link);
	await expect(safari.getByRole("main")).toContainText("Home Screen");
	await expect(safari.getByRole("button", { name: "Start", exact: true })).toHaveCount(0);
	await expectAccessible(safari, "iPhone: to the Home Screen");
	await expect(dialog(desktop), "the code is not used up").toContainText("Waiting for your phone");

	const app = await open("iphone");
	await fromHomeScreen(app);
	await app.goto(`${server.url}/m`);
	await app.getByRole("textbox").fill(await shortCode(desktop));
	await app.getByRole("button", { name: /Continue|Next/ }).click();
	const code = await start(app);
	await typePairingCode(desktop, code);
	await expectInstalled(app);
	await expect(dialog(desktop)).toContainText("iPhone");
});

test("an iPhone may go on in the browser, after a warning", async ({ desktop, open }) => {
	const safari = await open("iphone");
	await safari.goto(await getAsFarAsTheCode(desktop, accounts.anna));
	await safari.getByText("Go on in the browser anyway").click();
	await expect(safari.getByRole("main")).toContainText("will be lost if you do not open this page");
	await safari.getByRole("button", { name: "Go on here" }).click();
	await typePairingCode(desktop, await start(safari));
	await expectInstalled(safari);
});

test("the manifest makes the phone page installable", async ({ phone, server }) => {
	await phone.goto("/m");
	const address = await phone.locator("link[rel=manifest]").getAttribute("href");
	const answer = await phone.request.get(new URL(address ?? "", server.url).href);
	expect(answer.headers()["content-type"]).toContain("application/manifest+json");
	const manifest = await answer.json();
	expect(manifest).toMatchObject({ start_url: "/m", scope: "/m", display: "standalone" });
	expect(manifest.icons.length).toBeGreaterThan(0);
	for (const icon of manifest.icons) {
		const picture = await phone.request.get(new URL(icon.src, server.url).href);
		expect(picture.ok(), icon.src).toBe(true);
	}
});

test("the start page and the list of mobile IDs open without a network", async ({
	desktop,
	phone,
	faults,
}) => {
	faults.foresee(/ERR_INTERNET_DISCONNECTED/);
	await openLink(phone, await getAsFarAsTheCode(desktop, accounts.anna));
	await typePairingCode(desktop, await start(phone));
	await expectInstalled(phone);
	await storedForOffline(phone);
	await phone.reload();
	await expect(phone.getByRole("main")).toContainText("MobileID Anna");
	await phone.context().setOffline(true);
	await phone.reload();
	await expect(phone.getByRole("main")).toContainText("MobileID Anna");
});

test("the API is never answered from a cache", async ({ phone, faults }) => {
	faults.foresee(/ERR_INTERNET_DISCONNECTED|status of 40/);
	await phone.goto("/m");
	await storedForOffline(phone);
	await phone.reload();
	const stored = await phone.evaluate(async () => {
		await fetch("/api/device/enrollment");
		const found: string[] = [];
		for (const name of await caches.keys()) {
			for (const request of await (await caches.open(name)).keys()) found.push(request.url);
		}
		return found;
	});
	expect(stored.some((url) => url.endsWith("/m") || url.includes("/m."))).toBe(true);
	expect(stored.filter((url) => url.includes("/api/"))).toEqual([]);
});
